internal import AlertEngine
internal import Delivery
internal import JSON

/// The JSON Schema of the configuration, for editors and CI: `config/ops_alert_thresholds.schema.json`.
///
/// It is generated from the key tables of the decoder. Only the decoder checks what a schema cannot
/// express, such as unique names.
enum ConfigurationSchema {
  /// The text of the file, with a final newline.
  ///
  /// - Parameter receivers: the types of receivers that it allows.
  /// - Returns: a schema of draft 7.
  static func json(_ receivers: [ReceiverType] = ReceiverCatalogue.standard.types) -> String {
    text(of: .configuration(receivers: receivers), title: "Alert rules of ops-alert-eval")
  }

  /// The same for files of rules and receivers that a configuration includes.
  static func includedJSON(
    _ receivers: [ReceiverType] = ReceiverCatalogue.standard.types
  ) -> String {
    text(of: .included(receivers: receivers), title: "Included alert rules of ops-alert-eval")
  }

  /// The same for files of rule tests: `config/ops_alert_thresholds.tests.schema.json`.
  static func ruleTestsJSON() -> String {
    text(of: RuleTestFileKey.grammar, title: "Rule tests of ops-alert-eval")
  }

  private static func text(of grammar: Grammar, title: String) -> String {
    let members: [(String, JSONText)] = [
      ("$schema", "http://json-schema.org/draft-07/schema#"), ("title", .string(title)),
    ]
    return JSONText.object(members + grammar.schemaOfDocument).printed() + "\n"
  }
}

private typealias Members = [JSONText.Member]

extension Grammar {
  /// The schema keywords of such an object.
  fileprivate var schema: Members {
    members(required: keys.filter(\.isRequired), relations.map(\.schema))
  }

  /// The same for an object in the configuration that also gets defaults: what they may give it is
  /// required only of a configuration without them.
  fileprivate var schemaOfElements: Members {
    guard isCompletedByDefaults else { return schema }
    return members(
      required: keys.filter { $0.isRequired && Grammar.defaults.position(of: $0.name) == nil })
  }

  /// The schema of a whole document.
  fileprivate var schemaOfDocument: Members {
    let demands = keys.compactMap { key -> Members? in
      guard case .list(let grammar, _, _) = key.kind, grammar.isCompletedByDefaults,
        position(of: Grammar.nameOfDefaults) != nil
      else { return nil }
      let hasDefaults = Relation.required(Grammar.nameOfDefaults)
      let items: JSONText = .object(
        grammar.required(grammar.keys.filter(\.isRequired))
          + [("allOf", .array(grammar.relations.map { .object($0.schema) }))])
      return [
        ("if", .object([("not", hasDefaults)])),
        ("then", Relation.property(key.name, .object([("items", items)]))),
      ]
    }
    return members(required: keys.filter(\.isRequired), relations.map(\.schema) + demands)
  }

  private func members(required: [Key], _ demands: [Members] = []) -> Members {
    var schema: Members = [
      ("type", "object"),
      ("additionalProperties", .bool(false)),
    ]
    schema += self.required(required)
    schema.append(("properties", .object(keys.map { ($0.name, .object($0.schema)) })))
    if !demands.isEmpty { schema.append(("allOf", .array(demands.map { .object($0) }))) }
    return schema
  }

  private func required(_ keys: [Key]) -> Members {
    keys.isEmpty ? [] : [("required", .array(keys.map { .string($0.name) }))]
  }
}

extension Grammar.Relation {
  fileprivate var schema: Members {
    switch self {
    case .exactlyOne(let keys):
      return [("oneOf", .array(keys.map { Self.required($0) }))]
    case .atMostOne(let keys): return Self.atMostOne(keys)
    case .together(let keys):
      let all = JSONText.array(keys.map(JSONText.string))
      return [("dependencies", .object(keys.map { ($0, all) }))]
    case .atLeastOne(let keys): return [("anyOf", .array(keys.map { Self.required($0) }))]
    case .needed(let key, let other, let words):
      return Self.conditional(
        other, words, then: Self.required(key), else: Self.property(key, .bool(false)))
    case .forbidden(let key, let other, let words):
      return Self.conditional(other, words, then: Self.property(key, .bool(false)))
    case .numeric(let key, let other, let words):
      return Self.conditional(
        other, words, then: Self.property(key, .object([("type", "number")])))
    case .listed(let key, let other, let words):
      let list = JSONText.object([("type", "array")])
      return Self.conditional(
        other, words, then: Self.property(key, list),
        else: Self.property(key, .object([("not", list)])))
    case .form(let key, let form, let other, let words):
      let pattern = JSONText.object([("pattern", .string(form.pattern))])
      return Self.conditional(other, words, then: Self.property(key, pattern))
    case .oneOf(let keys, let other, let words):
      let one = JSONText.object([("oneOf", .array(keys.map { Self.required($0) }))])
      return Self.conditional(other, words, then: one)
    case .atMostOneOf(let keys, let other, let words):
      return Self.conditional(other, words, then: .object(Self.atMostOne(keys)))
    }
  }

