@testable import AlertEngine
@testable import JSON
internal import TestSupport
internal import Testing

@Suite("What-if requests")
struct WhatIfTests {
  static func configuration() throws -> Configuration {
    try Configuration.decode(
      Array(
        #"""
        {"rules": [
          {"name": "error_rate", "metric_path": "a", "comparison": "gt", "threshold": 0.05,
           "duration_minutes": 10},
          {"name": "noisy", "metric_path": "a", "comparison": "gt", "threshold": 0.05,
           "recovery_threshold": 0.03, "duration_minutes": 10, "min_samples": 3,
           "labels": {"team": "t"}, "unit": "ratio"},
          {"name": "state", "metric_path": "b", "comparison": "eq", "threshold": "down",
           "duration_minutes": 0},
          {"name": "low", "metric_path": "c", "comparison": "lt", "threshold": 5,
           "duration_minutes": 10, "measure": "increase", "window_minutes": 10}
        ]}
        """#.utf8))
  }

  /// The variants as text: `threshold 0.02 duration_minutes 5`; the configured one has a `*`.
  static func variants(_ requests: String...) throws -> [String] {
    try WhatIf(requests, in: configuration()).variants.map { variant in
      variant.changes.map { "\($0.key) \($0.value.plain)" }.joined(separator: " ")
        + (variant.isConfigured ? "*" : "")
    }
  }

  @Test(
    "A list and a range give exactly the numbers as written",
    arguments: [
      ("0.02..0.10 step 0.01", "0.02 0.03 0.04 0.05* 0.06 0.07 0.08 0.09 0.1"),
      ("0.1..0.05 step 0.02", "0.1 0.08 0.06 0.05*"),
      ("0.1..0.3 step 0.1", "0.05* 0.1 0.2 0.3"),
      ("0.05..0.05 step 1", "0.05*"),
      ("0..10 step 3", "0 0.05* 3 6 9"),
      ("-1..1 step 1", "-1 0 0.05* 1"),
      ("1e1, 2.50 ,0.05", "10 2.5 0.05*"),
      ("0.04,0.04,0.06", "0.04 0.05* 0.06"),
      ("0.06 , 0.04", "0.06 0.05* 0.04"),
      ("0.1..0.2 step 0.1, 0.3, 0.4..0.5 step 0.1", "0.05* 0.1 0.2 0.3 0.4 0.5"),
      ("0.000001..0.000003 step 0.000001", "1e-06 2e-06 3e-06 0.05*"),
    ])
  func values(written: String, read: String) throws {
    let variants = try Self.variants("error_rate: threshold=\(written)")
    #expect(variants.map { $0.dropFirst("threshold ".count) }.joined(separator: " ") == read)
  }

  @Test("Every combination is a variant, and the configured one is in its place")
  func grid() throws {
    #expect(
      try Self.variants("error_rate:duration_minutes=5,15,threshold=0.04, 0.06") == [
        "duration_minutes 5 threshold 0.04", "duration_minutes 5 threshold 0.06",
        "duration_minutes 10 threshold 0.05*", "duration_minutes 15 threshold 0.04",
        "duration_minutes 15 threshold 0.06",
      ])
    #expect(
      try Self.variants("error_rate: recovery_threshold=0.01,0.02") == [
        "*", "recovery_threshold 0.01", "recovery_threshold 0.02",
      ])
  }

  @Test("A variant is the configured rule with only the requested values changed")
  func rules() throws {
    let configuration = try Self.configuration()
    let variants = try WhatIf(
      ["noisy: threshold=0.05,0.07, duration_minutes=0,10", "low: window_minutes=2.5"],
      in: configuration
    ).variants
    var changed = configuration.rules[1]
    changed.duration = .zero
    #expect(variants[0].rule == changed)
    #expect(variants[0].rule.minSamples == 3)
    #expect(variants[1].rule == configuration.rules[1] && variants[1].isConfigured)
    #expect(variants.map(\.request) == [0, 0, 0, 0, 1, 1])
    #expect(variants[4].rule.measurement.window == .seconds(150))
    // Derived defaults follow from the variant.
    let atOnce = try WhatIf(["error_rate: duration_minutes=0"], in: configuration).variants
    #expect(atOnce.map(\.rule.minSamples) == [1, 2])
  }

  @Test("Contradictory combinations are left out, with a note")
  func impossible() throws {
    let whatIf = try WhatIf(["noisy: threshold=0.02..0.05 step 0.01"], in: Self.configuration())
    #expect(whatIf.variants.map { $0.changes[0].value } == [0.03, 0.04, 0.05])
    #expect(
      whatIf.notes == [
        "1 of 4 variants of noisy left out as invalid: with threshold 0.02: "
          + "noisy.recovery_threshold: expected at most the threshold, 0.02, found the number 0.03"
      ])
  }

  @Test(
    "At most 200 variants are accepted, including the configured one",
    arguments: [(198, 199), (199, 200), (200, nil), (201, nil)] as [(Int, Int?)])
  func mostVariants(asked: Int, read: Int?) throws {
    #expect(WhatIf.mostVariants == 200)
    let request = "error_rate: threshold=1..\(asked) step 1"
    guard let read else {
      #expect(throws: WhatIfMistake.self) { try Self.variants(request) }
      return
    }
    #expect(try Self.variants(request).count == read)
    // If the configured value is one of these, there is no additional variant.
    let among = try Self.variants("error_rate: threshold=0.05,2..\(read) step 1")
    #expect(among.count == read)
  }

  @Test(
    "A mistake is reported in one sentence",
    arguments: [
      (
        "threshold=1", "expected RULE: KEY=VALUES, as in error_rate: threshold=0.02..0.10 step 0.01"
      ),
      ("eror_rate: threshold=1", #"there is no rule "eror_rate"; did you mean "error_rate"?"#),
      ("x: threshold=1", #"there is no rule "x"; the rules are error_rate, noisy, state, low"#),
      ("endpoint_down: duration_minutes=1", "endpoint_down is built in and cannot be varied"),
      ("error_rate: treshold=1", #"unknown key "treshold"; did you mean "threshold"?"#),
      ("error_rate: zz=1", #"unknown key "zz"; only these can be varied: window_minutes"#),
      ("error_rate: comparison=1", "comparison cannot be varied; only numbers can: window_minutes"),
      ("error_rate:", "expected KEY=VALUES after the rule's name, found nothing (is the whole"),
      ("error_rate: 5", #"expected KEY=VALUES after the rule's name, found "5""#),
      (
        "error_rate: threshold=",
        "threshold: expected a number such as 0.04, with at most 15 digits, found nothing"
      ),
      (
        "error_rate: threshold=1,",
        "threshold: expected a number such as 0.04, with at most 15 digits, found noth"
      ),
      (
        "error_rate: threshold=5%",
        #"threshold: expected a number such as 0.04, with at most 15 digits, found "5%""#
      ),
      ("error_rate: threshold=0x1", "threshold: expected a number"),
      ("error_rate: threshold=nan", "threshold: expected a number"),
      ("error_rate: threshold=1e400", "threshold: expected a number"),
      (
        "error_rate: threshold=1..2", #"threshold: the range "1..2" needs a step: 1..2 step STEP"#
      ),
      ("error_rate: threshold=1 step 2", "threshold: a step needs a range"),
      ("error_rate: threshold=1..2 step 0", "threshold: expected a step above 0, found 0"),
      ("error_rate: threshold=1..2 step -1", "threshold: expected a step above 0, found -1"),
      (
        "error_rate: threshold=0..1 step 1e-9",
        "threshold: the range has 1000000001 values; at most"
      ),
      ("error_rate: threshold=0..1e14 step 1e-9", "threshold: the step is too small"),
      ("error_rate: threshold=1,threshold=2", "threshold is given twice"),
      ("error_rate: min_samples=1.5", "min_samples: expected a whole number from 1 to 100000"),
      ("error_rate: duration_minutes=-1", "duration_minutes: expected minutes from 0 to"),
      ("state: threshold=1", #"the threshold of state is the string "down"; only numbers"#),
      (
        "error_rate: window_minutes=5",
        "with window_minutes 5: error_rate.window_minutes: not allowed with"
      ),
      (
        "noisy: threshold=0.01,0.02",
        "with threshold 0.01: noisy.recovery_threshold: expected at most the threshold, 0.01"
      ),
      (
        "error_rate: threshold=1..20 step 1, duration_minutes=1..10 step 1",
        "these are 201 variants, including the configured rules; at most 200 can be evaluated in one "
          + "replay; use fewer values"
      ),
      (
        "error_rate: "
          + ["threshold", "duration_minutes", "min_samples", "max_gap_minutes"].map {
            $0 + "=1..100 step 1"
          }.joined(separator: ", "), "these are 100000001 variants"
      ),
    ])
  func mistakes(request: String, reason: String) throws {
    let configuration = try Self.configuration()
    let mistake = #expect(throws: WhatIfMistake.self) {
      try WhatIf([request], in: configuration)
    }
    #expect(mistake?.reason.hasPrefix(reason) == true, "\(mistake?.reason ?? "none")")
    #expect(mistake?.request == request)
  }

  @Test("Random text is accepted or rejected, and never crashes the program")
  func fuzz() throws {
    let configuration = try Self.configuration()
    var random = SplitMix64(seed: 5)
    let pieces = [
      "error_rate", ":", "threshold", "=", "0.1", "..", " step ", ",", "-", "1e9", "9", ".", "e",
      "\u{301}",
      " ", "min_samples", "0",
    ]
    for _ in 0..<2_000 {
      let tail = (0..<Int.random(in: 0..<9, using: &random)).map { _ in
        pieces[Int.random(in: 0..<pieces.count, using: &random)]
      }
      let variants = try? WhatIf(
        ["error_rate: threshold=" + tail.joined()], in: configuration
      ).variants
      #expect((variants?.count ?? 1) <= WhatIf.mostVariants)
    }
  }
}
