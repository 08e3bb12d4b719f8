internal import Foundation

/// Starts a detached thread.
///
/// Foundation's `Thread` does not say whether the system allowed it.
///
/// - Returns: `false` if the system refuses another thread; `body` is then never called.
package func startThread(_ body: @escaping @Sendable () -> Void) -> Bool {
  let work = Unmanaged.passRetained(ThreadBody(call: body))
  var thread = pthread_t()
  let code = pthread_create(
    &thread, nil,
    { work in
      guard let work else { return nil }
      Unmanaged<ThreadBody>.fromOpaque(work).takeRetainedValue().call()
      return nil
    }, work.toOpaque())
  guard code == 0 else {
    work.release()
    return false
  }
  pthread_detach(thread)
  return true
}

private final class ThreadBody {
  let call: @Sendable () -> Void

  init(call: @escaping @Sendable () -> Void) {
    self.call = call
  }
}
