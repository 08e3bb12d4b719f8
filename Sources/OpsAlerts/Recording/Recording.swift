internal import AlertEngine
internal import Delivery
internal import Files
internal import Foundation
internal import JSON
internal import Text

/// One line of a recording: a snapshot with its time and what is known about the response, or why
/// there was none.
struct RecordingLine: Sendable {
  enum Content: Sendable {
    /// The document as received.
    case snapshot([UInt8])
    /// Prometheus text as received.
    case text([UInt8])
    /// The body was not read.
    case responseOnly
    case error(String)
  }

  var observedAt: Instant
  var target: String
  /// Only that of a snapshot.
  var response = ResponseFacts()
  var content: Content

  /// The line with its end.
  ///
  /// A document is kept byte for byte, except that its line ends become blanks: strict JSON
  /// allows them only between values. A body that is not JSON is recorded as an error.
  func encoded() -> [UInt8] {
    let line: JSONText = [
      "observed_at": .instant(observedAt), "target": .string(target), "response": facts,
    ]
    return line.followed(by: member).encoded(.compact) + [0x0A]
  }

  private var facts: JSONText {
    let (status, seconds, bytes) = (response.status, response.seconds, response.bytes)
    guard response != ResponseFacts() else { return .omitted }
    return [
      "status": status.map { .integer($0) } ?? .omitted,
      "seconds": seconds.map { .number($0) } ?? .omitted,
      "bytes": bytes.map { .integer($0) } ?? .omitted,
    ]
  }

  private var member: JSONText {
    switch content {
    case .snapshot(let bytes):
      do throws(JSONFailure) {
        _ = try extract(PathPlan([]), from: bytes)
        return ["snapshot": .document(bytes.map { $0 == 0x0A || $0 == 0x0D ? 0x20 : $0 })]
      } catch {
        return ["error": .string("the response is not a JSON snapshot (\(error))")]
      }
    case .text(let bytes):
      guard let text = String(validating: bytes, as: UTF8.self) else {
        return ["error": "the response is not Prometheus text (it is not UTF-8)"]
      }
      return ["text": .string(text)]
    case .responseOnly: return [:]
    case .error(let sentence): return ["error": .string(sentence)]
    }
  }
}

/// A file of recorded snapshots, JSON lines, that only grows.
enum Recording {
  /// Appends lines in one write, so that concurrent runs do not interleave them.
  ///
  /// - Parameters:
  ///   - lines: in any order; they are written in time order.
  ///   - path: the recording; it and its folder are created if they do not exist.
  ///   - secrets: removed from the snapshots.
  /// - Throws: a `FileFailure` if not everything could be written; the next append ends a line that
  ///   was cut short.
  static func append(
    _ lines: [RecordingLine], to path: String, without secrets: Redactor = Redactor()
  ) throws(FileFailure) {
    try AtomicFile.makeFolder(AtomicFile.split(path).folder)
    try AppendedFile.append(to: path, as: "record to") { end in
      var bytes: [UInt8] = end.isAtLineBegin ? [] : [0x0A]
      for line in lines.sorted(by: { $0.observedAt < $1.observedAt }) {
        bytes += secrets.redact(json: line.encoded())
      }
      return bytes
    }
  }
}
