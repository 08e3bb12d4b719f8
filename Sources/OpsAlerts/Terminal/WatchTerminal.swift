internal import Reports

/// The terminal that a watch draws on.
protocol WatchTerminal: Sendable {
  /// Opens the screen; the events end when it is closed.
  func open() -> AsyncStream<TerminalEvent>
  var size: ScreenSize { get }
  /// Whether earlier output is still pending.
  var isBehind: Bool { get }
  /// Writes without blocking; `false` once the terminal is gone.
  func write(_ bytes: [UInt8]) -> Bool
  /// Restores the screen and stops the process, which continues with `.resumed`.
  func suspend()
  /// Opens the screen again.
  func resume()
  /// Restores the screen and the terminal's settings for good; may be called again.
  func close()
}

/// An event of a terminal.
enum TerminalEvent: Hashable, Sendable {
  case key(Unicode.Scalar)
  case resized
  /// Ctrl-Z.
  case suspended
  /// `fg`, after the process was stopped.
  case resumed
  /// The terminal is gone.
  case hungUp
}
