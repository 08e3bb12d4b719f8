internal import JSON

extension JSONFailure {
  /// This failure, or one that names the format of a document that is not metrics at all.
  func naming(foreignFormatOf bytes: UnsafeBufferPointer<UInt8>) -> JSONFailure {
    let isBlank: (UInt8) -> Bool = { $0 == 0x20 || (0x09...0x0D).contains($0) }
    let rest = bytes.drop(while: isBlank)
    let format: String
    switch rest.first {
    case UInt8(ascii: "<")?: format = "this is HTML or XML"
    case UInt8(ascii: "{")?, UInt8(ascii: "[")?:
      guard
        (try? JSONCursor.read(bytes, .lenient, { cursor throws(ScanFailure) in try cursor.skip() }))
          != nil
      else { return self }
      format = "this is JSON"
    case _ where bytes.prefix(256).contains { $0 < 0x20 && !isBlank($0) }:
      format = "this is binary data, such as protobuf or a compressed body"
    default: return self
    }
    var failure = self
    failure.reason = "\(format), not the Prometheus text format"
    (failure.offset, failure.line, failure.column) = (0, 1, 1)
    failure.isTruncation = false
    return failure
  }
}
