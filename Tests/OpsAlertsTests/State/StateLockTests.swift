internal import Foundation
@testable import OpsAlerts
internal import TestSupport
internal import Testing

@Suite("The lock file of a state")
struct StateLockTests {
  enum Place: CaseIterable {
    case hardLink, symbolicLink, danglingLink, folder, pipe
  }

  /// Puts something else in the lock file's place.
  private static func occupy(_ lock: String, by place: Place, beside precious: String) throws {
    let files = FileManager.default
    switch place {
    case .hardLink: try files.linkItem(atPath: precious, toPath: lock)
    case .symbolicLink: try files.createSymbolicLink(atPath: lock, withDestinationPath: precious)
    case .danglingLink:
      try files.createSymbolicLink(atPath: lock, withDestinationPath: precious + ".none")
    case .folder: try files.createDirectory(atPath: lock, withIntermediateDirectories: false)
    case .pipe: try #require(mkfifo(lock, 0o600) == 0)
    }
  }

  @Test(
    "A lock file that is not a regular file with one name is refused, and nothing is written",
    arguments: Place.allCases)
  func occupied(place: Place) throws {
    let folder = try Folder()
    let precious = try folder.write("precious", to: "precious")
    let state = folder.file("s.json")
    try Self.occupy(state + ".lock", by: place, beside: precious)
    guard case .failure(.file) = StateFile.lock(state, timeout: .zero, pause: { _ in }) else {
      Issue.record("the lock was taken on a \(place)")
      return
    }
    #expect(try folder.read("precious") == "precious")
    #expect(folder.names == ["precious", "s.json.lock"])
  }

  @Test("A regular file is locked, whatever its content")
  func plain() throws {
    let folder = try Folder()
    try folder.write("4242\nrubbish", to: "s.json.lock")
    let file = try StateFile.lock(folder.file("s.json"), timeout: .zero).get()
    #expect(try file.load() == nil)
    #expect(try folder.read("s.json.lock") == "\(getpid())\n")
  }
}
