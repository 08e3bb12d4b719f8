internal import Foundation

/// Opens again what the caller has closed of standard input, output and error.
///
/// The next file or socket would get their numbers otherwise, and what is meant for a terminal
/// would go into it. What is opened takes no output and gives no input: a lost report is an error.
package func fillStandardDescriptors() {
  for descriptor in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO]
  where fcntl(descriptor, F_GETFD) < 0 {
    // The lowest free number is given out, and those below this one are taken.
    _ = open("/dev/null", descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY)
  }
}
