internal import JSON

/// What the rules read of one snapshot.
package struct Snapshot: Sendable {
  let extraction: Extraction
  /// What the queries of the plan found, in their order.
  let sets: [SeriesSet]
  /// The response that carried it.
  let response: ResponseFacts
  /// What its body was read as.
  let format: SnapshotFormat

  init(
    extraction: Extraction, sets: [SeriesSet] = [], response: ResponseFacts = ResponseFacts(),
    format: SnapshotFormat = .json
  ) {
    self.format = format
    self.extraction = extraction
    self.sets = sets
    self.response = response
  }

  /// The value at a source of a single series.
  func found(at source: ReadingPlan.Source) -> Extraction.Found {
    if case .path(let index) = source { return extraction.found(at: index) }
    guard case .single(let entry) = series(at: source) else { return .absent }
    return entry.found
  }

  /// What was found at one source.
  func series(at source: ReadingPlan.Source) -> SeriesSet {
    switch source {
    case .path(let index): .single(extraction.found(at: index))
    case .star(let index): .instances(extraction.instances(at: index))
    case .query(let index): sets[index]
    case .response(let field): .single(response.found(field))
    }
  }
}

/// What a run fetched from a target.
package enum Reading: Sendable {
  case snapshot(Snapshot)
  /// There was no snapshot: the connection, a timeout, the status, the size or the JSON was the
  /// problem. The cause is one sentence that says what to do.
  case unreachable(cause: String)
  /// The run ended before this target was attempted.
  case notAttempted
}

extension Reading {
  /// What the body was read as; `nil` without a snapshot.
  var format: SnapshotFormat? {
    switch self {
    case .snapshot(let snapshot): snapshot.format
    case .unreachable, .notAttempted: nil
    }
  }

  /// The reading for a target with another format: a body in a recording is none then.
  static func foreign(_ found: SnapshotFormat, insteadOf format: SnapshotFormat) -> Reading {
    let body = found == .none ? "no body" : "a body of the format \(found.rawValue)"
    return .unreachable(cause: "the recording has \(body), not \(format.rawValue)")
  }
}

extension ResponseFacts {
  fileprivate func found(_ field: ResponseField) -> Extraction.Found {
    let number: Double? =
      switch field {
      case .status: status.map(Double.init)
      case .seconds: seconds
      case .bytes: bytes.map(Double.init)
      }
    return number.map { .scalar(.number($0)) } ?? .odd(.notRecorded)
  }
}
