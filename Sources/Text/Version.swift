/// The program's name and version.
package enum Program {
  package static let name = "ops-alert-eval"
  package static let version = "0.1.0"
}
