internal import AlertEngine

/// The outputs of this step of a GitHub workflow, for later steps.
package enum StepOutputs {
  /// The lines for the file that `GITHUB_OUTPUT` names.
  ///
  /// - Parameters:
  ///   - report: the run.
  ///   - path: the file of the JSON report; `nil` if there is none.
  ///   - random: makes an unpredictable word.
  /// - Returns: `status`, `failing`, `pending` and `report`.
  package static func render(
    _ report: RunReport, at path: String?, random: () -> String = Self.random
  ) -> String {
    let outputs = [
      ("status", report.status.rawValue),
      ("failing", "\(report.checks.count { $0.status == .fail })"),
      ("pending", "\(report.checks.count { $0.status == .pending })"),
      ("report", path ?? ""),
    ]
    return outputs.map { name, value in
      let end = delimiter(apartFrom: value, random)
      return "\(name)<<\(end)\n\(value)\n\(end)\n"
    }.joined()
  }

  /// A word that does not occur in the value, so that the value cannot end itself.
  private static func delimiter(apartFrom value: String, _ random: () -> String) -> String {
    while true {
      let word = "ops_alert_eval_\(random())"
      if !value.utf8.contains(word.utf8) { return word }
    }
  }

  /// 32 hexadecimal digits from the system's source.
  static func random() -> String {
    var source = SystemRandomNumberGenerator()
    return (0..<2).map { _ in
      let digits = String(UInt64.random(in: .min ... .max, using: &source), radix: 16)
      return String(repeating: "0", count: 16 - digits.count) + digits
    }.joined()
  }
}
