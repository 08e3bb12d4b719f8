@testable import AlertEngine
@testable import Files
internal import Foundation
@testable import OpsAlerts
internal import TestSupport
internal import Testing
@testable import Text

@Suite("The file of a history")
struct HistoryFileTests {
  let folder: Folder
  private var path: String { folder.file("s-history.jsonl") }

  init() throws { folder = try Folder() }

  static func entry(_ number: Int, reason: String? = nil) -> HistoryEntry {
    HistoryEntry(
      at: World.begin + .seconds(number), kind: .transition, event: .cancelled, target: "api",
      key: AlertKey(rule: "r"), reason: reason)
  }

  private func read() throws -> (entries: [HistoryEntry], unreadable: Int) {
    try #require(try HistoryFile.read(path))
  }

  static let entries = [
    HistoryEntry(
      at: World.begin, kind: .transition, event: .firing, target: "api",
      key: AlertKey(rule: "r", instance: "i"), id: "5a6e0dbd80d1ba59", value: "9 (limit > 5)"),
    HistoryEntry(
      at: World.begin, kind: .notification, event: .firedAndResolved, target: "api",
      key: AlertKey(rule: "r"), id: "5a6e0dbd80d1ba59", receiver: "hook", outcome: .deferred,
      reason: "status 503", value: "9 (limit > 5)"),
    HistoryEntry(
      at: World.begin, kind: .silence, event: .added, reason: "deploy 4711",
      value: "rule r until 14:00 UTC", by: "kim", silence: "a1b2"),
    HistoryEntry(
      at: World.begin, kind: .acknowledgement, event: .acknowledged, target: "api",
      key: AlertKey(rule: "r"), by: "kim", note: "checking"),
  ]

  @Test("Entries are read as they were written, oldest first")
  func roundTrip() throws {
    for entry in Self.entries { try HistoryFile.append([entry], to: path) }
    #expect(try read().entries == Self.entries)
    #expect(try read().unreadable == 0)
  }

  @Test("An entry is one line, whatever its texts hold", arguments: HostileText.table)
  func hostile(text: String) throws {
    var entry = Self.entries[2]
    entry.reason = text
    try HistoryFile.append([entry, Self.entry(1)], to: path)
    #expect(try folder.read("s-history.jsonl").utf8.count { $0 == 0x0A } == 2)
    #expect(try read().entries == [entry, Self.entry(1)])
  }

  @Test(
    "The history is beside the state file, not beside a link to it",
    arguments: [
      ("s.json", "s-history.jsonl"), ("state", "state-history.jsonl"),
      ("link.json", "real-history.jsonl"),
    ])
  func path(state: String, history: String) throws {
    try folder.write("{}", to: "real.json")
    try FileManager.default.createSymbolicLink(
      atPath: folder.file("link.json"), withDestinationPath: "real.json")
    let path = HistoryFile.path(of: folder.file(state))
    #expect(path.hasSuffix("/\(history)"))
  }

  @Test("Only its owner may read it")
  func permissions() throws {
    try HistoryFile.append([Self.entry(1)], to: path)
    let attributes = try FileManager.default.attributesOfItem(atPath: path)
    #expect(attributes[.posixPermissions] as? Int == 0o600)
  }

  @Test("A line that a kill cut short is not read, and the next one begins on a line of its own")
  func torn() throws {
    try HistoryFile.append([Self.entry(1), Self.entry(2)], to: path)
    let whole = try folder.read("s-history.jsonl")
    try folder.write(String(whole.dropLast(20)), to: "s-history.jsonl")
    #expect(try read().entries == [Self.entry(1)])
    #expect(try read().unreadable == 0)
    try HistoryFile.append([Self.entry(3)], to: path)
    #expect(try read().entries == [Self.entry(1), Self.entry(3)])
    #expect(try read().unreadable == 1)
  }

  @Test("Lines that this version does not know are counted, and keep none of the others from it")
  func unknown() throws {
    try folder.write(
      #"{"at": "2026-11-21T02:00:00Z", "kind": "poem", "event": "added"}"# + "\nnonsense\n",
      to: "s-history.jsonl")
    try HistoryFile.append([Self.entry(1)], to: path)
    #expect(try read().entries == [Self.entry(1)])
    #expect(try read().unreadable == 2)
  }

  @Test(
    "Beyond its limit in lines or bytes, the older half is removed",
    arguments: [(lines: 100, bytes: 1 << 20), (lines: 1_000, bytes: 10_000)])
  func bounds(lines: Int, bytes: Int) throws {
    let limit = HistoryFile.Limit(lines: lines, bytes: bytes)
    var least = Int.max
    for number in 1...150 {
      try HistoryFile.append([Self.entry(number)], to: path, limit: limit)
      let entries = try read().entries
      #expect(entries.last == Self.entry(number))
      #expect(entries.count <= lines)
      #expect(try folder.read("s-history.jsonl").utf8.count <= bytes)
      if number > 100 { least = min(least, entries.count) }
    }
    #expect((30...60).contains(least))
    #expect(folder.names == ["s-history.jsonl"])
  }

  @Test("Without the lock, nothing is removed")
  func unlocked() throws {
    for number in 1...20 {
      try HistoryFile.append(
        [Self.entry(number)], to: path, isLocked: false, limit: .init(lines: 5, bytes: 100))
    }
    #expect(try read().entries.count == 20)
  }

  @Test("Where there is none, none is read")
  func none() throws {
    #expect(try HistoryFile.read(path)?.entries == nil)
  }
}
