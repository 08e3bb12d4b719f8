internal import Foundation
internal import Testing

@testable import JSON

/// The parsing tests of the public JSONTestSuite, where they are present.
@Suite("The JSON parsing test suite")
struct JSONTestSuiteTests {
  /// The beginnings of what a reader may accept or refuse, and this one accepts.
  ///
  /// Those are numbers beyond any range, halves of surrogate pairs, and deep nesting. What is not
  /// plain UTF-8 is refused.
  private static let accepted = [
    "i_number_", "i_object_key_lone", "i_string_1st", "i_string_incomplete",
    "i_string_invalid_lonely", "i_string_invalid_surrogate", "i_string_inverted",
    "i_string_lone_second", "i_structure_500",
  ]

  /// Of these, what has the same value for every reader is accepted in this program's own files.
  private static let strictlyAccepted: Set<String> = [
    "i_number_double_huge_neg_exp.json", "i_number_real_underflow.json",
    "i_number_too_big_neg_int.json", "i_number_too_big_pos_int.json",
    "i_number_very_big_negative_int.json",
  ]

  /// What must be accepted, but is refused in this program's own files: its value depends on the
  /// reader.
  private static let strictlyRefused: Set<String> = [
    "y_object_duplicated_key.json", "y_object_duplicated_key_and_value.json",
  ]

  @Test(
    "Every document is accepted or refused as the suite asks",
    .enabled(
      if: ConformanceSuites.has(ConformanceSuites.jsonParsing),
      "OPS_CONFORMANCE_SUITES names no folder with JSONTestSuite/test_parsing"))
  func everyDocument() throws {
    let folder = ConformanceSuites.jsonParsing
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    #expect(names.count > 300)
    for name in names {
      let bytes = Array(try Data(contentsOf: folder.appending(path: name)))
      let isRead = (try? extract(PathPlan([]), from: bytes)) != nil
      let isStrict = (try? JSONNode.parse(bytes)) != nil
      switch name.prefix(2) {
      case "y_":
        #expect(isRead, "\(name)")
        #expect(isStrict != Self.strictlyRefused.contains(name), "\(name)")
      case "n_":
        #expect(!isRead && !isStrict, "\(name)")
      default:
        #expect(isRead == Self.accepted.contains(where: name.hasPrefix), "\(name)")
        #expect(isStrict == Self.strictlyAccepted.contains(name), "\(name)")
      }
    }
  }
}
