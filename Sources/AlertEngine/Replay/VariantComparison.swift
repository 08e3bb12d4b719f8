internal import JSON
internal import Text

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
    /// The others that fire, and since when; `nil` where that was compared with an alert already.
    var open: [Int: Instant?] = [:]
    /// Those that fired while the tightest one did.
    var followers: Set<Int> = []
  }

  /// Compares these variants, each within its request.
  package init(_ variants: [WhatIf.Variant]) {
    // Among the combinations that were asked for there is one that no other is tighter than. As
    // configured the rule may be tighter in one thing and looser in another: then it fires now
    // earlier, now later.
    var best: [Int: Int] = [:]
    let indices = variants.indices
    for index in indices.filter({ !variants[$0].isConfigured })
      + indices.filter({ variants[$0].isConfigured })
    {
      let variant = variants[index]
      let isTightest =
        best[variant.request].map { known in
          variant.rule.isNowhereLooser(than: variants[known].rule)
            && !variants[known].rule.isNowhereLooser(than: variant.rule)
        } ?? true
      if isTightest { best[variant.request] = index }
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
      standing.open.removeValue(forKey: variant)
    }
    if standing.firedAt != nil || !standing.open.isEmpty { series[key] = standing }
  }

  private mutating func begin(_ variant: Int, at instant: Instant, _ standing: inout Standing) {
    if variant == tightest[variant] {
      standing.firedAt = instant
      standing.followers = Set(standing.open.keys)
      lags[variant].add(.zero)
      for (other, firedAt) in standing.open {
        // One that fired before counts as earlier once; then it has fired on, and is not late.
        lags[other].add(firedAt.map { min(.zero, $0 - instant) } ?? .zero)
        standing.open[other] = .some(nil)
      }
    } else {
      guard let firedAt = standing.firedAt else {
        standing.open[variant] = instant
        return
      }
      standing.open[variant] = .some(nil)
      guard standing.followers.insert(variant).inserted else { return }
      // Not earlier where a clock was set back meanwhile.
      lags[variant].add(max(.zero, instant - firedAt))
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

  /// The result of each variant, in their order; an alert that fires at the end counts as it is.
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
  /// The longest time by which it fired later; below zero where it always fired before.
  package private(set) var longest: Duration?

  init(isTightest: Bool = false) {
    self.isTightest = isTightest
  }

  /// How much later it fired, on average, below zero for earlier; `nil` where it followed none.
  package var mean: Duration? { followed > 0 ? total / followed : nil }

  fileprivate mutating func add(_ delay: Duration) {
    followed += 1
    total += delay
    longest = max(longest ?? delay, delay)
  }
}

extension Rule {
  /// Whether no evidence makes this variant fire later than another one would; how it recovers is
  /// not asked.
  fileprivate func isNowhereLooser(than other: Rule) -> Bool {
    if case .number(let own) = condition.threshold,
      case .number(let level) = other.condition.threshold,
      own != level, condition.worse(own, level) == own
    {
      return false
    }
    let windows = (measurement.window ?? .zero, other.measurement.window ?? .zero)
    return duration <= other.duration && minSamples <= other.minSamples
      && minRequestCount <= other.minRequestCount && maxGap >= other.maxGap
      && windows.0 <= windows.1
  }
}
