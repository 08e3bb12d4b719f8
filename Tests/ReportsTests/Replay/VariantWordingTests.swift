@testable import AlertEngine
@testable import Reports
internal import Testing

@Suite("Names of variants")
struct VariantWordingTests {
  @Test(
    "Values close to one another are shown with enough digits to differ",
    arguments: [
      ("threshold=0.05001,0.05002", ["5 %", "5.001 %", "5.002 %"]),
      ("threshold=0.05,0.06", ["5 %", "6 %"]),
      ("duration_minutes=5,5.5", ["10 m", "5 m", "5 m 30 s"]),
    ])
  func values(request: String, expected: [String]) throws {
    let configuration = try Configuration.decode(
      Array(
        """
        {"rules": [{"name": "r", "metric_path": "a", "comparison": "gt", "threshold": 0.05,
          "unit": "ratio", "duration_minutes": 10}]}
        """.utf8))
    let variants = try WhatIf(["r: \(request)"], in: configuration).variants.map {
      VariantRecord($0, records: [], lag: VariantLag())
    }
    let words = VariantWording(variants: variants, span: .seconds(3_600), none: "-")
    let key = try #require(words.keys.first)
    let told = variants.compactMap { words.value(of: key, in: $0) }
    #expect(Set(told) == Set(expected))
    #expect(told.count == expected.count)
  }
}
