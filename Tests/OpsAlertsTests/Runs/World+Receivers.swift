@testable import HTTP
internal import Synchronization

/// Receivers that a run notifies, each on a host of its own.
extension World {
  static let pager =
    #"{"name": "pager", "type": "pagerduty", "routing_key_env": "KEY", "url_env": "PAGER"}"#
  static let alertmanager = #"{"name": "am", "type": "alertmanager", "url_env": "AM"}"#
  static let hook = #"{"name": "hook", "type": "webhook", "url_env": "HOOK"}"#

  /// Sets the variables of `pager`, `alertmanager` and `hook`, whose hosts accept everything.
  func setUpReceivers() {
    set("KEY", "r0uting-key-r0uting-key")
    set("PAGER", "https://pager.example")
    set("AM", "https://am.example")
    set("HOOK", "https://hook.example/")
    for host in ["am.example", "hook.example"] { answer("{}", from: host) }
    answer(#"{"status": "success"}"#, status: 202, from: "pager.example")
  }

  /// Sets up the webhook that needs no receiver in the configuration, on `hook.example`.
  func setUpWebhook(path: String = "") {
    set("OPS_ALERT_WEBHOOK_URL", "https://hook.example/\(path)")
    answer("ok", from: "hook.example")
  }

  /// Sets a variable of the environment, or removes it.
  func set(_ name: String, _ value: String?) {
    memory.withLock { $0.variables[name] = value }
  }

  /// The number of requests to a host.
  func count(_ host: String) -> Int {
    memory.withLock { $0.requests.count { $0.url.host == host } }
  }

  /// The ids of what the webhook on `hook.example` was sent.
  var sent: [String] {
    memory.withLock(\.requests).filter { $0.url.host == "hook.example" }
      .compactMap { $0.headers.first { $0.name == .idempotencyKey }?.value }
  }

  /// A rule that breaches above 5, on the path of its name.
  static func rule(_ name: String, minutes: Int = 0, more: String = "") -> String {
    """
    {"name": "\(name)", "metric_path": "\(name)", "comparison": "gt", "threshold": 5,
      "duration_minutes": \(minutes)\(more)}
    """
  }
}
