internal import Foundation

@testable import AlertEngine
@testable import HTTP
@testable import JSON
@testable import Reports
@testable import Text

/// One text: what reads it as a time, a duration, a number, a path or an address agrees with what
/// writes it, and what makes it safe to show leaves nothing to be made safe.
enum TextTarget {
  static func run(_ bytes: [UInt8]) {
    let text = String(decoding: bytes.prefix(4_096), as: UTF8.self)
    readTimes(text)
    readNumbers(text)
    readPath(text)
    readAddress(text)
    show(text)
  }

  private static func readTimes(_ text: String) {
    if let instant = Instant(rfc3339: text) {
      hold(instant.isWritable, "a time that is read can be written")
      hold(Instant(rfc3339: instant.rfc3339) == instant, "a time is read as it was written")
      hold(TimeReading(text) == .time(instant), "every reader of times reads RFC 3339")
    }
    for zone in [nil, TimeOffset("+02:00")] {
      if case .time(let instant) = TimeReading(text, zone: zone) {
        hold(instant.isWritable, "a time that is read can be written")
      }
    }
    if let offset = TimeOffset(text) {
      hold(abs(offset.secondsAhead) < 86_400, "an offset is less than a day")
      hold(TimeOffset(offset.text) == offset, "an offset is read as it was written")
    }
    if let duration = Duration(notation: text) {
      hold(duration >= .zero, "a duration in this notation is not negative")
      hold(Duration(notation: duration.notation) == duration, "it is read as it was written")
    }
    if let times = try? SampleTimes(notation: text) {
      hold(times.count >= 1, "a test has a sample")
      hold(times[times.count - 1] <= SampleTimes.longest, "a test does not last too long")
    }
    _ = try? SampleSeries(notation: text)
  }

  private static func readNumbers(_ text: String) {
    for parse in ValueParse.allCases {
      let value = parse.value(of: text)
      hold(value?.isFinite ?? true, "a number is finite")
    }
    // What is a number in JSON is the same number as a text.
    if let node = try? JSONNode.parse(Array(text.utf8)), case .number(let number) = node.value {
      hold(ValueParse.number.value(of: text) == number, "\(text) is \(number) as a text")
    }
  }

  private static func readPath(_ text: String) {
    if let path = try? MetricPath(text) {
      let written = path.segments.enumerated().map { index, segment in
        switch segment {
        case .wildcard: "*"
        case .key(let key, _): MetricPath.escaped(key, isFirst: index == 0)
        }
      }.joined(separator: ".")
      hold(
        (try? MetricPath(written))?.segments == path.segments, "a path is read as it was written")
    }
    if !text.isEmpty, let path = try? MetricPath(MetricPath.escaped(text, isFirst: true)) {
      guard case .key(let key, _)? = path.segments.first, path.segments.count == 1 else {
        return hold(false, "an escaped key is one key")
      }
      hold(key.utf8.elementsEqual(text.utf8), "an escaped key is the key")
    }
  }

  private static func readAddress(_ text: String) {
    guard let address = try? HTTPAddress(text) else { return }
    hold((try? HTTPAddress(address.requestURL)) == address, "an address is read as it was written")
    hold(address.display.utf8.allSatisfy { (0x21...0x7E).contains($0) }, "it is printable")
    let url = URL(string: address.requestURL)
    hold(url?.host(percentEncoded: true) == address.host, "the checked host is the requested one")
    hold(url?.port ?? address.port == address.port, "the checked port is the requested one")
    hold(url?.path(percentEncoded: true) == address.path, "the checked path is the requested one")
  }

  private static func show(_ text: String) {
    hold(printable(text).isPrintable, "what is printable is")
    hold(printable(printable(text)) == printable(text), "it is not changed again")
    hold(text.quoted.isPrintable, "what is quoted is printable")
    holdInert(text)
    for code in [MarkdownText.code(text), MarkdownText.cell(text)] {
      hold(!code.utf8.contains { $0 < 0x20 && $0 != 0x0A }, "code has no control character")
    }
    let markup = MarkupText.escaped(text)
    hold(
      !markup.utf8.contains { $0 < 0x20 && $0 != 0x0A && $0 != 0x09 },
      "markup has no control character but a line break and a tab")
    hold(!markup.utf8.contains { "<>\"'".utf8.contains($0) }, "no markup is left")
    _ = safeLink(text)
    if let link = safeLink(text) { hold(link.isPrintable, "a link is printable") }
  }
}
