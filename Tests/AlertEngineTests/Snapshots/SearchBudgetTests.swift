@testable import AlertEngine
@testable import JSON
@testable import Prometheus
internal import Testing

@Suite("How much is searched in a document")
struct SearchBudgetTests {
  private func plan(_ queries: [String]) throws -> ReadingPlan {
    var plan = ReadingPlan()
    for query in queries {
      let selector = Selector.query(try JSONPath(query))
      _ = plan.place(selector, of: Measurement(.value, of: selector, aggregate: .count))
    }
    return plan
  }

  private static let numbers = "[\((0..<100).map(String.init).joined(separator: ","))]"

  /// What each query found: the number of nodes, or why it could not be told.
  private func found(
    _ queries: [String], in document: String = numbers, _ budget: SearchBudget
  ) throws -> [String] {
    let bytes = Array(document.utf8)
    let sets = try bytes.withUnsafeBufferPointer { bytes in
      try plan(queries).series(in: try JSONDocument.read(bytes), bytes, within: budget)
    }
    return sets.map { set in
      switch set {
      case .single(let entry):
        switch entry.found {
        case .scalar(.number(let number)): "\(Int(number))"
        case .odd(.unusable(let words)): words
        case .absent, .null, .array, .object, .scalar, .odd: "neither"
        }
      case .instances: "instances"
      }
    }
  }

  @Test("A query that looks at too much says so, and takes nothing from the others")
  func ofOne() throws {
    let results = try found(["$..*", "$[7]", "$[3:5]"], SearchBudget(each: 500, all: 10_000))
    #expect(
      results == ["too much to search: the query looks at more than 500 places", "7", "2"])
  }

  @Test("Elements that are deep in others cost more than those that are not")
  func deepElements() throws {
    let elements = "[" + Array(repeating: #"{"v":1}"#, count: 50).joined(separator: ",") + "]"
    let (open, close) = (String(repeating: "[", count: 500), String(repeating: "]", count: 500))
    let budget = SearchBudget(each: 20_000, all: 20_000)
    #expect(try found(["$..v"], in: elements, budget) == ["50"])
    #expect(try found(["$..v"], in: open + elements + close, budget)[0].hasPrefix("too much"))
  }

  @Test("Queries that together look at too much say so, each in its turn")
  func ofAll() throws {
    let queries = (0..<6).map { "$[?@ > \($0)]" }
    let results = try found(queries, SearchBudget(each: 1_000_000, all: 1_000))
    #expect(results.first == "99")
    #expect(
      results.last
        == "too much to search: the queries of all rules look at more than 1000 places")
  }
}
