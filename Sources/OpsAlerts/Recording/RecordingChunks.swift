internal import Files
internal import Foundation

/// Some whole lines of a recording.
struct RecordingChunk: Sendable {
  /// The file's name as it was given; `-` for standard input.
  var file: String
  /// Which of the files this is, counted from 0.
  var number: Int
  /// Whether the file begins here.
  var isFirst: Bool
  /// Lines with their ends; the last line of a file may lack its end.
  var bytes: [UInt8]
  /// The number of lines before these that were too long to read.
  var lostLines = 0
}

/// Reads recordings one after the other, in constant memory.
struct RecordingChunks: ~Copyable {
  private let files: [String]
  private let chunkSize: Int
  private let longestLine: Int
  private let patience: Duration
  private var next = 0
  private var file: (name: String, descriptor: FileDescriptor?, isNew: Bool)?
  /// The start of a line that has not been read to its end.
  private var rest: [UInt8] = []
  /// Whether the rest of a line is being skipped because the line is too long.
  private var isLost = false
  /// The bytes read so far, of all files.
  private(set) var bytesRead = 0

  /// Starts at the first file.
  ///
  /// - Parameters:
  ///   - files: their paths; `-` for standard input.
  ///   - chunkSize: how many bytes are read at a time.
  ///   - longestLine: the longest line in bytes, give or take a chunk; a snapshot may have 16 MiB, and
  ///     twice as much once it is escaped.
  ///   - patience: how long a named pipe may have no writer.
  init(
    _ files: [String], chunkSize: Int = 1 << 19, longestLine: Int = 33 << 20,
    patience: Duration = .seconds(10)
  ) {
    self.files = files
    self.chunkSize = chunkSize
    self.longestLine = longestLine
    self.patience = patience
  }

  /// The next lines.
  ///
  /// - Returns: `nil` after the last one.
  /// - Throws: a `FileFailure` if a file cannot be opened or read.
  mutating func read() throws(FileFailure) -> RecordingChunk? {
    while true {
      if file == nil {
        guard next < files.count else { return nil }
        try open(files[next])
        next += 1
      }
      if let chunk = try readFile() {
        bytesRead += chunk.bytes.count
        return chunk
      }
    }
  }

  private mutating func open(_ name: String) throws(FileFailure) {
    guard name != "-" else { return file = (name, nil, true) }
    let descriptor = try FileDescriptor(
      reading: name, until: .now + patience, to: "read the recording")
    guard try descriptor.kind().type != .folder else {
      throw FileFailure(code: EISDIR, cannot: "read the recording", name)
    }
    file = (name, descriptor, true)
  }

  /// Whole lines of the open file; at its end, closes it and returns `nil`.
  private mutating func readFile() throws(FileFailure) -> RecordingChunk? {
    guard let file else { return nil }
    let number = file.descriptor?.number ?? FileHandle.standardInput.fileDescriptor
    var chunk = RecordingChunk(
      file: file.name, number: next - 1, isFirst: file.isNew, bytes: rest)
    rest = []
    while true {
      let isEnd = try Self.fill(&chunk.bytes, with: chunkSize, from: number, file.name)
      if isLost {
        // Skip everything up to the end of a line that is too long.
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

  /// Appends the next bytes; returns whether the file ended.
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

  /// The size of a regular file; `nil` for standard input and anything else.
  static func size(of path: String) -> Int? {
    var info = stat()
    guard path != "-", stat(path, &info) == 0, info.st_mode & S_IFMT == S_IFREG else { return nil }
    return Int(info.st_size)
  }

  private static func lastLineEnd(in bytes: [UInt8]) -> Int? { bytes.lastIndex(of: 0x0A) }
}

extension UnsafeMutableRawBufferPointer {
  /// Copies bytes to the front; returns their number.
  fileprivate func copied(from bytes: [UInt8]) -> Int {
    copyBytes(from: bytes)
    return bytes.count
  }
}
