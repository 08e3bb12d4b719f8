internal import Foundation
internal import Testing

/// A check in one of the formats, read back.
struct ReportLine: Hashable, Comparable {
  let target: String
  let state: String
  let name: String
  let value: String

  static func < (one: ReportLine, other: ReportLine) -> Bool {
    (one.target, one.name) < (other.target, other.name)
  }

  /// The rows of a text report; those of one target alone have its name from the last line.
  static func lines(ofText text: String) -> [ReportLine] {
    let all = text.split(separator: "\n").map(String.init)
    var target = all.last?.split(separator: " · ").dropFirst().first.map(String.init) ?? ""
    var lines: [ReportLine] = []
    for line in all {
      if let heading = line.wholeMatch(of: /(\S+|\d+ targets): (?:pass|warn|fail)/) {
        target = String(heading.output.1)
      } else if let row = line.firstMatch(of: /^([A-Z]+) +([^ ]+)  +(\S.*?)(?:  +[▁-█·]+)?$/) {
        lines.append(
          ReportLine(
            target: target, state: String(row.output.1), name: String(row.output.2),
            value: String(row.output.3)))
      }
    }
    return lines.sorted()
  }

  /// The rows of the tables of a Markdown report; the limit follows the value, as in text.
  static func lines(ofMarkdown text: String) -> [ReportLine] {
    let all = text.split(separator: "\n").map(String.init)
    var target =
      all.dropFirst().first?.firstMatch(of: /^`([^`]+)`/).map { String($0.output.1) } ?? ""
    var lines: [ReportLine] = []
    for line in all {
      if let heading = line.firstMatch(of: /^(?:### [^ #`]+ )?(?:`([^`]+)`|(\d+ targets)):/) {
        target = String(heading.output.1 ?? heading.output.2 ?? "")
      }
      let cells = line.split(separator: "|", omittingEmptySubsequences: false).map {
        $0.trimmingCharacters(in: CharacterSet(charactersIn: " `"))
      }
      guard cells.count >= 7, let state = cells[1].split(separator: " ").last,
        state == state.uppercased(), state.first?.isLetter == true
      else { continue }
      let isSample = !cells[3].isEmpty && !cells[4].isEmpty && !Self.isReason(cells[3])
      let value =
        isSample ? "\(cells[3]) (limit \(cells[4]))" : cells[3].isEmpty ? cells[5] : cells[3]
      lines.append(
        ReportLine(target: target, state: String(state), name: cells[2], value: value))
    }
    return lines.sorted()
  }

  private static func isReason(_ value: String) -> Bool {
    value.contains("no evidence") || value.contains("not evaluated") || value.contains("missing:")
  }

  /// The annotations with their levels.
  static func lines(ofAnnotations text: String) throws -> [(level: String, line: ReportLine)] {
    try text.split(separator: "\n").compactMap { command in
      let parts = try #require(
        command.wholeMatch(of: /::(error|warning|notice) title=(.*?)::(.*)/)
      ).output
      guard let title = parts.2.wholeMatch(of: /([A-Z]+) (\S+) on (.+)/)?.output else { return nil }
      let value = parts.3.prefix { $0 != "\0" }.components(separatedBy: "%0A")[0]
      return (
        String(parts.1),
        ReportLine(
          target: String(title.3), state: String(title.1), name: String(title.2),
          value: value.replacing("%25", with: "%"))
      )
    }
  }

  /// The checks of a JSON report with their statuses in the place of states.
  static func lines(ofJSON bytes: [UInt8]) throws -> [ReportLine] {
    let report = try #require(JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any])
    let targets = report["targets"] as? [[String: Any]] ?? [report]
    return targets.flatMap { target in
      (target["checks"] as? [[String: Any]] ?? []).map { check in
        let instance = (check["instance"] as? String).map { "[\($0)]" } ?? ""
        return ReportLine(
          target: target["target"] as? String ?? "", state: check["status"] as? String ?? "",
          name: (check["name"] as? String ?? "") + instance, value: "")
      }
    }.sorted()
  }
}
