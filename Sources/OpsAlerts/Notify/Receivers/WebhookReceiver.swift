internal import AlertEngine

/// Any program that reads Alertmanager's webhook format, version 4.
package struct WebhookReceiver: RequestReceiver {
  let url: HTTPAddress
  let token: HTTPHeader?

  package init(url: HTTPAddress, token: HTTPHeader?) {
    self.url = url
    self.token = token
  }

  package func request(for message: Message) -> HTTPRequest {
    let headers = [
      HTTPHeader(.contentType, "application/json"), HTTPHeader(.idempotencyKey, message.id),
    ]
    return HTTPRequest(
      .post, url, headers: headers + [token].compactMap(\.self), body: body(of: message),
      deadline: DeliveryLimits.attempt, bodyLimit: DeliveryLimits.answer)
  }

  private func body(of message: Message) -> [UInt8] {
    var writer = JSONWriter(.compact)
    writer.object { _ in }
    return writer.bytes
  }
}
