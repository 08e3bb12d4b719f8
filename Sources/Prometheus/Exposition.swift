package import JSON

/// The series of the wanted names in a document that a service publishes for Prometheus.
///
/// The document is in the text format 0.0.4 or in OpenMetrics 1.0. The whole of it is checked, but
/// only the samples of the wanted names are kept.
package struct Exposition: Sendable {
  /// One sample of a series.
  package struct Sample: Sendable {
    package let labels: LabelSet
    /// Any double, including NaN and the infinities.
    package let value: Double
    /// In milliseconds since 1970, if the service wrote one.
    package let timestamp: Double?
  }

  /// A sample as it is kept: a document may have a million.
  struct StoredSample {
    var value: Double
    /// In milliseconds; infinite if there is none.
    var timestamp: Double
    /// Where its labels are in `text`.
    var labels: Range<Int32>
  }

  let names: MetricNames
  /// The samples of each name, in the order of the document.
  var samples: [[StoredSample]]
  /// Whether the document has the family of each name.
  var hasFamily: [Bool]
  /// The names and values of labels, each followed by `separator`.
  var text: [UInt8] = []
  /// Whether the last line ends with a line feed.
  ///
  /// The text format requires it, but not every service writes it, and Prometheus does without. If
  /// it is not there, the document may have been cut, and its last number with it.
  package let isTerminated: Bool
  /// How many samples were dropped because their series has another one.
  package private(set) var repetitions = 0

  /// A byte that never occurs in UTF-8.
  static let separator: UInt8 = 0xFF

  init(names: MetricNames, isTerminated: Bool) {
    self.names = names
    self.isTerminated = isTerminated
    samples = Array(repeating: [], count: names.count)
    hasFamily = Array(repeating: false, count: names.count)
  }

  /// Reads a document.
  ///
  /// Of several samples of one series, one counts, as in Prometheus: the first without a timestamp,
  /// or else the first with the latest one. An empty document has no series.
  ///
  /// - Parameters:
  ///   - bytes: the document.
  ///   - names: the names of the samples to keep.
  ///   - isOpenMetrics: whether the service declared OpenMetrics. Otherwise a document is OpenMetrics
  ///     if it ends with `# EOF`.
  /// - Returns: its series with those names.
  /// - Throws: a `JSONFailure` at the first violation of the format; if the document is HTML, JSON or
  ///   binary, it says so.
  package static func read(
    _ bytes: UnsafeBufferPointer<UInt8>, keeping names: MetricNames, isOpenMetrics: Bool = false
  ) throws(JSONFailure) -> Exposition {
    guard bytes.count <= Int32.max else {
      throw JSONFailure(
        reason: "the document is larger than 2 GiB", offset: 0, line: 1, column: 1,
        isTruncation: false)
    }
    let isEmpty = bytes.allSatisfy {
      $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") || $0 == lineFeed
    }
    if isEmpty, !isOpenMetrics { return Exposition(names: names, isTerminated: true) }
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

  private mutating func dropRepetitions() {
    for name in samples.indices where samples[name].count > 1 {
      var places: [ArraySlice<UInt8>: Int] = Dictionary(minimumCapacity: samples[name].count)
      var kept: [StoredSample] = []
      for sample in samples[name] {
        let labels = labels(of: sample)
        if let place = places[labels] {
          repetitions += 1
          if sample.timestamp > kept[place].timestamp { kept[place] = sample }
        } else {
          places[labels] = kept.count
          kept.append(sample)
        }
      }
      samples[name] = kept
    }
  }

  private func labels(of sample: StoredSample) -> ArraySlice<UInt8> {
    text[Int(sample.labels.lowerBound)..<Int(sample.labels.upperBound)]
  }

  /// The names of the samples in a document, in its order, each once; no quoted ones.
  package static func names(in bytes: UnsafeBufferPointer<UInt8>) -> [String] {
    var seen: Set<String> = []
    return bytes.split(separator: lineFeed).compactMap { line in
      let name = line.prefix { !" \t#{".utf8.contains($0) }
      let text = String(decoding: name, as: UTF8.self)
      return name.isEmpty || !seen.insert(text).inserted ? nil : text
    }
  }

  /// The samples with this name, in the order of the document; empty if the name was not asked for.
  package func samples(named name: String) -> [Sample] {
    guard let index = names.index(of: name) else { return [] }
    return samples[index].map { sample in
      Sample(
        labels: LabelSet(bytes: labels(of: sample)), value: sample.value,
        timestamp: sample.timestamp.isInfinite ? nil : sample.timestamp)
    }
  }

  /// Whether the document describes the family of this name or has a sample of it; `false` if the
  /// name was not asked for.
  ///
  /// The family of a histogram `h` is also that of `h_bucket`, `h_sum` and `h_count`; likewise for
  /// the other types whose samples have suffixes.
  package func hasFamily(_ name: String) -> Bool {
    names.index(of: name).map { hasFamily[$0] } ?? false
  }
}

/// The labels of a series, in the order of the bytes of their names, each name once.
///
/// A label with an empty value is not there: to Prometheus, both are the same.
package struct LabelSet: Sequence, Hashable, Sendable {
  /// As in the `text` of an `Exposition`.
  let bytes: ArraySlice<UInt8>

  package struct Iterator: IteratorProtocol {
    fileprivate var rest: ArraySlice<UInt8>

    package mutating func next() -> (name: String, value: String)? {
      rest.popLabel().map { name, value in
        (String(decoding: name, as: UTF8.self), String(decoding: value, as: UTF8.self))
      }
    }
  }

  package func makeIterator() -> Iterator { Iterator(rest: bytes) }

  /// The value of a label; empty if the series does not have it.
  package subscript(name: String) -> String { String(decoding: utf8(of: name), as: UTF8.self) }

  /// The bytes of the value of a label.
  func utf8(of name: String) -> ArraySlice<UInt8> {
    var rest = bytes
    while let label = rest.popLabel() {
      if label.name.elementsEqual(name.utf8) { return label.value }
    }
    return []
  }
}

extension ArraySlice<UInt8> {
  fileprivate mutating func popLabel() -> (name: ArraySlice<UInt8>, value: ArraySlice<UInt8>)? {
    guard let nameEnd = firstIndex(of: Exposition.separator),
      let end = self[(nameEnd + 1)...].firstIndex(of: Exposition.separator)
    else { return nil }
    defer { self = self[(end + 1)...] }
    return (self[..<nameEnd], self[(nameEnd + 1)..<end])
  }
}
