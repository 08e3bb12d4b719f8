internal import AlertEngine
internal import Foundation
internal import JSON
internal import Text

/// Mail, passed to the machine's own `sendmail`.
struct EmailReceiver: Receiver, ConfiguredReceiver {
  static let type = ReceiverType("email", keys: [to, from, sendmail], isForPeople: true)
  private static let to = Key(
    "to", .values(.text(.mailAddress, max: 254), atMost: 50), .required,
    "the recipients", example: #"["oncall@example.com"]"#)
  private static let from = Key(
    "from", .text(.mailAddress, max: 254), .derived("as `sendmail` sets it"), "the sender",
    example: #""alerts@example.com""#)
  private static let sendmail = Key(
    "sendmail", .text(.absoluteFile, max: Key.longestText),
    .defaults(to: .string("/usr/sbin/sendmail")), "the program that sends the mail",
    example: #""/usr/sbin/sendmail""#)

  /// Recipients are read from the headers, and a lone dot does not end the mail.
  static let arguments = ["-t", "-i"]
  /// The longest line of the text, in Unicode scalars.
  private static let longestLine = 2_000
  /// The longest line of base64, in characters.
  private static let lineLength = 76

  /// At least one address.
  let recipients: [String]
  /// The `From`; `nil` for the mail system's own.
  let sender: String?
  /// A program that accepts what `sendmail -t -i` accepts.
  let program: String

  func deliver(
    _ message: Message, reference: String?, over transport: any Transport
  ) async -> DeliveryOutcome {
    Self.outcome(of: await transport.run(program, Self.arguments, input: mail(message)))
  }

  func preview(of message: Message, reference: String?) -> [OutgoingText] {
    [
      OutgoingText(
        head: ([program] + Self.arguments).joined(separator: " "), headers: headers(of: message),
        body: text(of: message).joined(separator: "\n"))
    ]
  }

  /// The outcome by how the mail program ended; its exit codes are those of sysexits.h.
  static func outcome(of end: MailEnd) -> DeliveryOutcome {
    switch end {
    case .exited(0): .delivered(reference: nil)
    // EX_UNAVAILABLE, EX_OSERR and EX_TEMPFAIL.
    case .exited(let code) where [69, 71, 75].contains(code):
      .transient(TransientFailure(reason: .mailProgram(exitCode: code)))
    case .exited(let code): .poison(reason: .mailProgram(exitCode: code))
    case .killed(let signal):
      .transient(TransientFailure(reason: .mailProgramKilled(signal: signal), mayHaveArrived: true))
    case .unknown:
      .transient(
        TransientFailure(
          reason: .noResponse("sendmail's exit status is unknown"), mayHaveArrived: true))
    case .late(let limit):
      .transient(TransientFailure(reason: .mailProgramLate(after: limit), mayHaveArrived: true))
    case .notHandedOver(let reason): .transient(TransientFailure(reason: reason))
    case .notStarted:
      .broken(reason: .setup("the mail program cannot be run: check its path in \"sendmail\""))
    }
  }

  /// The whole mail, with the machine's own line ends, as `sendmail` expects.
  func mail(_ message: Message) -> [UInt8] {
    let text = text(of: message).map { $0 + "\r\n" }.joined()
    let encoded = Array(Data(text.utf8).base64EncodedString())
    let lines = stride(from: 0, to: encoded.count, by: Self.lineLength).map { start in
      String(encoded[start..<min(start + Self.lineLength, encoded.count)])
    }
    return Array((headers(of: message) + [""] + lines).map { $0 + "\n" }.joined().utf8)
  }

  private func text(of message: Message) -> [String] {
    message.plainText.split(separator: "\n").map { printable(String($0), limit: Self.longestLine) }
  }

  private func headers(of message: Message) -> [String] {
    let sender = sender.map { [EmailHeader.mailboxes("From", [$0])] } ?? []
    let firing = firingID(of: message)
    let thread =
      firing.map { [EmailHeader.text("In-Reply-To", $0), .text("References", $0)] } ?? []
    let own: [EmailHeader] = [
      .mailboxes("To", recipients), .encoded("Subject", message.title),
      .text("Date", message.now.mailDate), .text("Message-ID", id(of: message.id, message)),
    ]
    let format: [EmailHeader] = [
      .text("Auto-Submitted", "auto-generated"), .text("MIME-Version", "1.0"),
      .text("Content-Type", "text/plain; charset=utf-8"),
      .text("Content-Transfer-Encoding", "base64"),
    ]
    return (sender + own + thread + format).map(\.line)
  }

  /// The same for every attempt, so that mail programs recognize a duplicate.
  private func id(of event: String, _ message: Message) -> String {
    let isAtom: (UInt8) -> Bool = { byte in
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8.contains(byte)
    }
    let name = message.receiver.utf8.prefix(100).map { byte in
      isAtom(byte) ? String(Unicode.Scalar(byte)) : "-"
    }
    return "<\(event).\(name.joined())@ops-alert-eval>"
  }

  /// The mail to which a later mail of an episode replies; `nil` for the first, and for digests.
  private func firingID(of message: Message) -> String? {
    guard !message.isDigest, var firing = message.notifications.first else { return nil }
    switch firing.event {
    case .firing, .firedAndResolved: return nil
    case .reminder, .resolved, .acknowledged:
      firing.event = .firing
      firing.sequence = 0
      return id(of: firing.id, message)
    }
  }
}

extension EmailReceiver {
  init?(_ settings: ReceiverSettings, reading secrets: inout Secrets) throws(ReceiverMistake) {
    guard let to = settings.texts(Self.to), let program = settings.text(Self.sendmail) else {
      return nil
    }
    self.init(recipients: to, sender: settings.text(Self.from), program: program)
  }

  static func phrases(for settings: ReceiverSettings) -> [String] {
    ["to \(printable(listed(settings.texts(to) ?? [])))"]
      + (settings.text(from).map { ["from \(printable($0))"] } ?? [])
      + (settings.text(sendmail).map { ["by \(printable($0))"] } ?? [])
  }
}
