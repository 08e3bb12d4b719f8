package import Text

/// Something in a configuration that is valid, but probably a mistake.
package struct Lint: Hashable, Sendable {
  /// The name by which a rule allows it; see `docs/checking.md`.
  package enum Name: String, CaseIterable, Sendable {
    case shareAboveOne = "share_above_1"
    case percentUnit = "percent_unit"
    case unreachableLimit = "unreachable_limit"
    case alwaysBad = "always_bad"
    case unreachableRecovery = "unreachable_recovery"
    case duplicateRule = "duplicate_rule"
    case shadowedRule = "shadowed_rule"
    case foreignPath = "foreign_path"
    case deadPattern = "dead_pattern"
    case missingRunbook = "missing_runbook"
    case noReceiver = "no_receiver"
    case idleReceiver = "idle_receiver"
    case unheardDependency = "unheard_dependency"
    case deadMatch = "dead_match"
    // On a schedule.
    case neverFires = "never_fires"
    case neverResolves = "never_resolves"
    case needsConfirm = "needs_confirm"
    case shortMaxGap = "short_max_gap"
    case slowMinSamples = "slow_min_samples"
    case shortWindow = "short_window"
    // With a snapshot.
    case selectsNothing = "selects_nothing"
    case noRequestCount = "no_request_count"
    // Notes.
    case pastWindow = "past_window"
    case noRecovery = "no_recovery"
    case noSummary = "no_summary"
    case noRunbook = "no_runbook"

    /// Those that can be about a rule, which can allow them.
    static let ofRules = allCases.filter { ![.idleReceiver, .deadMatch, .pastWindow].contains($0) }

    /// Whether it never changes an exit code.
    package var isNote: Bool {
      switch self {
      case .pastWindow, .noRecovery, .noSummary, .noRunbook: true
      case .shareAboveOne, .percentUnit, .unreachableLimit, .alwaysBad, .unreachableRecovery,
        .duplicateRule, .shadowedRule, .foreignPath, .deadPattern, .missingRunbook, .noReceiver,
        .idleReceiver, .unheardDependency, .deadMatch, .neverFires, .neverResolves,
        .needsConfirm, .shortMaxGap, .slowMinSamples, .shortWindow, .selectsNothing,
        .noRequestCount:
        false
      }
    }
  }

  /// The part of the configuration that it is about.
  package enum Item: Hashable, Sendable {
    case rule(String)
    case receiver(String)
    case window(String)
    case endpoint

    /// Its name, for people.
    package var name: String {
      switch self {
      case .rule(let name), .receiver(let name), .window(let name): printable(name)
      case .endpoint: EndpointSettings.ruleName
      }
    }
  }

  package var name: Name
  package var item: Item
  /// The key in its object that has to change; `nil` for the object as a whole.
  package var key: String?
  /// In lower case, without a full stop and without the item's name, safe for a terminal.
  package var reason: String
  /// What to do, in the same form.
  package var remedy: String

  package init(
    _ name: Name, _ item: Item, key: String? = nil, _ reason: String, remedy: String
  ) {
    self.name = name
    self.item = item
    self.key = key
    self.reason = reason
    self.remedy = remedy
  }

  init(_ name: Name, _ rule: Rule, _ key: RuleKey?, _ reason: String, remedy: String) {
    self.init(name, .rule(rule.name), key: key?.key.name, reason, remedy: remedy)
  }
}

extension Configuration {
  /// What the configuration alone shows: in the order of its rules, then of its receivers and
  /// maintenance windows.
  ///
  /// - Parameter now: windows that ended before are found.
  /// - Returns: also what rules allow; see `unallowed`.
  package func lints(at now: Instant) -> [Lint] {
    rules.flatMap(\.lints) + redundancies + receiverLints + windowLints(at: now)
  }

  /// Those that no rule allows.
  package func unallowed(_ lints: [Lint]) -> [Lint] {
    let allowed = Dictionary(rules.map { ($0.name, $0.allowed) }) { one, _ in one }
    return lints.filter { lint in
      guard case .rule(let name) = lint.item else { return true }
      return allowed[name]?.contains(lint.name) != true
    }
  }
}
