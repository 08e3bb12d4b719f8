internal import Files
internal import Foundation
package import HTTP
internal import Text

extension RunEnvironment {
  /// The real world.
  package static var live: RunEnvironment {
    var live = RunEnvironment(
      variables: ProcessInfo.processInfo.environment,
      now: { Instant(milliseconds: Int64(Date().timeIntervalSince1970 * 1_000)) },
      write: { (try? FileHandle.standardOutput.write(contentsOf: $0)) != nil },
      writeError: { try? FileHandle.standardError.write(contentsOf: Array("\($0)\n".utf8)) },
      readInput: { limit in
        guard let data = try? FileHandle.standardInput.read(upToCount: limit + 1) else { return [] }
        return data.count > limit ? nil : Array(data)
      },
      isOutputTerminal: isatty(STDOUT_FILENO) != 0,
      startClient: { HTTPWorker(environment: $0) })
    live.isOutputGone = {
      var poller = pollfd(fd: STDOUT_FILENO, events: 0, revents: 0)
      return poll(&poller, 1, 0) > 0 && poller.revents & Int16(POLLERR) != 0
    }
    live.endSignals = EndSignals.caught
    live.endBy = { limit in
      if let limit { LastWords.extend(to: limit) } else { LastWords.disarm() }
    }
    live.terminal = { LiveTerminal(kind: ProcessInfo.processInfo.environment["TERM"]) }
    live.showProgress()
    return live
  }
}

extension RunEnvironment {
  /// Shows progress if standard error is a terminal; whatever else is written takes its place.
  private mutating func showProgress() {
    guard isatty(STDERR_FILENO) != 0, let terminal = variable("TERM"), terminal != "dumb" else {
      return
    }
    let line = ProgressLine(
      columns: {
        var size = winsize()
        let isKnown = ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0
        return isKnown ? Int(size.ws_col) : 80
      },
      write: { try? FileHandle.standardError.write(contentsOf: Array($0.utf8)) })
    let (write, writeError) = (write, writeError)
    self.write = { bytes in
      line.clear()
      return write(bytes)
    }
    self.writeError = { text in
      line.clear()
      writeError(text)
    }
    progress = line
  }
}

extension HTTPWorker: StoppableHTTPClient {}
