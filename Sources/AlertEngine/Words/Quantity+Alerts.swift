package import JSON
package import Text

extension Quantity {
  /// A number with its unit: `7.12 %`, `8000 ms`, `1 h 30 m`.
  ///
  /// - Parameters:
  ///   - number: finite.
  ///   - unit: a ratio is shown as a percentage, seconds from two minutes on as a duration, bytes in
  ///     KiB to TiB.
  ///   - limit: a number from which this one must look different if it is different: digits are
  ///     added until the two texts differ.
  /// - Returns: the text, made safe for a terminal.
  package static func text(_ number: Double, _ unit: MetricUnit?, apartFrom limit: Double? = nil)
    -> String
  {
    for digits in 3...16 {
      let shown = text(number, unit, digits: digits)
      guard let limit, limit != number, text(limit, unit, digits: digits) == shown else {
        return shown
      }
    }
    return "\(number)"
  }

  package static func text(_ scalar: Scalar, _ unit: MetricUnit?, apartFrom limit: Scalar? = nil)
    -> String
  {
    switch scalar {
    case .number(let number):
      guard case .number(let limit)? = limit else { return text(number, unit) }
      return text(number, unit, apartFrom: limit)
    case .string(let string): return "\"\(printable(string, limit: 60))\""
    case .bool(let bool): return bool ? "true" : "false"
    }
  }

  /// A threshold: `5 %`, `"yellow", "red"`, or the path of a value in the snapshot.
  package static func text(
    _ threshold: Threshold, _ unit: MetricUnit?, apartFrom value: Scalar? = nil
  ) -> String {
    switch threshold {
    case .scalar(let scalar): text(scalar, unit, apartFrom: value)
    case .list(let list): list.map { text($0, unit) }.joined(separator: ", ")
    case .selector(let selector): printable(selector.text)
    }
  }

  /// Evidence in words: `12 m, 3 samples, longest gap 6 m`.
  ///
  /// - Parameters:
  ///   - evidence: a run of samples of one kind.
  ///   - maxGap: the gap up to which it is continuous; samples that are further apart on average
  ///     show nothing of the time between them, and the words say so.
  /// - Returns: the words, which can stand in parentheses.
  package static func text(_ evidence: Evidence, maxGap: Duration? = nil) -> String {
    let samples = count(evidence.count, "sample")
    guard evidence.count > 1 else { return samples }
    let interval = evidence.span / (evidence.count - 1)
    if let maxGap, interval > maxGap {
      let most =
        evidence.longestGap > interval ? "up to \(text(evidence.longestGap))" : text(interval)
      return "\(samples) in a row, \(most) apart: too sparse to tell what happened in between"
    }
    var parts = [text(evidence.span), samples]
    if evidence.longestGap > .zero { parts.append("longest gap \(text(evidence.longestGap))") }
    return parts.joined(separator: ", ")
  }

  private static func text(_ number: Double, _ unit: MetricUnit?, digits: Int) -> String {
    switch unit {
    case nil: return decimal(number, digits)
    case .ratio where (number * 100).isFinite: return decimal(number * 100, digits) + " %"
    case .ratio: return decimal(number, digits)
    case .milliseconds: return decimal(number, digits) + " ms"
    case .seconds where number >= 120 && number < 1e12 && digits < 5:
      let units = digits > 3 ? 4 : number < 86_400 ? 2 : 3
      return text(.seconds(Int64(number.rounded())), units: units)
    case .seconds: return decimal(number, digits) + " s"
    case .bytes: return bytes(number, digits: digits)
    case .count: return decimal(number, digits)
    case .other(let name): return decimal(number, digits) + " " + printable(name, limit: 20)
    }
  }

  private static func bytes(_ number: Double, digits: Int) -> String {
    var (scaled, unit) = (number, "B")
    guard number.magnitude < 1e18 else { return decimal(number, digits) + " B" }
    for larger in ["KiB", "MiB", "GiB", "TiB"] where scaled.magnitude >= 1_024 {
      (scaled, unit) = (scaled / 1_024, larger)
    }
    return "\(decimal(scaled, digits)) \(unit)"
  }
}
