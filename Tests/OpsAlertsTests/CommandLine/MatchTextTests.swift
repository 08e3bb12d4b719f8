@testable import AlertEngine
@testable import OpsAlerts
internal import TestSupport
internal import Testing

@Suite("Alerts in one text")
struct MatchTextTests {
  @Test(
    "It says the same as the options",
    arguments: [
      ("error_rate", "--rule=error_rate"),
      ("rule=error_rate", "--rule=error_rate"),
      ("  rule=error_rate  target=api ", "--rule=error_rate --target=api"),
      ("error_rate/SCC_DECISIONS", "--rule=error_rate --instance=SCC_DECISIONS"),
      (
        "error_rate/SCC_DECISIONS target=api",
        "--rule=error_rate --instance=SCC_DECISIONS --target=api"
      ),
      ("source_age/x[1]", "--rule=source_age --instance=x[1]"),
      ("source_age[a/b]", "--rule=source_age --instance=a/b"),
      ("a b rule=c instance=x", "--rule=a --rule=b --rule=c --instance=x"),
      ("latency_* rule=error_rate", "--rule=latency_* --rule=error_rate"),
      ("rule=* severity=warning severity=info", "--rule=* --severity=warning --severity=info"),
      ("label.team=search label.env=eu-*", "--label=team=search --label=env=eu-*"),
      (#"instance="a=b""#, "--instance=a=b"), ("instance=a=b", "--instance=a=b"),
      (#"instance="\"\\""#, #"--instance="\"#),
    ])
  func equivalents(text: String, line: String) throws {
    let written = line.split(separator: " ").map(String.init)
    let more = ["silence", "add", "--for=1h", "--reason=x"]
    guard case .silence(let one) = try parseCommandLine(more + written),
      case .silence(let other) = try parseCommandLine(more + ["--match=\(text)"])
    else {
      Issue.record("not a silence")
      return
    }
    let (match, second) = (try one.match, try other.match)
    #expect(match == second)
    #expect(!match.isEverything)
  }

  @Test("A value in quotes may have blanks, and terms add to the options")
  func blanks() throws {
    guard
      case .silence(let options) = try parseCommandLine([
        "silence", "add", "--target=api", #"--match=instance="a b" "c d""#,
      ])
    else {
      Issue.record("not a silence")
      return
    }
    let match = try options.match
    #expect(match.instances.map(\.text) == ["a b"])
    #expect(match.rules.map(\.text) == ["c d"])
    #expect(match.targets.map(\.text) == ["api"])
  }

  @Test(
    "A mistake is one sentence",
    arguments: [
      ("   ", "needs alerts"), ("rul=x", #"has no key "rul" (did you mean rule?)"#),
      ("color=x", "there are rule, instance, target, severity and label.NAME"),
      ("rule=", "needs a value after"), (#"rule="""#, "needs a value after"), ("=x", "has no key"),
      (#"rule="x"#, "has an unclosed quote"), ("severity=urgent", "takes critical, error"),
      ("label.=x", "needs a label and its value"), ("label.a-b=x", "needs a label and its value"),
      ("rule=x\nrule=y", "needs one line"), ("rule=\u{1b}[31m", "needs one line"),
      (String(repeating: "x", count: 2_001), "needs one line of at most 2000 bytes"),
      ("a/x b/y", "takes RULE/INSTANCE without other rules and instances"),
      ("a/x b", "takes RULE/INSTANCE without other"),
      ("b a[x]", "takes RULE/INSTANCE without other"),
      ("a/x rule=b", "takes RULE/INSTANCE without other"),
      ("instance=y a/x", "takes RULE/INSTANCE without other"),
      ("/x", "needs a name"), ("x/", "needs a name"), ("--all=1", "has no key"),
      ("rule=" + String(repeating: "x", count: 201), "needs at most 200 characters"),
    ])
  func mistakes(text: String, sentence: String) {
    for command in [["silence", "add"], ["ack"]] {
      let mistake = #expect(throws: UsageMistake.self) {
        try parseCommandLine(command + ["--match=\(text)"])
      }
      #expect(mistake?.message.contains(sentence) == true, "\(mistake?.message ?? "")")
      #expect(mistake?.message.contains("\n") == false)
    }
  }

  @Test("No text crashes the parser", arguments: HostileText.table)
  func hostile(text: String) {
    for text in [text, "rule=\(text)", "label.team=\"\(text)\"", "\(text)=\(text)"] {
      do throws(UsageMistake) {
        _ = try parseCommandLine(["ack", "--match=\(text)"])
      } catch {
        #expect(
          error.message.unicodeScalars.allSatisfy {
            !HostileText.isInvisible($0) || $0 == "\u{200D}"
          })
      }
    }
  }

  @Test("An acknowledgement needs alerts, in either way")
  func acknowledgement() throws {
    #expect(throws: UsageMistake.self) { try parseCommandLine(["ack"]) }
    guard case .acknowledge(let options) = try parseCommandLine(["ack", "--match=a target=b"])
    else {
      Issue.record("not an acknowledgement")
      return
    }
    #expect(options.alerts.isEmpty)
    #expect(options.text?.match.targets.map(\.text) == ["b"])
  }
}
