internal import Foundation
@testable import HTTP
internal import Testing

@Suite("Credentials")
struct CredentialTests {
  @Test(
    "A user and password are sent as RFC 7617 says, and each text that reveals them is a secret",
    arguments: [
      ("Aladdin:open sesame", "QWxhZGRpbjpvcGVuIHNlc2FtZQ==", "open sesame"),
      ("test:123£££", "dGVzdDoxMjPCo8KjwqM=", "123£££"),
      ("a:secret:with:colons\r\n", "YTpzZWNyZXQ6d2l0aDpjb2xvbnM=", "secret:with:colons"),
      ("a: blanks ", "YTogYmxhbmtzIA==", " blanks "), (":secret", "OnNlY3JldA==", "secret"),
      ("api-key:", "YXBpLWtleTo=", "api-key"),
      ("a:\u{301}secret", "YTrMgXNlY3JldA==", "\u{301}secret"),
    ])
  func login(text: String, encoded: String, secret: String) throws {
    let credential = try Credential(login: text, source: "LOGIN")
    #expect(credential.header.name == .authorization && credential.isLogin)
    #expect(credential.header.value == "Basic \(encoded)")
    let pair = text.replacing("\r\n", with: "")
    #expect(credential.secrets == [pair, secret, encoded])
  }

  @Test(
    "What cannot be sent as a user and password, or not be kept secret, is refused",
    arguments: [
      ("s3cret-word", "LOGIN has no colon: it should hold user:password"),
      (
        "user:sec\nret",
        "the user and password in LOGIN have a control character, or are not UTF-8: store only "
          + "user:password, on one line"
      ),
      (
        "user:secret\u{7}",
        "the user and password in LOGIN have a control character, or are not UTF-8: store only "
          + "user:password, on one line"
      ),
      (
        "a-long-user:short",
        "the password in LOGIN has fewer than 6 bytes: one that short cannot be kept out of messages; "
          + "use a longer one"
      ),
      (
        "user:",
        "the user without a password in LOGIN has fewer than 6 bytes: one that short cannot be kept "
          + "out of messages; use a longer one"
      ),
      (
        "user:" + String(repeating: "x", count: 9_000),
        "LOGIN holds more than 8192 bytes, too many for the user and password"
      ),
    ])
  func badLogin(text: String, sentence: String) throws {
    let mistake = #expect(throws: CredentialMistake.self) {
      try Credential(login: text, source: "LOGIN")
    }
    #expect(mistake?.description == sentence)
  }

  @Test(
    "A header that could inject another one, or not be kept secret, is refused",
    arguments: [
      ("X-Key", "secret\r\nX: y", true), ("X-Key", "sécret", true), ("X-Key", " ", true),
      ("X-Key", "short", true), ("X-Key", String(repeating: "x", count: 9_000), true),
      ("X-Key: y\r\nX", "secret", true), ("X Key", "secret", true), ("", "secret", true),
      ("Xé", "secret", true), ("X-Key", "a secret\n", false),
      ("x!#$%&'*+-.^_`|~9", "secret", false),
    ])
  func header(name: String, value: String, isRefused: Bool) throws {
    let read = { try Credential(header: name, value, source: "KEY") }
    guard isRefused else {
      #expect(try read().secrets == [value.trimmingCharacters(in: .whitespacesAndNewlines)])
      return
    }
    let mistake = #expect(throws: CredentialMistake.self) { try read() }
    #expect(mistake?.description.contains("secret") == false)
  }

  @Test("A credential is never shown")
  func redacted() throws {
    let credential = try Credential(login: "user:s3cret-word", source: "LOGIN")
    var dumped = ""
    dump(credential, to: &dumped)
    for text in ["\(credential)", String(reflecting: credential), "\([credential])", dumped] {
      #expect(text.contains("<redacted>") && !text.contains("s3cret"))
    }
  }

  @Test("A user and password are read from a file, or the message says what is wrong with it")
  func file() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "login-\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.appending(path: "login").path
    func login(_ content: [UInt8]) throws -> Credential {
      try Data(content).write(to: URL(filePath: path))
      return try Credential(loginFile: path, within: .seconds(60))
    }
    #expect(try login(Array("user:s3cret\n".utf8)).secrets.first == "user:s3cret")
    #expect(throws: CredentialMistake.badLogin("the file \(path)")) {
      try login(Array("user:s3cret".utf8) + [0xFF])
    }
    #expect(throws: CredentialMistake.unreadable("the file \(path)2", "no such file or folder")) {
      try Credential(loginFile: path + "2", within: .seconds(60))
    }
  }
}
