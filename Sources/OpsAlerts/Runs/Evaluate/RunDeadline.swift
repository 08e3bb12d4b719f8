/// The time that a run may take for fetching and delivering together.
struct RunDeadline {
  private let elapsed: @Sendable () -> Duration
  private let whole: Duration
  private let reserve: Duration

  /// A deadline that begins now.
  ///
  /// - Parameters:
  ///   - whole: what the run may take.
  ///   - clock: what the time is measured with.
  ///   - sharedWithDelivery: whether something is kept for the delivery, so that an endpoint that
  ///     hangs does not use up the time in which people are told of it.
  init(_ whole: Duration, by clock: some Clock<Duration>, sharedWithDelivery: Bool) {
    let begin = clock.now
    elapsed = { begin.duration(to: clock.now) }
    self.whole = whole
    reserve = sharedWithDelivery ? min(.seconds(15), whole / 4) : .zero
  }

  var forFetching: Duration { whole - reserve }

  var left: Duration { max(.zero, whole - elapsed()) }

  /// What is left of the time for fetching.
  var leftForFetching: Duration { max(.zero, left - reserve) }
}
