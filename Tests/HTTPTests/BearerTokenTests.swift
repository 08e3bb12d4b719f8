internal import Foundation
@testable import HTTP
internal import Testing

@Suite("Bearer tokens")
struct BearerTokenTests {
  @Test("A token is sent without surrounding white space")
  func trimmed() throws {
    #expect(try BearerToken(" \tabc.def-123\r\n", source: "T").header.value == "Bearer abc.def-123")
  }

  @Test("A token is never shown")
  func redacted() throws {
    let token = try BearerToken("secret", source: "T")
    var dumped = ""
    dump(token, to: &dumped)
    for text in ["\(token)", String(reflecting: token), String(describing: [token]), dumped] {
      #expect(text.contains("<redacted>"))
      #expect(!text.contains("secret"))
    }
  }

  @Test("A blank token counts as unset in the environment", arguments: [nil, "", " \n"])
  func unset(value: String?) throws {
    var environment: [String: String] = [:]
    environment["OPS_TOKEN"] = value
    #expect(try BearerToken(variable: "OPS_TOKEN", in: environment) == nil)
  }

  @Test(
    "A token with other characters is rejected with a message that names only its source",
    arguments: ["Bearer secret", "sec\nret", "secret\u{0}", "sécret", "secret\u{7F}"])
  func badCharacter(text: String) {
    let mistake = BearerTokenMistake.badCharacter("OPS_TOKEN")
    #expect(throws: mistake) {
      try BearerToken(variable: "OPS_TOKEN", in: ["OPS_TOKEN": text])
    }
    #expect(mistake.description.hasPrefix("the token in OPS_TOKEN has"))
  }

  @Test("A token is read from a file, or the message says what is wrong with the file")
  func file() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "token-\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.appending(path: "token").path
    func token(_ content: String) throws -> BearerToken {
      try Data(content.utf8).write(to: URL(filePath: path))
      return try BearerToken(file: path)
    }
    #expect(try token("secret\n").header.value == "Bearer secret")
    #expect(throws: BearerTokenMistake.empty("the file \(path)")) { try token("\n") }
    #expect(throws: BearerTokenMistake.tooLong("the file \(path)")) {
      try token(String(repeating: "x", count: 100_000))
    }
    #expect(throws: BearerTokenMistake.badCharacter("the file \(path)")) { try token("a b") }
    #expect(throws: BearerTokenMistake.unreadable("the file \(folder.path)", "it is a folder")) {
      try BearerToken(file: folder.path)
    }
    #expect(throws: BearerTokenMistake.unreadable("the file \(path)2", "no such file or folder")) {
      try BearerToken(file: path + "2")
    }
  }
}
