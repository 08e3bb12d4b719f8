internal import JSON
internal import Text

/// Compares each variant with the tightest one of its request: how much later it fires, and what it
/// misses.
///
/// It keeps counts and the alerts that are firing: its size does not depend on the recording.
package struct VariantComparison: Sendable {
  /// The variant with which the others of its request are compared, by the variant's index.
  private let tightest: [Int]
  private var series: [Series: Standing] = [:]
  private var lags: [VariantLag]

  /// The alert for which the variants of one request are compared.
  private struct Series: Hashable {
    var tightest: Int
    var target: String
    var instance: String?
  }

  private struct Standing {
    /// When the tightest variant began to fire.
    var firedAt: Instant?
    /// When the others began to fire; `nil` once that has been compared with an alert.
    var open: [Int: Instant?] = [:]
    /// The variants that fired while the tightest one was firing.
    var followers: Set<Int> = []
  }

  /// Compares these variants, separately for each request.
  package init(_ variants: [WhatIf.Variant]) {
    // One of the requested combinations is at least as tight as every other. The configured rule
    // may be tighter in one number and looser in another: then it fires earlier at some times and
    // later at others.
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

  /// Takes one transition; transitions of all variants must come in chronological order.
  ///
  /// - Parameters:
  ///   - transition: the transition.
  ///   - variant: the index of its variant.
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
        // A variant that was already firing counts as earlier once; if it fires on, it is not late.
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
      // A clock that was set back in the meantime must not make it earlier.
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

  /// The result for each variant, in order; an alert that fires at the end counts as it stands.
  package func finished() -> [VariantLag] {
    var rest = self
    for (key, standing) in series {
      var standing = standing
      rest.end(key.tightest, &standing)
    }
    return rest.lags
  }
}

/// How one variant fires compared with the tightest one of its request.
package struct VariantLag: Hashable, Sendable {
  /// Whether this is the tightest one.
  package var isTightest: Bool
  /// Alerts of the tightest one during which this one also fired.
  package private(set) var followed = 0
  /// Alerts of the tightest one during which this one did not fire.
  package fileprivate(set) var missed = 0
  private var total = Duration.zero
  /// The longest delay; negative if it always fired earlier.
  package private(set) var longest: Duration?

  init(isTightest: Bool = false) {
    self.isTightest = isTightest
  }

  /// The average delay, negative if it fired earlier; `nil` if it never fired with the tightest
  /// one.
  package var mean: Duration? { followed > 0 ? total / followed : nil }

  fileprivate mutating func add(_ delay: Duration) {
    followed += 1
    total += delay
    longest = max(longest ?? delay, delay)
  }
}

extension Rule {
  /// Whether there is no evidence with which this rule fires later than the other; how they recover
  /// is ignored.
  fileprivate func isNowhereLooser(than other: Rule) -> Bool {
    if let own = condition.threshold.number, let level = other.condition.threshold.number,
      own != level, condition.worse(own, level) == own
    {
      return false
    }
    guard measurement.scale == other.measurement.scale,
      measurement.quantile == other.measurement.quantile
    else { return false }
    let windows = (measurement.window ?? .zero, other.measurement.window ?? .zero)
    return duration <= other.duration && minSamples <= other.minSamples
      && minRequestCount <= other.minRequestCount && maxGap >= other.maxGap
      && windows.0 <= windows.1
  }
}
