internal import AlertEngine

/// The lanes of a replay, each judging side by side with the others and at its own pace.
struct ReplayLanes {
  /// A transition with the sample that it came of and the lane that it came in.
  struct Told: Sendable {
    var sample: Int
    var lane: Int
    var transition: ReplayTransition
  }

  /// A lane at work: it takes samples as they come, and tells what came of them.
  private struct Lane {
    let samples: AsyncStream<[RecordedSample]>.Continuation
    var told: AsyncStream<[Told]>.Iterator
    let records: Task<[TargetRecord], Never>

    init(_ lane: ReplayLane, as index: Int) {
      let (given, samples) = AsyncStream.makeStream(of: [RecordedSample].self)
      let (told, teller) = AsyncStream.makeStream(of: [Told].self)
      self.samples = samples
      self.told = told.makeAsyncIterator()
      records = Task.detached {
        var lane = lane
        for await samples in given {
          var told: [Told] = []
          lane.judge(samples) { sample, transition in
            told.append(Told(sample: sample, lane: index, transition: transition))
          }
          teller.yield(told)
        }
        return lane.finish()
      }
    }
  }

  private var lanes: [Lane]
  /// How many times samples were given of which is not told yet.
  private var waiting = 0

  init(_ lanes: [ReplayLane]) {
    self.lanes = lanes.enumerated().map { Lane($1, as: $0) }
  }

  /// Gives all lanes their next samples, and does not wait until they are judged.
  mutating func judge(_ samples: [RecordedSample]) {
    for lane in lanes { lane.samples.yield(samples) }
    waiting += 1
  }

  /// What happened in the samples that were given first and not told of yet.
  ///
  /// - Parameter ahead: so many times samples may be left to be judged, while more are read.
  /// - Returns: in the order of the samples and, for each, of the lanes; `nil` where no more than
  ///   `ahead` are left.
  mutating func told(ahead: Int) async -> [Told]? {
    guard waiting > ahead else { return nil }
    waiting -= 1
    var told: [Told] = []
    for index in lanes.indices { told += await lanes[index].told.next(isolation: #isolation) ?? [] }
    return told.sorted { ($0.sample, $0.lane) < ($1.sample, $1.lane) }
  }

  /// What each lane found, once nothing is given any more.
  func finish() async -> [[TargetRecord]] {
    for lane in lanes { lane.samples.finish() }
    var records: [[TargetRecord]] = []
    for lane in lanes { records.append(await lane.records.value) }
    return records
  }
}
