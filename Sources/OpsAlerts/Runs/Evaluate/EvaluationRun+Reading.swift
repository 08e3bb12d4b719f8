internal import AlertEngine
internal import HTTP
internal import JSON

extension EvaluationRun {
  /// Reads the body of a response as the format of its target.
  func read(
    _ answer: TargetAnswer, by evaluator: Evaluator
  ) -> (reading: Reading, problem: TargetProblem?) {
    let problem: TargetProblem
    switch answer.content {
    case .notAttempted: return (.notAttempted, nil)
    case .failed(let failure):
      problem = .unreachable(failure)
      if problem.isOfThisMachine { return (.notAttempted, problem) }
    case .snapshot(let bytes, let response):
      do throws(UnreadableBody) {
        return (.snapshot(try answer.source.format.read(bytes, response, by: evaluator)), nil)
      } catch {
        problem = .unreadable(error)
      }
    }
    return (.unreachable(cause: problem.sentence), problem)
  }
}

extension SnapshotFormat {
  /// - Throws: an `UnreadableBody` if it is not a body of this format.
  fileprivate func read(
    _ bytes: [UInt8], _ response: ResponseFacts, by evaluator: Evaluator
  ) throws(UnreadableBody) -> Snapshot {
    var unreadable = UnreadableBody(format: self, status: response.status)
    if let other = SnapshotFormat(revealedBy: bytes), other != self, self != .none {
      unreadable.other = other
      throw unreadable
    }
    do throws(JSONFailure) {
      return try evaluator.read(bytes, as: self, response: response)
    } catch {
      unreadable.failure = error
      throw unreadable
    }
  }
}

extension TargetProblem {
  /// Whether the cause is not the endpoint.
  var isOfThisMachine: Bool {
    guard case .unreachable(let failure) = self, case .noResponse(let cause) = failure.reason,
      case .workerUnavailable = cause
    else { return false }
    return true
  }
}

extension TargetAnswer {
  var reasonForNoAttempt: String? {
    content == .notAttempted ? "not attempted before the deadline" : nil
  }

  /// That of its snapshot.
  var response: ResponseFacts {
    switch content {
    case .snapshot(_, let response): response
    case .failed, .notAttempted: ResponseFacts()
    }
  }

  var recorded: RecordingLine.Content {
    switch content {
    case .snapshot(let bytes, _):
      switch source.format {
      case .json: .snapshot(bytes)
      case .prometheus: .text(bytes)
      case .none: .responseOnly
      }
    case .failed(let failure) where !TargetProblem.unreachable(failure).isOfThisMachine:
      .error(failure.sentence)
    case .failed, .notAttempted: .error("not attempted")
    }
  }
}
