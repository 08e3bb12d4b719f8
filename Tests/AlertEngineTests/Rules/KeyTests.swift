@testable import AlertEngine
internal import Testing

@Suite("The tables of keys")
struct KeyTests {
  @Test(
    "Names are unique, and every relation is between keys that exist",
    arguments: [
      RootKey.grammar, RuleKey.grammar, EvaluationKey.grammar, EndpointKey.grammar,
      TargetKey.grammar, ReceiverKey.grammar, NotificationKey.grammar, RuleTestFileKey.grammar,
      RuleTestKey.grammar, ExpectationKey.grammar, TransitionKey.grammar,
    ])
  func areConsistent(grammar: Grammar) {
    let names = grammar.keys.map(\.name)
    #expect(!names.isEmpty)
    #expect(Set(names).count == names.count)
    for relation in grammar.relations {
      switch relation {
      case .exactlyOne(let keys), .atMostOne(let keys), .atLeastOne(let keys):
        #expect(Set(keys).isSubset(of: names))
      case .needed(let key, let other, let words), .forbidden(let key, let other, let words),
        .numeric(let key, let other, let words), .form(let key, _, let other, let words):
        #expect(names.contains(key) && names.contains(other))
        #expect(!words.isEmpty)
      case .oneOf(let keys, let other, let words), .atMostOneOf(let keys, let other, let words):
        #expect(Set(keys + [other]).isSubset(of: names))
        #expect(keys.count > 1 && !words.isEmpty)
      }
    }
  }

  @Test("Every key of a receiver belongs to all types or to one that takes it")
  func belongSomewhere() {
    let common: Set<ReceiverKey> = [.name, .type, .severities, .required]
    let own = ReceiverType.allCases.flatMap { type in
      type.neededKeys + type.ownKeys
        + type.sources.keys.flatMap { [$0.keys.variable, $0.keys.file] }
    }
    #expect(common.union(own) == Set(ReceiverKey.allCases))
    #expect(common.isDisjoint(with: own))
  }

  @Test("A rule's keys are numbered from 0, as the decoder expects")
  func areCounted() {
    #expect(RuleKey.allCases.map(\.rawValue) == Array(RuleKey.allCases.indices))
    #expect(!RuleKey.allCases.isEmpty)
  }
}
