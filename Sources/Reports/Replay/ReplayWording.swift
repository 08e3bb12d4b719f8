internal import AlertEngine
internal import Text

/// Phrases that the parts of a replay report share.
enum ReplayWording {
  /// How long something was bad without firing: `bad for 8 m of 10 m`, or `1 bad sample` if
  /// that took no time.
  static func nearMiss(span: Duration, count: Int, of duration: Duration?) -> String {
    guard span > .zero else { return Quantity.count(count, "bad sample") }
    let whole = duration.map { " of \(Quantity.text($0))" } ?? ""
    return "bad for \(Quantity.text(span))\(whole)"
  }

  /// A share of the time with two significant digits: `5.8 %`, `37 %`.
  static func share(_ share: Double) -> String {
    let percent = share * 100
    guard percent > 0 else { return "0 %" }
    guard percent >= 0.05 else { return "< 0.1 %" }
    return "\(tenths(percent)) %"
  }

  /// `4.7`, or `23` from ten on.
  static func tenths(_ number: Double) -> String {
    guard number < 9.95 else { return "\(Int(min(number, 1e15).rounded()))" }
    let tenths = Int((number * 10).rounded())
    return tenths % 10 == 0 ? "\(tenths / 10)" : "\(tenths / 10).\(tenths % 10)"
  }
}
