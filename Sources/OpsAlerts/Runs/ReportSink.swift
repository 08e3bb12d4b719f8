internal import AlertEngine

/// Where the report of a replay goes: standard output, or a file that is there when it is complete.
struct ReplaySink {
  private let draft: AtomicDraft?
  private let environment: RunEnvironment
  /// What is written in front of the first piece: where none comes, nothing is written.
  private var head: [UInt8] = []

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

  /// Says what is to be written in front of the first piece.
  mutating func begin(with head: [UInt8]) {
    self.head = head
  }

  mutating func write(_ piece: [UInt8]) throws(RunStop) {
    guard !piece.isEmpty else { return }
    let piece = head + piece
    head = []
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
