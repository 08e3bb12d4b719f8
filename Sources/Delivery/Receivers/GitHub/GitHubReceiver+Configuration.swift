internal import AlertEngine
internal import JSON
internal import Text

extension GitHubReceiver: ConfiguredReceiver {
  static let type = ReceiverType(
    "github",
    sources: [
      (.repository, .variable("GITHUB_REPOSITORY")), (.token, .variable("GITHUB_TOKEN")),
      (.url, .optional),
    ],
    keys: [labels], keepsIncidents: true)
  private static let labels = Key(
    "labels", .values(.text(.issueLabel, max: 50), atMost: 20), .derived(#"`["ops-alert"]`"#),
    "the labels of new issues; open issues are found by the first",
    example: #"["ops-alert", "api"]"#)

  /// Neither the repository's name nor the API's address is a secret: both are in links that people
  /// get.
  init?(_ settings: ReceiverSettings, reading secrets: inout Secrets) throws(ReceiverMistake) {
    let url = settings[.url] ?? .variable("GITHUB_API_URL")
    let usual = url == .variable("GITHUB_API_URL") ? GitHubAPI.defaultBase : nil
    guard let repository = settings[.repository], let base = try secrets.readPublic(url) ?? usual,
      let name = try secrets.readPublic(repository),
      let token = try secrets.authorization(settings[.token])?.first
    else { return nil }
    let address = try secrets.checkedAddress(base, from: url.name)
    do throws(ReceiverMistake) {
      self.init(
        try GitHubAPI(
          base: address, repository: name, token: token, labels: Self.issueLabels(settings)))
    } catch {
      throw ReceiverMistake("\(repository.name): \(error)")
    }
  }

  static func phrases(for settings: ReceiverSettings) -> [String] {
    ["labels \(printable(issueLabels(settings).joined(separator: " + ")))"]
  }

  private static func issueLabels(_ settings: ReceiverSettings) -> [String] {
    settings.texts(labels) ?? ["ops-alert"]
  }
}

extension ReceiverSource {
  static let repository = ReceiverSource(
    "repository", "`owner/name` of the repository", label: "repository",
    example: "GITHUB_REPOSITORY")
}
