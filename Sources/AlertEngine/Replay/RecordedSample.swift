internal import JSON
internal import Prometheus
package import Text

/// One parsed line of a recording: the response of a target, and its time.
package struct RecordedSample: Sendable {
  /// The error in a recording if the run ended before the target was attempted.
  static let notAttempted = "not attempted"

  package var observedAt: Instant
  package var target: String
  var reading: Reading

  init(observedAt: Instant, target: String, reading: Reading) {
    self.observedAt = observedAt
    self.target = target
    self.reading = reading
  }
}

/// Why a line is not a line of a recording.
package struct RecordingMistake: Error, Hashable, Sendable {
  /// In lower case and without a full stop.
  package var reason: String
  /// Counted from 1, in bytes.
  package var column: Int

  package init(_ reason: String, column: Int = 1) {
    self.reason = reason
    self.column = column
  }
}

/// Parses the lines of a recording, `{"observed_at": …, "target": …, "snapshot": …}`, for given
/// rules.
package struct RecordingReader: Sendable {
  private let plan: ReadingPlan
  private let paths: PathPlan
  private let needsTree: Bool
  /// The shapes of the lines, most recently used first.
  private var skeletons: [Skeleton] = []
  /// How many more lines may be learned from.
  private var lessons = Double(mostSkeletons)
  private static let mostSkeletons = 4

  /// Compiles the paths of the rules.
  ///
  /// - Parameter evaluator: it, and those compiled with it, can evaluate the samples.
  package init(for evaluator: Evaluator) {
    plan = evaluator.plan
    needsTree = plan.needsTree
    paths = PathPlan(plan.paths, under: "snapshot", beside: Key.allCases.map(\.path))
  }

  /// The line's own keys.
  private enum Key: Int, CaseIterable {
    case observedAt, target, snapshot, text, error, status, seconds, bytes

    var path: [String] {
      switch self {
      case .observedAt: ["observed_at"]
      case .target: ["target"]
      case .snapshot: ["snapshot"]
      case .text: ["text"]
      case .error: ["error"]
      case .status: ["response", "status"]
      case .seconds: ["response", "seconds"]
      case .bytes: ["response", "bytes"]
      }
    }
  }

  private func found(_ key: Key, in extraction: Extraction) -> Extraction.Found {
    extraction.found(at: plan.paths.count + key.rawValue)
  }

  /// Parses one line.
  ///
  /// - Parameter line: its bytes without the newline.
  /// - Returns: the sample.
  /// - Throws: a `RecordingMistake` if the line is not JSON, or lacks a time, a target, or both a
  ///   snapshot and an error.
  package mutating func read(
    _ line: UnsafeBufferPointer<UInt8>
  ) throws(RecordingMistake) -> RecordedSample {
    for index in skeletons.indices {
      guard let extraction = skeletons[index].extract(from: line) else { continue }
      skeletons.swapAt(0, index)
      // A shape is learned only if most lines have a known one.
      lessons = min(lessons + 0.25, Double(Self.mostSkeletons))
      return try sample(from: extraction, of: line)
    }
    let extraction: Extraction
    do throws(JSONFailure) {
      extraction = try JSONCursor.read(line, .lenient, deeperBy: 1) { cursor throws(ScanFailure) in
        var extractor = Extractor(paths)
        return try extractor.document(&cursor)
      }
    } catch {
      throw RecordingMistake(error.reason, column: error.column)
    }
    learn(line)
    return try sample(from: extraction, of: line)
  }

  private mutating func learn(_ line: UnsafeBufferPointer<UInt8>) {
    guard lessons >= 1, let skeleton = Skeleton(of: line, by: paths, deeperBy: 1) else { return }
    lessons -= 1
    if skeletons.count == Self.mostSkeletons { skeletons.removeLast() }
    skeletons.insert(skeleton, at: 0)
  }

  private func sample(
    from extraction: Extraction, of line: UnsafeBufferPointer<UInt8>
  ) throws(RecordingMistake) -> RecordedSample {
    do throws(Mistake) {
      return RecordedSample(
        observedAt: try observedAt(in: extraction), target: try target(in: extraction),
        reading: try reading(from: extraction, line))
    } catch {
      // The line is parsed again: mistakes are rare.
      let column = error.key.flatMap { Self.column(of: $0, in: line) }
      throw RecordingMistake(error.reason, column: column ?? 1)
    }
  }

  /// What is wrong with a line of valid JSON.
  private struct Mistake: Error {
    var reason: String
    /// The key with the invalid value; `nil` if something is missing.
    var key: StaticString?
  }

  private func observedAt(in extraction: Extraction) throws(Mistake) -> Instant {
    switch found(.observedAt, in: extraction) {
    case .scalar(.string(let text)):
      if let time = Instant(rfc3339: text) { return time }
    case .absent: throw Mistake(reason: "\"observed_at\" is missing")
    case .null, .scalar, .array, .object, .odd: break
    }
    throw Mistake(
      reason: "\"observed_at\" must be a time such as 2026-11-21T10:15:00Z", key: "observed_at")
  }

  private func target(in extraction: Extraction) throws(Mistake) -> String {
    switch found(.target, in: extraction) {
    case .scalar(.string(let name)) where !name.isEmpty: return name
    case .absent: throw Mistake(reason: "\"target\" is missing")
    case .null, .scalar, .array, .object, .odd:
      throw Mistake(reason: "\"target\" must be a nonempty string", key: "target")
    }
  }

  private func reading(
    from extraction: Extraction, _ line: UnsafeBufferPointer<UInt8>
  ) throws(Mistake) -> Reading {
    let response = response(in: extraction)
    let text = found(.text, in: extraction)
    if text != .absent { return try reading(of: text, extraction, response) }
    switch (found(.snapshot, in: extraction), found(.error, in: extraction)) {
    case (.object, .absent), (.array, .absent):
      var sets: [SeriesSet] = []
      if !plan.queries.isEmpty {
        let tree = needsTree ? try? JSONDocument.read(line, under: "snapshot", deeperBy: 1) : nil
        sets = plan.series(in: tree, line)
      }
      return .snapshot(Snapshot(extraction: extraction, sets: sets, response: response))
    case (.odd, .absent), (.odd, _):
      throw Mistake(reason: "\"snapshot\" occurs more than once", key: "snapshot")
    case (.null, .absent), (.scalar, .absent):
      return .unreachable(
        cause: "the response is not a JSON snapshot (expected an object, found a single value)")
    case (.absent, .scalar(.string(RecordedSample.notAttempted))): return .notAttempted
    case (.absent, .scalar(.string(let cause))): return .unreachable(cause: cause)
    case (.absent, .absent) where response != ResponseFacts():
      return .snapshot(
        Snapshot(
          extraction: .none, sets: plan.noSeries, response: response, format: .none))
    case (.absent, .absent):
      throw Mistake(reason: "neither \"snapshot\" nor \"error\" is present")
    case (.absent, _): throw Mistake(reason: "\"error\" must be a string", key: "error")
    case (_, _):
      throw Mistake(reason: "both \"snapshot\" and \"error\" are present", key: "error")
    }
  }

  /// The reading of a body that is not JSON.
  private func reading(
    of text: Extraction.Found, _ extraction: Extraction, _ response: ResponseFacts
  ) throws(Mistake) -> Reading {
    for (key, name) in [(Key.snapshot, "snapshot"), (.error, "error")]
    where found(key, in: extraction) != .absent {
      throw Mistake(reason: "both \"text\" and \"\(name)\" are present", key: "text")
    }
    guard case .scalar(.string(var text)) = text else {
      throw Mistake(reason: "\"text\" must be a string", key: "text")
    }
    let result: Result<Exposition, JSONFailure> = text.withUTF8 { bytes in
      do throws(JSONFailure) { return .success(try plan.exposition(bytes)) } catch {
        return .failure(error)
      }
    }
    switch result {
    case .success(let exposition):
      return .snapshot(
        Snapshot(
          extraction: .none, sets: plan.series(in: exposition), response: response,
          format: .prometheus))
    case .failure(let failure):
      return .unreachable(cause: "the response is not Prometheus text (\(failure.description))")
    }
  }

  private func response(in extraction: Extraction) -> ResponseFacts {
    func number(_ key: Key) -> Double? {
      guard case .scalar(.number(let number)) = found(key, in: extraction) else { return nil }
      return number
    }
    return ResponseFacts(
      status: number(.status).flatMap { Int(exactly: $0) }, seconds: number(.seconds),
      bytes: number(.bytes).flatMap { Int(exactly: $0) })
  }

  /// The column of the value of one of the line's own keys.
  private static func column(
    of name: StaticString, in line: UnsafeBufferPointer<UInt8>
  ) -> Int? {
    let wanted = UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount)
    var offset: Int?
    _ = try? JSONCursor.read(line, .lenient, deeperBy: 1) { cursor throws(ScanFailure) in
      guard case .object = try cursor.token() else { return }
      try cursor.members { cursor, key throws(ScanFailure) in
        if key.unescaped(in: line).elementsEqual(wanted) { offset = cursor.offset }
        try cursor.skip()
      }
    }
    return offset.map { JSONFailure.place(of: $0, in: line).column }
  }
}
