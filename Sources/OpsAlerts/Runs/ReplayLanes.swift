internal import AlertEngine

/// The lanes of a replay, judged side by side.
struct ReplayLanes {
  /// A transition with the sample that it came of and the lane that it came in.
  struct Told: Sendable {
    var sample: Int
    var lane: Int
    var transition: ReplayTransition
  }

  /// A lane with a place of its own, in which it grows without being copied.
  private actor Worker {
    private var lane: ReplayLane

    init(_ lane: ReplayLane) { self.lane = lane }

    func judge(_ samples: [RecordedSample], as index: Int) -> [Told] {
      var told: [Told] = []
      lane.judge(samples) { sample, transition in
        told.append(Told(sample: sample, lane: index, transition: transition))
      }
      return told
    }

    func finish() -> [TargetRecord] { lane.finish() }
  }

  private let workers: [Worker]

  init(_ lanes: [ReplayLane]) {
    workers = lanes.map { Worker($0) }
  }

  /// Judges some samples in all lanes.
  ///
  /// - Returns: what happened, in the order of the samples and, for each, of the lanes.
  func judge(_ samples: [RecordedSample]) async -> [Told] {
    await withTaskGroup(of: [Told].self) { group in
      for (index, worker) in workers.enumerated() {
        group.addTask { await worker.judge(samples, as: index) }
      }
      var told: [Told] = []
      for await part in group { told += part }
      return told.sorted { ($0.sample, $0.lane) < ($1.sample, $1.lane) }
    }
  }

  /// What each lane found.
  func finish() async -> [[TargetRecord]] {
    var records: [[TargetRecord]] = []
    for worker in workers { records.append(await worker.finish()) }
    return records
  }
}
