@testable import Files
internal import Foundation
internal import Testing

@Suite("Signals in a pipe")
struct SignalPipeTests {
  /// Signals that nothing else in the tests uses.
  private static let whetherIgnored = [(SIGUSR1, false), (SIGUSR2, true)]

  @Test("A signal becomes a byte in the pipe, unless it was ignored", arguments: whetherIgnored)
  func caught(number: Int32, isIgnored: Bool) throws {
    signal(number, isIgnored ? SIG_IGN : SIG_DFL)
    defer { signal(number, SIG_DFL) }
    let pipe = try #require(SignalPipe())
    pipe.catch([number])
    try raiseUnblocked(number)
    var byte: UInt8 = 0
    #expect(read(pipe.readEnd, &byte, 1) == (isIgnored ? -1 : 1))
    #expect(Int32(byte) == (isIgnored ? 0 : number))
  }

  /// Raises a signal in this thread, which may block it: a thread of a pool does.
  private func raiseUnblocked(_ number: Int32) throws {
    var signals = sigset_t()
    var before = sigset_t()
    sigemptyset(&signals)
    sigaddset(&signals, number)
    try #require(pthread_sigmask(SIG_UNBLOCK, &signals, &before) == 0)
    defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
    try #require(raise(number) == 0)
  }
}
