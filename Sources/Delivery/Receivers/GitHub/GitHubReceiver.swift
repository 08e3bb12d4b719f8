internal import AlertEngine
internal import HTTP
internal import JSON
internal import Text

/// Issues of a GitHub repository: one for each alert, open while it fires.
///
/// A receiver serves one run: it lists the open issues at most once and remembers what it changed.
actor GitHubReceiver: Receiver {
  /// GitHub asks for a second between two writes.
  static let pace = Duration.seconds(1)
  static let readsResponses = true
  /// The most issues that one run closes because their alerts are good.
  static let mostReconciled = 20

  /// Why a delivery ends early.
  private enum Failure: Error {
    /// The issue or list was deleted or moved, or never existed; with the outcome if it must exist.
    case gone(DeliveryOutcome)
    case outcome(DeliveryOutcome)
  }

  let api: GitHubAPI
  /// This program's issues that were seen, newest first.
  private var known: [GitHubIssue] = []
  private var isListed = false
  private var writes = 0
  private var lastWrite: Instant?

  init(_ api: GitHubAPI) {
    self.api = api
  }

  func deliver(
    _ message: Message, reference: String?, over transport: any Transport
  ) async -> DeliveryOutcome {
    guard let notification = message.notifications.first else { return .delivered(reference: nil) }
    let before = writes
    do throws(Failure) {
      return try await deliver(message, notification, reference: reference, over: transport)
    } catch {
      return outcome(of: error, hasWritten: writes > before)
    }
  }

  func reconcile(
    good: Set<String>, isStateNew: Bool, over transport: any Transport
  ) async -> [DeliveryOutcome] {
    guard isListed || isStateNew else { return [] }
    var outcomes: [DeliveryOutcome] = []
    let before = writes
    do throws(Failure) {
      try await list(over: transport)
      let isOrphan: (GitHubIssue) -> Bool = { $0.isOpen && good.contains($0.marker.fingerprint) }
      try await confirm(known.filter(isOrphan), over: transport)
      for issue in known.filter({ $0.isOwn && isOrphan($0) }).prefix(Self.mostReconciled) {
        try await close(issue, over: transport)
        try await comment(GitHubText.reconciled, on: issue, canBeLocked: true, over: transport)
        outcomes.append(.delivered(reference: "\(issue.number)"))
      }
    } catch {
      outcomes.append(outcome(of: error, hasWritten: writes > before))
    }
    return outcomes
  }
}

extension GitHubReceiver {
  /// The steps are ordered so that a second attempt repeats as little as possible: the comment,
  /// which would appear twice, comes last.
  private func deliver(
    _ message: Message, _ notification: AlertNotification, reference: String?,
    over transport: any Transport
  ) async throws(Failure) -> DeliveryOutcome {
    let issue = try await find(
      notification.fingerprint.text, reference: reference.flatMap { Int($0) }, over: transport)
    guard let issue else {
      // Nothing is open, so there is nothing to close or to comment on.
      if notification.isResolved || notification.event == .acknowledged {
        return .delivered(reference: nil)
      }
      return .delivered(reference: try await open(message, notification, over: transport))
    }
    // An earlier attempt opened it, and its response or the run was lost.
    if issue.marker.event == notification.id {
      return .delivered(reference: "\(issue.number)")
    }
    // Whether the issue says what happened even without the comment.
    var isTold = notification.isResolved
    switch notification.event {
    case .resolved, .firedAndResolved:
      if issue.isOpen { try await close(issue, over: transport) }
    case .firing:
      if !issue.isOpen {
        // Another episode is not acknowledged.
        let labels = issue.labelsOfAcknowledged
        _ = try await write(api.reopening(issue.number, labels: labels), over: transport)
        change(issue.number) { $0.isOpen = true }
        isTold = true
      }
    case .reminder, .acknowledged: break
    }
    try await comment(
      GitHubText.comment(of: message), on: issue, canBeLocked: isTold, over: transport)
    return .delivered(reference: "\(issue.number)")
  }

  // A locked issue can be closed and reopened, but not commented on.
  private func comment(
    _ text: String, on issue: GitHubIssue, canBeLocked: Bool, over transport: any Transport
  ) async throws(Failure) {
    do throws(Failure) {
      _ = try await write(api.comment(text, on: issue.number), over: transport)
    } catch .outcome(.poison(.status(403, _))) where canBeLocked {}
  }

  /// The alert's issue: the referenced one, whatever its state, or an open one that the token's
  /// account wrote.
  private func find(
    _ fingerprint: String, reference: Int?, over transport: any Transport
  ) async throws(Failure) -> GitHubIssue? {
    let isOfAlert: (GitHubIssue) -> Bool = { $0.marker.fingerprint == fingerprint }
    for issue in known where issue.number == reference { change(issue.number) { $0.isOwn = true } }
    if let issue = known.first(where: { $0.isOwn && isOfAlert($0) }) { return issue }
    if let reference, var issue = try await issue(reference, over: transport), isOfAlert(issue) {
      issue.isOwn = true
      known.append(issue)
      return issue
    }
    try await list(over: transport)
    try await confirm(known.filter(isOfAlert), over: transport)
    return known.first { $0.isOwn && isOfAlert($0) }
  }

  /// Finds out which issues the token's account wrote; the others are forgotten.
  private func confirm(
    _ issues: [GitHubIssue], over transport: any Transport
  ) async throws(Failure) {
    let numbers = issues.filter { !$0.isOwn }.map(\.number)
    guard !numbers.isEmpty else { return }
    var authors = JSONMembers(nil)
    do throws(Failure) {
      let response = try await read(api.authorship(of: numbers), over: transport)
      authors = JSONMembers(response.body).members("data").members("repository")
    } catch {
      // A token that cannot ask has written none.
      switch error {
      case .outcome(.transient): throw error
      case .gone, .outcome: break
      }
    }
    for number in numbers where authors.members("i\(number)").bool("viewerDidAuthor") == true {
      change(number) { $0.isOwn = true }
    }
    known.removeAll { !$0.isOwn && numbers.contains($0.number) }
  }

