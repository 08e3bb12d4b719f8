@testable import Files
internal import Foundation
internal import TestSupport
internal import Testing

@Suite("Open files")
struct FileDescriptorTests {
  @Test(
    "A file is read whole up to exactly the limit, and not at all beyond it",
    arguments: [(0, true), (9, true), (10, true), (11, false)])
  func limit(size: Int, isRead: Bool) throws {
    let folder = try Folder()
    let text = String(repeating: "x", count: size)
    let file = try FileDescriptor(folder.write(text, to: "f"), O_RDONLY, to: "read")
    #expect(try file.readAll(limit: 10) == (isRead ? Array(text.utf8) : nil))
  }
}
