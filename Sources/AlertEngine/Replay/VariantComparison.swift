/// How much later than the tightest variant of its request each one fires, and what it misses.
///
/// It remembers what is open and counts: nothing grows with the recording.
package struct VariantComparison: Sendable {
  /// The variant that every other one of its request is measured by, by the variant's index.
  private let tightest: [Int]
  private var series: [Series: Standing] = [:]
  private var lags: [VariantLag]

  /// What the variants of one request are compared on.
  private struct Series: Hashable {
    var tightest: Int
    var target: String
    var instance: String?
  }

  private struct Standing {
    /// Since when the tightest variant fires.
    var firedAt: Instant?
    /// The others that fire.
    var open: Set<Int> = []
    /// Those that fired while the tightest one did.
    var followers: Set<Int> = []
  }

  /// Compares these variants, each within its request.
  package init(_ variants: [WhatIf.Variant]) {
    var best: [Int: Int] = [:]
    for (index, variant) in variants.enumerated() {
      if let known = best[variant.request], !variant.rule.isTighter(than: variants[known].rule) {
        continue
      }
      best[variant.request] = index
    }
    tightest = variants.map { best[$0.request] ?? 0 }
    lags = variants.indices.map { [tightest] in VariantLag(isTightest: tightest[$0] == $0) }
  }

  /// Takes one transition; those of all variants come in the order of time.
  ///
  /// - Parameters:
  ///   - transition: what changed.
  ///   - variant: the index of the variant that it belongs to.
  package mutating func take(_ transition: ReplayTransition, of variant: Int) {
    let change = transition.transition
    switch change.event {
    case .pending, .cancelled: return
    case .firing, .resolved: break
    }
    let key = Series(
      tightest: tightest[variant], target: transition.target, instance: change.key.instance)
    var standing = series.removeValue(forKey: key) ?? Standing()
    if change.event == .firing {
      begin(variant, at: change.at, &standing)
    } else if variant == tightest[variant] {
      end(key.tightest, &standing)
    } else {
      standing.open.remove(variant)
    }
    if standing.firedAt != nil || !standing.open.isEmpty { series[key] = standing }
  }

  private mutating func begin(_ variant: Int, at instant: Instant, _ standing: inout Standing) {
    if variant == tightest[variant] {
      standing.firedAt = instant
      standing.followers = standing.open
      lags[variant].add(.zero)
      // What fires already is not late.
      for other in standing.open { lags[other].add(.zero) }
    } else {
      standing.open.insert(variant)
      guard let firedAt = standing.firedAt, standing.followers.insert(variant).inserted else {
        return
      }
      lags[variant].add(instant - firedAt)
    }
  }

  private mutating func end(_ leader: Int, _ standing: inout Standing) {
    guard standing.firedAt != nil else { return }
    for variant in tightest.indices
    where tightest[variant] == leader && variant != leader && !standing.followers.contains(variant)
    {
      lags[variant].missed += 1
    }
    standing.firedAt = nil
    standing.followers = []
  }

  /// What came of each variant, in their order; an alert that fires at the end counts as it stands.
  package func finished() -> [VariantLag] {
    var rest = self
    for (key, standing) in series {
      var standing = standing
      rest.end(key.tightest, &standing)
    }
    return rest.lags
  }
}

/// How one variant fires beside the tightest one of its request.
package struct VariantLag: Hashable, Sendable {
  /// Whether this is the one that the others are measured by.
  package var isTightest: Bool
  /// Alerts of the tightest one during which this one fired too.
  package private(set) var followed = 0
  /// Alerts of the tightest one during which this one never fired.
  package fileprivate(set) var missed = 0
  private var total = Duration.zero
  /// The longest time by which it fired later.
  package private(set) var longest: Duration?

  package init(isTightest: Bool = false) {
    self.isTightest = isTightest
  }

  /// How much later it fired, on average; `nil` where it followed none.
  package var mean: Duration? { followed > 0 ? total / followed : nil }

  fileprivate mutating func add(_ delay: Duration) {
    followed += 1
    // Negative where a clock was set back meanwhile.
    total += max(.zero, delay)
    longest = max(longest ?? .zero, delay)
  }
}

extension Rule {
  /// Whether this variant fires sooner and more often: by threshold, then duration, then what else
  /// evidence needs.
  fileprivate func isTighter(than other: Rule) -> Bool {
    if case .number(let own) = condition.threshold,
      case .number(let level) = other.condition.threshold,
      own != level, let worse = condition.worse(own, level)
    {
      return worse == level
    }
    if duration != other.duration { return duration < other.duration }
    if minSamples != other.minSamples { return minSamples < other.minSamples }
    if minRequestCount != other.minRequestCount { return minRequestCount < other.minRequestCount }
    if maxGap != other.maxGap { return maxGap > other.maxGap }
    let windows = (measurement.window ?? .zero, other.measurement.window ?? .zero)
    return windows.0 < windows.1
  }
}
