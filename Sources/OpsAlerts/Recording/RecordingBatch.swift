internal import AlertEngine
internal import Foundation

/// The samples and mistakes of some lines of a recording.
struct RecordingBatch: Sendable {
  /// Up to this many mistakes of one batch are reported one by one.
  static let mostMistakes = 100

  var file: String
  /// Which of the files this is, counted from 0.
  var fileNumber: Int
  var isFirstOfFile: Bool
  var samples: [RecordedSample] = []
  /// The number of lines, including blank ones.
  var lines = 0
  /// The first of them; lines count from the start of the file.
  var mistakes: [LineMistake] = []
  var mistakeCount = 0
  /// The reader, with what it learned from these lines.
  var reader: RecordingReader

  /// A line that is not a sample.
  struct LineMistake: Hashable, Sendable {
    var file: String
    /// Counted from 1.
    var line: Int
    /// Counted from 1, in bytes.
    var column: Int
    var reason: String
  }

  /// Reads the lines of a chunk.
  ///
  /// - Parameters:
  ///   - chunk: the lines.
  ///   - reader: reads one line.
  init(_ chunk: RecordingChunk, by reader: RecordingReader) {
    file = chunk.file
    fileNumber = chunk.number
    isFirstOfFile = chunk.isFirst
    self.reader = reader
    for _ in 0..<chunk.lostLines {
      lines += 1
      note(RecordingMistake("the line is longer than a snapshot may be"))
    }
    chunk.bytes.withUnsafeBufferPointer { bytes in
      var rest = bytes[...]
      while !rest.isEmpty {
        let line = Self.line(in: rest)
        lines += 1
        read(UnsafeBufferPointer(rebasing: line))
        rest = rest[min(line.endIndex + 1, rest.endIndex)...]
      }
    }
  }

  private static func line(
    in rest: Slice<UnsafeBufferPointer<UInt8>>
  ) -> Slice<UnsafeBufferPointer<UInt8>> {
    let bytes = UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: rest))
    guard let start = bytes.baseAddress, let end = memchr(start, 0x0A, bytes.count) else {
      return rest
    }
    return rest[..<(rest.startIndex + (UnsafeRawPointer(end) - start))]
  }

  private mutating func read(_ line: UnsafeBufferPointer<UInt8>) {
    do throws(RecordingMistake) {
      samples.append(try reader.read(line))
    } catch {
      let isBlank = line.allSatisfy { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }
      if !isBlank { note(error) }
    }
  }

  private mutating func note(_ mistake: RecordingMistake) {
    mistakeCount += 1
    guard mistakes.count < Self.mostMistakes else { return }
    mistakes.append(
      LineMistake(file: file, line: lines, column: mistake.column, reason: mistake.reason))
  }
}
