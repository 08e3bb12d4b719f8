internal import Foundation
internal import Testing

/// Files and folders that the program may not use, also where the tests run as root.
extension Workplace {
  /// What the program is started with, so that permissions count for root too.
  static let unprivileged = geteuid() == 0 ? ["setpriv", "--bounding-set=-all", "--"] : []

  /// Gives a file or folder to another user; only root can, others take away all rights.
  func takeAway(_ name: String) throws {
    guard geteuid() == 0 else { return forbid(name) }
    chmod(file(name), 0o600)
    try #require(chown(file(name), 65_534, 65_534) == 0)
  }

  /// Gives back what `takeAway` took.
  func takeBack(_ name: String) throws {
    try #require(chown(file(name), geteuid(), getegid()) == 0)
    chmod(file(name), 0o600)
  }

  /// Takes away the right to write.
  func makeReadOnly(_ name: String) { chmod(file(name), 0o555) }

  /// Gives back what `makeReadOnly` took.
  func makeWritable(_ name: String) { chmod(file(name), 0o755) }

  private func forbid(_ name: String) { chmod(file(name), 0) }
}
