@testable import AlertEngine
@testable import Delivery
internal import Foundation
internal import TestSupport
internal import Testing
@testable import Text

@Suite("Email")
struct EmailReceiverTests {
  private func receiver(
    to recipients: [String] = ["oncall@example.com", "lead@example.com"],
    from sender: String? = "Alerts <alerts@example.com>"
  ) -> EmailReceiver {
    EmailReceiver(recipients: recipients, sender: sender, program: "/usr/sbin/sendmail")
  }

  private func mail(_ message: Message, by receiver: EmailReceiver? = nil) async throws -> String {
    let transport = ScriptedTransport()
    _ = await (receiver ?? self.receiver()).deliver(message, reference: nil, over: transport)
    return String(decoding: try #require(transport.mails.first), as: UTF8.self)
  }

  /// The mail's headers, unfolded, and its text.
  private func read(_ mail: String) throws -> (
    headers: [(name: String, value: String)], text: String
  ) {
    let head = try #require(mail.firstRange(of: "\n\n"))
    let headers = mail[..<head.lowerBound].replacing("\n ", with: " ").split(separator: "\n")
    let base64 = mail[head.upperBound...].replacing("\n", with: "")
    let body = try #require(Data(base64Encoded: String(base64)))
    return (
      try headers.map { line in
        let colon = try #require(line.firstIndex(of: ":"))
        return (
          String(line[..<colon]), line[line.index(after: colon)...].trimmingPrefix(" ").description
        )
      },
      String(decoding: body, as: UTF8.self)
    )
  }

  /// A header of encoded words as mail programs show it.
  private func decoded(_ value: String) throws -> String {
    guard value.hasPrefix("=?utf-8?B?") else { return value }
    let words = try value.split(separator: " ").map { word in
      let base64 = word.dropFirst("=?utf-8?B?".count).dropLast(2)
      return String(decoding: try #require(Data(base64Encoded: String(base64))), as: UTF8.self)
    }
    return words.joined()
  }

  static let messages: [(String, Message)] = [
    ("email.firing.eml", IncidentSample.message(IncidentSample.notification())),
    (
      "email.resolved.eml",
      IncidentSample.message(IncidentSample.notification(.resolved), at: IncidentSample.resolvedAt)
    ),
    (
      "email.digest.eml",
      IncidentSample.message(
        IncidentSample.notification(instance: "ünïcode"), IncidentSample.notification(.resolved))
    ),
  ]

  @Test("An email is the approved one, with its text in clear below", arguments: messages)
  func signedOff(name: String, message: Message) async throws {
    let mail = try await mail(message)
    try IncidentFixture.expect(mail + "\n" + (try read(mail).text), is: name)
  }

  @Test("Every later email replies to that of the firing")
  func threads() async throws {
    var ids: [[String]] = []
    for event in [AlertNotification.Event.firing, .reminder, .resolved] {
      let sequence = event == .reminder ? 2 : 0
      let notification = IncidentSample.notification(event, sequence: sequence)
      let headers = try read(try await mail(IncidentSample.message(notification))).headers
      ids.append(
        ["Message-ID", "In-Reply-To", "References"].map { name in
          headers.first { $0.name == name }?.value ?? ""
        })
    }
    let firing = "<\(IncidentSample.notification().id).hook@ops-alert-eval>"
    #expect(ids[0] == [firing, "", ""])
    #expect(ids[1].dropFirst() == [firing, firing])
    #expect(ids[2].dropFirst() == [firing, firing])
    #expect(Set(ids.map { $0[0] }).count == 3)
  }

  @Test(
    "Each end of the mail program has its outcome, and its own words",
    arguments: [
      (.exited(0), .delivered(reference: nil)),
      (
        .notStarted,
        .broken(reason: "the mail program cannot be run: check its path in \"sendmail\"")
      ),
      (
        .killed(signal: 9),
        .transient(
          TransientFailure(reason: .mailProgramKilled(signal: 9), mayHaveArrived: true))
      ),
      (
        .late(after: .seconds(20)),
        .transient(
          TransientFailure(reason: .mailProgramLate(after: .seconds(20)), mayHaveArrived: true))
      ),
      (
        .notHandedOver(reason: .outOfTime), .transient(TransientFailure(reason: .outOfTime))
      ),
      (.exited(69), .transient(TransientFailure(reason: .mailProgram(exitCode: 69)))),
      (.exited(71), .transient(TransientFailure(reason: .mailProgram(exitCode: 71)))),
      (.exited(75), .transient(TransientFailure(reason: .mailProgram(exitCode: 75)))),
      (.exited(64), .poison(reason: .mailProgram(exitCode: 64))),
      (.exited(67), .poison(reason: .mailProgram(exitCode: 67))),
      (.exited(1), .poison(reason: .mailProgram(exitCode: 1))),
    ] as [(MailEnd, DeliveryOutcome)])
  func ends(end: MailEnd, outcome: DeliveryOutcome) async {
    let result = await receiver().deliver(
      IncidentSample.message(IncidentSample.notification()), reference: nil,
      over: ScriptedTransport(mailEnd: end))
    #expect(result == outcome)
  }

  @Test(
    "An email has only its own headers, whatever the settings and the texts hold",
    arguments: IncidentSample.hostileTexts + ["a@example.com\r\nBcc: b@example.com", "x\n\nBody"])
  func injection(text: String) async throws {
    let message = Message(
      [IncidentSample.hostile(text, .resolved)], to: text, at: IncidentSample.now)
    let mail = try await mail(message, by: receiver(to: [text, "b@example.com"], from: text))
    let (headers, body) = try read(mail)
    #expect(
      headers.map(\.name) == [
        "From", "To", "Subject", "Date", "Message-ID", "In-Reply-To", "References",
        "Auto-Submitted", "MIME-Version", "Content-Type", "Content-Transfer-Encoding",
      ])
    #expect(mail.utf8.allSatisfy { $0 != 0x0D && ($0 >= 0x20 || $0 == 0x0A) && $0 != 0x7F })
    let subject = try #require(headers.first { $0.name == "Subject" }?.value)
    #expect(try decoded(subject) == message.title)
    let lines = mail.split(separator: "\n", omittingEmptySubsequences: false)
    let end = try #require(lines.firstIndex(of: ""))
    #expect(lines[end...].allSatisfy { !$0.hasPrefix(".") && !$0.hasPrefix("From ") })
    #expect(lines[end...].allSatisfy { $0.utf8.count <= 76 })
    #expect(lines.filter { $0.contains("=?utf-8?B?") }.allSatisfy { $0.utf8.count <= 76 })
    let bodyLines = body.split(separator: "\r\n")
    #expect(!bodyLines.isEmpty)
    for line in bodyLines { #expect(printable(String(line), limit: 100_000) == line) }
  }

  @Test(
    "The date has the format of RFC 5322",
    arguments: [
      (0, "Thu, 01 Jan 1970 00:00:00 +0000"), (-1_000, "Wed, 31 Dec 1969 23:59:59 +0000"),
      (1_795_256_103_250, "Sat, 21 Nov 2026 10:15:03 +0000"),
      (951_782_400_000, "Tue, 29 Feb 2000 00:00:00 +0000"),
    ])
  func date(milliseconds: Int64, date: String) async throws {
    let message = IncidentSample.message(
      IncidentSample.notification(), at: Instant(milliseconds: milliseconds))
    let headers = try read(try await mail(message)).headers
    #expect(headers.first { $0.name == "Date" }?.value == date)
  }

  @Test("Names are encoded and addresses are not")
  func names() async throws {
    let mail = try await mail(
      IncidentSample.message(IncidentSample.notification()),
      by: receiver(to: ["\"Bereitschaft Süd\" <a@example.com>", "b@example.com"], from: nil))
    #expect(
      mail.hasPrefix(
        "To: =?utf-8?B?QmVyZWl0c2NoYWZ0IFPDvGQ=?=\n <a@example.com>,\n b@example.com\nSubject: "))
  }

  @Test("A preview shows the email before it is sent")
  func preview() throws {
    let message = IncidentSample.message(IncidentSample.notification())
    let text = try #require(receiver().preview(of: message, reference: nil).first)
    #expect(text.head == "/usr/sbin/sendmail -t -i")
    #expect(text.headers.contains("To: oncall@example.com,\n lead@example.com"))
    #expect(text.body == message.plainText)
  }
}
