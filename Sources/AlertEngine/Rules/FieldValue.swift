internal import JSON
internal import Prometheus
internal import Text

/// A value that is valid for its key.
enum FieldValue {
  case null
  case scalar(Scalar)
  case path(MetricPath)
  // The largest, which would make room for itself in every field.
  indirect case selector(Selector)
  case textsByName([String: String])
  case object(JSONNode)
  case list([JSONNode])
  case scalars([Scalar])

  /// Reads a value for its key.
  ///
  /// - Returns: `nil` if the value is invalid, which is reported as a mistake.
  init?(
    _ node: JSONNode, as kind: Key.Kind, at place: @autoclosure () -> String,
    _ mistakes: inout MistakeList
  ) {
    do {
      self = try Self(node, as: kind)
    } catch {
      let advice = ValueAdvice.clause(on: node.value, as: kind, at: place())
      mistakes.add(place(), at: node.offset, error.reason + (advice.map { "; \($0)" } ?? ""))
      return nil
    }
    if case .texts(let nameForm, let form) = kind, case .object(let members) = node.value {
      self = .textsByName(Self.texts(members, nameForm, form, at: place(), &mistakes))
    }
    if case .values(let element, _) = kind.listKind, case .array(let nodes) = node.value {
      self = .scalars(Self.scalars(nodes, as: element, at: place(), &mistakes))
    }
  }

  private struct Mistake: Error {
    var reason: String
  }

  private init(_ node: JSONNode, as kind: Key.Kind) throws(Mistake) {
    var refusal: Mistake { Mistake(reason: "expected \(kind.shape), found \(node.shown)") }
    switch kind {
    case .text(let form, let max):
      guard case .string(let text) = node.value else {
        guard case .number = node.value, form.mayHoldSecret else { throw refusal }
        throw Mistake(reason: "expected \(kind.shape), found a number (not shown here)")
      }
      if let reason = form.refusal(of: text, max: max) { throw Mistake(reason: reason) }
      self = .scalar(.string(text))
    case .word(let words):
      guard case .string(let text) = node.value else { throw refusal }
      guard words.contains(text) else {
        let hint = didYouMean(text, among: words, isQuoted: true).map { "; \($0)" } ?? ""
        throw Mistake(reason: refusal.reason + hint)
      }
      self = .scalar(.string(text))
    case .number(let range):
      guard case .number(let number) = node.value else { throw refusal }
      if let range, !range.contains(number) { throw refusal }
      self = .scalar(.number(number))
    case .minutes(let range):
      guard let minutes = node.minutes, range.contains(minutes) else { throw refusal }
      self = .scalar(.number(minutes))
    case .integer(let range):
      guard case .number(let number) = node.value, let integer = Int(exactly: number),
        range.contains(integer)
      else { throw refusal }
      self = .scalar(.number(number))
    case .scalar:
      guard let scalar = node.scalar else { throw refusal }
      if case .string(let text) = scalar, !text.isEmpty,
        let reason = TextForm.line.refusal(of: text, max: Key.longestText)
      {
        throw Mistake(reason: reason)
      }
      self = .scalar(scalar)
    case .bool:
      guard case .bool(let bool) = node.value else { throw refusal }
      self = .scalar(.bool(bool))
    case .path(let wildcards):
      guard case .string(let text) = node.value else { throw refusal }
      self = .path(try Self.path(text, wildcards: wildcards))
    case .selector:
      guard case .string(let text) = node.value else { throw refusal }
      self = .selector(try Self.selector(text))
    case .metric:
      guard case .string(let text) = node.value else { throw refusal }
      do throws(MetricSelector.Mistake) {
        self = .selector(.metric(try MetricSelector(text)))
      } catch {
        throw Mistake(reason: error.reason)
      }
    case .texts, .object:
      guard case .object = node.value else { throw refusal }
      self = .object(node)
    case .list(_, let least, let most):
      guard case .array(let nodes) = node.value, (least...most).contains(nodes.count) else {
        throw refusal
      }
      self = .list(nodes)
    case .values(_, let most):
      guard case .array(let nodes) = node.value, (1...most).contains(nodes.count) else {
        throw refusal
      }
      self = .list(nodes)
    case .listOr(let kind, let list):
      if case .array = node.value {
        self = try Self(node, as: list)
      } else {
        do { self = try Self(node, as: kind) } catch {
          // A text with control characters is a scalar, too.
          guard case .scalar = kind, node.scalar != nil else { throw refusal }
          throw error
        }
      }
    case .series(let most):
      guard case .object(let members) = node.value, (1...most).contains(members.count) else {
        throw refusal
      }
      self = .object(node)
    case .nullable(let kind):
      if case .null = node.value { self = .null } else { self = try Self(node, as: kind) }
    }
  }

