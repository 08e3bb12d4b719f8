@testable import AlertEngine
internal import Testing

@Suite("The tables of keys")
struct KeyTests {
  /// Types that share a key, and that require and forbid the keys of others.
  private static let types: [ReceiverType] = {
    let shared = Key("shared", .text(.line, max: 9), .optional, "a", example: #""a""#)
    var other = shared
    other.meaning = "b"
    let needed = Key("needed", .bool, .required, "c", example: "true")
    let pattern = TextPattern.oneOrMore("a", of: "a")
    return [
      ReceiverType("none"),
      ReceiverType("one", sources: [(.url, .required)], keys: [needed, shared]),
      ReceiverType(
        "two", sources: [(.url, .optional), (.token, .variable("T"))], keys: [other],
        forms: ["shared": pattern]),
    ]
  }()

  @Test(
    "Names are unique, and every relation is between keys that exist",
    arguments: [
      RootKey.grammar, IncludedKey.grammar, RuleKey.grammar, .defaults, BadSamplesKey.grammar,
      EvaluationKey.grammar, EndpointKey.grammar,
      TargetKey.grammar, .receiver(of: types), NotificationKey.grammar, RuleTestFileKey.grammar,
      RuleTestKey.grammar, ExpectationKey.grammar, TransitionKey.grammar,
    ])
  func areConsistent(grammar: Grammar) {
    let names = grammar.keys.map(\.name)
    #expect(!names.isEmpty)
    #expect(Set(names).count == names.count)
    for relation in grammar.relations {
      switch relation {
      case .exactlyOne(let keys), .atMostOne(let keys), .atLeastOne(let keys),
        .together(let keys):
        #expect(Set(keys).isSubset(of: names))
      case .needed(let key, let other, let words), .forbidden(let key, let other, let words),
        .numeric(let key, let other, let words), .listed(let key, let other, let words),
        .form(let key, _, let other, let words):
        #expect(names.contains(key) && names.contains(other))
        #expect(!words.isEmpty)
      case .oneOf(let keys, let other, let words), .atMostOneOf(let keys, let other, let words):
        #expect(Set(keys + [other]).isSubset(of: names))
        #expect(keys.count > 1 && !words.isEmpty)
      }
    }
  }

  @Test("The keys of several types make one grammar, shared keys first")
  func combinesTypes() {
    let grammar = Grammar.receiver(of: Self.types)
    #expect(
      grammar.keys.map(\.name) == [
        "name", "type", "severities", "match", "after_minutes", "hours", "required", "url_env",
        "url_file", "token_env", "token_file",
        "shared", "needed",
      ])
    let meanings = Dictionary(grammar.keys.map { ($0.name, $0.meaning) }) { one, _ in one }
    #expect(meanings["shared"] == "in `one`, a; in `two`, b")
    #expect(meanings["needed"] == "c")
    #expect(
      grammar.relations.dropLast(2).map { "\($0)" } == [
        #"oneOf(["url_env", "url_file"], where: "type", is: ["one"])"#,
        #"atMostOneOf(["url_env", "url_file"], where: "type", is: ["two"])"#,
        #"forbidden("url_env", where: "type", is: ["none"])"#,
        #"forbidden("url_file", where: "type", is: ["none"])"#,
        #"atMostOneOf(["token_env", "token_file"], where: "type", is: ["two"])"#,
        #"forbidden("token_env", where: "type", is: ["none", "one"])"#,
        #"forbidden("token_file", where: "type", is: ["none", "one"])"#,
        #"forbidden("shared", where: "type", is: ["none"])"#,
        #"needed("needed", where: "type", is: ["one"])"#,
      ])
    guard
      case .form("shared", let pattern, where: "type", is: ["two"])? = grammar.relations.dropLast()
        .last
    else {
      Issue.record("\(grammar.relations)")
      return
    }
    #expect(pattern.matches("a a") && !pattern.matches("b"))
    #expect(
      "\(grammar.relations.last!)"
        == #"forbidden("hours", where: "type", is: ["none", "one", "two"])"#)
  }

  @Test("A rule's keys are numbered from 0, as the decoder expects")
  func areCounted() {
    #expect(RuleKey.allCases.map(\.rawValue) == Array(RuleKey.allCases.indices))
    #expect(!RuleKey.allCases.isEmpty)
  }
}
