/// The keys of `bad_samples`.
package enum BadSamplesKey: Int, KeyName {
  case atLeast, of

  package static let grammar = Grammar("`bad_samples`", keys: BadSamplesKey.self)

  var key: Key {
    switch self {
    case .atLeast:
      Key(
        "at_least", .integer(1...BadSamples.mostSamples), .required,
        "how many of them must be bad", example: "3")
    case .of:
      Key(
        "of", .integer(2...BadSamples.mostSamples), .required,
        "how many samples are counted, including the newest", example: "5")
    }
  }
}
