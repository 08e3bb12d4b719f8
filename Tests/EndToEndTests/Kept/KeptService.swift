internal import HTTP

/// A loopback server that is every target and every receiver of the kept configurations.
///
/// The first part of a path names one of them: `/hook`, `/issues/repos/…`, `/production/ops/metrics`.
final class KeptService: Sendable {
  private let server: LoopbackServer

  /// A service.
  ///
  /// - Parameters:
  ///   - snapshots: what the targets answer; a target without one answers 503.
  ///   - statuses: what receivers answer where it is not 200.
  ///   - issue: the text of the issue that is open, where one is.
  /// - Throws: where no port can be had.
  init(
    snapshots: [String: String] = [:], statuses: [String: Int] = [:], issue: String? = nil
  ) throws {
    server = try LoopbackServer { request in
      let name = Self.name(in: request.path)
      if request.path.hasSuffix("/ops/metrics") {
        return snapshots[name].map { .json($0) } ?? .response(503)
      }
      guard let status = statuses[name] else { return Self.answer(to: request, name, issue) }
      let wait = [429, 503].contains(status) ? [("Retry-After", "120")] : []
      return .response(status, headers: wait, body: Array("refused".utf8))
    }
  }

  deinit { server.stop() }

  var base: String { "http://127.0.0.1:\(server.port)" }

  /// What each of them was asked, in order.
  func requests() throws -> JSONValue {
    var requests: [String: [JSONValue]] = [:]
    // That version did not ask who acknowledged an alert.
    for request in server.requests where !request.path.contains("acknowledged") {
      let headers = ["Authorization", "Content-Type", "Idempotency-Key"].compactMap { name in
        request.header(name).map { (name, JSONValue.string($0)) }
      }
      let body = String(decoding: request.body, as: UTF8.self)
      requests[Self.name(in: request.path), default: []].append(
        .object([
          "method": .string(request.method), "path": .string(request.path),
          "headers": .object(Dictionary(uniqueKeysWithValues: headers)),
          "body": body.isEmpty ? .null : try JSONValue(body),
        ]))
    }
    return .object(requests.mapValues { .array($0) })
  }

  private static func name(in path: String) -> String {
    path.split { $0 == "/" || $0 == "?" }.first.map(String.init) ?? ""
  }

  private static func answer(
    to request: LoopbackServer.ReceivedRequest, _ name: String, _ issue: String?
  ) -> LoopbackServer.Reply {
    switch (name, request.method) {
    case ("slack", _): .response(body: Array("ok".utf8))
    case ("pager", _): .response(202, body: Array(#"{"status": "success"}"#.utf8))
    case ("phone", _): .json(#"{"id": "1", "title": "a title"}"#)
    case ("discord", _): .json(#"{"id": "1"}"#)
    case ("issues", "GET"): .json(issue ?? "[]")
    case ("issues", "POST"): .response(201, body: Array(#"{"number": 7}"#.utf8))
    default: .json("{}")
    }
  }
}
