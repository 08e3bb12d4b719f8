internal import AlertEngine

/// The lanes of a replay, which run concurrently, each at its own pace.
struct ReplayLanes {
  /// A transition with its sample and its lane.
  struct Event: Sendable {
    var sample: Int
    var lane: Int
    var transition: ReplayTransition
  }

  /// A running lane.
  private struct Lane {
    let samples: AsyncStream<[RecordedSample]>.Continuation
    var events: AsyncStream<[Event]>.Iterator
    let records: Task<[TargetRecord], Never>

    init(_ lane: ReplayLane, as index: Int) {
      let (given, samples) = AsyncStream.makeStream(of: [RecordedSample].self)
      let (events, sink) = AsyncStream.makeStream(of: [Event].self)
      self.samples = samples
      self.events = events.makeAsyncIterator()
      records = Task.detached {
        var lane = lane
        for await samples in given {
          var found: [Event] = []
          lane.judge(samples) { sample, transition in
            found.append(Event(sample: sample, lane: index, transition: transition))
          }
          sink.yield(found)
        }
        return lane.finish()
      }
    }
  }

  private var lanes: [Lane]
  /// The number of batches given to the lanes with events not yet taken.
  private var waiting = 0

  init(_ lanes: [ReplayLane]) {
    self.lanes = lanes.enumerated().map { Lane($1, as: $0) }
  }

  /// Gives all lanes their next samples, without waiting for the results.
  mutating func evaluate(_ samples: [RecordedSample]) {
    for lane in lanes { lane.samples.yield(samples) }
    waiting += 1
  }

  /// The events of the oldest batch with events not yet taken.
  ///
  /// - Parameter ahead: how many batches may stay unevaluated while more are read.
  /// - Returns: in the order of the samples and, for each, of the lanes; `nil` if no more than
  ///   `ahead` are left.
  mutating func next(ahead: Int) async -> [Event]? {
    guard waiting > ahead else { return nil }
    waiting -= 1
    var events: [Event] = []
    for index in lanes.indices {
      events += await lanes[index].events.next(isolation: #isolation) ?? []
    }
    return events.sorted { ($0.sample, $0.lane) < ($1.sample, $1.lane) }
  }

  /// The records of each lane; after that, no more samples can be given.
  func finish() async -> [[TargetRecord]] {
    for lane in lanes { lane.samples.finish() }
    var records: [[TargetRecord]] = []
    for lane in lanes { records.append(await lane.records.value) }
    return records
  }
}
