@testable import OpsAlerts
import AlertEngine
import JSON
import Prometheus
import Text

@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let bytes = Array(UnsafeBufferPointer(start: start, count: count))
  _ = try? JSONNode.parse(bytes)
  return 0
}
