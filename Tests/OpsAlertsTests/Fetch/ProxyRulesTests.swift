@testable import HTTP
@testable import OpsAlerts
internal import Testing

@Suite("Proxies")
struct ProxyRulesTests {
  @Test(
    "A proxy applies as in libcurl",
    arguments: [
      ([:], "http://api.example", nil),
      (["http_proxy": "http://p:1"], "http://api.example", "http_proxy"),
      (["http_proxy": ""], "http://api.example", nil),
      (["HTTP_PROXY": "http://p:1"], "http://api.example", nil),
      (["http_proxy": "http://p:1"], "https://api.example", nil),
      (["HTTPS_PROXY": "http://p:1"], "https://api.example", "HTTPS_PROXY"),
      (["all_proxy": "http://p:1"], "http://api.example", "all_proxy"),
      (["ALL_PROXY": "http://p:1"], "https://api.example", "ALL_PROXY"),
      (["http_proxy": "p", "no_proxy": "*"], "http://api.example", nil),
      (["http_proxy": "p", "no_proxy": "foo,*"], "http://api.example", "http_proxy"),
      (["http_proxy": "p", "no_proxy": "0.0.0.0/0"], "http://127.0.0.1", "http_proxy"),
      (["http_proxy": "p", "no_proxy": "..localhost"], "http://localhost", "http_proxy"),
      (["http_proxy": "p", "no_proxy": "a.b, .EXAMPLE"], "http://api.example", nil),
      (["http_proxy": "p", "NO_PROXY": "api.example"], "http://api.example:80", nil),
      (["http_proxy": "p", "no_proxy": "i.example"], "http://api.example", "http_proxy"),
      (["http_proxy": "p", "no_proxy": ","], "http://api.example", "http_proxy"),
      (["http_proxy": "p", "no_proxy": "127.0.0.1"], "http://127.0.0.1", nil),
      (["http_proxy": "p", "no_proxy": "127.0.0.0/8"], "http://127.9.9.9", nil),
      (["http_proxy": "p", "no_proxy": "127.0.0.0/8"], "http://128.0.0.1", "http_proxy"),
      (["http_proxy": "p", "no_proxy": "127.0.0.0/99"], "http://127.0.0.1", "http_proxy"),
      (["http_proxy": "p", "no_proxy": "0.0.1"], "http://127.0.0.1", "http_proxy"),
      (["http_proxy": "p", "no_proxy": "localhost"], "http://127.0.0.1", "http_proxy"),
    ] as [([String: String], String, String?)])
  func applies(environment: [String: String], url: String, variable: String?) throws {
    let rules = ProxyRules(environment: environment)
    #expect(rules.proxyVariable(for: try HTTPAddress(url)) == variable)
  }

  @Test(
    "A proxy never sees a token in clear text",
    arguments: [
      ("http://api.example:81/", true, true), ("http://api.example:81/", false, false),
      ("https://api.example:81/", true, false),
    ])
  func tokens(url: String, hasToken: Bool, isRefused: Bool) throws {
    let credentials = hasToken ? [try Credential(.token, "secret", source: "T")] : []
    let target = FetchTarget(name: "a", address: try HTTPAddress(url), credentials: credentials)
    let proxies = ["http_proxy": "http://p:1", "https_proxy": "http://p:1"]
    let refuse = { try refuseCredentialsThroughProxies([target], environment: proxies) }
    guard isRefused else { return try refuse() }
    let error = #expect(throws: CredentialThroughProxy.self) { try refuse() }
    #expect(
      error?.description
        == "http_proxy would send the token for http://api.example:81 through a proxy in clear "
        + "text: use https, or add the host to no_proxy")
  }

  @Test(
    "A token over plain http causes a warning, with or without a proxy",
    arguments: [
      ("http://api.example/", true), ("https://api.example/", false), ("http://127.0.0.1/", false),
    ])
  func clear(url: String, isClear: Bool) throws {
    let address = try HTTPAddress(url)
    let token = try Credential(.token, "secret", source: "T")
    let target = FetchTarget(name: "a", address: address, credentials: [token])
    #expect(target.sendsCredentialInClear == isClear)
    #expect(!FetchTarget(name: "a", address: address).sendsCredentialInClear)
  }
}
