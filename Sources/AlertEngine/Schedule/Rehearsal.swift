internal import Text

/// Steps an alert through the runs of a schedule, with samples that are good or bad as required.
///
/// The engine itself decides: what is made up is only the observation of each sample, which is
/// unknown where a windowed measure has no value.
struct Rehearsal {
  let subject: Subject
  let schedule: RunSchedule
  /// The first run at which a breach may begin or end; before it, evidence builds up.
  let firstStart: Int
  /// At how many runs it may; `nil` for all further ones.
  let mostStarts: Int?
  /// After this many runs of one kind, nothing changes any more; `nil` for a list.
  private let horizon: Int?
  private var clock: WindowClock?
  /// What can be seen in each of the first runs.
  private var sights: [WindowClock.Sight] = []

  init(of subject: Subject, on schedule: RunSchedule) {
    self.subject = subject
    self.schedule = schedule
    clock = WindowClock(of: subject)
    switch schedule {
    case .runs:
      firstStart = 1
      mostStarts = nil
      horizon = nil
    case .every(let interval):
      let (window, step) = (clock?.window ?? .zero, clock?.step ?? .zero)
      // Which entries a history keeps, and so whether there is a value, repeats itself.
      let period = step > subject.maxGap ? Self.runs(in: step, every: interval) : 1
      firstStart = Self.runs(in: window + step * 2, every: interval) + subject.memory
      mostStarts = period
      let longest = max(subject.duration, subject.recoveryDuration)
      horizon =
        firstStart + period * (Self.runs(in: longest, every: interval) + subject.needed + 2)
    }
  }

  private static func runs(in duration: Duration, every interval: Duration) -> Int {
    Int((duration / interval).rounded(.up))
  }

  /// The run and those after it that can matter.
  func runs(from run: Int) -> Range<Int> {
    switch schedule {
    case .every: run..<(run + (horizon ?? 0))
    case .runs(let times): min(run, times.count)..<times.count
    }
  }

  /// The last run of a list.
  var end: Instant? {
    switch schedule {
    case .every: nil
    case .runs(let times): times.last
    }
  }

  /// Whether the runs from this one on are enough to decide an alert that has this duration.
  func canDecide(from run: Int, _ duration: Duration) -> Bool {
    guard let end else { return true }
    let left = runs(from: run)
    let window = clock?.window ?? .zero
    return left.count >= subject.needed && end - time(run) >= max(duration, window)
  }

  /// An alert without a sample.
  var fresh: Alert {
    Alert(conditionHash: subject.conditionHash, namingHash: subject.namingHash)
  }

  func time(_ run: Int) -> Instant {
    switch schedule {
    case .every(let interval): Instant(milliseconds: 0) + interval * run
    case .runs(let times): times[run]
    }
  }

  /// Applies the sample of a run; returns whether it is evidence.
  @discardableResult
  mutating func step(_ alert: inout Alert, isBad: Bool, in run: Int) -> Bool {
    while clock != nil, sights.count <= run {
      let now = time(sights.count)
      sights.append(clock?.advance(to: now) ?? .all)
    }
    let isSeen = clock == nil || sights[run].shows(isBad)
    alert.rehearse(subject, isSeen ? isBad : nil, at: time(run))
    return isSeen
  }

  /// Whether an alert fires although the samples after this run are good, because several samples
  /// count together.
  ///
  /// - Parameters:
  ///   - alert: as the run left it.
  ///   - run: the last with a bad sample.
  /// - Returns: whether one of the good samples makes it fire.
  mutating func fires(_ alert: Alert, whenGoodAfter run: Int) -> Bool {
    guard subject.memory > 1 else { return false }
    var alert = alert
    var left = subject.memory
    for next in runs(from: run + 1) where left > 0 {
      if step(&alert, isBad: false, in: next) { left -= 1 }
      if alert.phase.isOpen { return true }
    }
    return false
  }

  /// Whether an alert fires within one run that keeps sampling.
  ///
  /// - Parameters:
  ///   - alert: as the run before left it.
  ///   - run: the run whose first sample is bad, as all further ones are.
  ///   - confirming: how long it keeps sampling, and how often.
  /// - Returns: whether it fires in time.
  func fires(_ alert: Alert, confirmedIn run: Int, _ confirming: ScheduleBounds.Confirming) -> Bool
  {
    var alert = alert
    var clock = WindowClock(of: subject)
    for earlier in 0..<run { _ = clock?.advance(to: time(earlier)) }
    var passed = Duration.zero
    repeat {
      let now = time(run) + passed
      let isSeen = clock?.advance(to: now).shows(true) ?? true
      alert.rehearse(subject, isSeen ? true : nil, at: now)
      // A run stops sampling if nothing is pending.
      guard alert.phase.kind == .pending else { break }
      passed += confirming.interval
    } while passed <= confirming.limit
    return alert.phase.isOpen
  }
}

extension Alert {
  /// Applies a sample that is bad or good, or, for `nil`, that has no value.
  fileprivate mutating func rehearse(_ subject: Subject, _ isBad: Bool?, at instant: Instant) {
    _ = observe(subject, nil, at: instant, isIgnored: false, after: nil) { _ in
      isBad.map { $0 ? .bad(.present) : .good(.present) } ?? .unknown(.warmingUp)
    }
  }
}

extension Subject {
  /// How many samples in a row decide what one of them is evidence of.
  fileprivate var memory: Int { badSamples?.of ?? 1 }

  /// No number of samples or groups that it asks for is larger.
  fileprivate var needed: Int { max(groupsToFire, sparseSamples) + 2 * memory }
}

/// Says when a windowed measure has a value: a counter that never grows has the same history.
private struct WindowClock {
  /// Whether a breach and its absence can be seen in a sample.
  struct Sight {
    static let all = Sight(isLong: true, isShort: true)

    /// Whether the window has a value, and the short one of two.
    let isLong: Bool
    let isShort: Bool

    /// Both windows must show that a sample is bad, and either that it is good.
    func shows(_ isBad: Bool) -> Bool { isBad ? isLong && isShort : isLong || isShort }
  }

  let window: Duration
  private let shortWindow: Duration?
  private let maxGap: Duration
  private var series: CounterSeries?

  /// `nil` for a measure without a window.
  init?(of subject: Subject) {
    guard let measurement = subject.rule?.measurement, let window = measurement.window else {
      return nil
    }
    self.window = window
    shortWindow = measurement.shortWindow
    maxGap = subject.maxGap
  }

  /// The time from one entry of a history to the next, unless samples are further apart.
  var step: Duration { window / CounterSeries.stepsInWindow }

  /// Adds a sample.
  mutating func advance(to instant: Instant) -> Sight {
    let reading = CounterSeries.Reading(counter: 0)
    if series == nil {
      series = CounterSeries(startingAt: instant, with: reading, sourceHash: 0)
    } else {
      series?.append(reading, at: instant, window: window, shortWindow: shortWindow)
    }
    let hasValue = { [series, maxGap] (window: Duration) in
      series?.growth(over: window, maxGap: maxGap) != nil
    }
    let isLong = hasValue(window)
    return Sight(isLong: isLong, isShort: shortWindow.map(hasValue) ?? isLong)
  }
}
