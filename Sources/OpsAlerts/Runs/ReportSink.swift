internal import Files

/// Where a report goes: standard output, or a file that appears once it is complete.
struct ReportSink {
  private let draft: AtomicDraft?
  private let environment: RunEnvironment
  /// Written before the first piece, if there is one.
  private var head: [UInt8] = []

  /// Begins a report.
  ///
  /// - Parameters:
  ///   - output: the file; `nil` for standard output.
  ///   - environment: provides standard output.
  /// - Throws: `.file` if it cannot be written.
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
      throw .file(error)
    }
  }

  /// Refuses to write a report over a file that the run reads.
  ///
  /// - Parameters:
  ///   - output: the file; `nil` for standard output.
  ///   - files: what the run reads, each with its name in a mistake; a path of `-` is standard input,
  ///     which may be a file as well.
  /// - Throws: `.mistake(.sameFile)` for the first of them.
  static func keep(
    _ output: String?, apartFrom files: [(name: String, path: String)]
  ) throws(RunFailure) {
    guard let output else { return }
    let written = AtomicFile.identity(of: output)
    for (name, path) in files where AtomicFile.identity(ofInput: path) == written {
      throw .mistake(.sameFile("--output", name, path: path == "-" ? output : path))
    }
  }

  /// Sets what is written before the first piece.
  mutating func begin(with head: [UInt8]) {
    self.head = head
  }

  mutating func write(_ piece: [UInt8]) throws(RunFailure) {
    guard !piece.isEmpty else { return }
    let piece = head + piece
    head = []
    guard let draft else {
      guard environment.write(piece) else {
        throw .outputGone
      }
      return
    }
    try refuse { () throws(FileFailure) in try draft.write(piece) }
  }

  /// Moves the complete file to its place.
  func finish() throws(RunFailure) {
    guard let draft else { return }
    try refuse { () throws(FileFailure) in try draft.publish() }
  }

  private func refuse(_ body: () throws(FileFailure) -> Void) throws(RunFailure) {
    do throws(FileFailure) {
      try body()
    } catch {
      throw .file(error)
    }
  }
}
