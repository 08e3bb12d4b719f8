internal import Files
internal import Foundation
internal import Reports
internal import Synchronization

/// The terminal that the program was started in.
final class LiveTerminal: WatchTerminal {
  /// Alternate screen, no cursor, no wrapping.
  private static let greeting = "\u{1b}[?1049h\u{1b}[?25l\u{1b}[?7l\u{1b}[H\u{1b}[2J"
  /// Undoes that, and an unfinished update.
  private static let farewell = "\u{1b}[?2026l\u{1b}[0m\u{1b}[?7h\u{1b}[?25h\u{1b}[?1049l"

  /// Resizing, Ctrl-Z and `fg`.
  private static let numbers = [SIGWINCH, SIGTSTP, SIGCONT]

  private struct State {
    var isOnScreen = false
    var isClosed = false
  }

  private let before: termios
  private let output = PatientOutput(LiveTerminal.writeAll)
  private let signals: SignalPipe
  private let state = Mutex(State())

  /// The terminal, if standard input and output are one that can be drawn on.
  ///
  /// - Parameter kind: the value of `TERM`.
  init?(kind: String?) {
    var settings = termios()
    guard let kind, !kind.isEmpty, kind != "dumb", isatty(STDIN_FILENO) != 0,
      isatty(STDOUT_FILENO) != 0, tcgetattr(STDIN_FILENO, &settings) == 0,
      let signals = SignalPipe()
    else { return nil }
    before = settings
    self.signals = signals
  }

  func open() -> AsyncStream<TerminalEvent> {
    AsyncStream { continuation in
      signals.catch(Self.numbers)
      enter()
      let isStarted = startThread {
        self.listen(continuation)
        continuation.finish()
      }
      if !isStarted { continuation.finish() }
    }
  }

  var size: ScreenSize {
    var size = winsize()
    guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0
    else { return ScreenSize(columns: 80, rows: 24) }
    return ScreenSize(columns: Int(size.ws_col), rows: Int(size.ws_row))
  }

  var isBehind: Bool { output.isBehind }

  func write(_ bytes: [UInt8]) -> Bool { output.write(bytes) }

  private static func writeAll(_ bytes: [UInt8]) -> Bool {
    var done = 0
    while done < bytes.count {
      let count = bytes.withUnsafeBytes { buffer in
        Foundation.write(STDOUT_FILENO, buffer.baseAddress.map { $0 + done }, buffer.count - done)
      }
      if count < 0, errno == EINTR { continue }
      if count < 0, errno == EAGAIN {
        var poller = pollfd(fd: STDOUT_FILENO, events: Int16(POLLOUT), revents: 0)
        poll(&poller, 1, 1_000)
        continue
      }
      guard count > 0 else { return false }
      done += count
    }
    return true
  }

  func suspend() {
    leave()
    kill(getpid(), SIGSTOP)
  }

  func resume() { enter() }

  func close() {
    let isFirst = state.withLock { state in
      defer { state.isClosed = true }
      return !state.isClosed
    }
    leave()
    guard isFirst else { return }
    for number in Self.numbers { signal(number, SIG_DFL) }
    signals.wake()
  }

  deinit { close() }

  /// Sets the terminal first: a background process is stopped there until it is in the foreground.
  private func enter() {
    guard !state.withLock(\.isClosed) else { return }
    var raw = before
    raw.c_lflag &= ~tcflag_t(ICANON | ECHO)
    // Ctrl-S would block drawing, and with it the process.
    raw.c_iflag &= ~tcflag_t(IXON)
    CrashGuard.arm(farewell: Array(Self.farewell.utf8), settings: before)
    set(raw)
    state.withLock { $0.isOnScreen = true }
    _ = write(Array(Self.greeting.utf8))
  }

  private func leave() {
    let wasOnScreen = state.withLock { state in
      defer { state.isOnScreen = false }
      return state.isOnScreen
    }
    guard wasOnScreen else { return }
    _ = write(Array(Self.farewell.utf8))
    output.finish(within: .seconds(1))
    set(before)
    CrashGuard.disarm()
  }

  private func set(_ settings: termios) {
    var settings = settings
    while tcsetattr(STDIN_FILENO, TCSANOW, &settings) != 0, errno == EINTR {}
  }

  /// Yields keys and signals until the terminal is closed or gone.
  private func listen(_ continuation: AsyncStream<TerminalEvent>.Continuation) {
    var pollers = [
      pollfd(fd: signals.readEnd, events: Int16(POLLIN), revents: 0),
      pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0),
    ]
    var bytes = [UInt8](repeating: 0, count: 256)
    while true {
      guard poll(&pollers, 2, -1) >= 0 || errno == EINTR else { return }
      while true {
        let count = read(signals.readEnd, &bytes, bytes.count)
        guard count > 0 else { break }
        for byte in bytes[..<count] {
          guard byte != 0 else { return }
          continuation.yield(Self.event(ofSignal: Int32(byte)))
        }
      }
      guard pollers[1].revents != 0 else { continue }
      let count = read(STDIN_FILENO, &bytes, bytes.count)
      if count < 0, errno == EINTR || errno == EAGAIN { continue }
      guard count > 0 else {
        continuation.yield(.hungUp)
        return
      }
      for key in keys(in: bytes[..<count]) { continuation.yield(.key(key)) }
    }
  }

  private static func event(ofSignal number: Int32) -> TerminalEvent {
    switch number {
    case SIGTSTP: .suspended
    case SIGCONT: .resumed
    default: .resized
    }
  }
}

/// The keys in terminal input; an escape sequence counts as one `ESC`.
func keys(in bytes: some Sequence<UInt8>) -> [Unicode.Scalar] {
  var keys: [Unicode.Scalar] = []
  for scalar in String(decoding: Array(bytes), as: UTF8.self).unicodeScalars {
    keys.append(scalar)
    if scalar == "\u{1b}" { break }
  }
  return keys
}
