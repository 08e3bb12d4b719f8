@testable import Files
internal import Foundation
@testable import OpsAlerts
internal import TestSupport
internal import Testing
@testable import Text

@Suite("The state file on disk")
struct StateFileTests {
  let folder: Folder

  init() throws { folder = try Folder() }

  var path: String { folder.file("ops/state.json") }

  func lock(timeout: Duration = .zero) throws -> StateFile {
    try StateFile.lock(path, timeout: timeout, pause: { _ in }).get()
  }

  @Test("A missing file means a first run")
  func firstRun() throws {
    #expect(try lock().load() == nil)
  }

  @Test("A saved state is read back, and only its owner may read the file")
  func saved() throws {
    let file = try lock()
    try file.save(RunStateTests.state)
    #expect(try file.load() == RunStateTests.state)
    let saved = try StateFile.read(path)
    #expect(saved == RunStateTests.state)
    let attributes = try FileManager.default.attributesOfItem(atPath: path)
    #expect(attributes[.posixPermissions] as? Int == 0o600)
  }

  @Test("A save leaves nothing but the state and its lock")
  func noLeftovers() throws {
    let file = try lock()
    try folder.write("half", to: "ops/.state.json.tmp")
    for _ in 0..<3 { try file.save(RunStateTests.state) }
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.file("ops")).sorted()
    #expect(names == ["state.json", "state.json.lock"])
  }

  @Test("A second run waits for the lock and then names its holder")
  func locked() throws {
    let first = try lock()
    var pauses = 0
    let second = StateFile.lock(
      path, timeout: .milliseconds(100), pause: { _ in pauses += 1 })
    guard case .failure(.locked(_, let holder, _)) = second else {
      Issue.record("two runs held the lock")
      return
    }
    #expect(holder == Int(ProcessInfo.processInfo.processIdentifier))
    #expect(pauses == 5)
    #expect(try first.load() == nil)
  }

  @Test("A run that is cancelled does not wait for the lock")
  func cancelled() async throws {
    let first = try lock()
    let pauses = await Task { [path] in
      withUnsafeCurrentTask { $0?.cancel() }
      var pauses = 0
      let second = StateFile.lock(path, timeout: .seconds(1), pause: { _ in pauses += 1 })
      guard case .failure(.locked) = second else { return -1 }
      return pauses
    }.value
    #expect(pauses == 0)
    #expect(try first.load() == nil)
  }

  @Test("A lock ends with the run that held it")
  func released() throws {
    do { _ = try lock() }
    _ = try lock()
  }

  @Test("A lock ends with the run that held it, even while a child is being started")
  func releasedDuringSpawn() throws {
    var held: StateFile? = try lock()
    let child = try HalfStartedChild(in: folder)
    #expect(try held?.load() == nil)
    held = nil
    _ = try lock()
    child.finish()
  }

  @Test("Two names of one file share one lock")
  func linkedNames() throws {
    let first = try lock()
    try first.save(RunState())
    let link = folder.file("link.json")
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: path)
    guard case .failure(.locked) = StateFile.lock(link, timeout: .zero, pause: { _ in }) else {
      Issue.record("the link had a lock of its own")
      return
    }
  }

  @Test("A save through a symbolic link keeps the link")
  func linkKept() throws {
    try lock().save(RunState())
    let link = folder.file("link.json")
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: path)
    try StateFile.lock(link, timeout: .zero).get().save(RunStateTests.state)
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == path)
    let saved = try StateFile.read(path)
    #expect(saved == RunStateTests.state)
  }

  @Test(
    "An invalid state is refused and kept",
    arguments: ["", "{", "nonsense", #"{"format": 99}"#, #"{"format": 1}"#])
  func corrupt(_ content: String) throws {
    let file = try lock()
    try folder.write(content, to: "ops/state.json")
    #expect(throws: StateFailure.self) { try file.load() }
    #expect(try folder.read("ops/state.json") == content)
  }

  @Test("A file that is moved aside never replaces another")
  func movedAside() throws {
    let file = try lock()
    let contents = ["one", "two", "three"]
    let names = try contents.map { content in
      try folder.write(content, to: "ops/state.json")
      return try #require(try file.moveAside(at: Instant(milliseconds: 0)))
    }
    let kept = try names.map { try String(contentsOfFile: $0, encoding: .utf8) }
    #expect(kept == contents)
    #expect(try file.moveAside(at: Instant(milliseconds: 0)) == nil)
    #expect(try file.load() == nil)
  }

  @Test("A run whose lock was removed does not overwrite another one's state")
  func lockRemoved() throws {
    let first = try lock()
    try FileManager.default.removeItem(atPath: path + ".lock")
    let second = try lock()
    try second.save(RunStateTests.state)
    #expect(throws: StateFailure.self) { try first.save(RunState()) }
    let saved = try StateFile.read(path)
    #expect(saved == RunStateTests.state)
  }

  @Test("A link to a missing state stays a link")
  func danglingLink() throws {
    try FileManager.default.createDirectory(
      atPath: folder.file("ops"), withIntermediateDirectories: true)
    let link = folder.file("link.json")
    try FileManager.default.createSymbolicLink(
      atPath: link, withDestinationPath: "ops/state.json")
    try StateFile.lock(link, timeout: .zero).get().save(RunStateTests.state)
    let saved = try StateFile.read(path)
    #expect(saved == RunStateTests.state)
  }

  @Test("A folder in place of the state is refused")
  func folderInPlace() throws {
    let file = try lock()
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    #expect(throws: StateFailure.self) { try file.load() }
    #expect(throws: StateFailure.self) { try file.save(RunState()) }
  }

  @Test(
    "A file name cannot add a line to a message about a state file",
    arguments: [
      StateFailure.locked(path: "s\nFORGED", holder: 1, waited: .zero),
      .corrupt(path: "s\nFORGED", reason: "r"), .newerFormat(path: "s\nFORGED", found: 9),
      .tooLarge(path: "s\nFORGED", megabytes: 300), .lockLost(path: "s\nFORGED"),
      .file(FileFailure(code: EACCES, cannot: "write", "s\nFORGED")),
    ])
  func hostileName(error: StateFailure) {
    #expect(error.description.contains("FORGED") && !error.description.contains("\n"))
  }
}
