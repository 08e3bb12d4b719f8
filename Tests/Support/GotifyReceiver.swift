package import AlertEngine
package import Delivery
package import HTTP
internal import JSON

/// A receiver that this program does not have: everything that is needed to add one.
package struct GotifyReceiver: RequestReceiver, ConfiguredReceiver {
  package static let type = ReceiverType(
    "gotify", sources: [(.url, .required), (.appKey, .variable("GOTIFY_APP_KEY"))],
    keys: [priority, mention], forms: [mention.name: .oneOrMore("[a-z]+", of: "names")])
  private static let priority = Key(
    "priority", .integer(0...10), .defaults(to: .number(5)), "how loud a message is", example: "8")
  private static let mention = Key(
    "mention", .text(.line, max: 200), .optional, "whom every message names", example: #""ann bob""#
  )

  let url: HTTPAddress
  let appKey: String
  let priority: Double
  let mention: String?

  package init?(
    _ settings: ReceiverSettings, reading secrets: inout Secrets
  ) throws(ReceiverMistake) {
    guard let url = try secrets.address(settings[.url]), let source = settings[.appKey],
      let appKey = try secrets.read(source), let priority = settings.number(Self.priority)
    else { return nil }
    self.url = url
    self.appKey = appKey
    self.priority = priority
    self.mention = settings.text(Self.mention)
  }

  package static func phrases(for settings: ReceiverSettings) -> [String] {
    settings.number(priority).map { ["priority \($0.plain)"] } ?? []
  }

  package func request(for message: Message) -> HTTPRequest {
    var writer = JSONWriter(.compact)
    writer.object { writer in
      writer.key("title")
      writer.string(message.title)
      writer.key("message")
      writer.string([mention, message.plainText].compactMap(\.self).joined(separator: ": "))
      writer.key("priority")
      writer.number(priority)
    }
    return HTTPRequest(
      .post, url.appending(path: "/message").adding(query: "token=\(appKey)"), body: writer.bytes,
      deadline: DeliveryLimits.attempt, bodyLimit: DeliveryLimits.responseBytes)
  }
}

extension ReceiverSource {
  fileprivate static let appKey = ReceiverSource(
    "app_key", "the application's key", label: "application key", example: "GOTIFY_APP_KEY")
}
