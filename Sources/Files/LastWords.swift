internal import Foundation

/// Ends this process with a message when a signal shows that nothing else will.
///
/// Needs neither a thread nor memory at that point: a handler writes a text prepared earlier.
package enum LastWords {
  /// The exit code, and a line for standard error or standard output.
  package struct Ending: Sendable {
    let status: Int32
    let line: [UInt8]
    let descriptor: Int32

    package init(status: Int32, _ line: String, isOutput: Bool = false) {
      self.status = status
      self.line = Array((line + "\n").utf8)
      descriptor = isOutput ? STDOUT_FILENO : STDERR_FILENO
    }

    package func end() -> Never {
      _ = write(descriptor, line, line.count)
      exit(status)
    }
  }

  /// What follows a limit before the process is ended: a process that was stopped for longer than its
  /// limit has this much time to end by itself.
  private static let grace = Duration.seconds(10)

  /// Ends the process if neither `extend` nor `disarm` is called in time.
  ///
  /// - Parameters:
  ///   - limit: in real time; some seconds of grace follow.
  ///   - ending: how it ends.
  package static func arm(after limit: Duration, _ ending: Ending) {
    prepare(ending, for: [SIGALRM])
    extend(to: limit)
  }

  /// Restarts the time limit, if it is armed.
  package static func extend(to limit: Duration) {
    guard prepared[Int(SIGALRM)].text != nil else { return }
    prepared[Int(SIGALRM)].isDue = false
    setTimer(limit)
  }

  package static func disarm() { setTimer(.zero) }

  /// Ends the process in this way instead of a crash, if its memory is limited: running out of it is
  /// then the likely cause.
  package static func armForScarceMemory(_ ending: Ending) {
    guard MachineLack.isMemoryLimited else { return }
    prepare(ending, for: [SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGSEGV])
  }

  private static func setTimer(_ limit: Duration) {
    let time = { (duration: Duration) in
      timeval(
        tv_sec: Int(duration.components.seconds),
        tv_usec: .init(duration.components.attoseconds / 1_000_000_000_000))
    }
    var timer = itimerval(
      it_interval: time(limit > .zero ? grace : .zero), it_value: time(limit))
    setitimer(number(ITIMER_REAL), &timer, nil)
  }

  private static func prepare(_ ending: Ending, for signals: [Int32]) {
    let bytes = ending.line
    for number in signals {
      let entry = prepared + Int(number)
      if entry.pointee.text == nil {
        let text = UnsafeMutablePointer<UInt8>.allocate(capacity: bytes.count)
        text.initialize(from: bytes, count: bytes.count)
        (entry.pointee.text, entry.pointee.count) = (text, bytes.count)
        entry.pointee.status = ending.status
        entry.pointee.descriptor = ending.descriptor
      }
      var action = sigaction()
      action.handler = { number in
        let entry = prepared + Int(number)
        if number == SIGALRM, !entry.pointee.isDue {
          entry.pointee.isDue = true
          return
        }
        let saved = entry.pointee
        _ = write(saved.descriptor, saved.text, saved.count)
        _exit(saved.status)
      }
      action.sa_flags = SA_RESTART
      sigaction(number, &action, nil)
    }
  }
}

private struct Prepared {
  var text: UnsafeMutablePointer<UInt8>?
  var count = 0
  var status: Int32 = 0
  var descriptor: Int32 = 0
  /// Whether the time was up once.
  var isDue = false
}

/// By the number of the signal; a handler reads only this.
nonisolated(unsafe) private let prepared: UnsafeMutablePointer<Prepared> = {
  let memory = UnsafeMutablePointer<Prepared>.allocate(capacity: 65)
  memory.initialize(repeating: Prepared(), count: 65)
  return memory
}()
