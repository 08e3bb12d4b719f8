internal import Text

extension DeferralReason: CustomStringConvertible {
  /// A phrase in lower case; reports show it and the state file keeps it.
  package var description: String {
    switch self {
    case .text(let text), .unconfirmed(let text): text
    case .broken(let text): "broken: \(text)"
    case .deadline: "the run reached its deadline"
    case .stateNotSaved: "the state could not be saved"
    case .behindEarlier: "an earlier notification of this alert is queued"
    case .notBefore(let time, let cause):
      "not before \(time.clockTimeInUTC) UTC" + (cause.map { ", after \($0)" } ?? "")
    case .notSetUp: "the receiver is not set up"
    case .notConfigured: "the receiver is no longer configured"
    case .retyped: "the receiver's type has changed"
    case .notDelivering: "this run does not deliver"
    case .held(let hold): hold.words { "\($0.dayAndTimeInUTC) UTC" }
    case .expired: "more than 24 h old, and the alert has ended"
    case .queueFull: "the queue is full"
    }
  }
}
