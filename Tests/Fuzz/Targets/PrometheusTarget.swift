@testable import JSON
@testable import Prometheus

/// A selector in the first line, if it is one, and a document: it is accepted whatever is asked of
/// it, and its samples are read again as they are written.
enum PrometheusTarget {
  static func run(_ bytes: [UInt8]) {
    let line = bytes.prefix { $0 != 0x0A }
    let selector = readSelector(String(decoding: line, as: UTF8.self))
    let document = selector == nil ? bytes : Array(bytes.dropFirst(line.count + 1))
    for isOpenMetrics in [false, true] { read(document, selector, isOpenMetrics: isOpenMetrics) }
  }

  private static func readSelector(_ text: String) -> MetricSelector? {
    do throws(MetricSelector.Mistake) {
      let selector = try MetricSelector(text)
      hold(!selector.name.isEmpty, "a selector has a name")
      return selector
    } catch {
      hold(!error.reason.isEmpty, "a mistake has a reason")
      return nil
    }
  }

  private static func read(
    _ bytes: [UInt8], _ selector: MetricSelector?, isOpenMetrics: Bool
  ) {
    bytes.withUnsafeBufferPointer { buffer in
      let wanted =
        Exposition.names(in: buffer).prefix(20) + [selector?.name, "x"].compactMap(\.self)
      let names = MetricNames(wanted)
      let none = Result { () throws(JSONFailure) in
        try Exposition.read(buffer, keeping: MetricNames([]), isOpenMetrics: isOpenMetrics)
      }
      let some = Result { () throws(JSONFailure) in
        try Exposition.read(buffer, keeping: names, isOpenMetrics: isOpenMetrics)
      }
      hold(none.error == some.error, "wanted names change no failure")
      for failure in [none.error, some.error].compactMap(\.self) {
        hold((0...bytes.count).contains(failure.offset), "a failure is in the document")
        holdSentence(failure.reason)
      }
      guard let exposition = some.value else { return }
      for name in Set(wanted) { check(exposition.samples(named: name), named: name) }
      guard let selector else { return }
      var steps = 1_000_000
      for sample in exposition.samples(named: selector.name) {
        let before = steps
        let isSelected = selector.matches(sample.labels, steps: &steps)
        hold(steps <= before && steps >= 0 || isSelected == nil, "steps are only spent")
      }
    }
  }

  private static func check(_ samples: [Exposition.Sample], named name: String) {
    hold(Set(samples.map(\.labels)).count == samples.count, "a series has one sample")
    for sample in samples {
      let labels = Array(sample.labels)
      hold(labels.allSatisfy { !$0.value.isEmpty }, "an empty label is none")
      hold(
        zip(labels, labels.dropFirst()).allSatisfy {
          $0.name.utf8.lexicographicallyPrecedes($1.name.utf8)
        }, "labels are sorted, and each is there once")
    }
    let text = samples.map { line($0, named: name) }.joined()
    Array(text.utf8).withUnsafeBufferPointer { bytes in
      let again = try? Exposition.read(bytes, keeping: MetricNames([name])).samples(named: name)
      hold(again?.count == samples.count, "as many samples are read again: \(text)")
      for (one, other) in zip(samples, again ?? []) {
        hold(one.labels == other.labels, "the same labels are read again: \(text)")
        hold(
          one.value == other.value || one.value.isNaN && other.value.isNaN,
          "the same value is read again: \(text)")
      }
    }
  }

  /// A sample in the text format, every name in quotes.
  private static func line(_ sample: Exposition.Sample, named name: String) -> String {
    func quoted(_ text: String) -> String { String("".asLabel(text).dropFirst()) }
    let labels = sample.labels.map { ",\(quoted($0.name))=\(quoted($0.value))" }.joined()
    let value =
      sample.value.isFinite || sample.value.isNaN
      ? "\(sample.value)".replacing("nan", with: "NaN")
      : sample.value > 0 ? "+Inf" : "-Inf"
    return "{\(quoted(name))\(labels)} \(value)\n"
  }
}
