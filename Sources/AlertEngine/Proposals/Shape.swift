internal import Text

/// Something that services publish and operators want to be told about: one row of the table.
struct Shape {
  /// What a field must be, and what a rule is about.
  enum Kind: String {
    /// A text, one of the words of `limit`: good ones, harmless ones, and bad ones. Those with a `?`
    /// are not bad if they are there now.
    case text
    /// A bool, or a number that is 0 or 1; `limit` is bad.
    case flag
    case number, increase, quantile
    case age = "age_seconds"
    /// A text that holds a number.
    case amount
    /// A part of a whole in the same object, now or in its growth.
    case quotient, ratio
    /// The share of the samples with such a label, or of the members with such a code.
    case part, codes
    /// The status of a condition of Kubernetes.
    case condition
    /// How many elements a list has.
    case list

    var measure: MeasureKind {
      self == .part || self == .codes ? .ratio : MeasureKind(rawValue: rawValue) ?? .value
    }
  }

  let kind: Kind
  /// The type of a condition, the notation of an amount, or labels.
  let argument: String
  /// Matches the names of fields.
  let pattern: Pattern
  let limit: [String]
  /// `for`, `unit`, `where`, `by`, `pairs`, `group`, `most`, and flags.
  let options: [String: String]
  /// `{}` stands for what it is about.
  let summary: String
  let why: String

  var condition: String { kind == .condition ? argument : "" }

  /// All rows, the most telling first.
  static let table: [Shape] = {
    var why = ""
    return rows.split(separator: "\n").compactMap { line in
      let cells = line.split(separator: "|").map { $0.split(separator: " ").joined(separator: " ") }
      if cells.count == 1 { why = cells[0] }
      return Shape(cells, why)
    }
  }()

  /// Reads a row.
  ///
  /// A key is the end of a name; with `=` it is a whole key, with `~` anywhere in it.
  private init?(_ cells: [String], _ why: String) {
    guard cells.count == 5, let kind = Kind(rawValue: cells[0].prefix { $0 != " " }.description)
    else { return nil }
    let states = "status state health phase indicator severity impact conclusion result"
    let names = cells[1].replacing("@", with: states).split(separator: " ").map { key in
      let name = key.drop { "=~".contains($0) }.replacing(".", with: "[.]").replacing("=", with: "")
      let begin = key.hasPrefix("=") ? "(.*[.])?" : "(.*[._])?"
      return begin + name + (key.hasPrefix("~") ? "(_[^.]*)?" : "")
    }
    // What an amount is counted in says nothing about what it is.
    let text = "(\(names.joined(separator: "|")))(_in)?(_bytes?)?"
    guard let pattern = try? Pattern(text, .re2) else { return nil }
    (self.kind, self.pattern, self.why, summary) = (kind, pattern, why, cells[4])
    argument = cells[0].dropFirst(kind.rawValue.count + 1).description
    limit = cells[2].split(separator: kind == .text ? ";" : " ", omittingEmptySubsequences: false)
      .map(String.init)
    options = Dictionary(
      cells[3].split(separator: " ").map { option in
        let parts = option.split(separator: ":", maxSplits: 1).map(String.init)
        return (parts[0], parts.count > 1 ? parts[1] : "")
      }
    ) { one, _ in one }
  }

  /// What the key of a whole can be, if this is that of its part.
  func wholes(of name: String) -> [String] {
    (options["pairs"] ?? "").split(separator: ",").flatMap { pair -> [String] in
      let sides = pair.split(separator: ">", omittingEmptySubsequences: false)
        .map { $0.split(separator: "/", omittingEmptySubsequences: false) }
      return sides[0].flatMap { part in
        sides[1].map { whole in
          "_\(name)_".replacing("_\(part)_", with: "_\(whole)_").split(separator: "_")
            .joined(separator: "_")
        }
      }
    }
  }
}
