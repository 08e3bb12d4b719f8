/// What documents of one shape have in common: everything but their scalars.
///
/// A service publishes the same keys in the same order every time. If a document equals one that
/// was read before in every byte between its scalars, and its scalars are valid, it is as valid as
/// that one, and the paths lead to the same scalars. So it need not be parsed again. Any other
/// document does not match, and is read in full.
package struct Skeleton: Sendable {
  /// One scalar and the bytes between it and the previous one.
  private struct Slot: Sendable {
    /// Where these bytes are in `bytes`.
    var start: Int
    var count: Int
    /// Which of the `uses` the scalar has.
    var uses: Range<Int>
  }

  /// All bytes between scalars, concatenated.
  private let bytes: [UInt8]
  private var slots: [Slot] = []
  /// The bytes after the last scalar.
  private var tail: Range<Int> = 0..<0
  private var uses: [Extraction.Place] = []
  /// What was extracted from the document that this was made from.
  private let extraction: Extraction

  /// Makes the skeleton of a document; `nil` if it is not valid.
  ///
  /// - Parameters:
  ///   - document: its bytes.
  ///   - plan: the paths.
  ///   - depth: how many additional levels it may nest.
  package init?(
    of document: UnsafeBufferPointer<UInt8>, by plan: PathPlan, deeperBy depth: Int
  ) {
    do throws(JSONFailure) {
      let spans = try JSONCursor.read(document, .lenient, deeperBy: depth) {
        cursor throws(ScanFailure) in
        var spans: [Range<Int>] = []
        try cursor.walk(&spans)
        return spans
      }
      // Once more, with each scalar's position instead of its value.
      let extraction = try JSONCursor.read(document, .lenient, deeperBy: depth) {
        cursor throws(ScanFailure) in
        var extractor = Extractor(plan, keepsPlaces: true)
        return try extractor.document(&cursor)
      }
      self.extraction = extraction
      var common: [UInt8] = []
      var usesByOffset = extraction.placesByNumber
      var end = 0
      for span in spans {
        let start = common.count
        common.append(contentsOf: document[end..<span.lowerBound])
        let own = usesByOffset.removeValue(forKey: span.lowerBound) ?? []
        slots.append(
          Slot(
            start: start, count: common.count - start,
            uses: uses.count..<(uses.count + own.count)))
        uses += own
        end = span.upperBound
      }
      tail = common.count..<(common.count + document.count - end)
      common.append(contentsOf: document[end...])
      bytes = common
    } catch {
      return nil
    }
  }

  /// Extracts what the paths select from a document of the same shape.
  ///
  /// - Parameter document: its bytes, valid or not.
  /// - Returns: `nil` if it has another shape.
  package func extract(from document: UnsafeBufferPointer<UInt8>) -> Extraction? {
    var cursor = JSONCursor(document, .lenient)
    var extraction = extraction
    do throws(ScanFailure) {
      return try bytes.withUnsafeBufferPointer { bytes throws(ScanFailure) in
        let common = UnsafeRawBufferPointer(bytes)
        for slot in slots {
          guard cursor.passes(common, from: slot.start, count: slot.count),
            cursor.current != UInt8(ascii: "{"), cursor.current != UInt8(ascii: "[")
          else { return nil }
          let token = try cursor.token()
          guard !slot.uses.isEmpty else { continue }
          let found = token.scalar(in: document)
          for use in slot.uses { extraction.put(found, at: uses[use]) }
        }
        guard cursor.passes(common, from: tail.lowerBound, count: tail.count), cursor.isAtEnd
        else { return nil }
        return extraction
      }
    } catch {
      return nil
    }
  }
}

extension JSONToken {
  /// What a path finds; containers are not entered.
  func scalar(in bytes: UnsafeBufferPointer<UInt8>) -> Extraction.Found {
    switch self {
    case .null: .null
    case .bool(let bool): .scalar(.bool(bool))
    case .number(let number):
      number.overflows(in: bytes)
        ? .odd(.tooLarge) : .scalar(.number(number.value(in: bytes)))
    case .string(let string):
      string.hasLoneSurrogate
        ? .odd(.loneSurrogate)
        : .scalar(.string(string.text(in: bytes)))
    case .array: .array
    case .object: .object
    }
  }
}

extension JSONCursor {
  /// Moves over a value and records where each scalar in it is, except for keys.
  fileprivate mutating func walk(_ spans: inout [Range<Int>]) throws(ScanFailure) {
    let start = offset
    switch try token() {
    case .null, .bool, .number, .string: spans.append(start..<offset)
    case .array:
      try elements { cursor, _ throws(ScanFailure) in try cursor.walk(&spans) }
    case .object:
      try members { cursor, _ throws(ScanFailure) in try cursor.walk(&spans) }
    }
  }

  /// Moves over bytes that equal the given ones; stays in place if they differ.
  @inline(__always)
  fileprivate mutating func passes(
    _ others: UnsafeRawBufferPointer, from start: Int, count: Int
  ) -> Bool {
    guard bytes.count - offset >= count else { return false }
    let own = UnsafeRawBufferPointer(bytes)
    func differs(at index: Int) -> Bool {
      own.loadUnaligned(fromByteOffset: offset + index, as: UInt64.self)
        != others.loadUnaligned(fromByteOffset: start + index, as: UInt64.self)
    }
    var index = 0
    while count - index >= 8 {
      if differs(at: index) { return false }
      index += 8
    }
    if index < count {
      if count >= 8 {
        // The last eight, some of them again.
        if differs(at: count - 8) { return false }
      } else {
        while index < count {
          if own[offset + index] != others[start + index] { return false }
          index += 1
        }
      }
    }
    offset += count
    return true
  }
}
