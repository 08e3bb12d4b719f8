internal import Foundation
internal import Testing

@testable import JSON

/// The public compliance suite of RFC 9535, where it is present.
@Suite("The JSONPath compliance suite")
struct JSONPathComplianceTests {
  @Test(
    "Every case has the result that the suite asks for",
    .enabled(
      if: ConformanceSuites.has(ConformanceSuites.jsonPath),
      "OPS_CONFORMANCE_SUITES names no folder with jsonpath/cts.json"))
  func everyCase() throws {
    let suite = try JSONSerialization.jsonObject(
      with: Data(contentsOf: ConformanceSuites.jsonPath))
    let cases = try #require((suite as? [String: Any])?["tests"] as? [[String: Any]])
    #expect(cases.count == 703)
    for test in cases {
      let name = try #require(test["name"] as? String)
      let text = try #require(test["selector"] as? String)
      if test["invalid_selector"] as? Bool == true {
        #expect(throws: JSONPath.Mistake.self, "\(name): \(text)") { try JSONPath(text) }
        continue
      }
      let document = try #require(test["document"])
      let query: JSONPath
      do {
        query = try JSONPath(text)
      } catch {
        Issue.record("\(name): \(text): \(error)")
        continue
      }
      let (values, paths) = try Self.select(query, in: document)
      let results = try #require(
        test["results"] as? [[Any]] ?? (test["result"] as? [Any]).map { [$0] })
      let allPaths = try #require(
        test["results_paths"] as? [[String]] ?? (test["result_paths"] as? [String]).map { [$0] })
      #expect(
        zip(results, allPaths).contains { result, expected in
          expected == paths && (result as NSArray).isEqual(values as NSArray)
        }, "\(name): \(text) selects \(paths), not \(allPaths)")
    }
  }

  /// The nodelist of a query: the values and the normalized paths.
  private static func select(_ query: JSONPath, in document: Any) throws -> ([Any], [String]) {
    let data = try JSONSerialization.data(
      withJSONObject: document, options: [.fragmentsAllowed, .sortedKeys])
    let bytes = Array(data)
    return try bytes.withUnsafeBufferPointer { buffer in
      let tree = try #require(try JSONDocument.read(buffer))
      var steps = 1_000_000
      let nodes = try query.select(in: tree, buffer, steps: &steps, keepsRepeats: true)
        .entries.compactMap(\.value)
      let values = try nodes.map { node in
        var cursor = JSONCursor(buffer, .lenient)
        cursor.offset = tree.offset(of: node)
        let start = cursor.offset
        try cursor.skip()
        return try JSONSerialization.jsonObject(
          with: data[start..<cursor.offset], options: .fragmentsAllowed)
      }
      return (values, nodes.map { tree.normalizedPath(of: $0, in: buffer) })
    }
  }
}
