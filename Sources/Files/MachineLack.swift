internal import Foundation

/// Something that every run needs and this process may lack, so that nothing else gets the blame.
///
/// The raw value is the exit status of an HTTP worker that lacks it.
package enum MachineLack: Int32, CaseIterable, Sendable, CustomStringConvertible {
  case descriptors = 121
  case memory = 122
  case threads = 123
  case stack = 124

  /// More than a run or a worker uses at once.
  private enum Need {
    static let descriptors = 24
    static let mebibytes = 64
    static let threads = 8
    /// Of each thread: a document may nest 512 levels.
    static let kibibytesOfStack = 1_024
  }

  /// The first thing that is missing; whatever was taken to find out is released.
  ///
  /// To be called before any other thread exists.
  package static var first: MachineLack? {
    if isLimited(number(RLIMIT_AS)) { shareOneArena() }
    return allCases.first { !$0.isThere }
  }

  /// Whether the memory that this process may use is limited, by `ulimit -v` or `ulimit -d`.
  static var isMemoryLimited: Bool {
    isLimited(number(RLIMIT_AS)) || isLimited(number(RLIMIT_DATA))
  }

  // `RLIM_INFINITY`, which is not imported as it is, is this on macOS, and twice as much on Linux.
  private static func isLimited(_ resource: Int32) -> Bool {
    limit(of: resource) < rlim_t(Int64.max)
  }

  private static func limit(of resource: Int32) -> rlim_t {
    var limit = rlimit()
    getrlimit(resource, &limit)
    return limit.rlim_cur
  }

  /// Keeps malloc from reserving 64 MiB of addresses for each thread.
  private static func shareOneArena() {
    #if canImport(Glibc)
      // Not imported; -8 is `M_ARENA_MAX`.
      typealias Mallopt = @convention(c) (Int32, Int32) -> Int32
      guard let symbol = dlsym(nil, "mallopt") else { return }
      _ = unsafeBitCast(symbol, to: Mallopt.self)(-8, 1)
    #endif
  }

  package var description: String {
    switch self {
    case .descriptors:
      "this process may not open \(Need.descriptors) more files: raise its limit (ulimit -n)"
    case .memory:
      "this process may not use \(Need.mebibytes) MiB more memory: raise its limits (ulimit -v, "
        + "ulimit -d)"
    case .threads:
      "this process may not start \(Need.threads) threads: raise the limits of its user and of its "
        + "memory (ulimit -u, ulimit -v)"
    case .stack:
      "a thread of this process may not have \(Need.kibibytesOfStack) KiB of stack: raise its limit "
        + "(ulimit -s)"
    }
  }

  private var isThere: Bool {
    switch self {
    case .descriptors: Self.canOpenFiles
    case .memory: Self.canUseMemory
    case .threads: Self.canStartThreads
    case .stack: Self.hasStack
    }
  }

  private static var hasStack: Bool {
    limit(of: number(RLIMIT_STACK)) >= rlim_t(Need.kibibytesOfStack << 10)
  }

  private static var canOpenFiles: Bool {
    var copies: [Int32] = []
    defer { for copy in copies { close(copy) } }
    for _ in 0..<Need.descriptors {
      // Standard error is open, if only on /dev/null.
      let copy = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 0)
      guard copy >= 0 else { return false }
      copies.append(copy)
    }
    return true
  }

  private static var canUseMemory: Bool {
    let size = Need.mebibytes << 20
    let place = mmap(nil, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
    guard let place, place != MAP_FAILED else { return false }
    return munmap(place, size) == 0
  }

  private static var canStartThreads: Bool {
    // Closed while they start, so that all of them exist at once.
    let gate = DispatchSemaphore(value: 0)
    // Held until they have ended: the first use of malloc by a thread, even to free, reserves
    // addresses for it, and takes longer than its start.
    let waiting = ThreadBody { gate.wait() }
    var threads: [pthread_t] = []
    while threads.count < Need.threads, let thread = createThread(waiting) {
      threads.append(thread)
    }
    for _ in threads { gate.signal() }
    withExtendedLifetime(waiting) {
      for thread in threads { pthread_join(thread, nil) }
    }
    return threads.count == Need.threads
  }
}