  /// The issue with a number; `nil` if it was deleted, moved, or is not one of this program's.
  private func issue(
    _ number: Int, over transport: any Transport
  ) async throws(Failure) -> GitHubIssue? {
    do throws(Failure) {
      return GitHubIssue(try await tree(of: read(api.issue(number), over: transport)))
    } catch {
      if case .gone = error { return nil }
      throw error
    }
  }

  /// Reads the list of open issues, once.
  private func list(over transport: any Transport) async throws(Failure) {
    guard !isListed else { return }
    var found: [GitHubIssue] = []
    for number in 1...GitHubAPI.mostPages {
      let response = try await read(api.page(number), over: transport)
      guard case .array(let nodes) = try tree(of: response).value else {
        throw .outcome(
          .broken(reason: .setup("the response is not a list of issues: check the API's URL")))
      }
      found += nodes.compactMap(GitHubIssue.init)
      guard response.hasNextPage, !nodes.isEmpty else { break }
    }
    let numbers = Set(known.map(\.number))
    known += found.filter { !numbers.contains($0.number) }
    isListed = true
  }

  private func open(
    _ message: Message, _ notification: AlertNotification, over transport: any Transport
  ) async throws(Failure) -> String? {
    // If this fails or has no number, the issue may exist nevertheless, and listing will find it.
    isListed = false
    let response = try await write(opening(message), over: transport)
    guard let tree = try? JSONNode.parse(response.body), let number = GitHubIssue.number(in: tree)
    else { return nil }
    isListed = true
    let marker = GitHubMarker(notification)
    known.insert(GitHubIssue(number: number, isOpen: true, marker: marker, isOwn: true), at: 0)
    return "\(number)"
  }

  private func close(_ issue: GitHubIssue, over transport: any Transport) async throws(Failure) {
    _ = try await write(api.closing(issue.number), over: transport)
    change(issue.number) { $0.isOpen = false }
  }

  private func change(_ number: Int, _ change: (inout GitHubIssue) -> Void) {
    for index in known.indices where known[index].number == number { change(&known[index]) }
  }
}

extension GitHubReceiver {
  /// Issues with the label `acknowledged`; the numbers were saved when this program opened them.
  func acknowledged(
    among references: [String: String], over transport: any Transport
  ) async -> [String: String] {
    guard let response = try? await read(api.acknowledged, over: transport),
      case .array(let nodes)? = try? tree(of: response).value
    else { return [:] }
    let numbers = Set(nodes.compactMap(GitHubIssue.number).map { "\($0)" })
    return references.filter { numbers.contains($0.value) }.mapValues { "issue #\($0)" }
  }

  /// Reads something; a failure never means that a message may have arrived.
  private func read(
    _ request: HTTPRequest, over transport: any Transport
  ) async throws(Failure) -> HTTPResponse {
    let response: HTTPResponse
    do throws(HTTPFailure) {
      response = try await transport.response(to: request)
    } catch {
      switch DeliveryOutcome(error) {
      case .transient(var failure):
        failure.mayHaveArrived = false
        throw .outcome(.transient(failure))
      case .unconfirmed(let reason):
        throw .outcome(.transient(TransientFailure(reason: reason)))
      case .delivered, .broken, .poison:
        if case .redirect = error { throw .gone(DeliveryOutcome(error)) }
        throw .outcome(DeliveryOutcome(error))
      }
    }
    if [404, 410].contains(response.status) {
      throw .gone(DeliveryOutcome(gitHub: response, at: transport.now))
    }
    return try whole(response, at: transport.now)
  }

  /// Changes something, at least a second after the last change.
  private func write(
    _ request: HTTPRequest, over transport: any Transport
  ) async throws(Failure) -> HTTPResponse {
    if let lastWrite {
      let rest = Self.pace - (transport.now - lastWrite)
      let isInTime = rest <= .zero ? true : await transport.pause(min(rest, Self.pace))
      guard isInTime else {
        throw .outcome(.transient(TransientFailure(reason: .outOfTime)))
      }
    }
    defer { lastWrite = transport.now }
    let response: HTTPResponse
    do throws(HTTPFailure) {
      response = try await transport.response(to: request)
    } catch {
      throw .outcome(DeliveryOutcome(error))
    }
    if request.url.display.contains("/issues/"), response.isAboutOneIssue,
      case .broken = DeliveryOutcome(gitHub: response, at: transport.now)
    {
      throw .outcome(.poison(reason: response.reason))
    }
    let complete = try whole(response, at: transport.now)
    writes += 1
    return complete
  }

  private func whole(_ response: HTTPResponse, at now: Instant) throws(Failure) -> HTTPResponse {
    guard (200...299).contains(response.status) else {
      throw .outcome(DeliveryOutcome(gitHub: response, at: now))
    }
    return response
  }

  private func tree(of response: HTTPResponse) throws(Failure) -> JSONNode {
    do throws(JSONFailure) {
      return try JSONNode.parse(response.body)
    } catch {
      throw .outcome(.broken(reason: .setup("the response is not JSON: check the API's URL")))
    }
  }

  private func outcome(of failure: Failure, hasWritten: Bool) -> DeliveryOutcome {
    switch failure {
    case .outcome(.transient(var failure)):
      failure.mayHaveArrived = failure.mayHaveArrived || hasWritten
      return .transient(failure)
    case .outcome(let outcome), .gone(let outcome): return outcome
    }
  }
}
