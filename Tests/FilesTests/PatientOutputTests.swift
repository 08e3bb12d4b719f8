internal import Dispatch
@testable import Files
internal import Synchronization
internal import Testing

@Suite("An output that does not block its writer")
struct PatientOutputTests {
  @Test(
    "Only the first line after a loss says how many lines were dropped",
    arguments: [(1, "1 line"), (2, "2 lines")])
  func dropped(count: Int, words: String) {
    let reader = DispatchSemaphore(value: 0)
    let taken = Mutex<[String]>([])
    let output = PatientOutput { bytes in
      reader.wait()
      taken.withLock { $0.append(String(decoding: bytes, as: UTF8.self)) }
      return true
    }
    // As much as the buffer holds.
    #expect(output.write([UInt8](repeating: 0x20, count: 1 << 20)))
    for _ in 0..<count { #expect(output.write(Array("lost\n".utf8))) }
    for line in ["", "one\n", "two\n"] {
      if !line.isEmpty { #expect(output.write(Array(line.utf8))) }
      reader.signal()
      #expect(output.finish(within: .seconds(600)))
    }
    #expect(
      taken.withLock { $0.dropFirst() } == [
        "(\(words) dropped here: the reader was too slow)\none\n", "two\n",
      ])
  }
}
