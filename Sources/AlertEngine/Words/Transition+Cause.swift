extension Transition.Cause {
  /// Why an alert ended without a good sample, for people: the same words in reports and messages.
  package var words: String {
    switch self {
    case .noEvidence: "no evidence for longer than max_gap"
    case .ruleRemoved: "the rule was removed from the configuration"
    case .instanceGone: "the instance is no longer in the snapshot"
    case .conditionChanged: "the rule's condition changed"
    case .clockSetBack: "the clock was set back"
    }
  }
}
