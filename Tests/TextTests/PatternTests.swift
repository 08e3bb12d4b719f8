internal import Testing

@testable import Text

@Suite("Patterns")
struct PatternTests {
  @Test(
    "An I-Regexp matches whole texts",
    arguments: [
      ("", [""], ["a"]),
      ("abc", ["abc"], ["", "ab", "abcd", "ABC"]),
      ("a|bc|", ["a", "bc", ""], ["b", "abc"]),
      ("a.c", ["abc", "a\u{2028}c", "a😀c"], ["a\nc", "a\rc", "ac", "a\r\nc"]),
      ("[0-9]{2,3}", ["12", "123"], ["1", "1234", "1a"]),
      ("(ab){2}", ["abab"], ["ab", "ababab"]),
      ("a{2,}b?", ["aa", "aaaab"], ["a", "ab"]),
      ("x{0}y{0,0}", [""], ["x", "y"]),
      ("(a|b+)*c", ["c", "abbac"], ["ab", "cc"]),
      ("((a?)*)*", ["", "aaa"], ["b"]),
      ("[^a-c]", ["d", "é", "\n"], ["a", "b", "c", "dd"]),
      ("[-a]+", ["-a-"], ["b"]),
      ("[a-]+", ["-a-"], ["b"]),
      ("[^-]", ["a"], ["-"]),
      ("[a-c-]", ["b", "-"], ["d"]),
      ("[a^b]", ["^"], ["c"]),
      ("[.*+?(){}|$]", [".", "*", "$", "{"], ["a", "\\"]),
      (#"\.\*\+\?\(\)\[\]\{\}\|\^\-\\"#, [#".*+?()[]{}|^-\"#], ["a"]),
      (#"\n\r\t"#, ["\n\r\t"], ["nrt"]),
      (#"[\n\]\-]"#, ["\n", "]", "-"], ["n", "\\"]),
      (#"\p{Lu}\p{Ll}+"#, ["Éa", "Ωμέγα"], ["éa", "É", "E1"]),
      (#"\p{L}\p{N}"#, ["a1", "中²"], ["1a"]),
      (#"\P{L}"#, ["1", " ", "😀"], ["a", "é"]),
      (#"[\p{Nd}\P{N}]"#, ["1", "a"], ["²"]),
      (#"[^\p{L}]"#, ["1"], ["a"]),
      (#"\p{Zs}\p{Sc}\p{So}"#, [" €😀"], ["a€😀"]),
      (#"\p{Cn}\p{Co}\p{C}"#, ["\u{378}\u{E000}\u{0}"], ["abc"]),
      ("^ab$", ["ab"], ["^ab$", "abc"]),
      ("a^b|a$b", [], ["ab", "a^b", "a$b"]),
      ("$^", [""], ["a"]),
      ("(^a|b)*", ["", "a", "abb", "bb"], ["ba", "aa"]),
      ("é", ["é"], ["e", "e\u{301}"]),
      ("e.", ["e\u{301}"], ["é"]),
      ("[😀-😂]", ["😁"], ["😃"]),
      ("a, b/c:d", ["a, b/c:d"], ["a"]),
    ] as [(String, [String], [String])])
  func iRegexp(text: String, matching: [String], others: [String]) throws {
    let pattern = try Pattern(text, .iRegexp)
    for example in matching { #expect(pattern.matches(example), "\(text) and \(example)") }
    for example in others { #expect(!pattern.matches(example), "\(text) and \(example)") }
  }

  @Test(
    "What RFC 9485 does not allow is a mistake that says what and where",
    arguments: [
      ("a)", "a ')' without its '(': write \\) for the character at character 2"),
      ("(a", "expected ')' at the end"),
      ("[a", "expected ']' at the end"),
      ("[]", "a ']' in a class: write \\] for the character at character 2"),
      ("[^]", "a ']' in a class: write \\] for the character at character 3"),
      ("[[a]", "a '[' in a class: write \\[ for the character at character 2"),
      ("[a-b-c]", "a '-' that is not part of a range: write \\- for the character at character 5"),
      ("[--a]", "a '-' that is not part of a range: write \\- for the character at character 3"),
      ("[a--]", "expected a range that ends after it begins, as in a-z, at character 5"),
      (
        #"[\p{L}-a]"#,
        "a '-' that is not part of a range: write \\- for the character at character 7"
      ),
      (#"[a-\p{L}]"#, "expected a range that ends after it begins, as in a-z, at character 9"),
      ("[z-a]", "expected a range that ends after it begins, as in a-z, at character 5"),
      ("*a", "nothing to repeat before '*': write \\* for the character at character 1"),
      ("a|+", "nothing to repeat before '+': write \\+ for the character at character 3"),
      ("(?:a)", "nothing to repeat before '?': write \\? for the character at character 2"),
      ("a**", "a second quantifier: put the part before it in a group at character 3"),
      ("a+?", "a second quantifier: put the part before it in a group at character 3"),
      ("a{2}{3}", "a second quantifier: put the part before it in a group at character 5"),
      ("a{,3}", "expected a count such as {2}, {2,} or {2,3} at character 3"),
      ("a{x}", "expected a count such as {2}, {2,} or {2,3} at character 3"),
      ("a{3,2}", "a repetition of at least 3 and at most 2 at character 2"),
      ("a{1001}", "a repetition of more than 1,000 at character 6"),
      ("{", "a '{' on its own: write \\{ for the character at character 1"),
      ("a}", "a '}' on its own: write \\} for the character at character 2"),
      ("a]", "a ']' on its own: write \\] for the character at character 2"),
      (#"\d"#, #"unknown escape: \d at character 2"#),
      (#"\w"#, #"unknown escape: \w at character 2"#),
      (#"\$"#, #"unknown escape: \$ at character 2"#),
      (#"\u0041"#, #"unknown escape: \u at character 2"#),
      (#"a\"#, #"a single '\' at the end"#),
      (#"\pL"#, "expected '{' at character 3"),
      (#"\p{Lu"#, "expected '}' at the end"),
      (
        #"\p{Greek}"#, "\"Greek\" is not a general category of Unicode, such as L or Lu, at the end"
      ),
      (#"\p{Cs}"#, "\"Cs\" is not a general category of Unicode, such as L or Lu, at the end"),
      (#"\p{}"#, "\"\" is not a general category of Unicode, such as L or Lu, at the end"),
      (
        "(a{1000}){1000}",
        "the pattern is too large: its repetitions, written out, have more than 4,096 characters"
      ),
      (
        "((){1000}){1000}",
        "the pattern is too large: its repetitions, written out, have more than 4,096 characters"
      ),
      (String(repeating: "a", count: 16_385), "a pattern has at most 16,384 bytes"),
      (
        String(repeating: "(", count: 10_000),
        "groups nest deeper than 100 levels at character 102"
      ),
    ])
  func refuses(text: String, reason: String) {
    let mistake = #expect(throws: Pattern.Mistake.self) { try Pattern(text, .iRegexp) }
    #expect(mistake?.reason == reason)
  }

  @Test(
    "A pattern of PromQL means what it means in RE2",
    arguments: [
      ("GET|POST", ["GET", "POST"], ["GE", "GETPOST", ""]),
      ("node-.*", ["node-1", "node-", "node-\n"], ["xnode-1"]),
      (".+", ["a", "\n"], [""]),
      (".*", ["", "a\nb", "é"], []),
      ("5..", ["503", "5é\n"], ["404"]),
      ("", [""], ["a"]),
      (#"\d+\.\w\s\D\W\S"#, ["12.a b-c"], ["12.é b-c", "x"]),
      (#"[\d\s]+[^\D]"#, ["1 2"], ["1 a"]),
      (#"[\W]"#, ["é", "-"], ["a", "_"]),
      ("(?i)get|post", ["GET", "Post"], ["put"]),
      ("(?i:a)b", ["Ab", "ab"], ["aB"]),
      ("(a(?i)b)c", ["abc", "aBc"], ["aBC", "Abc"]),
      ("(?i)é[^k]", ["Éa", "éB"], ["éK", "ék"]),
      ("(?i)[a-c]x", ["Bx", "bX"], ["dx"]),
      ("(?s).", ["\n"], []),
      ("(?:a|b)+?c??", ["abab", "ac"], ["c"]),
      ("(?P<name>a)(?<other>b)", ["ab"], ["a"]),
      (#"\Aa\z"#, ["a"], ["ab"]),
      ("^a$", ["a"], ["^a$"]),
      ("[[:alpha:]_]+[[:^digit:]]", ["ab_c"], ["ab1"]),
      ("[]a]+[a-]", ["]a-"], ["b"]),
      ("[a-c-e]+", ["b-e"], ["d"]),
      (#"\x41\x{1F600}\a"#, ["A😀\u{7}"], ["a"]),
      ("a{,2}{", ["a{,2}{"], ["aa"]),
      ("}]", ["}]"], []),
      (#"\pL\PL\p{Lu}"#, ["a1A"], ["1aA"]),
      (#"\-\/\:"#, ["-/:"], ["a"]),
    ] as [(String, [String], [String])])
  func re2(text: String, matching: [String], others: [String]) throws {
    let pattern = try Pattern(text, .re2)
    for example in matching { #expect(pattern.matches(example), "\(text) and \(example)") }
    for example in others { #expect(!pattern.matches(example), "\(text) and \(example)") }
  }

  @Test(
    "What RE2 or this program does not know is a mistake",
    arguments: [
      (#"\bfoo"#, #"unknown escape: \b at character 2"#),
      (#"(a)\1"#, #"unknown escape: \1 at character 5"#),
      (#"\Qa\E"#, #"unknown escape: \Q at character 2"#),
      ("(?=a)", "expected a group that begins with (?:, (?i: or (?s: at character 3"),
      ("(?m)a", "expected a group that begins with (?:, (?i: or (?s: at character 3"),
      ("a**", "a second quantifier: put the part before it in a group at character 3"),
      (#"\x{110000}"#, #"expected the number of a character, as in \x41 or \x{1F600}, at the end"#),
      ("[[:word]", "expected ':' at the end"),
      ("[[:nope:]]", "there is no class \"nope\" at character 9"),
      ("a{1001}", "a repetition of more than 1,000 at character 6"),
    ])
  func refusesRE2(text: String, reason: String) {
    let mistake = #expect(throws: Pattern.Mistake.self) { try Pattern(text, .re2) }
    #expect(mistake?.reason == reason)
  }

  @Test(
    "A search finds a match anywhere",
    arguments: [
      ("b+", "abba", true), ("b", "abba", true), ("x|bb", "abba", true), ("c", "abba", false),
      ("^b", "abba", false), ("^a", "abba", true), ("a$", "abba", true), ("b$", "abba", false),
      ("", "", true), ("$", "a", true), ("a{3}", "aaab", true), ("a{4}", "aaab", false),
      ("é.", "aé😀", true), ("a.b", "a\nb", false), ("^$", "", true), ("^$", "a", false),
    ])
  func searches(text: String, subject: String, isFound: Bool) throws {
    #expect(try Pattern(text, .iRegexp).matches(subject, whole: false) == isFound)
  }

  @Test(
    "However many ways there are to match, a text takes steps in proportion to its length",
    arguments: ["(a*)*b", "(a|a)*", "(.*.*.*)x", "((a+)+)+", "(a?){30}a{30}", "(a|aa)+$"])
  func isLinear(text: String) throws {
    let pattern = try Pattern(text, .iRegexp)
    func steps(_ length: Int) -> Int {
      let subject = [UInt8](repeating: UInt8(ascii: "a"), count: length)
      var steps = Int.max
      _ = subject.withUnsafeBufferPointer { pattern.matches($0, whole: true, steps: &steps) }
      return Int.max - steps
    }
    #expect(steps(10_000) <= 10 * steps(1_000) + 1_000)
    #expect(steps(10_000) <= 10_000 * 200)
  }

  @Test("Where the steps are used up, there is no answer")
  func isBounded() throws {
    let subject = [UInt8](repeating: UInt8(ascii: "a"), count: 10_000)
    for (text, whole) in [("(a*)*b", true), ("[b]", false), ("[ab]*c", false)] {
      let pattern = try Pattern(text, .iRegexp)
      var steps = 5_000
      #expect(
        subject.withUnsafeBufferPointer { pattern.matches($0, whole: whole, steps: &steps) } == nil)
    }
  }

  @Test("Each range of a class is a step")
  func countsRanges() throws {
    let ranges = (0x4E00..<0x5200).compactMap { Unicode.Scalar($0) }.map { String($0) }.joined()
    let pattern = try Pattern("[\(ranges)]*", .iRegexp)
    var steps = 1_000_000
    let subject = Array(String(repeating: "é", count: 1_000).utf8)
    _ = subject.withUnsafeBufferPointer { pattern.matches($0, whole: false, steps: &steps) }
    _ = subject.withUnsafeBufferPointer { pattern.matches($0, whole: true, steps: &steps) }
    #expect(steps <= 1_000_000 - 1_024)
  }

  @Test("Reading a pattern is counted, too, even if it is refused")
  func countsParsing() {
    var steps = 1_000_000
    let mistake = #expect(throws: Pattern.Mistake.self) {
      try Pattern("((a?){60}){60}", .iRegexp, steps: &steps)
    }
    #expect(mistake?.reason == "the pattern takes too many steps to read")
    #expect(steps < 0)
    steps = 1_000_000
    _ = try? Pattern("((){900}){900}", .iRegexp, steps: &steps)
    #expect(steps < 960_000)
  }

  @Test("Patterns are equal if their text and dialect are")
  func equality() throws {
    #expect(try Pattern("a", .re2) == Pattern("a", .re2))
    #expect(try Pattern("a", .re2) != Pattern("a", .iRegexp))
    #expect(try Pattern("é", .re2) != Pattern("e\u{301}", .re2))
    #expect(try Set([Pattern("a", .re2), Pattern("a", .re2)]).count == 1)
  }
}
