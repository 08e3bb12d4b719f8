// Whether a text has the form of a link, an address or a file.

internal import Text

func isLink(_ text: String, schemes: [String]) -> Bool {
  TextForm.isPlain(text)
    && isAddress(text, schemes: schemes, after: "/?#") { $0 != UInt8(ascii: " ") }
}

/// Whether a text is `scheme://host[:port]`, optionally followed by one of the openers and allowed
/// bytes.
func isAddress(
  _ text: String, schemes: [String], after openers: String, _ isAllowed: (UInt8) -> Bool
) -> Bool {
  guard let scheme = schemes.first(where: { text.utf8.starts(with: "\($0)://".utf8) }) else {
    return false
  }
  let body = text.utf8.dropFirst(scheme.utf8.count + 3)
  let authority = body.prefix { !"/?#".utf8.contains($0) }
  let rest = body.dropFirst(authority.count)
  let host = authority.prefix { $0 != UInt8(ascii: ":") }
  guard !host.isEmpty, host.allSatisfy({ $0.isWord || ".-".utf8.contains($0) }) else {
    return false
  }
  if host.count < authority.count {
    let port = authority.dropFirst(host.count + 1)
    guard (1...5).contains(port.count), port.allSatisfy(\.isDigit) else { return false }
  }
  guard let opener = rest.first else { return true }
  return openers.utf8.contains(opener) && rest.dropFirst().allSatisfy(isAllowed)
}

/// Whether a text is a relative path that stays in its folder, with or without `#section`.
func isRepositoryFile(_ text: String) -> Bool {
  guard TextForm.isPlain(text) else { return false }
  let path = text.utf8.prefix { $0 != UInt8(ascii: "#") }
  let section = text.utf8.dropFirst(path.count)
  let segments = path.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
  return section.allSatisfy { $0 != UInt8(ascii: " ") }
    && segments.allSatisfy { segment in
      !segment.isEmpty && !segment.elementsEqual("..".utf8)
        && segment.allSatisfy { $0 != UInt8(ascii: ":") && $0 != UInt8(ascii: "\\") }
    }
}

func isVariable(_ bytes: String.UTF8View) -> Bool {
  bytes.first?.isDigit == false && bytes.allSatisfy(\.isWord)
}

/// Whether a text that could be a variable's name is more likely a key or a token: it has one of
/// GitHub's prefixes, or is 20 or more letters and digits without a `_`.
func looksLikeSecret(_ text: String) -> Bool {
  let bytes = text.utf8
  return text.hasPrefix("github_pat_")
    || bytes.starts(with: "gh".utf8) && bytes.dropFirst(3).first == UInt8(ascii: "_")
      && bytes.dropFirst(2).first.map { $0.isLetter && $0 >= UInt8(ascii: "a") } == true
    || bytes.count >= 20 && bytes.contains(where: \.isDigit)
      && bytes.allSatisfy { $0.isLetter || $0.isDigit }
}

func holdsScheme(_ bytes: String.UTF8View) -> Bool {
  bytes.indices.contains { bytes[$0...].starts(with: "://".utf8) }
}

func isMailAddress(_ text: String) -> Bool {
  let parts = text.utf8.split(separator: UInt8(ascii: "@"), omittingEmptySubsequences: false)
  guard parts.count == 2, let first = parts[0].first, let begin = parts[1].first,
    let end = parts[1].last
  else { return false }
  return first.isWord && parts[0].allSatisfy { $0.isWord || ".+'=#&~-".utf8.contains($0) }
    && [begin, end].allSatisfy { $0.isLetter || $0.isDigit }
    && parts[1].allSatisfy { $0.isLetter || $0.isDigit || ".-".utf8.contains($0) }
}

extension UInt8 {
  var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }

  var isLetter: Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self | 0x20)
  }

  var isWord: Bool { isLetter || isDigit || self == UInt8(ascii: "_") }

  /// The bytes that a URL's path may contain unescaped, except `?`.
  var isURLPath: Bool { isWord || "!$%&'()*+,-./:;=@~".utf8.contains(self) }
}
