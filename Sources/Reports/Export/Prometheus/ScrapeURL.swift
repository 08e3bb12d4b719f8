internal import AlertEngine
internal import Text

/// The parts of a target's address.
struct ScrapeURL {
  let scheme: String
  let authority: String
  /// Decoded: Prometheus encodes it.
  let path: String
  private(set) var parameters: [(name: String, values: [String])] = []
  let text: String
  /// Whether Prometheus requests another address: it encodes no slash and no byte that is not UTF-8.
  private(set) var isChanged = false

  init(_ address: TargetSettings.Address) {
    let (whole, isBase) =
      switch address {
      case .baseURL(let text): (text, true)
      case .metricsURL(let text): (text, false)
      case .baseURLVariable(let name): ("https://\(name).invalid", true)
      case .metricsURLVariable(let name): ("https://\(name).invalid/metrics", false)
      }
    let url = whole.prefix { $0 != "#" }
    scheme = url.lowercased().hasPrefix("http://") ? "http" : "https"
    let rest = url.utf8.firstIndex(of: UInt8(ascii: ":")).map { url[$0...].dropFirst(3) } ?? ""
    authority = String(rest.prefix { !"/?".contains($0) })
    let tail = rest.dropFirst(authority.count)
    let given = tail.prefix { $0 != "?" }
    let requested = isBase ? snapshotPath(ofServiceAt: given) : given.isEmpty ? "/" : String(given)
    text = isBase ? url.dropLast(tail.count) + requested : String(url)
    let bytes = Self.decoded(requested[...])
    path = String(decoding: bytes, as: UTF8.self)
    isChanged = !path.utf8.elementsEqual(bytes) || requested.lowercased().contains("%2f")
    for part in tail.dropFirst(given.count + 1).split(separator: "&") {
      let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let name = parameter(pair[0])
      let value = parameter(pair.count > 1 ? pair[1] : "")
      if let place = parameters.firstIndex(where: { $0.name == name }) {
        parameters[place].values.append(value)
      } else {
        parameters.append((name, [value]))
      }
    }
  }

  private mutating func parameter(_ text: Substring) -> String {
    let bytes = Self.decoded(text, plus: UInt8(ascii: " "))
    let parameter = String(decoding: bytes, as: UTF8.self)
    if !parameter.utf8.elementsEqual(bytes) { isChanged = true }
    return parameter
  }

  private static func decoded(
    _ text: Substring, plus: UInt8 = UInt8(ascii: "+")
  ) -> [UInt8] {
    var bytes: [UInt8] = []
    var rest = Array(text.utf8)[...]
    while let byte = rest.popFirst() {
      let digits = String(decoding: rest.prefix(2), as: UTF8.self)
      if byte == UInt8(ascii: "%"), rest.count >= 2, let code = UInt8(digits, radix: 16) {
        bytes.append(code)
        rest = rest.dropFirst(2)
      } else {
        bytes.append(byte == UInt8(ascii: "+") ? plus : byte)
      }
    }
    return bytes
  }
}
