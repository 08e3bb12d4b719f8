internal import Files
internal import Foundation

/// Whole lines of a recording, some at a time.
struct RecordingChunk: Sendable {
  /// The file's name as it was given; `-` for standard input.
  var file: String
  /// Which of the files this is, counted from 0.
  var number: Int
  /// Whether the file begins here.
  var isFirst: Bool
  /// Lines with their ends; the last line of a file may lack its end.
  var bytes: [UInt8]
  /// How many lines in front of these were too long to be read.
  var lostLines = 0
}

/// Reads recordings one after the other, in memory that does not grow with them.
struct RecordingChunks: ~Copyable {
  private let files: [String]
  private let chunkSize: Int
  private let longestLine: Int
  private var next = 0
  private var file: (name: String, descriptor: FileDescriptor?, isNew: Bool)?
  /// The beginning of a line whose end was not read yet.
  private var rest: [UInt8] = []
  /// Whether the rest of a line is passed over, because it is too long.
  private var isLost = false

  /// Begins at the first of some files.
  ///
  /// - Parameters:
  ///   - files: their paths; `-` for standard input.
  ///   - chunkSize: how many bytes are read at a time.
  ///   - longestLine: how many bytes a line may have, up to a chunk more; a snapshot may have 16 MiB.
  init(_ files: [String], chunkSize: Int = 1 << 19, longestLine: Int = 17 << 20) {
    self.files = files
    self.chunkSize = chunkSize
    self.longestLine = longestLine
  }

  /// The next lines.
  ///
  /// - Returns: `nil` behind the last one.
  /// - Throws: a `FileFailure` where a file cannot be opened or read.
  mutating func read() throws(FileFailure) -> RecordingChunk? {
    while true {
      if file == nil {
        guard next < files.count else { return nil }
        try open(files[next])
        next += 1
      }
      if let chunk = try readFile() { return chunk }
    }
  }

  private mutating func open(_ name: String) throws(FileFailure) {
    guard name != "-" else { return file = (name, nil, true) }
    let descriptor = try FileDescriptor(name, O_RDONLY, to: "read the recording")
    guard try descriptor.kind().type != .folder else {
      throw FileFailure(code: EISDIR, cannot: "read the recording", name)
    }
    file = (name, descriptor, true)
  }

  /// Whole lines of the file that is open; `nil` at its end, where it is closed.
  private mutating func readFile() throws(FileFailure) -> RecordingChunk? {
    guard let file else { return nil }
    let number = file.descriptor?.number ?? FileHandle.standardInput.fileDescriptor
    var chunk = RecordingChunk(
      file: file.name, number: next - 1, isFirst: file.isNew, bytes: rest)
    rest = []
    while true {
      let isEnd = try Self.fill(&chunk.bytes, with: chunkSize, from: number, file.name)
      if isLost {
        // Of a line that is too long, everything up to its end goes.
        let end = chunk.bytes.firstIndex(of: 0x0A)
        chunk.bytes.removeFirst(end.map { $0 + 1 } ?? chunk.bytes.count)
        isLost = end == nil
      }
      if isEnd { break }
      if let end = Self.lastLineEnd(in: chunk.bytes) {
        rest = Array(chunk.bytes[(end + 1)...])
        chunk.bytes.removeLast(rest.count)
        self.file?.isNew = false
        return chunk
      }
      if chunk.bytes.count > longestLine {
        isLost = true
        chunk.lostLines += 1
        chunk.bytes = []
      }
    }
    self.file = nil
    isLost = false
    return chunk.isFirst || chunk.lostLines > 0 || !chunk.bytes.isEmpty ? chunk : nil
  }

  /// Appends what comes next; whether the file ended.
  private static func fill(
    _ bytes: inout [UInt8], with count: Int, from number: Int32, _ name: String
  ) throws(FileFailure) -> Bool {
    var isEnd = false
    var failure: Int32?
    bytes = [UInt8](unsafeUninitializedCapacity: bytes.count + count) { buffer, filled in
      filled = UnsafeMutableRawBufferPointer(buffer).copied(from: bytes)
      while filled < buffer.count, !isEnd, failure == nil {
        let got = Foundation.read(
          number, buffer.baseAddress.map { $0 + filled }, buffer.count - filled)
        if got > 0 { filled += got } else { isEnd = got == 0 }
        if got < 0, errno != EINTR { failure = errno }
      }
    }
    if let failure { throw FileFailure(code: failure, cannot: "read the recording", name) }
    return isEnd
  }

  private static func lastLineEnd(in bytes: [UInt8]) -> Int? { bytes.lastIndex(of: 0x0A) }
}

extension UnsafeMutableRawBufferPointer {
  /// Copies bytes to the front; how many.
  fileprivate func copied(from bytes: [UInt8]) -> Int {
    copyBytes(from: bytes)
    return bytes.count
  }
}
