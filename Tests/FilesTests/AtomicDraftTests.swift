@testable import Files
internal import Foundation
internal import TestSupport
internal import Testing

@Suite("A file that is written piece by piece")
struct AtomicDraftTests {
  let folder: Folder

  init() throws { folder = try Folder() }

  @Test("A draft is not visible before it is published", arguments: [nil, ".fixed.tmp"])
  func unseen(temporaryName: String?) throws {
    try folder.write("old", to: "r")
    do {
      let draft = try AtomicDraft(of: folder.file("r"), temporaryName: temporaryName)
      try draft.write(Array("new".utf8))
      // A process killed here leaves nothing behind, unless the name is fixed.
      #expect(folder.names == ([temporaryName].compactMap(\.self) + ["r"]))
    }
    #expect(folder.names == ["r"])
    #expect(try folder.read("r") == "old")
  }

  @Test("A draft replaces the old file, a link's target, or nothing", arguments: 0..<3)
  func published(place: Int) throws {
    if place > 0 { try folder.write("old", to: "r") }
    let name = place == 2 ? "link" : "r"
    if place == 2 {
      try FileManager.default.createSymbolicLink(
        atPath: folder.file("link"), withDestinationPath: "r")
    }
    for text in ["first", "second"] {
      let draft = try AtomicDraft(of: folder.file(name))
      try draft.write(Array("\(text) ".utf8))
      try draft.write(Array("text".utf8))
      try draft.publish()
      #expect(try folder.read("r") == "\(text) text")
    }
    #expect(folder.names == (place == 2 ? ["link", "r"] : ["r"]))
    let attributes = try FileManager.default.attributesOfItem(atPath: folder.file("r"))
    let mode = attributes[.posixPermissions] as? Int ?? 0
    #expect(mode & 0o600 == 0o600 && mode & 0o133 == 0)
  }

  @Test("A draft that cannot take its place leaves nothing behind", arguments: [nil, ".fixed.tmp"])
  func obstructed(temporaryName: String?) throws {
    do {
      let draft = try AtomicDraft(of: folder.file("r"), temporaryName: temporaryName)
      try draft.write(Array("new".utf8))
      try FileManager.default.createDirectory(
        atPath: folder.file("r"), withIntermediateDirectories: false)
      let error = #expect(throws: FileFailure.self) { try draft.publish() }
      #expect(error?.code == EISDIR)
    }
    #expect(folder.names == ["r"])
  }

  @Test("A draft replaces what a killed process left while it published")
  func leftover() throws {
    try folder.write("left", to: AtomicDraft.passingName(of: "r"))
    let draft = try AtomicDraft(of: folder.file("r"))
    try draft.write(Array("new".utf8))
    try draft.publish()
    #expect(folder.names == ["r"])
    #expect(try folder.read("r") == "new")
  }

  @Test("Processes that replace the same file at once all succeed, and leave one whole file")
  func rivals() async throws {
    let path = folder.file("r")
    try await withThrowingTaskGroup(of: Void.self) { group in
      for rival in 0..<4 {
        group.addTask {
          for _ in 0..<100 {
            try AtomicFile.replace(path, with: Array(repeating: UInt8(rival), count: 10_000))
          }
        }
      }
      try await group.waitForAll()
    }
    #expect(folder.names == ["r"])
    let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    #expect(bytes.count == 10_000 && Set(bytes).count == 1)
  }
}
