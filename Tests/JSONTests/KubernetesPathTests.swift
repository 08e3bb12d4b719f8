@testable import JSON
internal import Testing

@Suite("Queries in the dialect of Kubernetes")
struct KubernetesPathTests {
  @Test(
    "A query is said if the dialect can say it",
    arguments: [
      ("$.a.b", "", ".a.b"), ("$['a.b'][-1]", "", #".a\.b[-1]"#), ("$.a[*].b", ".a.*", ".b"),
      ("$.a[1:3]", ".a[1:3:1]", ""), ("$..a", "..a", ""),
      ("$.a[?@.b=='x y'].c", #".a[?(@.b=="x y")]"#, ".c"),
      ("$.a[?@.b>=2].c", ".a[?(@.b>=2.0)]", ".c"), ("$.a[?@.b]", ".a[?(@.b)]", ""),
    ])
  func said(query: String, elements: String, value: String) throws {
    let path = try JSONPath(query).kubernetes
    #expect(path == JSONPath.Kubernetes(elements: elements, value: value))
  }

  @Test(
    "Otherwise there is no path",
    arguments: [
      "$.a[?@.b && @.c]", "$.a[?!@.b]", "$['a','b']", "$['a b']", "$['a}']", "$.a[::-1]", "$..[1]",
      "$.a[?@.b==null]", #"$.a[?@.b=="x\"y"]"#, "$.a[?length(@.b)>1]", "$.a[?@.b==$.c]",
    ])
  func unsaid(query: String) throws {
    let path = try JSONPath(query).kubernetes
    #expect(path == nil)
  }
}
