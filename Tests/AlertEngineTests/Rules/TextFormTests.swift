@testable import AlertEngine
@testable import JSON
internal import Testing
@testable import Text

@Suite("Forms of text")
struct TextFormTests {
  private static let samples: [String] =
    [
      "UTC", "+02:00", "-0330", "+14", "+24:00", "+2", "02:00",
      "24:00", "23:59", "24:01", "2:00", "02:60", "2026-12-01T20:00:00Z", "2026-12-01 20:00:00Z",
      "2026-12-01T20:00:00.5+01:00", "2026-12-01T20:00:00", "2026-12-01", "a@b c", "a@\n",
      "a.b-c@d",
      "", " ", "a", "_", "9a", "a9", "a-b", "a.b", "ä", "a b", "a\nb", "a\u{1B}b", "a\u{202E}b",
      "a\u{85}b", "docs/a.md", "docs/a.md#b", "docs/a.md#b c", "docs//a.md", "/etc", "a/..", "../a",
      "a/../b", "a..b", "...", "./a", "a\\b", "a:b", "docs/", "#a", "http://h", "https://h",
      "https://h/", "https://h:80", "https://h:", "https://h:123456", "https://h:8x", "https://h?q",
      "https://h/a?q=1", "https://h/a#s", "https://h#s", "https://u@h", "https://u:p@h/",
      "https://",
      "https:///a", "https://h/ä", "https://ä/", "https://h/a b", "https://h\\@e/",
      "https://[::1]/",
      "/", "a://b", "a:/b", "a:://b", "a://\u{301}", "ghp_a", "gha_", "GHP_a", "gh1_a", "ghpa_",
      "github_pat_a", "GITHUB_PAT", "e93facc04764012d7bfb", "e93facc04764012d7bf",
      "aaaaaaaaaaaaaaaaaaaa",
      "e93facc04764012d7bfb_", "9aaaaaaaaaaaaaaaaaaaaa", "a@b", "a@", "@b", "a@b@c", "-a@b",
      "a-@b.c",
      "a@-b", "a@b-", "a@b.", "a@b-c", ".a@b", "a.b+c@d", "ä@b", "a@ä", "a@b\n", " a", "a ", "a,b",
      "a  b", "<!here>", "<!here> <!channel>", "<!here>  <!everyone>", "<!here> ", " <!here>",
      "<!here><!here>", "<!here>\u{301}", "<!Here>", "<@U1>", "<@W1>", "<@U>", "<@X1>", "<@Uä>",
      "<@U1",
      "<!subteam^S1>", "<!subteam^S>", "<!subteam^U1>", "<@U1> <!subteam^S1>", "@here", "@everyone",
      "@here @everyone", "@here, @everyone", "<@1>", "<@&1>", "<@!1>", "<@>", "<@&>", "<@1> <@&1>",
      "<@١>",
      "HTTPS://h", "ftp://h", "https://h/a|b", "https://h/~a;b=c@d", "https://h/\"", "javascript:a",
      "0", "0s", "00", "90s", "1h30m", "1.5m", "1.", "1.5", "1.2345s", "5", "m", "1 m", "-1m",
      "1ms", "X-Api-Key", "x-api-key", "Authorization", "AUTHORIZATION", "authorization2", "Host",
      "Ho\u{17F}t", "ac\u{212A}ept", "Content-Type", "TE", "!#$%&'*+-.^_`|~", "a:b", "a\r\nb: c",
      "1msm", "1m1s1m1s1m", "1m1s1m1s1m1s", "1234567890s", "1M", "1w", "1m\u{301}", "٣m",
    ] + (0..<0x80).compactMap { Unicode.Scalar($0).map { "https://h/\($0)" } }
    + (0..<0x80).compactMap { Unicode.Scalar($0).map { "a\($0)a" } }
    + (0..<0x80).compactMap { Unicode.Scalar($0) }.flatMap {
      ["a\($0)a@h", "a@h\($0)h", "<@U\($0)>", "<@1\($0)>", "gh\($0)_a"]
    }

  @Test("A configured text may contain only characters that are shown as they are, and joiners")
  func printableOnly() {
    for value in 0...0xFFFF as ClosedRange<UInt32> {
      guard let scalar = Unicode.Scalar(value) else { continue }
      let isAllowed = scalar.isPrintable || Unicode.Scalar.joiners.contains(value)
      #expect(TextForm.line.matches("a\(scalar)") == isAllowed, "\(String(value, radix: 16))")
    }
  }

  @Test("The decoder and the schema's pattern agree", arguments: TextForm.allCases)
  func agrees(form: TextForm) throws {
    let pattern = try Regex(form.pattern).matchingSemantics(.unicodeScalar)
    for sample in Self.samples {
      let matches = sample.wholeMatch(of: pattern) != nil
      #expect(form.matches(sample) == matches, "\(form): \(sample.quoted)")
    }
  }

  @Test("Every form accepts some of the samples and rejects others", arguments: TextForm.allCases)
  func isSelective(form: TextForm) {
    #expect(Self.samples.contains(where: form.matches))
    #expect(!Self.samples.allSatisfy(form.matches))
  }

  @Test(
    "The pattern of a path accepts what the path accepts",
    arguments: [
      "a", "a.b", "a..b", ".a", "a.", "", "*", "a.*.b", "a.*b.c", #"a\.b"#, #"a.\*"#, #"a\\b"#,
      #"a\b"#, #"a\"#, "0.1", "ä.ö", Array(repeating: "a", count: 32).joined(separator: "."),
      Array(repeating: "a", count: 33).joined(separator: "."),
    ])
  func agreesOnPaths(text: String) throws {
    let path = try? MetricPath(text)
    for wildcards in [true, false] {
      let pattern = try Regex(Key.pathPattern(wildcards: wildcards))
        .matchingSemantics(.unicodeScalar)
      let isTaken = path.map { wildcards || !$0.hasWildcard } ?? false
      #expect((text.wholeMatch(of: pattern) != nil) == isTaken)
    }
  }
}
