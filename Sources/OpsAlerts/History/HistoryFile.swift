internal import AlertEngine
internal import Delivery
internal import Files
internal import Foundation
internal import JSON
internal import Text

/// What happened, one JSON line for each entry, beside the state file.
enum HistoryFile {
  /// How much a history may hold before its older half is removed.
  struct Limit {
    var lines = 10_000
    var bytes = 10_000_000
  }

  /// The history that belongs to a state file: next to it, not next to a link to it.
  static func path(of state: String) -> String {
    let file = (try? AtomicFile.resolved(state)) ?? state
    let stem = file.hasSuffix(".json") ? String(file.dropLast(".json".count)) : file
    return "\(stem)-history.jsonl"
  }

  /// Whether there is a history of a state, which may be gone itself.
  static func exists(beside state: String) -> Bool {
    var status = stat()
    return stat(path(of: state), &status) == 0 && status.st_mode & S_IFMT == S_IFREG
      && status.st_size > 0
  }

  /// Appends entries durably, in one write.
  ///
  /// - Parameters:
  ///   - entries: in the order in which they happened.
  ///   - path: the history; it and its folder are created if they do not exist.
  ///   - secrets: removed from the texts.
  ///   - isLocked: whether this process holds the lock of the state, so that nobody else appends; only
  ///     then is a history that has become too large cut.
  ///   - limit: how large it may become.
  /// - Throws: a `FileFailure` if not everything could be written; the next append ends a line that
  ///   was cut short.
  static func append(
    _ entries: [HistoryEntry], to path: String, without secrets: Redactor = Redactor(),
    isLocked: Bool = true, limit: Limit = Limit()
  ) throws(FileFailure) {
    guard !entries.isEmpty else { return }
    let codec = StateCodec.historyEntry
    var lines: [UInt8] = []
    for entry in entries {
      lines += secrets.redact(json: codec.text(entry).encoded(.compact)) + [0x0A]
    }
    try AtomicFile.makeFolder(AtomicFile.split(path).folder)
    try AppendedFile.append(to: path, as: "write the history to", permissions: 0o600, flush: flush)
    { end in (end.isAtLineBegin ? [] : [0x0A]) + lines }
    if isLocked { try cut(path, to: limit) }
  }

  /// Removes the older half of a history that is beyond a limit.
  private static func cut(_ path: String, to limit: Limit) throws(FileFailure) {
    guard !AtomicFile.isStream(path) else { return }
    let file = try FileDescriptor(regular: path, to: "read the history")
    // No line is shorter than this.
    guard try file.kind().size > min(limit.bytes, limit.lines * 64) else { return }
    let lines = try whole(file).split(separator: 0x0A)
    var kept = lines.suffix(limit.lines / 2)
    var size = kept.reduce(0) { $0 + $1.count + 1 }
    guard lines.count > limit.lines || size > limit.bytes else { return }
    while size > limit.bytes / 2, let first = kept.popFirst() { size -= first.count + 1 }
    let (_, name) = AtomicFile.split(path)
    try AtomicFile.replace(
      path, with: Array(kept.joined(separator: [0x0A])) + [0x0A], temporaryName: ".\(name).tmp",
      flush: flush)
  }

  private static let flush: FileDescriptor.Flush = { file throws(FileFailure) in try file.flush() }

  /// Reads a history, oldest first, without a lock.
  ///
  /// - Returns: its entries, and the number of lines that this version cannot read, without one that
  ///   is being written; `nil` if there is no history.
  /// - Throws: a `FileFailure` if it cannot be read.
  static func read(
    _ path: String
  ) throws(FileFailure) -> (entries: [HistoryEntry], unreadable: Int)? {
    var bytes: [UInt8]
    do throws(FileFailure) {
      bytes = try whole(FileDescriptor(regular: path, to: "read the history"))
    } catch {
      if error.isNotFound { return nil }
      throw error
    }
    // Half a line may be under way, or was cut short by a kill.
    if let end = bytes.lastIndex(of: 0x0A) { bytes.removeLast(bytes.count - end - 1) }
    let codec = StateCodec.historyEntry
    let lines = bytes.split(separator: 0x0A)
    let entries = lines.compactMap { line -> HistoryEntry? in
      guard let node = try? JSONNode.parse(Array(line)) else { return nil }
      return try? codec.read(node)
    }
    return (entries, lines.count - entries.count)
  }

  private static func whole(_ file: FileDescriptor) throws(FileFailure) -> [UInt8] {
    guard let bytes = try file.readAll(limit: 10 * Limit().bytes) else {
      throw FileFailure(code: EFBIG, cannot: "read the history", file.path)
    }
    return bytes
  }
}
