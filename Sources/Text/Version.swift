/// What the program is called and which one this is.
package enum Program {
  package static let name = "ops-alert-eval"
  package static let version = "0.1.0"
}
