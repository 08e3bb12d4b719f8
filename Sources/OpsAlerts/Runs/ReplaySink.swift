internal import AlertEngine

/// Where the report of a replay goes: standard output, or a file that is there when it is complete.
struct ReplaySink {
  private let draft: AtomicDraft?
  private let environment: RunEnvironment

  init(_ options: ReplayOptions, in environment: RunEnvironment) throws(RunStop) {
    self.environment = environment
    guard let path = options.output else {
      draft = nil
      return
    }
    do throws(FileError) {
      try AtomicFile.makeFolder(AtomicFile.split(path).folder)
      draft = try AtomicDraft(of: path)
    } catch {
      throw RunStop(code: .state, sentence: "\(error)")
    }
  }

  func write(_ piece: [UInt8]) throws(RunStop) {
    guard !piece.isEmpty else { return }
    guard let draft else {
      guard environment.write(piece) else {
        throw RunStop(code: .state, sentence: "cannot write the report to standard output")
      }
      return
    }
    try refuse { () throws(FileError) in try draft.write(piece) }
  }

  /// Puts a complete file in its place.
  func finish() throws(RunStop) {
    guard let draft else { return }
    try refuse { () throws(FileError) in try draft.publish() }
  }

  private func refuse(_ body: () throws(FileError) -> Void) throws(RunStop) {
    do throws(FileError) {
      try body()
    } catch {
      throw RunStop(code: .state, sentence: "\(error)")
    }
  }
}
