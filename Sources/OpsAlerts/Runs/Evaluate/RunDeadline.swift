/// The time for fetching and delivering together.
struct RunDeadline {
  private let elapsed: @Sendable () -> Duration
  private let whole: Duration
  private let reserve: Duration

  /// A deadline that starts now.
  ///
  /// - Parameters:
  ///   - whole: the time of the run.
  ///   - clock: measures it.
  ///   - sharedWithDelivery: whether a part is reserved for delivery, so that a hanging endpoint
  ///     does not use up the time for notifications.
  init(_ whole: Duration, by clock: some Clock<Duration>, sharedWithDelivery: Bool) {
    let begin = clock.now
    elapsed = { begin.duration(to: clock.now) }
    self.whole = whole
    reserve = sharedWithDelivery ? min(.seconds(15), whole / 4) : .zero
  }

  var forFetching: Duration { whole - reserve }

  var left: Duration { max(.zero, whole - elapsed()) }

  /// The rest of the time for fetching.
  var leftForFetching: Duration { max(.zero, left - reserve) }
}
