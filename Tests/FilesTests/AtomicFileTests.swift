@testable import Files
internal import Foundation
internal import TestSupport
internal import Testing

@Suite("Replacing a file as a whole")
struct AtomicFileTests {
  let folder: Folder

  init() throws { folder = try Folder() }

  private func link(_ name: String, to target: String) throws {
    try FileManager.default.createSymbolicLink(
      atPath: folder.file(name), withDestinationPath: target)
  }

  private func mode(_ name: String) throws -> Int {
    let attributes = try FileManager.default.attributesOfItem(atPath: folder.file(name))
    return try #require(attributes[.posixPermissions] as? Int)
  }

  private func replace(_ name: String) throws { try replace(path: folder.file(name)) }

  private func replace(path: String) throws {
    try AtomicFile.replace(path, with: Array("new".utf8))
  }

  // MARK: - Identity

  @Test(
    "Paths to the same file have the same identity, even if folders are missing",
    arguments: [
      ("r", "./r"), ("r", "missing/../r"), ("r", "a/b/../../r"), ("r", "d/../missing/../r"),
      ("r", "l1"), ("r", "missing/../l1"), ("none", "missing/../none"), ("none", "a/../b/../none"),
      ("d/none", "dl/none"), ("none", "dangling"), ("d/x/y", "missing/../dl/x/y"),
      ("up", "d/deep/../../up"), ("up", "missing/../deepl/../../up"), ("d/up", "deepl/../up"),
    ])
  func identity(one: String, other: String) throws {
    try folder.write("old", to: "r")
    try AtomicFile.makeFolder(folder.file("d/deep"))
    try link("l1", to: "l2")
    try link("l2", to: "missing/../r")
    try link("dl", to: "d")
    try link("deepl", to: "d/deep")
    try link("dangling", to: "missing/../none")
    #expect(
      AtomicFile.identity(of: folder.file(one)) == AtomicFile.identity(of: folder.file(other)))
    #expect(AtomicFile.identity(of: folder.file("else")) != AtomicFile.identity(of: folder.path))
    #expect(
      AtomicFile.identity(of: folder.file("d/r")) != AtomicFile.identity(of: folder.file("r")))
  }

  @Test("Standard input has the identity of its file, and none if it is not a file")
  func standardInput() throws {
    let path = try folder.write("old", to: "r")
    let file = try FileDescriptor(path, O_RDONLY, to: "read")
    #expect(
      AtomicFile.identity(ofInput: "-", standardInput: file.number)
        == AtomicFile.identity(of: path))
    let device = try FileDescriptor("/dev/null", O_RDONLY, to: "read")
    #expect(AtomicFile.identity(ofInput: "-", standardInput: device.number) == nil)
    #expect(AtomicFile.identity(ofInput: path) == AtomicFile.identity(of: path))
  }

  // MARK: - Links

  @Test(
    "A chain of links is kept, even if its target does not exist yet", arguments: [true, false])
  func chain(isThere: Bool) throws {
    if isThere { try folder.write("old", to: "r") }
    try AtomicFile.makeFolder(folder.file("d"))
    try link("l1", to: "d/l2")
    try link("d/l2", to: "../l3")
    try link("l3", to: folder.file("r"))
    let names = folder.names
    try replace("l1")
    #expect(try folder.read("r") == "new")
    #expect(folder.names == (isThere ? names : names + ["r"]).sorted())
    for (name, target) in [("l1", "d/l2"), ("d/l2", "../l3"), ("l3", folder.file("r"))] {
      #expect(
        try FileManager.default.destinationOfSymbolicLink(atPath: folder.file(name)) == target)
    }
  }

  @Test("Circular links are refused and kept")
  func circle() throws {
    try link("loop", to: "loop")
    #expect(throws: FileFailure(code: ELOOP, cannot: "write", folder.file("loop"))) {
      try replace("loop")
    }
    #expect(folder.names == ["loop"])
  }

  @Test(
    "A path that leads above the current folder keeps all its steps up",
    arguments: [
      ("../r", "../r"), ("../../r", "../../r"), ("none/../../../r", "../../r"), ("none/..", "."),
      ("/../../r", "/r"),
    ])
  func above(path: String, resolved: String) throws {
    #expect(try AtomicFile.resolved(path) == resolved)
  }

  // MARK: - Files that may be replaced

  @Test("The old file's permissions are kept", arguments: [0o600, 0o640, 0o666, 0o444, 0o755])
  func permissions(kept: Int) throws {
    try folder.write("old", to: "r")
    try #require(chmod(folder.file("r"), mode_t(kept)) == 0)
    try replace("r")
    #expect(try mode("r") == kept)
    #expect(try folder.read("r") == "new")
    // A private file stays private.
    try AtomicFile.replace(
      folder.file("r"), with: [], temporaryName: ".r.tmp", permissions: 0o600)
    #expect(try mode("r") == 0o600)
    #expect(folder.names == ["r"])
  }

  @Test("A socket and a folder are refused and kept")
  func refused() throws {
    let path = folder.file("s")
    let socket = openSocket(AF_UNIX)
    defer { close(socket) }
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8)) }
    let isBound = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(socket, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
      }
    }
    try #require(isBound)
    let type = try FileManager.default.attributesOfItem(atPath: path)[.type]
    #expect(throws: FileFailure(code: ENOTBLK, cannot: "write", path)) { try replace("s") }
    #expect(
      try FileManager.default.attributesOfItem(atPath: path)[.type] as? FileAttributeType
        == type as? FileAttributeType)
    #expect(throws: FileFailure(code: EISDIR, cannot: "write", folder.path)) {
      try replace(path: folder.path)
    }
    #expect(folder.names == ["s"])
  }

  @Test("A pipe without a reader is refused, and the message says why")
  func unreadPipe() throws {
    try #require(mkfifo(folder.file("p"), 0o600) == 0)
    let error = #expect(throws: FileFailure.self) { try replace("p") }
    #expect(error?.description == "cannot write \(folder.file("p")): it has no reader")
  }

  @Test("A name may be as long as the file system allows", arguments: [250, 255, 256])
  func longName(length: Int) throws {
    let name = String(repeating: "n", count: length)
    guard length <= 255 else {
      let error = #expect(throws: FileFailure.self) { try replace(name) }
      #expect(error?.reason == "the name is too long")
      return
    }
    for _ in 0..<2 { try replace(name) }
    #expect(folder.names == [name])
  }

  // MARK: - Open files

  @Test(
    "Writing to an open file appends to it, whatever it is",
    arguments: ["/dev/fd/", "/proc/self/fd/", "/proc/thread-self/fd/", "link"])
  func descriptor(path: String) throws {
    try folder.write("precious ", to: "log")
    let log = open(folder.file("log"), O_WRONLY | O_APPEND)
    try #require(log > 2)
    defer { close(log) }
    let isLink = path == "link"
    if isLink { try link("link", to: "/dev/fd/\(log)") }
    let path = isLink ? folder.file("link") : "\(path)\(log)"
    for _ in 0..<2 { try replace(path: path) }
    #expect(try folder.read("log") == "precious newnew")
    #expect(AtomicFile.identity(of: path) == AtomicFile.identity(of: folder.file("log")))
    #expect(folder.names == (isLink ? ["link", "log"] : ["log"]))
  }

  @Test("An open file that is read-only, or is this process's own, is refused")
  func closedDescriptor() throws {
    try folder.write("precious", to: "log")
    for flags in [O_RDONLY, O_WRONLY | O_CLOEXEC] {
      let log = open(folder.file("log"), flags)
      defer { close(log) }
      let error = #expect(throws: FileFailure.self) { try replace(path: "/dev/fd/\(log)") }
      #expect(error?.reason == "it is not open for writing")
    }
    #expect(try folder.read("log") == "precious")
  }

  // MARK: - Messages

  @Test("A file name cannot add a line to a message")
  func hostileName() throws {
    let name = "no\nops-alert-eval: FORGED\u{1b}[2J\u{202e}"
    let said = FileFailure(code: ENOENT, cannot: "write", name).description
    #expect(
      said == "cannot write no\\u{a}ops-alert-eval: FORGED\\u{1b}[2J\\u{202e}: "
        + "no such file or folder")
  }
}
