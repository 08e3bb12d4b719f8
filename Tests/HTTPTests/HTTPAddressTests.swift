@testable import HTTP
internal import Testing

@Suite("HTTP addresses")
struct HTTPAddressTests {
  @Test(
    "An endpoint's address is shown without query and fragment",
    arguments: [
      ("http://api.example/ops/metrics", "http://api.example/ops/metrics", "api.example"),
      ("HTTPS://API.example", "https://api.example/", "api.example"),
      ("https://api.example:443/a", "https://api.example/a", "api.example"),
      ("http://127.0.0.1:8080/a?key=secret#b", "http://127.0.0.1:8080/a", "127.0.0.1:8080"),
      ("http://a_b.example/x%20y", "http://a_b.example/x%20y", "a_b.example"),
      ("http://api.example?key=secret", "http://api.example/", "api.example"),
    ])
  func display(text: String, shown: String, name: String) throws {
    let address = try HTTPAddress(metricsURL: text)
    #expect(address.display == shown)
    #expect("\(address)" == shown)
    #expect(address.hostAndPort == name)
  }

  @Test(
    "A service's address leads to its endpoint",
    arguments: [
      ("https://api.example", "https://api.example/ops/metrics"),
      ("https://api.example/", "https://api.example/ops/metrics"),
      ("https://api.example/api", "https://api.example/ops/metrics"),
      ("https://api.example/v1/api//", "https://api.example/v1/ops/metrics"),
      ("https://api.example/myapi", "https://api.example/myapi/ops/metrics"),
      ("https://api.example/api/api", "https://api.example/api/ops/metrics"),
      ("https://api.example/ops/metrics", "https://api.example/ops/metrics"),
      ("https://api.example/v1/ops/metrics/", "https://api.example/v1/ops/metrics"),
      ("https://api.example/api/ops/metrics", "https://api.example/api/ops/metrics"),
      ("http://api", "http://api/ops/metrics"),
      ("http://api/", "http://api/ops/metrics"),
      ("http://api/api", "http://api/ops/metrics"),
    ])
  func base(text: String, endpoint: String) throws {
    #expect(try HTTPAddress(baseURL: text).display == endpoint)
  }

  @Test(
    "An address that a parser could misread is rejected, and the message does not repeat it",
    arguments: [
      ("", .empty), ("api.example/secret", .notHTTP), ("ftp://secret.example", .notHTTP),
      ("data:text/plain,secret", .notHTTP), ("file:///secret", .notHTTP),
      ("http:/secret", .noHost), ("http:///secret", .noHost), ("http://:80/secret", .noHost),
      ("http://user:secret@api.example/", .userInfo), ("http://secret@api.example", .userInfo),
      ("http://[::1]/secret", .addressOfIPv6), ("http://127.1/secret", .addressOfIPv4),
      ("http://0x7f000001/secret", .addressOfIPv4), ("http://1.2.3.256/secret", .addressOfIPv4),
      ("http://good\\@secret/", .forbiddenCharacter), ("http://a/\\secret", .forbiddenCharacter),
      ("http://a%2eb/secret", .forbiddenCharacter), ("http://a/secret%2", .forbiddenCharacter),
      ("http://a/{secret}", .forbiddenCharacter), ("http://a/secret b", .notPrintableASCII),
      ("http://a/secret\r\nX: y", .notPrintableASCII), ("http://ä/secret", .notPrintableASCII),
      ("http://a:0/secret", .port), ("http://a:65536/secret", .port), ("http://a:/secret", .port),
      ("http://a:+80/secret", .port), ("http://a:80:80/secret", .port),
    ] as [(String, HTTPAddressMistake)])
  func mistakes(text: String, mistake: HTTPAddressMistake) {
    #expect(throws: mistake) { try HTTPAddress(metricsURL: text) }
    #expect(!mistake.description.contains("secret"))
  }

  @Test("A service's address has no query")
  func queryInBase() {
    #expect(throws: HTTPAddressMistake.queryInBase) {
      try HTTPAddress(baseURL: "https://api.example/?key=secret")
    }
  }

  @Test(
    "Only an explicit loopback address is this machine's",
    arguments: [
      ("http://localhost/", true), ("http://127.0.0.1/", true), ("http://127.9.8.7:1/", true),
      ("http://127.0.0.1.example/", false), ("http://128.0.0.1/", false),
    ])
  func loopback(text: String, expected: Bool) throws {
    #expect(try HTTPAddress(text).isLoopback == expected)
  }
}
