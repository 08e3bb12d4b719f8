/// Somebody or something that is told of alerts.
package struct ReceiverSettings: Hashable, Sendable {
  /// Unique in a configuration.
  package var name: String
  package var service: Service
  /// The severities that go there; all of them where the configuration does not say.
  package var severities: Set<Severity>
  /// Whether an unset variable is a mistake; otherwise the receiver is skipped with a notice.
  package var isRequired: Bool

  package init(
    name: String, service: Service, severities: Set<Severity> = Set(Severity.allCases),
    isRequired: Bool = false
  ) {
    self.name = name
    self.service = service
    self.severities = severities
    self.isRequired = isRequired
  }

  /// What kind of receiver it is, with what only that kind needs.
  package enum Service: Hashable, Sendable {
    case webhook(url: SecretSource, token: SecretSource?)
    /// `expires`: how long a firing alert stays on without another run.
    case alertmanager(url: SecretSource, token: SecretSource?, expires: Duration)
    /// `mention`: put in front of a firing alert, as `<!here>` or `<@U123>`.
    case slack(url: SecretSource, mention: String?)
    case teams(url: SecretSource)
    /// `mention`: put in front of a firing alert, as `<@123>` or `<@&123>`.
    case discord(url: SecretSource, mention: String?)
    /// `url`: another base than PagerDuty's own.
    case pagerduty(routingKey: SecretSource, url: SecretSource?)
    /// `url`: the base of the API, `GITHUB_API_URL` or GitHub's own where there is none.
    case github(repository: SecretSource, token: SecretSource, labels: [String], url: SecretSource?)
    case ntfy(url: SecretSource, topic: SecretSource, token: SecretSource?)
    case email(to: [String], from: String?, sendmail: String)
  }

  package var type: ReceiverType {
    switch service {
    case .webhook: .webhook
    case .alertmanager: .alertmanager
    case .slack: .slack
    case .teams: .teams
    case .discord: .discord
    case .pagerduty: .pagerduty
    case .github: .github
    case .ntfy: .ntfy
    case .email: .email
    }
  }
}

/// The kinds of receivers, as a configuration writes them.
package enum ReceiverType: String, CaseIterable, Sendable {
  case webhook, alertmanager, slack, teams, discord, pagerduty, github, ntfy, email
}

/// Where an address or a token is read from: never the configuration itself.
package enum SecretSource: Hashable, Sendable {
  case variable(String)
  case file(String)
}

/// What holds for all receivers.
package struct NotificationSettings: Hashable, Sendable {
  /// The time between two reminders of an alert that goes on firing; zero for none.
  package var reminder: Duration
  /// More events than this for one chat become one message.
  package var digestOver: Int

  package init(reminder: Duration = .seconds(4 * 3_600), digestOver: Int = 5) {
    self.reminder = reminder
    self.digestOver = digestOver
  }
}
