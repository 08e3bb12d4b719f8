@testable import AlertEngine
@testable import Delivery
internal import Synchronization
internal import Testing
@testable import Text

@Suite("Saving outcomes")
struct OutcomeSaverTests {
  /// What was saved, and what is published during a save.
  private final class Saves: Sendable {
    struct State {
      var all: [Outbox] = []
      var underWay = 0
      var mostUnderWay = 0
      var saver: OutcomeSaver?
    }
    let state = Mutex(State())

    var all: [Outbox] { state.withLock { $0.all } }

    func begin(_ outbox: Outbox) -> (number: Int, saver: OutcomeSaver?) {
      state.withLock { state in
        state.all.append(outbox)
        state.underWay += 1
        state.mostUnderWay = max(state.mostUnderWay, state.underWay)
        return (state.all.count, state.saver)
      }
    }

    func end() { state.withLock { $0.underWay -= 1 } }
  }

  /// A queue that is distinguished by its number of reminders.
  private static func queue(_ number: Int) -> ReceiverQueue {
    let origin = Instant(milliseconds: 0)
    return ReceiverQueue(
      threads: ["a": AlertThread(activeAt: origin, firedAt: origin, reminders: number)])
  }

  @Test("All outcomes that arrive during one save are saved by one further save")
  func groups() async {
    let saves = Saves()
    let saver = OutcomeSaver(Outbox()) { outbox in
      let (number, saver) = saves.begin(outbox)
      if number == 1, let saver {
        for count in 2...100 { saver.publish(Self.queue(count), of: "a") }
        saver.publish(Self.queue(7), of: "b")
      }
      saves.end()
    }
    saves.state.withLock { $0.saver = saver }
    saver.publish(Self.queue(1), of: "a")
    let final = await saver.finish()
    #expect(final == Outbox(queues: ["a": Self.queue(100), "b": Self.queue(7)]))
    #expect(saves.all == [Outbox(queues: ["a": Self.queue(1)]), final])
    saves.state.withLock { $0.saver = nil }
  }

  @Test("A saved queue is not saved again")
  func nothingNew() async {
    let saves = Saves()
    let saved = Outbox(queues: ["a": Self.queue(1)])
    let saver = OutcomeSaver(saved) { outbox in
      _ = saves.begin(outbox)
      saves.end()
    }
    #expect(await saver.finish() == saved)
    saver.publish(Self.queue(1), of: "a")
    #expect(await saver.finish() == saved)
    #expect(saves.all.isEmpty)
    for number in [2, 3] {
      saver.publish(Self.queue(number), of: "a")
      _ = await saver.finish()
    }
    #expect(saves.all.map(\.queues) == [["a": Self.queue(2)], ["a": Self.queue(3)]])
  }

  @Test("Saves never overlap, and the last one has everything")
  func manyPublishers() async {
    let saves = Saves()
    let saver = OutcomeSaver(Outbox()) { outbox in
      _ = saves.begin(outbox)
      saves.end()
    }
    await withTaskGroup { group in
      for name in 0..<8 {
        group.addTask {
          for number in 1...50 {
            saver.publish(Self.queue(number), of: "\(name)")
            if number % 7 == 0 { await Task.yield() }
          }
        }
      }
    }
    let final = await saver.finish()
    #expect(final.queues.count == 8 && final.queues.values.allSatisfy { $0 == Self.queue(50) })
    #expect(saves.all.last == final)
    #expect(saves.state.withLock { $0.mostUnderWay } == 1)
  }
}
