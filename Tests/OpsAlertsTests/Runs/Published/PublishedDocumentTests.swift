internal import Foundation
internal import TestSupport
internal import Testing

/// Documents of real services, where the folder beside the repository has them.
@Suite("Documents as real services publish them")
struct PublishedDocumentTests {
  private static let folder = Repository.root.deletingLastPathComponent()
    .appending(path: "shared/documents")

  private static let isPresent = FileManager.default.fileExists(atPath: folder.path)

  static let stories = Repository.files(in: "Tests/Fixtures/published", ending: ".story.json")

  @Test(
    "Every alert that its operators want is quiet on the good document and names the bad instance",
    .enabled(if: isPresent, "../shared/documents is not there"), arguments: stories)
  func story(path: String) async throws {
    let story = try PublishedStory(path, documentsIn: Self.folder)
    try await story.play(try story.ownConfiguration())
  }

  @Test(
    "Every document there has a story", .enabled(if: isPresent, "../shared/documents is not there"))
  func complete() throws {
    let told = try Self.stories.map { try Repository.text(of: $0) }.joined()
    let names = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path)
      .filter { !$0.hasSuffix(".md") }
    #expect(names.filter { !told.contains("\"\($0)\"") }.sorted() == [])
    #expect(names.count > 25)
  }
}
