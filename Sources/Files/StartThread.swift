internal import Foundation

/// Starts a detached thread.
///
/// Foundation's `Thread` does not say whether the system allowed it.
///
/// - Returns: `false` if the system refuses another thread; `body` is then never called.
package func startThread(_ body: @escaping @Sendable () -> Void) -> Bool {
  let work = Unmanaged.passRetained(ThreadBody(call: body))
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
    return false
  }
  pthread_detach(thread)
  return true
}

/// Starts a thread that only waits, to be joined; `nil` if the system refuses another one.
///
/// It allocates nothing: the first allocation of a thread reserves addresses for it, and takes longer
/// than its start.
func createThread(waitingAt gate: DispatchSemaphore) -> pthread_t? {
  var thread = noThread()
  let code = pthread_create(
    &thread, nil,
    { gate in
      guard let gate = gate as UnsafeMutableRawPointer? else { return nil }
      Unmanaged<DispatchSemaphore>.fromOpaque(gate).takeUnretainedValue().wait()
      return nil
    }, Unmanaged.passUnretained(gate).toOpaque())
  return code == 0 ? thread : nil
}

private final class ThreadBody {
  let call: @Sendable () -> Void

  init(call: @escaping @Sendable () -> Void) {
    self.call = call
  }
}
