internal import Foundation
internal import Testing

/// A disk of 64 kB that only this test sees: mounting it requires a namespace.
private enum SmallDisk {
  /// How this machine lets us have one: as root, or as a user with a namespace; else `nil`, as in
  /// some containers.
  static let wrapper: [String]? = [["unshare", "-m"], ["unshare", "-Urm"]].first { wrapper in
    let probe = try? ProgramRun(
      wrapper + ["sh", "-c", "mount -t tmpfs -o size=64k none ."],
      in: NSTemporaryDirectory(), variables: ["PATH": "/usr/sbin:/usr/bin:/sbin:/bin"])
    guard let probe else { return false }
    return probe.endNow(within: .seconds(600)).code == 0
  }

  /// Fires on a disk with room, fills it, runs the program again and compares: `kept` on standard
  /// error when the old state is untouched.
  static let script = """
    program=$1
    mkdir disk && mount -t tmpfs -o size=64k none disk || exit 90
    "$program" --config config.json --snapshot bad.json --state disk/state.json \
      --target-name api >/dev/null 2>&1
    cp disk/state.json before.json
    dd if=/dev/zero of=disk/filling bs=1k 2>/dev/null
    shift
    "$program" --config config.json --snapshot good.json --target-name api --format json \
      --quiet "$@"
    code=$?
    cmp -s disk/state.json before.json && echo kept >&2
    ls -A disk | tr '\\n' ' ' >&2
    exit $code
    """
}

@Suite(
  "A full disk", .inTurn,
  // Where neither root nor a user may mount, there is no small disk to fill.
  .enabled(if: SmallDisk.wrapper != nil, "this machine does not let us mount a tmpfs"))
struct FullDiskTests {
  private func run(_ arguments: String...) async throws -> Ended {
    let place = try Workplace()
    try place.write(Given.firesAtOnce, to: "config.json")
    try place.write(Given.bad, to: "bad.json")
    try place.write(Given.good, to: "good.json")
    let wrapper = try #require(SmallDisk.wrapper)
    return try await place.run(arguments, wrapper: wrapper + ["sh", "-c", SmallDisk.script, "sh"])
  }

  @Test("A full disk exits with 4, keeps the old state and still prints the report")
  func state() async throws {
    let run = try await run("--state", "disk/state.json")
    #expect(run.code == 4)
    #expect(run.errorLines.count == 3, "\(run.errors)")
    let sentence = "ops-alert-eval: error: cannot write disk/state.json: the disk is full"
    #expect(run.errorLines.first?.hasPrefix(sentence) == true)
    #expect(run.errorLines.dropFirst().first == "kept")
    #expect(run.errorLines.last == "filling state-history.jsonl state.json state.json.lock ")
    let report = try run.report
    #expect(report.transitions.map(\.to) == ["resolved"])
    #expect(report.errors.count == 1)
  }

  @Test(
    "A disk too full for the report or the recording exits with 4",
    arguments: [
      "--output", "--record",
    ])
  func otherFiles(option: String) async throws {
    let run = try await run("--no-state", option, "disk/file.json")
    #expect(run.code == 4)
    #expect(run.errors.contains("disk/file.json: the disk is full"), "\(run.errors)")
    #expect(try run.report.check("error_rate")?.status == "pass")
  }
}
