internal import Foundation

/// Reopens standard input, output and error if the caller has closed them.
///
/// Otherwise, the next file or socket would get their numbers, and output meant for a terminal
/// would go into it. The replacements accept no output and provide no input: a lost report is an
/// error.
package func fillStandardDescriptors() {
  for descriptor in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO]
  where fcntl(descriptor, F_GETFD) < 0 {
    // `open` returns the lowest free number, and those below this one are taken.
    _ = open("/dev/null", descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY)
  }
}
