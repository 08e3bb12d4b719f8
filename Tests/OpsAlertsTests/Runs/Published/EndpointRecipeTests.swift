@testable import AlertEngine
internal import Foundation
@testable import OpsAlerts
internal import TestSupport
internal import Testing

@Suite("Recipes for the endpoints of well-known services")
struct EndpointRecipeTests {
  private static let document = "docs/endpoints.md"
  private static let fixtures = "Tests/Fixtures/endpoints"
  static let recipes = Repository.files(in: "config/examples/endpoints", ending: ".json")

  private static func name(of path: String) -> String {
    URL(filePath: path).deletingPathExtension().lastPathComponent
  }

  @Test("A recipe is quiet on the good documents and names what is bad", arguments: recipes)
  func story(path: String) async throws {
    let story = try PublishedStory(
      "\(Self.fixtures)/\(Self.name(of: path)).story.json",
      documentsIn: Repository.root.appending(path: Self.fixtures))
    try await story.play(try Repository.text(of: path))
  }

  @Test("A recipe passes a strict check", arguments: recipes)
  func check(path: String) async throws {
    let file = Repository.root.appending(path: path).path
    let world = World()
    #expect(await world.run("check --strict --config \(file)") == .success)
    #expect(world.told.allSatisfy { $0.contains(": note: ") })
  }

  @Test("The document shows every recipe, word for word")
  func shown() throws {
    let text = try Repository.text(of: Self.document)
    let blocks = Set(text.matches(of: /```json\n((?s:.*?))```/).map { String($0.output.1) })
    let recipes = try Self.recipes.map { try Repository.text(of: $0) }
    #expect(Set(recipes) == blocks)
    for path in Self.recipes { #expect(text.contains("](../\(path))"), "no link to \(path)") }
    #expect(recipes.count >= 20)
  }
}
