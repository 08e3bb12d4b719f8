@testable import Files
internal import Foundation
@testable import OpsAlerts
internal import Synchronization
internal import TestSupport
internal import Testing

@Suite("Saving a state durably")
struct StateDurabilityTests {
  /// A flush, and the state that a reader saw at that moment.
  private struct Flush: Equatable {
    var type: FileDescriptor.Kind.FileType
    /// In bytes; 0 for a folder.
    var size: Int
    var seen: RunState?
  }

  let folder: Folder

  init() throws { folder = try Folder() }

  private var path: String { folder.file("s.json") }

  @Test("The file is flushed before it replaces the old one, and the folder after that")
  func order() throws {
    let flushes = Mutex<[Flush]>([])
    let file = try StateFile.lock(
      path, timeout: .zero, pause: { _ in },
      flush: { [path] descriptor throws(FileFailure) in
        let kind = try descriptor.kind()
        let seen = try? StateFile.read(path)
        flushes.withLock {
          $0.append(Flush(type: kind.type, size: kind.size, seen: seen))
        }
        try descriptor.flush()
      }
    ).get()
    let states = [RunStateTests.state, RunState()]
    var old: RunState?
    for state in states {
      flushes.withLock { $0 = [] }
      try file.save(state)
      #expect(
        flushes.withLock(\.self) == [
          Flush(type: .regular, size: state.encoded().count, seen: old),
          Flush(type: .folder, size: 0, seen: state),
        ])
      old = state
    }
  }

  @Test("If the new state cannot be flushed, the old one stays")
  func full() throws {
    try StateFile.lock(path, timeout: .zero).get().save(RunStateTests.state)
    let file = try StateFile.lock(
      path, timeout: .zero, pause: { _ in },
      flush: { _ throws(FileFailure) in throw FileFailure(code: ENOSPC, cannot: "flush", "x") }
    ).get()
    #expect(throws: StateFailure.self) { try file.save(RunState()) }
    let saved = try StateFile.read(path)
    #expect(saved == RunStateTests.state)
    #expect(folder.names == ["s.json", "s.json.lock"])
  }

  @Test("A flush reaches the system, which refuses it for a pipe")
  func system() throws {
    try #require(mkfifo(folder.file("pipe"), 0o600) == 0)
    let pipe = try FileDescriptor(folder.file("pipe"), O_RDWR, to: "open")
    #expect(throws: FileFailure.self) { try pipe.flush() }
    let plain = try FileDescriptor(folder.file("plain"), O_RDWR | O_CREAT, to: "open")
    #expect(throws: Never.self) { try plain.flush() }
  }
}
