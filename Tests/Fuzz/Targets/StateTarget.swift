internal import Foundation

@testable import AlertEngine
@testable import Delivery
@testable import JSON
@testable import OpsAlerts
@testable import Reports
@testable import Text

/// The configuration in `Tests/Fuzz/rules.json`, which uses what rules can do.
enum FuzzRules {
  static let configuration: Configuration = {
    do throws(ConfigurationFileFailure) {
      return try ConfigurationFile.load(path: "Tests/Fuzz/rules.json")
    } catch {
      fatalError(error.description)
    }
  }()

  static let evaluator = Evaluator(configuration)
}

/// A state: it is refused, or it is saved and loaded as the same, and the next run goes on with it.
enum StateTarget {
  static func run(_ bytes: [UInt8]) {
    let state: RunState
    do throws(RunState.Failure) {
      state = try RunState(decoding: bytes)
    } catch {
      holdSentence(error.reason)
      return
    }
    holdRoundTrip(state)
    report(state)
    goOn(with: state)
    let type = types[bytes.count % types.count]
    for (name, queue) in state.outbox.queues.prefix(3) {
      deliver(queue, to: name, of: type, at: now(in: state))
    }
  }

  private static let types = ReceiverCatalogue.standard.types

  /// A minute after the state was saved.
  private static func now(in state: RunState) -> Instant {
    let saved = state.savedAt ?? Instant(milliseconds: 1_795_000_000_000)
    return (saved + .minutes(1)).isWritable ? saved + .minutes(1) : saved
  }

  static func holdRoundTrip(_ state: RunState) {
    let bytes = state.encoded()
    do throws(RunState.Failure) {
      let again = try RunState(decoding: bytes)
      hold(again == state, "a state is loaded as it was saved")
      hold(again.encoded() == bytes, "a loaded state is saved in the same bytes")
    } catch {
      hold(false, "a saved state can be loaded: \(error.reason)")
    }
  }

  /// What `status` prints.
  private static func report(_ state: RunState) {
    let now = now(in: state)
    for configuration in [FuzzRules.configuration, nil] {
      let suppressor = Suppressor(configuration, state, at: now)
      let export = AlertExport(
        state.targets, of: configuration, at: "c.json", suppressor: suppressor,
        savedAt: state.savedAt, seenAt: now)
      let report = StateReport(
        of: configuration, isVerbose: true, isColored: false, suppressor: suppressor)
      let outbox = OutboxReport(isVerbose: true, style: TerminalStyle(isOn: false))
      for text in [
        NagiosReport.render(export), OpenMetricsReport.render(export),
        AlertJUnitReport.render(export), report.render(state.targets, seenAt: now),
        outbox.render(state.outbox, seenAt: now),
      ] {
        holdInert(text)
      }
    }
  }

  /// The next runs: an answer, none, and one of a service that restarted.
  private static func goOn(with state: RunState) {
    let evaluator = FuzzRules.evaluator
    var state = state
    var now = now(in: state)
    let bodies = [
      #"{"n": 400, "a": {"v": 0.5, "s": "down", "p": "7", "limit": 9}, "errors": {"a": 9}}"#, nil,
      #"{"n": 3, "t": "2026-11-27T10:00:00Z", "sources": {"x": {"at": 1}}, "errors": {}}"#,
    ]
    for body in bodies {
      let reading: Reading =
        if let body, let snapshot = try? evaluator.read(Array(body.utf8)) {
          .snapshot(snapshot)
        } else {
          .unreachable(cause: "it is down")
        }
      for (name, target) in state.targets.prefix(3) {
        let evaluation = evaluator.evaluate(reading, of: name, from: target, at: now)
        for check in evaluation.checks {
          holdWords(of: check, seenAt: now)
        }
        state.targets[name] = evaluation.state
      }
      state.savedAt = now
      holdRoundTrip(state)
      let next = now + .minutes(7)
      if next.isWritable { now = next }
    }
  }

  /// A run that delivers a queue, whatever the service answers.
  private static func deliver(
    _ queue: ReceiverQueue, to name: String, of type: ReceiverType, at now: Instant
  ) {
    let reason = DeliveryFailure.setup("busy")
    let outcomes: [DeliveryOutcome] = [
      .delivered(reference: "7"), .unconfirmed(reason: reason), .poison(reason: reason),
      .transient(TransientFailure(reason: reason, retryAfter: .seconds(9))),
      .broken(reason: reason),
    ]
    for first in outcomes.indices {
      var pass = DeliveryPass(queue, of: name, type: type, digestOver: 3, at: now)
      var time = now
      var attempts = 0
      let most = 4 * queue.rows.count + 4
      loop: while attempts <= most {
        switch pass.next(at: time) {
        case .send(let batch):
          pass.record(
            outcomes[(first + attempts) % outcomes.count], of: batch, at: time, pause: .seconds(1))
          attempts += 1
        case .wait(let until):
          hold(until > time, "a pass waits for a later time")
          guard until - now < .seconds(60) else { break loop }
          time = until
        case .done: break loop
        }
      }
      hold(attempts <= most, "a pass tries each row a few times")
      pass.finish(at: time)
      holdRoundTrip(RunState(outbox: Outbox(queues: [name: pass.queue]), savedAt: time))
    }
  }
}
