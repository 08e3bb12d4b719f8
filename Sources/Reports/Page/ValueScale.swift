internal import AlertEngine
internal import Foundation
internal import Text

/// The position of a number in a picture, and the numbers along the axis.
struct ValueScale {
  let low: Double
  /// Above `low`.
  let high: Double
  let unit: MetricUnit?

  struct Mark: Equatable {
    var value: Double
    var label: String
  }

  /// A scale that shows all of some numbers, with some room around them.
  ///
  /// If none is negative and zero is near, it starts at zero.
  ///
  /// - Parameters:
  ///   - numbers: finite; without any the scale goes from 0 to 1.
  ///   - unit: the unit of all of them.
  init(of numbers: some Sequence<Double>, unit: MetricUnit?) {
    self.unit = unit
    var low = Double.infinity
    var high = -Double.infinity
    for number in numbers {
      low = min(low, number)
      high = max(high, number)
    }
    guard low <= high else {
      (self.low, self.high) = (0, 1)
      return
    }
    if low >= 0, low <= high * 0.6 { low = 0 }
    // Halves, since the difference of two numbers may overflow.
    var room = (high / 2 - low / 2) * 0.1
    if !(room > (high.magnitude + low.magnitude) * 1e-12) { room = high.magnitude * 0.1 }
    if !(room > .leastNormalMagnitude) { room = 1 }
    let limit = Double.greatestFiniteMagnitude
    self.high = min(limit, high + room)
    self.low = low == 0 ? 0 : max(-limit, low - room)
  }

  /// 0 at the bottom to 1 at the top.
  func share(of number: Double) -> Double {
    let share = (number / 2 - low / 2) / (high / 2 - low / 2)
    return share.isFinite ? max(0, min(1, share)) : 0
  }

  /// Round numbers from the bottom up: two to six.
  var marks: [Mark] {
    let least = high / 4 - low / 4
    let step = step(atLeast: least)
    let (first, last) = ((low / step).rounded(.up), (high / step).rounded(.down))
    guard step > 0, first.magnitude < 1e9, last.magnitude < 1e9, last > first else {
      return [low, high].map {
        Mark(value: $0, label: label($0, apartFrom: $0 == low ? high : low))
      }
    }
    return (0...Int(min(6, last - first))).map { offset in
      let value = (first + Double(offset)) * step
      return Mark(value: value, label: label(value, apartFrom: value + step))
    }
  }

  private func step(atLeast least: Double) -> Double {
    switch unit {
    // Minutes, hours and days.
    case .seconds where least > 40: durationStep(least)
    case .bytes where least > 1: pow(2, log2(least).rounded(.up))
    case .seconds, .bytes, .ratio, .milliseconds, .count, .other, nil: decimalStep(least)
    }
  }

  private func decimalStep(_ least: Double) -> Double {
    let power = pow(10, log10(least).rounded(.down))
    guard power.isNormal else { return 0 }
    let rest = least / power
    let digit: Double = rest <= 1 ? 1 : rest <= 2 ? 2 : rest <= 5 ? 5 : 10
    return digit * power
  }

  private func durationStep(_ least: Double) -> Double {
    let steps: [Double] = [
      60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 10_800, 21_600, 43_200, 86_400,
    ]
    return steps.first { $0 >= least } ?? decimalStep(least / 86_400) * 86_400
  }

  /// A number with its unit, unless that is a word of the configuration, which may be long.
  private func label(_ value: Double, apartFrom other: Double) -> String {
    let short: MetricUnit? = if case .other = unit { nil } else { unit }
    let text = Quantity.text(value, short, apartFrom: other)
    guard text.utf8.count > 12 else { return text }
    return String(format: "%.3g", value)
  }
}