  private static func path(_ text: String, wildcards: Bool) throws(Mistake) -> MetricPath {
    guard TextForm.isPlain(text) else {
      throw Mistake(reason: "expected a path without control characters, found \(text.quoted)")
    }
    let path: MetricPath
    do {
      path = try MetricPath(text)
    } catch {
      throw Mistake(reason: error.reason)
    }
    guard wildcards || !path.hasWildcard else {
      throw Mistake(reason: "expected a path without *, found \(text.quoted)")
    }
    return path
  }

  private static func selector(_ text: String) throws(Mistake) -> Selector {
    guard TextForm.isPlain(text) else {
      throw Mistake(reason: "expected a path without control characters, found \(text.quoted)")
    }
    do throws(MetricPath.Mistake) {
      return try Selector(path: text)
    } catch {
      throw Mistake(reason: error.reason)
    }
  }

  private static func scalars(
    _ nodes: [JSONNode], as kind: Key.Kind, at place: String, _ mistakes: inout MistakeList
  ) -> [Scalar] {
    // Equal texts may have different bytes.
    var seen: Set<[UInt8]> = []
    var scalars: [Scalar] = []
    for (index, node) in nodes.enumerated() {
      let value = FieldValue(node, as: kind, at: "\(place)[\(index)]", &mistakes)
      guard let scalar = value?.scalarInList else { continue }
      if !seen.insert(Array("\(scalar)".utf8)).inserted {
        let shown = if case .string(let text) = scalar { text.quoted } else { node.shown }
        mistakes.add("\(place)[\(index)]", at: node.offset, "\(shown) is already in the list")
      }
      scalars.append(scalar)
    }
    return scalars
  }

  private static func texts(
    _ members: [JSONNode.Member], _ nameForm: TextForm, _ form: TextForm, at place: String,
    _ mistakes: inout MistakeList
  ) -> [String: String] {
    if members.count > Key.mostLabels, let first = members.first {
      mistakes.add(
        place, at: first.keyOffset,
        "expected at most \(Key.mostLabels) keys, found \(members.count)")
    }
    var texts: [String: String] = [:]
    for member in members {
      if let reason = nameForm.refusal(of: member.key, max: Key.longestLabelName) {
        mistakes.add(member.place(in: place), at: member.keyOffset, reason)
      }
      let value = FieldValue(
        member.value, as: .text(form, max: Key.longestText), at: member.place(in: place),
        &mistakes)
      if case .scalar(.string(let text)) = value { texts[member.key] = text }
    }
    return texts
  }
}

extension FieldValue {
  /// The value as an element of a list; a path is its text.
  private var scalarInList: Scalar? {
    switch self {
    case .scalar(let scalar): scalar
    case .path(let path): .string(path.text)
    case .null, .selector, .textsByName, .object, .list, .scalars: nil
    }
  }
}

extension JSONNode {
  /// The minutes that a number, or a text such as `90s`, stands for.
  fileprivate var minutes: Double? {
    switch value {
    case .number(let number): number
    case .string(let text): Duration(notation: text)?.inMinutes
    case .null, .bool, .array, .object: nil
    }
  }
}

extension TextForm {
  /// Why a text does not have this form or is too long; `nil` if it is valid.
  func refusal(of text: String, max: Int) -> String? {
    guard matches(text) else {
      let found = mayHoldSecret ? "another text (not shown here)" : "the string \(text.quoted)"
      return "expected \(expectation), found \(found)"
    }
    guard text.utf8.count <= max || text.unicodeScalars.count <= max else {
      return "expected at most \(max) characters, found \(text.unicodeScalars.count)"
    }
    return nil
  }
}

extension Key.Kind {
  /// The kind of its lists.
  fileprivate var listKind: Key.Kind {
    if case .listOr(_, let list) = self { list } else { self }
  }

  /// What a value must be, for errors and the reference.
  package var shape: String {
    switch self {
    case .text(let form, _): form == .line ? "a string" : form.expectation
    case .word(let words):
      words.count == 1 ? words[0].quoted : "one of \(words.joined(separator: ", "))"
    case .number(nil): "a number"
    case .number(let range?): "a number from \(range.lowerBound.plain) to \(range.upperBound.plain)"
    case .minutes(let range):
      "minutes from \(range.lowerBound.plain) to \(range.upperBound.plain), or a duration such as "
        + "\("1h30m".quoted)"
    case .integer(let range): "a whole number from \(range.lowerBound) to \(range.upperBound)"
    case .scalar: "a number, a string or a bool"
    case .bool: "true or false"
    case .path(wildcards: true), .selector: "a path"
    case .metric: "a PromQL selector"
    case .path(wildcards: false): "a path without *"
    case .texts(_, .line): "an object of names and strings"
    case .texts(_, let form): "an object of names, each with \(form.expectation)"
    case .object: "an object"
    case .list(_, let least, let most): "a list of \(least) to \(most) objects"
    case .values(let kind, let most): "a list of 1 to \(most), each \(kind.shape)"
    case .listOr(let kind, let list): "\(kind.shape), or \(list.shape)"
    case .series(let most): "an object of 1 to \(most) paths, each with its samples as a string"
    case .nullable(let kind): "\(kind.shape), or null"
    }
  }
}
