internal import Files
internal import Foundation
internal import Text

#if canImport(FoundationNetworking)
  internal import FoundationNetworking
#endif

/// The child process of `HTTPWorker`: reads requests from its standard input, which is a socket, and
/// writes the replies back to it.
package enum HTTPWorkerProcess {
  /// The argument that makes the executable a worker.
  package static let argument = "__http-worker"

  /// The exit status if libcurl cannot be loaded.
  static let statusWithoutLibcurl: Int32 = 127

  /// The exit status after a response that URLSession could not handle, and that was reported.
  static let statusAfterTrap: Int32 = 120

  /// The memory limit of a worker: room for many bodies of the default limit.
  private static let memoryLimit: rlim_t = 768 << 20

  /// Serves requests until standard input is closed, so that it never outlives its parent.
  package static func run() -> Never {
    limitResources()
    loadLibcurl()
    if let lack = MachineLack.first { _exit(lack.rawValue) }
    let exchanges = Exchanges { head, body in
      // Without a reader, the parent is gone.
      if !sendMessage(head, body: body, to: STDIN_FILENO) { _exit(0) }
    }
    let session = URLSession(
      configuration: configuration, delegate: ExchangeDelegate(exchanges), delegateQueue: nil)
    Trap.whenever { message in
      // Everything that arrived before.
      session.delegateQueue.waitUntilAllOperationsAreFinished()
      let isAtEnd = message.contains("Transfer completed, but there's no response")
      if isAtEnd, exchanges.endLast() { _exit(statusAfterTrap) }
    }
    let proxies = ProxyRules(environment: ProcessInfo.processInfo.environment)
    // Starting a task may block on the session, which must not delay reading.
    let starts = DispatchQueue(label: "http-worker.starts")
    var reader = MessageReader(descriptor: STDIN_FILENO)
    while let head = reader.head(RequestHead.self), let body = reader.body(count: head.bodyCount) {
      let address = try? HTTPAddress(head.url)
      exchanges.begin(
        head, through: address.flatMap(proxies.proxyVariable),
        isTunnelled: address?.scheme == .https)
      starts.async {
        guard let request = urlRequest(head, body: body) else {
          return exchanges.fail(head.id, .other(code: URLError.badURL.rawValue, text: "bad URL"))
        }
        let task = session.dataTask(with: request)
        task.taskDescription = String(head.id)
        task.resume()
      }
    }
    _exit(0)
  }

  /// Limits what a hostile response can use, and what a crash can leave behind.
  private static func limitResources() {
    // No core dumps: the memory holds a token.
    var none = rlimit(rlim_cur: 0, rlim_max: 0)
    setrlimit(number(RLIMIT_CORE), &none)
    #if !SANITIZED
      // RLIMIT_AS would also count reserved memory, five times what is in use. A sanitizer's own
      // memory exceeds any limit.
      var memory = rlimit(rlim_cur: memoryLimit, rlim_max: memoryLimit)
      setrlimit(number(RLIMIT_DATA), &memory)
    #endif
    // Inherited descriptors, above all a file lock, must not stay open here.
    for descriptor in (STDERR_FILENO + 1)..<256 { close(descriptor) }
  }

  /// Loads libcurl, which a release links weakly.
  ///
  /// With the thirty libraries that it needs, loading it takes longer than everything else at
  /// startup, and the evaluator does not need it. If the executable is linked with libcurl, it is
  /// loaded already.
  private static func loadLibcurl() {
    #if canImport(Glibc)
      guard dlopen("libcurl.so.4", RTLD_LAZY | RTLD_GLOBAL) != nil else {
        _exit(statusWithoutLibcurl)
      }
    #endif
  }

  /// Keeps nothing from one request to the next.
  private static var configuration: URLSessionConfiguration {
    let configuration = URLSessionConfiguration.ephemeral
    configuration.httpCookieStorage = nil
    configuration.httpShouldSetCookies = false
    configuration.urlCache = nil
    configuration.urlCredentialStorage = nil
    configuration.httpMaximumConnectionsPerHost = 16
    // The system's proxies, which macOS uses and `ProxyRules` does not know, would see credentials.
    configuration.connectionProxyDictionary = [:]
    return configuration
  }

  private static func urlRequest(_ head: RequestHead, body: [UInt8]) -> URLRequest? {
    guard let url = URL(string: head.url) else { return nil }
    var request = URLRequest(url: url)
    request.httpMethod = head.method.rawValue
    request.allHTTPHeaderFields = head.headers
    request.setValue("ops-alert-eval", forHTTPHeaderField: "User-Agent")
    // By default it would ask for gzip, br and zstd, and decompress gigabytes.
    request.setValue("identity", forHTTPHeaderField: "Accept-Encoding")
    if !body.isEmpty { request.httpBody = Data(body) }
    // In whole seconds; it must not end before the exchange's own deadline.
    request.timeoutInterval = head.deadline.inSeconds.rounded(.up) + 60
    return request
  }
}

