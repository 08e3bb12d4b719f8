package import JSON

/// The series of the wanted names in a document that a service publishes for Prometheus.
///
/// The document is in the text format 0.0.4 or in OpenMetrics 1.0; the whole of it is checked, and
/// only the samples of the wanted names are kept.
package struct Exposition: Sendable {
  let names: MetricNames
  /// The samples of each name, in the order of the document.
  var samples: [[StoredSample]]
  /// Whether the document has the family of each name.
  var hasFamily: [Bool]
  var text = LabelText()
  /// Whether the last line ends with a line feed.
  ///
  /// The text format requires it, but not every service writes it, and Prometheus does without. If
  /// it is not there, the document may have been cut, and its last number with it.
  package internal(set) var isTerminated = true
  /// How many samples repeat a series and were dropped.
  package internal(set) var repetitions = 0

  /// Reads a document.
  ///
  /// A series that occurs more than once has the sample with the latest timestamp, and of equal
  /// timestamps, or without any, the first: the one that Prometheus shows.
  ///
  /// - Parameters:
  ///   - bytes: the document.
  ///   - names: the names of the samples to keep.
  ///   - isOpenMetrics: whether the service declared OpenMetrics. Otherwise a document is OpenMetrics
  ///     if it ends with `# EOF`.
  /// - Returns: its series with those names.
  /// - Throws: a `JSONFailure` with the first line that the format does not allow, or a sentence
  ///   that names the format that it is instead.
  package static func read(
    _ bytes: UnsafeBufferPointer<UInt8>, keeping names: MetricNames, isOpenMetrics: Bool = false
  ) throws(JSONFailure) -> Exposition {
    guard bytes.count <= Int32.max else {
      throw JSONFailure(
        reason: "the document is larger than 2 GiB", offset: 0, line: 1, column: 1,
        isTruncation: false)
    }
    do throws(JSONFailure) {
      var exposition = try JSONCursor.read(bytes, .lenient) { cursor throws(ScanFailure) in
        var scanner = ExpositionScanner(cursor, keeping: names, isOpenMetrics: isOpenMetrics)
        defer { cursor = scanner.cursor }
        return try scanner.document()
      }
      exposition.dropRepetitions()
      return exposition
    } catch {
      throw error.naming(foreignFormatOf: bytes)
    }
  }

  /// The samples with this name, in the order of the document; empty if the name was not asked for.
  package func samples(named name: String) -> Samples {
    Samples(stored: names.index(of: name).map { samples[$0] } ?? [], text: text)
  }

  /// Whether the document describes the family of this name, or has a sample of it; `false` if the
  /// name was not asked for.
  ///
  /// A histogram `h` is also the family of `h_bucket`, `h_sum` and `h_count`, a summary that of
  /// `_sum` and `_count`, and an OpenMetrics counter that of `_total` and `_created`.
  package func hasFamily(_ name: String) -> Bool {
    names.index(of: name).map { hasFamily[$0] } ?? false
  }
}

/// A sample as it is kept: a document may have a million.
struct StoredSample {
  var value: Double
  /// In milliseconds; not a number if there is none.
  var timestamp: Double
  var labels: Range<Int32>
}

/// The labels of all samples that were kept: the bytes, and where each name and value ends.
struct LabelText: Sendable {
  struct Label {
    var start: Int32
    var nameEnd: Int32
    var end: Int32
  }

  var bytes: [UInt8] = []
  var labels: [Label] = []
}

extension Exposition {
  /// The samples of one name.
  package struct Samples: RandomAccessCollection, Sendable {
    let stored: [StoredSample]
    let text: LabelText

    package var startIndex: Int { 0 }
    package var endIndex: Int { stored.count }

    package subscript(index: Int) -> Sample {
      let sample = stored[index]
      return Sample(
        labels: LabelSet(
          text: text, labels: Int(sample.labels.lowerBound)..<Int(sample.labels.upperBound)),
        value: sample.value, timestamp: sample.timestamp.isNaN ? nil : sample.timestamp)
    }
  }

  /// One sample of a series.
  package struct Sample: Sendable {
    package let labels: LabelSet
    /// Any double, also not a number and infinite.
    package let value: Double
    /// In milliseconds since 1970, as the service wrote it.
    package let timestamp: Double?
  }
}

/// The labels of a series, in the order of the bytes of their names, each name once.
///
/// A label with an empty value is not there: to Prometheus, both are the same.
package struct LabelSet: RandomAccessCollection, Sendable {
  private let text: LabelText
  private let labels: Range<Int>

  init(text: LabelText, labels: Range<Int>) {
    self.text = text
    self.labels = labels
  }

  package var startIndex: Int { labels.lowerBound }
  package var endIndex: Int { labels.upperBound }

  package subscript(index: Int) -> (name: String, value: String) {
    (
      String(decoding: name(at: index), as: UTF8.self),
      String(decoding: value(at: index), as: UTF8.self)
    )
  }

  /// The value of a label; empty if the series does not have it.
  package subscript(name: String) -> String { String(decoding: utf8(of: name), as: UTF8.self) }

  /// The bytes of the value of a label; empty if the series does not have it.
  func utf8(of name: String) -> ArraySlice<UInt8> {
    for index in labels where self.name(at: index).elementsEqual(name.utf8) {
      return value(at: index)
    }
    return []
  }

  private func name(at index: Int) -> ArraySlice<UInt8> {
    let label = text.labels[index]
    return text.bytes[Int(label.start)..<Int(label.nameEnd)]
  }

  private func value(at index: Int) -> ArraySlice<UInt8> {
    let label = text.labels[index]
    return text.bytes[Int(label.nameEnd)..<Int(label.end)]
  }
}
