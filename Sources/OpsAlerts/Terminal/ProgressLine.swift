internal import Synchronization
internal import Text

/// The progress of long work: one line in a terminal, rewritten, and removed before anything else
/// is printed.
package final class ProgressLine: Sendable {
  private struct Contents {
    var isShown = false
    var lastShown: ContinuousClock.Instant?
  }

  /// Work that takes less than this shows nothing.
  static let patience = Duration.seconds(1)
  /// The shortest time between two versions of the line.
  private static let pause = Duration.milliseconds(200)

  private let contents = Mutex(Contents())
  private let columns: @Sendable () -> Int
  private let write: @Sendable (String) -> Void

  /// - Parameters:
  ///   - columns: the width of the terminal.
  ///   - write: writes to the terminal.
  init(columns: @escaping @Sendable () -> Int, write: @escaping @Sendable (String) -> Void) {
    self.columns = columns
    self.write = write
  }

  /// Shows a line at once.
  func show(_ text: String) {
    // A line as wide as the terminal would wrap.
    let line = printable(text, limit: max(1, columns() - 1))
    contents.withLock { $0.isShown = true }
    write("\r\(line)\u{1b}[K")
  }

  /// Shows the progress of work that takes long; not more often than people can read.
  ///
  /// - Parameters:
  ///   - begin: when the work began.
  ///   - now: the present time.
  ///   - text: the line.
  func show(
    since begin: ContinuousClock.Instant, at now: ContinuousClock.Instant = .now,
    _ text: @autoclosure () -> String
  ) {
    guard now - begin >= Self.patience else { return }
    let isDue = contents.withLock { contents in
      if let last = contents.lastShown, now - last < Self.pause { return false }
      contents.lastShown = now
      return true
    }
    if isDue { show(text()) }
  }

  /// Removes the line.
  func clear() {
    let wasShown = contents.withLock { contents in
      defer { contents.isShown = false }
      return contents.isShown
    }
    if wasShown { write("\r\u{1b}[K") }
  }
}
