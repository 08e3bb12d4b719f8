package import AlertEngine
package import Delivery

extension ReceiverSettings {
  /// A receiver named `r`, of the members that a configuration has beside its name:
  /// `"type": "teams", "url_env": "URL"`.
  package static func sample(
    _ members: String, of catalogue: ReceiverCatalogue = .standard
  ) throws -> ReceiverSettings {
    let rule =
      #"{"name": "r", "metric_path": "a", "comparison": "gt", "threshold": 1, "duration_minutes": 0}"#
    let text = #"{"rules": [\#(rule)], "receivers": [{"name": "r", \#(members)}]}"#
    return try Configuration.decode(Array(text.utf8), receivers: catalogue.types).receivers[0]
  }
}
