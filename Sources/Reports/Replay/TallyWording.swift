internal import AlertEngine
internal import JSON
internal import Text

/// What a replay found about one alert, in phrases that the text and the page share.
struct TallyWording {
  let tally: AlertTally
  /// How a time is written.
  let time: (Instant) -> String

  init(_ tally: AlertTally, time: @escaping (Instant) -> String) {
    self.tally = tally
    self.time = time
  }

  /// `3 times`, `once, still firing since 2026-09-01 09:45`.
  var fired: String {
    let since = tally.firings.since.map { ", still firing since \(time($0))" } ?? ""
    return Quantity.times(tally.firings.count) + since
  }

  /// `2 h 5 m in total, longest 1 h 10 m`; `nil` if it never fired.
  var firing: String? {
    let firings = tally.firings
    guard firings.count > 0 else { return nil }
    let longest = firings.count > 1 ? ", longest \(Quantity.text(firings.longest))" : ""
    return "\(Quantity.text(firings.total)) in total\(longest)"
  }

  /// `once: nobody would have been notified`; `nil` if nothing fired and ended in maintenance.
  var maintenance: String? {
    let untold = tally.firings.untold
    return untold > 0 ? "\(Quantity.times(untold)): nobody would have been notified" : nil
  }

  /// From the first bad sample to firing: `12 m`, `12 m on average, 20 m at most`.
  var detection: String? {
    let firings = tally.firings
    guard let mean = firings.meanDetection else { return nil }
    guard firings.detected > 1, firings.longestDetection != mean else { return Quantity.text(mean) }
    return "\(Quantity.text(mean)) on average, \(Quantity.text(firings.longestDetection)) at most"
  }

  /// The longest breach that did not fire: `2026-09-01 09:45: bad for 8 m of 10 m, peak 7 %`.
  var nearMiss: String? {
    guard let miss = tally.nearMiss else { return nil }
    let words = ReplayWording.nearMiss(
      span: miss.span, count: miss.count, of: tally.subject.duration)
    let peak = miss.peak.map { ", peak \(number($0.value))" } ?? ""
    return "\(time(miss.first)): \(words)\(peak)"
  }

  /// The good value closest to the threshold: `4.9 % at 2026-09-01 09:45`.
  var worstGood: String? { tally.worstGood.map(text) }

  /// `3 bad, 280 good, 4 unknown`.
  var samples: String {
    let unknown = tally.samples - tally.bad - tally.good
    let parts = [(tally.bad, "bad"), (tally.good, "good"), (unknown, "unknown")]
      .filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }
    return parts.isEmpty ? "none" : parts.joined(separator: ", ")
  }

  /// `4 % of the time (12 low volume, 3 unreachable of 287 samples)`.
  var unknown: String? {
    guard !tally.unknown.isEmpty else { return nil }
    let reasons = tally.unknown.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map {
      "\($0.value) \($0.key.replacingBytes("_", with: " "))"
    }
    return "\(ReplayWording.share(tally.unknownShare)) of the time "
      + "(\(reasons.joined(separator: ", ")) of \(Quantity.count(tally.samples, "sample")))"
  }

  /// `2 gaps longer than 1 h, longest 3 h 10 m from 2026-09-02 02:00`.
  var gaps: String? {
    let gaps = tally.gaps
    guard gaps.count > 0 else { return nil }
    let from = gaps.longestAt.map { " from \(time($0))" } ?? ""
    return
      "\(Quantity.count(gaps.count, "gap")) longer than \(Quantity.text(tally.subject.maxGap)), "
      + "longest \(Quantity.text(gaps.longest))\(from)"
  }

  /// `7.12 % at 2026-09-01 09:45`.
  func text(_ peak: Peak) -> String { "\(number(peak.value)) at \(time(peak.at))" }

  private func number(_ value: Double) -> String {
    let rule = tally.subject.rule
    return Quantity.text(.number(value), rule?.unit, apartFrom: rule?.condition.threshold.scalar)
  }
}

extension AlertTally {
  enum Rank {
    /// It fired.
    case fired
    /// It was bad for a while, but not for long enough.
    case near
    /// There never was evidence.
    case unreachable
    case quiet
  }

  var rank: Rank {
    if firings.count > 0 { return .fired }
    if nearMiss != nil { return .near }
    return bad + good == 0 ? .unreachable : .quiet
  }
}
