/// The options of the thread sanitizer, for every process: the program gets no variables from tests.
///
/// A finding ends the process. Signals are left to the program, whose crashes are tested.
@_cdecl("__tsan_default_options")
public func threadSanitizerOptions() -> UnsafePointer<UInt8> {
  let options: StaticString = "halt_on_error=1:handle_segv=0:handle_sigbus=0:handle_sigfpe=0"
  return options.utf8Start
}

/// Likewise for the address sanitizer.
///
/// Leaks are not reported: a run leaves its memory to the system when it exits.
@_cdecl("__asan_default_options")
public func addressSanitizerOptions() -> UnsafePointer<UInt8> {
  let options: StaticString =
    "detect_leaks=0:handle_segv=0:handle_sigbus=0:handle_sigfpe=0:allocator_may_return_null=1"
  return options.utf8Start
}
