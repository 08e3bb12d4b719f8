internal import Dispatch
@testable import Files
internal import Synchronization
internal import Testing

@Suite("An output that does not block its writer")
struct PatientOutputTests {
  @Test("Only the first line after a loss says how many lines were dropped")
  func dropped() {
    let reader = DispatchSemaphore(value: 0)
    let taken = Mutex<[String]>([])
    let output = PatientOutput { bytes in
      reader.wait()
      taken.withLock { $0.append(String(decoding: bytes, as: UTF8.self)) }
      return true
    }
    // As much as the buffer holds.
    #expect(output.write([UInt8](repeating: 0x20, count: 1 << 20)))
    for line in ["lost\n", "lost too\n"] { #expect(output.write(Array(line.utf8))) }
    for line in ["", "one\n", "two\n"] {
      if !line.isEmpty { #expect(output.write(Array(line.utf8))) }
      reader.signal()
      #expect(output.finish(within: .seconds(600)))
    }
    #expect(
      taken.withLock { $0.dropFirst() } == [
        "(2 lines dropped here: the reader was too slow)\none\n", "two\n",
      ])
  }
}
