internal import Foundation

/// Reads messages from a blocking socket: each is a line of JSON and raw bytes.
struct MessageReader {
  private let descriptor: Int32
  private var buffer: [UInt8] = []
  private var position = 0

  /// Our own processes write no longer lines.
  private static let longestLine = 1 << 20
  private static let chunk = 1 << 16

  init(descriptor: Int32) {
    self.descriptor = descriptor
  }

  /// The next head; nil at the end of the connection, or if the line is not such a head.
  mutating func head<Head: Decodable>(_ type: Head.Type) -> Head? {
    var searched = position
    while true {
      if let end = buffer[searched...].firstIndex(of: 0x0A) {
        defer { position = end + 1 }
        return try? JSONDecoder().decode(type, from: Data(buffer[position..<end]))
      }
      buffer.removeFirst(position)
      position = 0
      searched = buffer.count
      guard searched < Self.longestLine, refill() else { return nil }
    }
  }

  /// The next `count` bytes; nil if the connection ends before.
  mutating func body(count: Int) -> [UInt8]? {
    let ready = buffer[position...].prefix(count)
    position += ready.count
    var filled = ready.count
    var body = [UInt8](repeating: 0, count: count)
    body.replaceSubrange(..<filled, with: ready)
    while filled < count {
      let received = body.withUnsafeMutableBytes {
        receive(into: UnsafeMutableRawBufferPointer(rebasing: $0[filled...]), from: descriptor)
      }
      guard received > 0 else { return nil }
      filled += received
    }
    return body
  }

  private mutating func refill() -> Bool {
    withUnsafeTemporaryAllocation(byteCount: Self.chunk, alignment: 1) { chunk in
      let received = receive(into: chunk, from: descriptor)
      buffer.append(contentsOf: UnsafeRawBufferPointer(rebasing: chunk.prefix(max(0, received))))
      return received > 0
    }
  }
}

/// Reads available bytes into `target`; returns their number, 0 at the end, below 0 for an error.
private func receive(into target: UnsafeMutableRawBufferPointer, from socket: Int32) -> Int {
  while true {
    let count = read(socket, target.baseAddress, target.count)
    guard count < 0, errno == EINTR else { return count }
  }
}

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
    let sent = send(socket, part.baseAddress, part.count, Int32(MSG_NOSIGNAL))
    guard sent > 0 || errno == EINTR else { return false }
    rest = rest.dropFirst(max(0, sent))
  }
  return true
}
