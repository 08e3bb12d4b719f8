internal import Foundation
internal import TestSupport
internal import Testing

@Suite("Links between documents")
struct DocumentLinksTests {
  @Test(
    "Every relative link leads to a file, every anchor to a heading",
    arguments: Repository.documents())
  func links(document: String) throws {
    #expect(try DocumentLinks.broken(in: document, under: Repository.root) == [])
  }

  @Test(
    "The runbooks that alerts link to are there",
    arguments: [
      "incident-observability-runbook", "staging-smoke-rollback-criteria",
      "backup-and-recovery-operational-targets", "ingestion-checkpoint-recovery",
      "legal-review-checklist",
    ])
  func runbooks(name: String) {
    #expect(Repository.documents().contains("docs/release/\(name).md"))
  }

  @Test(
    "The incident runbook has an anchor for each shipped alert",
    arguments: ["error_rate", "fallback_rate", "refusal_rate", "latency_p95_ms", "endpoint_down"])
  func alertAnchors(alert: String) throws {
    let file = Repository.root.appending(path: "docs/release/incident-observability-runbook.md")
    let links = try DocumentLinks(markdown: String(contentsOf: file, encoding: .utf8))
    #expect(links.anchors.contains(alert))
  }

  @Test("A link to nowhere is found, whatever is wrong with it")
  func broken() throws {
    let root = FileManager.default.temporaryDirectory.appending(path: "links-\(UUID().uuidString)")
    let docs = root.appending(path: "docs")
    try FileManager.default.createDirectory(at: docs, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: root) }
    try Data(
      """
      # A `code_name` & more
      ## Twice
      ## Twice
      [good](#a-code_name--more) [good](#twice-1) [good](b.md) [good](../docs/b.md#here "title")
      [elsewhere](https://example.com/#x) `[code](nowhere.md)`
      ```
      [code](nowhere.md)
      ```
      [bad](c.md) [bad](#here) [bad](b.md#there) [bad](../../outside.md) [bad](/b.md)
      """.utf8
    ).write(to: docs.appending(path: "a.md"))
    try Data("### Here\n".utf8).write(to: docs.appending(path: "b.md"))
    #expect(
      try DocumentLinks.broken(in: "docs/a.md", under: root)
        == ["c.md", "#here", "b.md#there", "../../outside.md", "/b.md"])
  }
}
