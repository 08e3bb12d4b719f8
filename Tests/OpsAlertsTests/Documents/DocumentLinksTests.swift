internal import AlertEngine
internal import Delivery
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

  /// The shipped configuration and those of the examples.
  private static let configurations: [String] = {
    let examples = Repository.root.appending(path: "config/examples").path
    let names = (try? FileManager.default.contentsOfDirectory(atPath: examples)) ?? []
    return ["config/ops_alert_thresholds.json"]
      + names.filter { $0.hasSuffix(".json") && !$0.contains(".tests.") }.sorted()
      .map { "config/examples/\($0)" }
  }()

  @Test("The runbooks that a configuration links to exist", arguments: configurations)
  func runbooks(file: String) throws {
    let configuration = try Configuration.decode(
      Array(Repository.text(of: file).utf8), receivers: ReceiverCatalogue.standard.types)
    let links =
      configuration.rules.compactMap(\.text.runbook)
      + [configuration.endpoint.runbook].compactMap(\.self)
    let files = links.filter { !$0.hasPrefix("https://") }
    #expect(!files.isEmpty)
    for link in files {
      let parts = link.split(separator: "#", maxSplits: 1).map(String.init)
      #expect(Repository.documents().contains(parts[0]), "\(link)")
      guard parts.count == 2 else { continue }
      let document = DocumentLinks(markdown: try Repository.text(of: parts[0]))
      #expect(document.anchors.contains(parts[1]), "\(link)")
    }
  }

  @Test("There are examples of configurations to look through")
  func examples() {
    #expect(Self.configurations.count > 2)
  }

  @Test("The incident runbook has an anchor for each shipped alert")
  func alertAnchors() throws {
    let shipped = try Repository.text(of: "config/ops_alert_thresholds.json")
    let rules = try Configuration.decode(Array(shipped.utf8)).rules.map(\.name)
    let runbook = try Repository.text(of: "docs/release/incident-observability-runbook.md")
    let alerts = Set(rules + [EndpointSettings.ruleName])
    #expect(alerts.count > 1)
    #expect(alerts.isSubset(of: DocumentLinks(markdown: runbook).anchors))
  }

  @Test("Every kind of broken link is reported")
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
