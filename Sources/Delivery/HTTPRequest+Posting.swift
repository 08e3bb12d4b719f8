internal import HTTP

extension HTTPRequest {
  /// A message on its way to a receiver.
  ///
  /// - Parameters:
  ///   - json: the whole body.
  ///   - url: the receiver's address.
  ///   - headers: what goes along beside the content's type.
  init(posting json: [UInt8], to url: HTTPAddress, headers: [HTTPHeader] = []) {
    self.init(
      .post, url, headers: [HTTPHeader(.contentType, "application/json")] + headers, body: json,
      deadline: DeliveryLimits.attempt, bodyLimit: DeliveryLimits.answer)
  }
}
