internal import JSON
@testable import Prometheus
internal import TestSupport
internal import Testing

@Suite("Damaged documents and selectors")
struct PrometheusFuzzTests {
  private static let pieces = [
    "x", "{", "}", "\"", "\\", "\n", "=", ",", "#", " ", "\t", "1", "-", ".", "e", "NaN", "# EOF\n",
    "# TYPE x counter\n", "é", "\u{0}", "\r", "=~", "!", "'", "`", "(", "[", "__name__",
  ]

  @Test("A damaged document is read or refused at a place inside it", arguments: [false, true])
  func readsDamagedDocument(isOpenMetrics: Bool) {
    let whole = """
      # HELP x An \\ x.
      # TYPE x counter
      x{a="1",b="é\\n"} 1.5e3 # {c="d"} 1 2
      {"x",b="2"} -Inf 12
      # EOF

      """
    var generator = SplitMix64(seed: isOpenMetrics ? 1 : 2)
    for _ in 0..<3_000 {
      var bytes = Array(whole.utf8)
      for _ in 0..<Int.random(in: 1...4, using: &generator) {
        let start = Int.random(in: 0...bytes.count, using: &generator)
        let end = min(bytes.count, start + Int.random(in: 0...6, using: &generator))
        let piece = Self.pieces.randomElement(using: &generator) ?? ""
        bytes.replaceSubrange(start..<end, with: Array(piece.utf8))
      }
      if Bool.random(using: &generator) {
        bytes[Int.random(in: 0..<bytes.count, using: &generator)] = .random(
          in: 0...255, using: &generator)
      }
      do {
        let exposition = try read(bytes, isOpenMetrics: isOpenMetrics)
        #expect(
          exposition.samples(named: "x").allSatisfy { $0.labels.allSatisfy { !$0.value.isEmpty } })
      } catch {
        #expect((0...bytes.count).contains(error.offset), "\(error): \(bytes)")
      }
    }
  }

  @Test("A random text is a selector with a name, or refused with a reason")
  func readsRandomSelector() {
    var generator = SplitMix64(seed: 3)
    for _ in 0..<5_000 {
      let text = (0..<Int.random(in: 1...12, using: &generator)).compactMap { _ in
        Self.pieces.randomElement(using: &generator)
      }.joined()
      do {
        let selector = try MetricSelector(text)
        #expect(!selector.name.isEmpty)
      } catch {
        #expect(!error.reason.isEmpty)
      }
    }
  }
}
