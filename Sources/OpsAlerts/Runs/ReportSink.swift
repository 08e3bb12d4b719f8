internal import Files
internal import Text

/// Where a report goes: standard output, or a file that is there when it is complete.
struct ReportSink {
  private let draft: AtomicDraft?
  private let environment: RunEnvironment
  /// What is written in front of the first piece: where none comes, nothing is written.
  private var head: [UInt8] = []

  /// Begins a report.
  ///
  /// - Parameters:
  ///   - output: the file; `nil` for standard output.
  ///   - environment: has the standard output.
  /// - Throws: a stop with `.state` where nothing can be written there.
  init(to output: String?, in environment: RunEnvironment) throws(RunFailure) {
    self.environment = environment
    guard let output else {
      draft = nil
      return
    }
    do throws(FileFailure) {
      try AtomicFile.makeFolder(AtomicFile.split(output).folder)
      draft = try AtomicDraft(of: output)
    } catch {
      throw RunFailure(code: .state, sentence: "\(error)")
    }
  }

  /// Refuses to write a report over a file that the run reads.
  ///
  /// - Parameters:
  ///   - output: the file; `nil` for standard output.
  ///   - files: what the run reads, each with what it is to the reader of a mistake; a path of `-`
  ///     is standard input, which may be a file as well.
  /// - Throws: a stop with `.usage` that names the first of them.
  static func keep(
    _ output: String?, apartFrom files: [(name: String, path: String)]
  ) throws(RunFailure) {
    guard let output else { return }
    let written = AtomicFile.identity(of: output)
    for (name, path) in files where AtomicFile.identity(ofInput: path) == written {
      throw .usage(
        "--output and \(name) are the same file: \(printable(path == "-" ? output : path))")
    }
  }

  /// Says what is to be written in front of the first piece.
  mutating func begin(with head: [UInt8]) {
    self.head = head
  }

  mutating func write(_ piece: [UInt8]) throws(RunFailure) {
    guard !piece.isEmpty else { return }
    let piece = head + piece
    head = []
    guard let draft else {
      guard environment.write(piece) else {
        throw RunFailure(code: .state, sentence: "cannot write the report to standard output")
      }
      return
    }
    try refuse { () throws(FileFailure) in try draft.write(piece) }
  }

  /// Puts a complete file in its place.
  func finish() throws(RunFailure) {
    guard let draft else { return }
    try refuse { () throws(FileFailure) in try draft.publish() }
  }

  private func refuse(_ body: () throws(FileFailure) -> Void) throws(RunFailure) {
    do throws(FileFailure) {
      try body()
    } catch {
      throw RunFailure(code: .state, sentence: "\(error)")
    }
  }
}
