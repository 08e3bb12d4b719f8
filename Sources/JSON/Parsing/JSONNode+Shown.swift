internal import Text

extension JSONNode {
  /// A number, a string or a bool; `nil` for `null`, a list or an object.
  package var scalar: Scalar? {
    switch value {
    case .number(let number): .number(number)
    case .string(let text): .string(text)
    case .bool(let bool): .bool(bool)
    case .null, .array, .object: nil
    }
  }

  /// This value in an error: `the string "0.05"`.
  package var shown: String {
    switch value {
    case .null: "null"
    case .bool(let bool): Scalar.bool(bool).shown
    case .number(let number): Scalar.number(number).shown
    case .string(let text): Scalar.string(text).shown
    case .array(let elements) where elements.isEmpty: "an empty list"
    case .array(let elements): "a list of \(Quantity.count(elements.count, "element"))"
    case .object(let members): members.isEmpty ? "an empty object" : "an object"
    }
  }
}

extension Scalar {
  /// The value in an error: `the string "0.05"`.
  package var shown: String {
    switch self {
    case .number(let number): "the number \(number.plain)"
    case .string(let text): "the string \(text.quoted)"
    case .bool(let bool): "\(bool)"
    }
  }
}

extension Double {
  /// `5` for 5.0; otherwise as Swift prints it.
  package var plain: String {
    guard let integer = Int(exactly: self), abs(self) < 1e15 else { return "\(self)" }
    return "\(integer)"
  }
}
