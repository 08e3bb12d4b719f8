internal import Text

/// Why an attempt to deliver failed.
package enum DeliveryFailure: Hashable, Sendable {
  /// The service rejected the message with this status; `quote` is the beginning of the body, if
  /// any.
  case status(Int, quote: String)
  /// A success that did not come from the service, whose own response would have `missing`.
  case notTheService(status: Int, quote: String, missing: String)
  /// A success with an HTML page, such as a login page in front of the receiver.
  case webPage(status: Int)
  /// There was no response; in the words of the HTTP client.
  case noResponse(String)
  /// The mail program ended with this code.
  case mailProgram(exitCode: Int32)
  /// Something else ended the mail program.
  case mailProgramKilled(signal: Int32)
  /// The mail program was killed because it took too long.
  case mailProgramLate(after: Duration)
  /// The receiver is set up incorrectly; in the words of its type.
  case setup(String)
  case outOfTime

  /// Half a sentence for reports, errors and the state.
  package var words: String {
    switch self {
    case .status(let status, let quote): Self.words(status, quote)
    case .notTheService(let status, let quote, let missing):
      "\(Self.words(status, quote)): not \(missing)"
    case .webPage(let status):
      "the response is an HTML page (status \(status)): is this a login page?"
    case .noResponse(let words), .setup(let words): words
    case .mailProgram(let code): "sendmail failed with exit code \(code)"
    case .mailProgramKilled(let signal): "sendmail was killed by signal \(signal)"
    case .mailProgramLate(let limit):
      "sendmail did not exit within \(Quantity.text(limit)) and was killed"
    case .outOfTime: "the run ran out of time"
    }
  }

  private static func words(_ status: Int, _ quote: String) -> String {
    "status \(status)" + (quote.isEmpty ? "" : ": \(quote)")
  }

  /// The same with its texts changed, for example redacted.
  package func changingTexts(_ change: (String) -> String) -> DeliveryFailure {
    switch self {
    case .status(let status, let quote): .status(status, quote: change(quote))
    case .notTheService(let status, let quote, let missing):
      .notTheService(status: status, quote: change(quote), missing: missing)
    case .noResponse(let words): .noResponse(change(words))
    case .setup(let words): .setup(change(words))
    case .webPage, .mailProgram, .mailProgramKilled, .mailProgramLate, .outOfTime: self
    }
  }
}
