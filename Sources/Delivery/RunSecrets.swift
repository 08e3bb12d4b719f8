internal import Synchronization

/// The secrets that a run has read so far: the one place that removes them from what it shows, stores
/// and sends.
package final class RunSecrets: Sendable {
  private let redactor = Mutex(Redactor())

  package init() {}

  /// Adds what was read.
  package func take(_ secrets: Secrets) {
    redactor.withLock { $0.add(secrets.redactor.forms) }
  }

  /// Those that are known now.
  package var known: Redactor { redactor.withLock(\.self) }
}
