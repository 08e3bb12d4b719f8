internal import Foundation

/// Reads messages from a blocking socket: each is a line of JSON and raw bytes.
struct MessageReader {
  private let descriptor: Int32
  private var buffer: [UInt8] = []
  private var position = 0

  /// Longer than any line that this program writes.
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
