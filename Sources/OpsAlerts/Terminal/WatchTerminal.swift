package import Reports

/// The terminal that a watch draws on.
package protocol WatchTerminal: Sendable {
  /// What comes from the terminal, once its screen is opened; ends when it is closed.
  func open() -> AsyncStream<TerminalEvent>
  var size: ScreenSize { get }
  /// Whether it has not yet taken what was written last.
  var isBehind: Bool { get }
  /// Writes all of it, sooner or later; `false` when nobody can see it any more.
  func write(_ bytes: [UInt8]) -> Bool
  /// Puts the screen back and stops the process; it goes on with `.resumed`.
  func suspend()
  /// Takes the screen again.
  func resume()
  /// Puts the screen and the terminal's settings back, for good; may be called again.
  func close()
}

/// What happens at a terminal.
package enum TerminalEvent: Hashable, Sendable {
  case key(Unicode.Scalar)
  case resized
  /// Ctrl-Z.
  case suspended
  /// `fg`, after Ctrl-Z or whatever else stopped the process.
  case resumed
  /// Nobody is there any more.
  case hungUp
}
