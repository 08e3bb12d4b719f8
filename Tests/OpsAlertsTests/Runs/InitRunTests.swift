internal import Foundation
@testable import HTTP
@testable import OpsAlerts
internal import Synchronization
internal import TestSupport
internal import Testing
@testable import Text

@Suite("Writing a configuration for an endpoint")
struct InitRunTests {
  private static let url = "--metrics-url https://api.example/status"
  private static let body = #"{"status": "ok", "mem_used": 10, "mem_limit": 100}"#

  private let folder: Folder
  private let world = World()

  init() throws {
    folder = try Folder()
    world.answer(Self.body)
  }

  private var config: String { folder.file("config/rules.json") }

  @Test("Two commands lead from nothing to an evaluated endpoint")
  func begins() async throws {
    #expect(await world.run("init --config \(config) \(Self.url)") == .success)
    let list = world.output
    #expect(list.contains("\(config) is written: 2 rules\n"), "\(list)")
    #expect(
      list.contains("\na status given as a word\n  status  status: \"ok\" (limit ≠ \"ok\")\n"))
    #expect(list.contains("\na share of a limit\n  mem_used  mem_used: 10 % (limit > 90 %)\n"))
    #expect(list.contains("\nlimits are the usual ones\n"))
    #expect(list.hasSuffix("next: ops-alert-eval --config \(config) \(Self.url)\n"))
    #expect(await world.run("check --strict --config \(config)") == .success)
    #expect(world.told == [])
    #expect(await world.run("--config \(config) \(Self.url) --no-state") == .success)
  }

  @Test("A query, which may be a secret, is not shown")
  func keepsQuery() async throws {
    #expect(await world.run("init --config \(config) \(Self.url)?key=s3cret") == .success)
    #expect(world.output.hasSuffix(" --metrics-url URL\n") && !world.output.contains("s3cret"))
  }

  @Test("Nothing is ever replaced, and nothing is fetched for it")
  func keepsExisting() async throws {
    let path = try folder.write("mine", to: "rules.json")
    #expect(await world.run("init --config \(path) \(Self.url)") == .usage)
    #expect(try folder.read("rules.json") == "mine")
    #expect(world.told.joined().contains("exists, and is not replaced"))
    #expect(world.memory.withLock(\.requests).isEmpty)
    #expect(await world.run("init --config /dev/null \(Self.url)") == .usage)
    #expect(await world.run("init --config \(folder.path) \(Self.url)") == .usage)
  }

  @Test("A file that appears in the meantime stays")
  func losesRace() async throws {
    let path = folder.file("rules.json")
    world.memory.withLock {
      $0.onRequest = { _ in try? Data("theirs".utf8).write(to: URL(filePath: path)) }
    }
    #expect(await world.run("init --config \(path) \(Self.url)") == .usage)
    #expect(try folder.read("rules.json") == "theirs")
    #expect(folder.names == ["rules.json"])
  }

  @Test("Without a snapshot, or with one of which nothing is known, nothing is written")
  func writesNothing() async throws {
    world.answer(#"{"version": "1.2"}"#)
    #expect(await world.run("init --config \(config) \(Self.url)") == .noEvidence)
    #expect(world.told.joined().contains("write the first rule by hand (docs/configuration.md)"))
    world.answer(#"{"mem_used": 99, "mem_limit": 100}"#)
    #expect(await world.run("init --config \(config) \(Self.url)") == .noEvidence)
    #expect(world.told.joined().contains("mem_used  mem_used: 99 % (limit > 90 %)"))
    for body in ["<html>", "{", "1"] {
      world.answer(body)
      #expect(await world.run("init --config \(config) \(Self.url)") == .noEvidence, "\(body)")
    }
    world.fail(.refused)
    #expect(await world.run("init --config \(config) \(Self.url) --retries 0") == .noEvidence)
    #expect(folder.names == [])
  }

  @Test("A folder that cannot be written to is an error of its own")
  func cannotWrite() async throws {
    let path = try folder.write("x", to: "file")
    #expect(await world.run("init --config \(path)/rules.json \(Self.url)") == .state)
  }

  @Test("--twice waits, and what grew is a counter")
  func twice() async throws {
    world.answer(
      inTurn: [#"{"unassigned_shards": 1}"#, #"{"unassigned_shards": 3}"#].map {
        .success(World.response($0))
      })
    #expect(await world.run("init --config \(config) \(Self.url) --twice 60s") == .success)
    #expect(try folder.read("config/rules.json").contains(#""measure": "increase""#))
    #expect(world.memory.withLock(\.requests).count == 2)
  }

  @Test("A recording gives the limits, and one that is too short does not")
  func recording() async throws {
    let minute = 60_000.0
    let lines = (0..<2_200).map { index in
      let at = World.begin + .milliseconds(Int64(Double(index * 10) * minute))
      let used = 10 + index * 7 % 13
      return #"{"observed_at": "\#(at.rfc3339)", "target": "default", "snapshot": "#
        + #"{"status": "ok", "mem_used": \#(used), "mem_limit": 100}}"#
    }
    let long = try folder.write(lines.joined(separator: "\n") + "\n", to: "long.jsonl")
    let short = try folder.write(lines.prefix(20).joined(separator: "\n") + "\n", to: "short.jsonl")
    #expect(await world.run("init --config \(config) \(Self.url) --recording \(long)") == .success)
    #expect(world.output.contains(" from \(long)\n"), "\(world.output)")
    #expect(await world.run("check --strict --config \(config)") == .success)
    let other = folder.file("other.json")
    #expect(await world.run("init --config \(other) \(Self.url) --recording \(short)") == .success)
    #expect(world.output.contains("the usual limit: "), "\(world.output)")
  }

  @Test("Names from outside do not reach the terminal", arguments: HostileText.table)
  func hostile(name: String) async throws {
    let text = try #require(String(data: JSONEncoder().encode([name]), encoding: .utf8)).dropFirst()
      .dropLast()
    world.answer(
      #"{\#(text): {"status": "ok"}, "nodes": [{"name": \#(text), "sealed": false, "state": "up"}]}"#
    )
    _ = await world.run("init --config \(config) \(Self.url)")
    let shown = world.output + world.told.joined(separator: "\n")
    #expect(!shown.unicodeScalars.contains { $0 != "\n" && HostileText.isInvisible($0) })
    #expect(!shown.contains("\n::") && shown.utf8.count < 20_000)
  }

  @Test("A document of 10,000 keys needs no long list")
  func manyKeys() async throws {
    let keys = (0..<10_000).map {
      #""key_\#($0)_errors": {"status": "ok", "used": 1, "limit": \#($0)}"#
    }
    world.answer("{" + keys.joined(separator: ",") + #", "list": 1}"#)
    #expect(await world.run("init --config \(config) \(Self.url)") == .success)
    #expect(world.output.utf8.count < 10_000)
  }
}
