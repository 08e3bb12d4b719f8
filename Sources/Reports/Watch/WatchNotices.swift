internal import Text

/// What is said of the samples beside their checks: each sentence once for as long as it holds.
package struct WatchNotices: Sendable {
  /// A sentence, perhaps of several lines.
  package struct Notice: Hashable, Sendable {
    package var lines: [String]

    package var isTrouble: Bool { isError || lines[0].hasPrefix("warning: ") }
    package var isError: Bool { lines[0].hasPrefix("error: ") }

    /// The same sentence with other numbers is the same trouble.
    fileprivate var mark: String {
      String(
        String.UnicodeScalarView(
          lines.joined(separator: "\n").unicodeScalars.map {
            ("0"..."9").contains($0) ? "0" : $0
          }.reduce(into: []) { if $1 != "0" || $0.last != "0" { $0.append($1) } }))
    }
  }

  /// Those of the last sample, or of the one under way where there was none yet.
  package private(set) var current: [Notice] = []
  private var arriving: [Notice] = []
  /// More than so many of one sample are not kept.
  private static let most = 200

  package init() {}

  /// Takes a line that was meant for standard error; those that go on with a sentence are indented
  /// or lack the program's name.
  package mutating func add(_ line: String) {
    let prefix = Program.name + ": "
    if line.hasPrefix(prefix) {
      guard arriving.count < Self.most else { return }
      arriving.append(Notice(lines: [String(line.dropFirst(prefix.count))]))
    } else if arriving.isEmpty {
      arriving.append(Notice(lines: [line]))
    } else {
      arriving[arriving.count - 1].lines.append(line)
    }
  }

  /// The lines of the sample under way, as they came.
  package var arrived: [String] {
    arriving.flatMap { ["\(Program.name): \($0.lines[0])"] + $0.lines.dropFirst() }
  }

  /// What is under way: the last of the notes of the sample that is being taken.
  package var underWay: String? { arriving.last { !$0.isTrouble }?.lines.first }

  /// Takes the sample's end.
  ///
  /// - Parameter isSaidElsewhere: whether a sentence is told in another form.
  /// - Returns: what is new since the sample before, and which troubles are over.
  package mutating func finish(
    leavingOut isSaidElsewhere: (Notice) -> Bool
  ) -> (new: [Notice], gone: [Notice]) {
    var seen: Set<String> = []
    let now = arriving.filter { !isSaidElsewhere($0) && seen.insert($0.mark).inserted }
    let before = Set(current.map(\.mark))
    let gone = current.filter { $0.isTrouble && !seen.contains($0.mark) }
    let new = now.filter { !before.contains($0.mark) }
    current = now
    arriving = []
    return (new, gone)
  }
}
