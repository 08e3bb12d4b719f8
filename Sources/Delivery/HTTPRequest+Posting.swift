internal import HTTP

extension HTTPRequest {
  /// Posts a message to a receiver.
  ///
  /// - Parameters:
  ///   - json: the whole body.
  ///   - url: the receiver's address.
  ///   - headers: those beside `Content-Type`.
  init(posting json: [UInt8], to url: HTTPAddress, headers: [HTTPHeader] = []) {
    self.init(
      .post, url, headers: [HTTPHeader(.contentType, "application/json")] + headers, body: json,
      deadline: DeliveryLimits.attempt, bodyLimit: DeliveryLimits.answer)
  }
}
