internal import AlertEngine
internal import Text

/// The line of a monitoring plugin: a status, a summary, and performance data.
///
/// The convention is that of the Monitoring Plugins Development Guidelines, which Nagios, Icinga and
/// others follow.
package enum NagiosReport {
  /// The most bytes of the whole line.
  ///
  /// Nagios cuts after 8 KB. The summary comes first, since an old NRPE cuts after 1 KB.
  static let limit = 8_000
  /// The most bytes of the alerts in the summary.
  private static let summaryLimit = 900

  package static func render(_ export: AlertExport) -> String {
    let head = "OPS ALERTS \(export.level.word) - \(summary(of: export))"
    let room = limit - head.utf8.count - " | ".utf8.count
    let data = performanceData(of: export, within: room)
    return head + (data.isEmpty ? "" : " | " + data.joined(separator: " ")) + "\n"
  }

  /// `1 firing, 4 ok of 5 checks: error_rate 7.12 % (limit > 5 %)`.
  private static func summary(of export: AlertExport) -> String {
    var counts: [ReportState: Int] = [:]
    for target in export.targets {
      for row in target.rows { counts[row.state, default: 0] += 1 }
    }
    let notable = export.notable
    let sentences =
      export.errors.map { printable($0.replacingBytes("\n", with: " "), limit: 200) }
      + notable.map { target, row in
        let place = export.name(of: row, at: target)
        return "\(row.state.word) \(place) \(printable(row.sentence, limit: 150))"
      }
    // An error comes before what it casts doubt on, unless something is firing.
    let isFiring = [.critical, .warning].contains(notable.first?.row.level)
    let shift = isFiring ? export.errors.count : 0
    let shown = sentences[shift...] + sentences[..<shift]
    var summary = ReportState.words(counts)
    var length = 0
    for (index, sentence) in shown.enumerated() {
      length += sentence.utf8.count
      guard index == 0 || length <= summaryLimit else {
        summary += "; and \(shown.count - index) more"
        break
      }
      summary += (index == 0 ? ": " : "; ") + sentence
    }
    return summary.replacingBytes("|", with: "\\u{7c}")
  }

  /// In a stable order, since some programs identify the values by position; if there is no room
  /// for all of them, the most urgent ones.
  private static func performanceData(of export: AlertExport, within room: Int) -> [String] {
    let inOrder = export.targets.flatMap { target in target.rows.map { (target, $0) } }
    func data(_ rows: [(AlertExport.Target, AlertExport.Row)]) -> [String] {
      rows.compactMap { target, row in datum(of: row, named: export.name(of: row, at: target)) }
    }
    let all = data(inOrder)
    guard all.reduce(0, { $0 + $1.utf8.count + 1 }) > room else { return all }
    var rest = room
    return Array(
      data(export.ordered.map { ($0.target, $0.row) }).prefix { datum in
        rest -= datum.utf8.count + 1
        return rest >= 0
      })
  }

  /// `'error_rate'=0.0712;;0.05`; `nil` if the last sample had no number.
  private static func datum(of row: AlertExport.Row, named name: String) -> String? {
    guard !row.isUnknown, let value = row.value, let number = PlainNumber.text(value) else {
      return nil
    }
    // Consumers disagree on how to escape these two.
    let label = name.replacingBytes("'", with: "\u{2019}").replacingBytes("=", with: ":")
      .replacingBytes("|", with: "\\u{7c}")
    let range = row.range ?? ""
    let ranges = row.breachStatus == .warn ? ";\(range)" : ";;\(range)"
    return "'\(label)'=\(number)\(row.unit?.pluginUnit ?? "")" + (range.isEmpty ? "" : ranges)
  }
}

extension AlertExport.Level {
  fileprivate var word: String {
    switch self {
    case .ok: "OK"
    case .warning: "WARNING"
    case .critical: "CRITICAL"
    case .unknown: "UNKNOWN"
    }
  }
}

extension AlertExport.Row {
  /// The range outside of which a value alerts, or with `@`, inside of which it does (section
  /// "Threshold and Ranges" of the guidelines); `nil` if no range says it.
  fileprivate var range: String? {
    guard let condition, let threshold = limit ?? condition.threshold.number,
      let bound = PlainNumber.text(threshold)
    else { return nil }
    switch condition.comparison {
    // A bare number means 0 to that number, and is all that some consumers understand.
    case .gt: return threshold >= 0 && value.map { $0 >= 0 } ?? false ? bound : "~:\(bound)"
    case .gte: return "@\(bound):"
    case .lt: return "\(bound):"
    case .lte: return "@~:\(bound)"
    case .eq: return "@\(bound):\(bound)"
    case .ne: return "\(bound):\(bound)"
    case .in, .notIn: return nil
    }
  }
}

extension MetricUnit {
  /// The unit's name in performance data; `nil` if the convention has none.
  fileprivate var pluginUnit: String? {
    switch self {
    case .milliseconds: "ms"
    case .seconds: "s"
    case .bytes: "B"
    case .other("%"): "%"
    case .ratio, .count, .other: nil
    }
  }
}

/// A number without an exponent.
enum PlainNumber {
  /// The shortest digits that mean the number; `nil` if it is not finite.
  static func text(_ number: Double) -> String? {
    guard number.isFinite else { return nil }
    let parts = "\(number.magnitude)".split(separator: "e")
    let digits = parts[0].split(separator: ".").joined()
    var point = parts[0].prefix { $0 != "." }.count
    point += parts.count > 1 ? Int(parts[1]) ?? 0 : 0
    let zeros = String(repeating: "0", count: max(0, 1 - point))
    let padded = zeros + digits + String(repeating: "0", count: max(0, point - digits.count))
    let whole = padded.prefix(max(1, point))
    var fraction = padded.dropFirst(whole.count)
    while fraction.last == "0" { fraction.removeLast() }
    let sign = number < 0 ? "-" : ""
    return sign + whole + (fraction.isEmpty ? "" : ".\(fraction)")
  }
}