/// Passes the callbacks of URLSession to the exchanges.
private final class ExchangeDelegate: NSObject, URLSessionDataDelegate {
  typealias Disposition = URLSession.AuthChallengeDisposition

  private let exchanges: Exchanges

  init(_ exchanges: Exchanges) {
    self.exchanges = exchanges
  }

  func urlSession(
    _ session: URLSession, dataTask: URLSessionDataTask, didReceive response: URLResponse,
    completionHandler: @escaping @Sendable (URLSession.ResponseDisposition) -> Void
  ) {
    receive(response, for: dataTask)
    completionHandler(.allow)
  }

  func urlSession(_ session: URLSession, dataTask: URLSessionDataTask, didReceive data: Data) {
    exchanges.receive(dataTask.exchangeID, data)
  }

  func urlSession(
    _ session: URLSession, task: URLSessionTask,
    willPerformHTTPRedirection response: HTTPURLResponse, newRequest request: URLRequest,
    completionHandler: @escaping @Sendable (URLRequest?) -> Void
  ) {
    exchanges.fail(task.exchangeID, .redirect(status: response.statusCode))
    completionHandler(nil)
  }

  func urlSession(
    _ session: URLSession, task: URLSessionTask, didReceive challenge: URLAuthenticationChallenge,
    completionHandler: @escaping @Sendable (Disposition, URLCredential?) -> Void
  ) {
    // Reply now: some versions never call back again after a challenge.
    if let response = challenge.failureResponse { receive(response, for: task) }
    exchanges.complete(task.exchangeID)
    completionHandler(.cancelAuthenticationChallenge, nil)
  }

  func urlSession(
    _ session: URLSession, task: URLSessionTask, didCompleteWithError error: (any Error)?
  ) {
    defer { exchanges.end() }
    let id = task.exchangeID
    let isAnswered = exchanges.isAnswered(id)
    guard let error else {
      if !isAnswered, let response = task.response {
        // A redirect without a location: there was no callback for it.
        receive(response, for: task)
      }
      return exchanges.complete(id)
    }
    switch HTTPFailure(error, inBody: isAnswered) {
    // A trailer that URLSession does not accept: the whole body came before it.
    case .unreadableHead where isAnswered: exchanges.complete(id)
    case let failure: exchanges.fail(id, failure)
    }
  }

  private func receive(_ response: URLResponse, for task: URLSessionTask) {
    guard let response = response as? HTTPURLResponse else { return }
    var headers: [String: String] = [:]
    for case (let name as String, let value as String) in response.allHeaderFields {
      headers[name] = value
    }
    exchanges.receive(
      task.exchangeID, status: response.statusCode, headers: headers,
      length: response.expectedContentLength)
  }
}

extension URLSessionTask {
  fileprivate var exchangeID: Exchanges.ID { taskDescription.flatMap { Int($0) } ?? 0 }
}

extension HTTPFailure {
  /// Classifies an error of URLSession; most of libcurl's errors share one code, so only their texts
  /// distinguish them.
  init(_ error: any Error, inBody: Bool) {
    let error = error as NSError
    let text = error.localizedDescription
    let lowered = text.lowercased()
    self =
      switch URLError.Code(rawValue: error.code) {
      case .cannotFindHost, .dnsLookupFailed: .nameNotResolved
      case .cannotConnectToHost: .refused
      // No tunnel: the proxy hung up, or answered with an error.
      case _
      where ["connect aborted", "after connect", "connect tunnel"].contains(where: lowered.contains):
        .refused
      case .networkConnectionLost: inBody ? .truncated : .reset
      case _ where lowered.contains("resolve proxy"): .nameNotResolved
      case .badServerResponse where lowered.contains("empty reply"): .reset
      case .unsupportedURL, .badServerResponse: .notHTTP
      case _ where Self.lossesOfConnection.contains(where: lowered.contains):
        inBody ? .truncated : .reset
      case _ where ["ssl", "tls", "certificate"].contains(where: lowered.contains):
        .tls(harmless(text))
      // This is what libcurl says of every header that URLSession does not accept.
      case _ where lowered.contains("failed writing header"): .unreadableHead(detail: "")
      case _ where inBody: .truncated
      case _ where ["http2", "http/2"].contains(where: lowered.contains): .http2(harmless(text))
      case _ where lowered.contains("out of memory") || lowered.contains("too large"):
        .headersTooLarge
      case _ where ["header", "content-length"].contains(where: lowered.contains):
        .unreadableHead(detail: harmless(lowered))
      case _: .other(code: error.code, text: harmless(text))
      }
  }

  /// What libcurl says when a connection is lost; for HTTP/2 and TLS, its texts contain more.
  private static let lossesOfConnection = [
    "reset by peer", "broken pipe", "connection died", "recv failure", "send failure",
    "receiving data from the peer", "failed sending data to the peer",
  ]
}
