internal import Files
internal import Foundation

/// Writes one message to a blocking socket; false if the other end is closed.
func sendMessage(_ head: some Encodable, body: [UInt8], to descriptor: Int32) -> Bool {
  guard var line = try? JSONEncoder().encode(head) else { return false }
  line.append(0x0A)
  return line.withUnsafeBytes { sendAll($0, to: descriptor) }
    && body.withUnsafeBytes { sendAll($0, to: descriptor) }
}

/// Writes all of `bytes` to a socket, without SIGPIPE if the other end is closed.
package func sendAll(_ bytes: UnsafeRawBufferPointer, to socket: Int32) -> Bool {
  var rest = bytes[...]
  while !rest.isEmpty {
    let part = UnsafeRawBufferPointer(rebasing: rest)
    let sent = send(socket, part.baseAddress, part.count, sendFlags)
    guard sent > 0 || errno == EINTR else { return false }
    rest = rest.dropFirst(max(0, sent))
  }
  return true
}
