internal import Foundation
@testable import HTTP
internal import Testing

@Suite("Credentials")
struct CredentialTests {
  @Test("A token is sent without surrounding white space")
  func token() throws {
    let credential = try Credential(.token, " \tabc.def-123\r\n", source: "T")
    #expect(credential.header.name == .authorization)
    #expect(credential.header.value == "Bearer abc.def-123")
    #expect(credential.secrets == ["abc.def-123"])
  }

  @Test(
    "A user and password are sent as RFC 7617 says; the password is a secret, else the user",
    arguments: [
      ("Aladdin:open sesame", "QWxhZGRpbjpvcGVuIHNlc2FtZQ==", "open sesame"),
      ("test:123£££", "dGVzdDoxMjPCo8KjwqM=", "123£££"),
      ("a:secret:with:colons\r\n", "YTpzZWNyZXQ6d2l0aDpjb2xvbnM=", "secret:with:colons"),
      ("a: blanks ", "YTogYmxhbmtzIA==", " blanks "), (":secret", "OnNlY3JldA==", "secret"),
      ("api-key:", "YXBpLWtleTo=", "api-key"),
      ("a:\u{301}secret", "YTrMgXNlY3JldA==", "\u{301}secret"),
    ])
  func login(text: String, encoded: String, secret: String) throws {
    let credential = try Credential(.login, text, source: "LOGIN")
    #expect(credential.header.name == .authorization)
    #expect(credential.header.value == "Basic \(encoded)")
    #expect(credential.secrets == [text.replacing("\r\n", with: ""), secret])
  }

  @Test(
    "What cannot be sent, or not be kept secret, is refused with a message that names its source",
    arguments: [
      (.token, "Bearer secret", .malformed), (.token, "sec\nret", .malformed),
      (.token, "secret\u{0}", .malformed), (.token, "sécret", .malformed),
      (.token, "secret\u{7F}", .malformed), (.token, " \n", .empty), (.token, "short", .tooShort),
      (.login, "s3cret-word", .malformed), (.login, "user:sec\nret", .malformed),
      (.login, "user:secret\u{7}", .malformed), (.login, "user:secret\u{85}", .malformed),
      (.login, "a-long-user:short", .tooShort), (.login, "user:", .tooShort),
      (.login, "\n", .empty), (.header("X-Key"), "secret\r\nX: y", .malformed),
      (.header("X-Key"), "sécret", .malformed), (.header("X-Key"), "sec\tret", .malformed),
      (.header("X-Key"), " ", .empty), (.header("X-Key"), "short", .tooShort),
      (.header("X-Key: y\r\nX"), "secret", .malformed), (.header("X Key"), "secret", .malformed),
      (.header(""), "secret", .malformed), (.header("Xé"), "secret", .malformed),
    ] as [(Credential.Kind, String, CredentialMistake.Problem)])
  func refused(kind: Credential.Kind, text: String, problem: CredentialMistake.Problem) {
    let mistake = #expect(throws: CredentialMistake.self) {
      try Credential(kind, text, source: "SOURCE")
    }
    #expect(mistake?.problem == problem)
    #expect(mistake?.description.contains("SOURCE") == true)
    if problem == .malformed { #expect(mistake?.description.contains("cret") == false) }
  }

  @Test("A short password is refused in words that fit one behind a long user")
  func shortPassword() {
    let mistake = #expect(throws: CredentialMistake.self) {
      try Credential(.login, "a-long-user:short", source: "LOGIN")
    }
    #expect(
      mistake?.description
        == "the password in LOGIN has fewer than 6 bytes: a secret that short cannot be kept out of "
        + "messages; use a longer one")
  }

  @Test("A header may have any name that is a token, and a value with blanks")
  func header() throws {
    let credential = try Credential(.header("x!#$%&'*+-.^_`|~9"), " a secret\n", source: "KEY")
    #expect(credential.header.name.text == "x!#$%&'*+-.^_`|~9")
    #expect(credential.header.value == "a secret" && credential.secrets == ["a secret"])
  }

  @Test("A credential is never shown")
  func redacted() throws {
    let credential = try Credential(.login, "user:s3cret-word", source: "LOGIN")
    var dumped = ""
    dump(credential, to: &dumped)
    for text in ["\(credential)", String(reflecting: credential), "\([credential])", dumped] {
      #expect(text.contains("<redacted>") && !text.contains("s3cret"))
    }
  }

  @Test("A credential is read from a file, or the message says what is wrong with the file")
  func file() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "credential-\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.appending(path: "token").path
    func problem(_ kind: Credential.Kind, _ content: [UInt8]) throws -> CredentialMistake.Problem? {
      try Data(content).write(to: URL(filePath: path))
      do throws(CredentialMistake) {
        #expect(try Credential(kind, file: path).source == "the file \(path)")
        return nil
      } catch {
        return error.problem
      }
    }
    #expect(try problem(.token, Array("secret\n".utf8)) == nil)
    #expect(try problem(.login, Array("user:secret\n".utf8)) == nil)
    #expect(try problem(.login, Array("user:secret".utf8) + [0xFF]) == .malformed)
    #expect(try problem(.token, Array("\n".utf8)) == .empty)
    #expect(try problem(.token, [UInt8](repeating: 0x78, count: 100_000)) == .tooLong)
    #expect(try problem(.token, Array("a b".utf8)) == .malformed)
    let unreadable = #expect(throws: CredentialMistake.self) {
      try Credential(.token, file: path + "2")
    }
    #expect(
      unreadable?.description
        == "cannot read the token from the file \(path)2: no such file or folder")
    let isFolder = #expect(throws: CredentialMistake.self) {
      try Credential(.token, file: folder.path)
    }
    #expect(isFolder?.problem == .unreadable("it is a folder"))
  }
}
