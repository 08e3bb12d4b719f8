@testable import AlertEngine
@testable import JSON
internal import Testing
@testable import Text

@Suite("The fields around the elements that a query selects")
struct ElementFieldTests {
  private func checks(_ rule: String, _ document: String) throws -> [Check] {
    var probe = try Probe(
      rule + #", "name": "rule", "threshold": 100, "on_missing": "hold""#)
    try probe.see(document)
    return probe.last?.checks.filter { $0.subject.rule != nil } ?? []
  }

  @Test("The innermost element that has a field names the instance")
  func innermost() throws {
    let document = """
      {"zone": "z", "hosts": [
        {"name": "a", "disks": [{"name": "sda", "used": 1}, {"used": 2}]},
        {"name": "b", "zone": "y", "disks": [{"name": "sdb", "used": 3}]}]}
      """
    let checks = try checks(
      #""metric_path": "$.hosts[*].disks[*].used", "instance_by": ["zone", "name"]"#, document)
    #expect(checks.map(\.instance) == ["y/sdb", "z/a", "z/sda"])
  }

  @Test("A field that thousands of elements lack is not looked for in the document each time")
  func absentField() throws {
    let members = (0..<5_000).map { "\"k\($0)\": {\"v\": 1}" }.joined(separator: ",")
    let checks = try checks(
      #""metric_path": "$[*].v", "instance_by": ["x"]"#, "{\(members)}")
    #expect(checks.map(\.observation) == [.unknown(.unnamed)])
  }
}
