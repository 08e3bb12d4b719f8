@testable import HTTP
internal import Synchronization

/// Responses that a server sends one after the other, each once.
final class Answers: Sendable {
  private let left: Mutex<[LoopbackServer.Reply]>

  init(_ replies: [LoopbackServer.Reply]) {
    left = Mutex(replies)
  }

  /// The next response; `nil` after the last.
  var next: LoopbackServer.Reply? {
    left.withLock { $0.isEmpty ? nil : $0.removeFirst() }
  }
}
