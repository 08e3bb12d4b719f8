internal import HTTP

extension GitHubReceiver {
  nonisolated func preview(of message: Message, reference: String?) -> [OutgoingText] {
    let issue = reference.flatMap { Int($0) }.map { "\($0)" } ?? "NUMBER"
    let comment = api.comment(GitHubText.comment(of: message), on: issue)
    guard !message.isResolved else {
      return [
        OutgoingText(api.closing(issue), showsPath: true), OutgoingText(comment, showsPath: true),
      ]
    }
    return [OutgoingText(reference == nil ? opening(message) : comment, showsPath: true)]
  }

  nonisolated func opening(_ message: Message) -> HTTPRequest {
    // The plain form is for a message that GitHub refused; a label may have been the reason.
    api.opening(
      title: GitHubText.title(of: message), body: GitHubText.body(of: message),
      labels: message.form == .full ? api.labels : [])
  }
}
