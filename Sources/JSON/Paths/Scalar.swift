/// A leaf of a JSON document that a rule can compare: a number, a string or a bool.
package enum Scalar: Hashable, Sendable {
  /// Always finite: the scanner rejects `NaN`, infinities and numbers that overflow.
  case number(Double)
  case string(String)
  case bool(Bool)
}