  private static func atMostOne(_ keys: [String]) -> Members {
    let some = JSONText.object([("anyOf", .array(keys.map { required($0) }))])
    return [("oneOf", .array(keys.map { required($0) } + [.object([("not", some)])]))]
  }

  private static func conditional(
    _ key: String, _ words: [String], then: JSONText, else otherwise: JSONText? = nil
  ) -> Members {
    let isOneOf: Members = [
      ("properties", .object([(key, .object([("enum", .array(words.map(JSONText.string)))]))])),
      ("required", .array([.string(key)])),
    ]
    let schema: Members = [("if", .object(isOneOf)), ("then", then)]
    return otherwise.map { schema + [("else", $0)] } ?? schema
  }

  fileprivate static func required(_ key: String) -> JSONText {
    .object([("required", .array([.string(key)]))])
  }

  fileprivate static func property(_ key: String, _ schema: JSONText) -> JSONText {
    .object([("properties", .object([(key, schema)]))])
  }
}

extension Key {
  fileprivate var schema: Members {
    switch presence {
    case .required, .optional: [("description", .string(meaning))] + kind.schema
    case .defaults(let value):
      [("description", .string(meaning)), ("default", JSONText(value))] + kind.schema
    case .derived(let text): [("description", .string("\(meaning) (\(text))"))] + kind.schema
    }
  }
}

extension Key.Kind {
  fileprivate var schema: Members {
    switch self {
    case .text(let form, let max):
      return [
        ("type", "string"), ("pattern", .string(form.pattern)), ("maxLength", .number(Double(max))),
      ]
    case .word(let words): return [("enum", .array(words.map(JSONText.string)))]
    case .number(nil): return [("type", "number")]
    case .number(let range?):
      return [
        ("type", "number"), ("minimum", .number(range.lowerBound)),
        ("maximum", .number(range.upperBound)),
      ]
    case .minutes(let range):
      let duration = Self.text(.duration, max: Key.longestText)
      return [("anyOf", .array([.object(Self.number(range).schema), .object(duration.schema)]))]
    case .integer(let range):
      return [
        ("type", "integer"), ("minimum", .number(Double(range.lowerBound))),
        ("maximum", .number(Double(range.upperBound))),
      ]
    case .scalar:
      return [
        ("type", .array(["number", "string", "boolean"])),
        ("pattern", .string("^$|\(TextForm.line.pattern)")),
        ("maxLength", .number(Double(Key.longestText))),
      ]
    case .bool: return [("type", "boolean")]
    case .selector:
      return [
        ("type", "string"), ("pattern", .string(Key.selectorPattern)),
        ("maxLength", .number(Double(MetricPath.mostBytes))),
      ]
    case .metric:
      return Self.text(.line, max: 4_096).schema
    case .path(let wildcards):
      return [
        ("type", "string"), ("pattern", .string(Key.pathPattern(wildcards: wildcards))),
        ("maxLength", .number(1_024)),
      ]
    case .texts(let nameForm, let form):
      return [
        ("type", "object"), ("maxProperties", .number(Double(Key.mostLabels))),
        ("propertyNames", .object(Self.text(nameForm, max: Key.longestLabelName).schema)),
        ("additionalProperties", .object(Self.text(form, max: Key.longestText).schema)),
      ]
    case .object(let grammar): return grammar.schema
    case .list(let grammar, let least, let most):
      return [
        ("type", "array"), ("minItems", .number(Double(least))),
        ("maxItems", .number(Double(most))),
        ("items", .object(grammar.schemaOfElements)),
      ]
    case .values(let kind, let most):
      return [
        ("type", "array"), ("minItems", .number(1)), ("maxItems", .number(Double(most))),
        ("uniqueItems", .bool(true)), ("items", .object(kind.schema)),
      ]
    case .listOr(let kind, let list):
      return [("anyOf", .array([.object(list.schema), .object(kind.schema)]))]
    case .series(let most):
      return [
        ("type", "object"), ("minProperties", .number(1)), ("maxProperties", .number(Double(most))),
        ("propertyNames", .object(Self.path(wildcards: false).schema)),
        ("additionalProperties", .object(Self.text(.line, max: Key.longestSeries).schema)),
      ]
    case .nullable(let kind):
      return [("anyOf", .array([.object(kind.schema), .object([("type", "null")])]))]
    }
  }
}

extension JSONText {
  fileprivate init(_ scalar: Scalar) {
    switch scalar {
    case .number(let number): self = .number(number)
    case .string(let text): self = .string(text)
    case .bool(let bool): self = .bool(bool)
    }
  }
}
