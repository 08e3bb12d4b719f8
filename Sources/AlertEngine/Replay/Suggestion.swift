internal import Text

/// Which threshold and duration of a rule would have stayed within a number of alerts a week: chosen
/// on the first two thirds of a recording, checked on the last.
package struct Suggestion: Sendable {
  /// A variant of the rule, and how often somebody would have been notified in each part.
  package struct Choice: Hashable, Sendable {
    package let rule: Rule
    package let chosenOn: Int
    package let checkedOn: Int
    /// For how long its alerts fire in all.
    package let firing: Duration
  }

  package let search: SuggestionSearch
  /// The rule as it is.
  package let configured: Choice?
  /// The tightest threshold for each duration that has one, shortest duration first.
  package let choices: [Choice]

  /// Chooses among the variants of the search's request.
  package init(_ search: SuggestionSearch, among variants: [VariantRecord]) {
    self.search = search
    let all = variants.map { variant in
      let chosenOn = variant.tallies.flatMap(\.episodes).count { episode in
        episode.notifiedAt.map { $0 < search.split } ?? false
      }
      return (
        variant,
        Choice(
          rule: variant.rule, chosenOn: chosenOn, checkedOn: variant.pages - chosenOn,
          firing: variant.firingTime)
      )
    }
    configured = all.first { $0.0.isConfigured }?.1
    let most = search.most.chosenOn
    let durations = Set(all.map(\.1.rule.duration)).sorted()
    choices = durations.compactMap { duration in
      func choice(_ threshold: Double) -> Choice? {
        all.map(\.1).first {
          $0.rule.duration == duration && search.value(of: $0.rule) == threshold
        }
      }
      return search.thresholds.reversed().lazy.compactMap { pair -> Choice? in
        guard let tried = choice(pair.tried), tried.chosenOn <= most else { return nil }
        return choice(pair.suggested).flatMap { $0.chosenOn <= most ? $0 : nil }
      }.first
    }
  }

  /// The choice with the most alerts in the part it was chosen on; of several, the one with the
  /// shortest duration.
  package var proposed: Choice? {
    choices.max { ($0.chosenOn, $1.rule.duration) < ($1.chosenOn, $0.rule.duration) }
  }
}
