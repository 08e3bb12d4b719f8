@testable import JSON
internal import Testing

/// The strict scanner's failure for a document; `nil` if it accepts the document.
///
/// An extraction without paths uses the same scanner and must agree, unless the document is only odd.
func fault(in bytes: [UInt8]) -> JSONFailure? {
  let ofTree = verdict { () throws(JSONFailure) in _ = try JSONNode.parse(bytes) }
  let ofExtraction = verdict { () throws(JSONFailure) in _ = try extract(PathPlan([]), from: bytes)
  }
  let isOdd =
    ofTree.map { fault in
      ["duplicate key", "too large for a double", "surrogate", "deeper than 128"]
        .contains(where: fault.reason.contains)
    } ?? false
  if !isOdd { #expect(ofTree == ofExtraction) }
  return ofTree
}

private func verdict(_ read: () throws(JSONFailure) -> Void) -> JSONFailure? {
  do throws(JSONFailure) {
    try read()
    return nil
  } catch {
    return error
  }
}

/// A document that the scanner must reject, and the reason that it gives.
struct Refused: CustomTestStringConvertible, Sendable {
  var bytes: [UInt8]
  var reason: String
  var line = 1
  var column: Int
  var isTruncation = false

  init(
    _ text: String, _ reason: String, line: Int = 1, column: Int, isTruncation: Bool = false
  ) {
    self.init(Array(text.utf8), reason, line: line, column: column, isTruncation: isTruncation)
  }

  init(
    _ bytes: [UInt8], _ reason: String, line: Int = 1, column: Int, isTruncation: Bool = false
  ) {
    self.bytes = bytes
    self.reason = reason
    self.line = line
    self.column = column
    self.isTruncation = isTruncation
  }

  /// A document that ends too early; the failure is after its last byte.
  static func cut(_ text: String, _ expected: String) -> Refused {
    Refused(
      text, "expected \(expected), found the end of the document", column: text.utf8.count + 1,
      isTruncation: true)
  }

  var testDescription: String { String(decoding: bytes, as: UTF8.self).debugDescription }

  func check() {
    let fault = fault(in: bytes)
    #expect(fault?.reason == reason)
    #expect(fault?.line == line)
    #expect(fault?.column == column)
    #expect(fault?.isTruncation == isTruncation)
  }
}
