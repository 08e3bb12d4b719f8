internal import Foundation

/// Starts a detached thread.
///
/// Foundation's `Thread` does not say whether the system allowed it.
///
/// - Returns: `false` if the system refuses another thread; `body` is then never called.
package func startThread(_ body: @escaping @Sendable () -> Void) -> Bool {
  guard let thread = createThread(ThreadBody(call: body)) else { return false }
  pthread_detach(thread)
  return true
}

/// Starts a thread, to be joined or detached; `nil` if the system refuses another one.
func createThread(_ body: ThreadBody) -> pthread_t? {
  let work = Unmanaged.passRetained(body)
  var thread = noThread()
  let code = pthread_create(
    &thread, nil,
    { work in
      guard let work = work as UnsafeMutableRawPointer? else { return nil }
      Unmanaged<ThreadBody>.fromOpaque(work).takeRetainedValue().call()
      return nil
    }, work.toOpaque())
  guard code == 0 else {
    work.release()
    return nil
  }
  return thread
}

/// What a thread does; freed by the last that holds it.
final class ThreadBody: Sendable {
  let call: @Sendable () -> Void

  init(call: @escaping @Sendable () -> Void) {
    self.call = call
  }
}
