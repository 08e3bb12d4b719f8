internal import HTTP
internal import JSON

extension HTTPRequest {
  /// Posts a message to a receiver; `headers` are those beside `Content-Type`.
  init(posting body: JSONText, to url: HTTPAddress, headers: [HTTPHeader] = []) {
    self.init(
      .post, url, headers: [HTTPHeader(.contentType, "application/json")] + headers,
      body: body.encoded(.compact), deadline: DeliveryLimits.attempt,
      bodyLimit: DeliveryLimits.responseBytes)
  }
}
