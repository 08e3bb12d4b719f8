internal import JSON

/// How much may be searched in one document: a service must not be able to keep a run busy.
struct SearchBudget {
  /// How many nodes, labels and steps of patterns one query may look at.
  let each: Int
  /// How many are left for all queries.
  private var left: Int
  private let all: Int

  init(each: Int = JSONPath.budget, all: Int = 5 * JSONPath.budget) {
    self.each = each
    self.all = all
    left = all
  }

  /// Searches for the series of one query.
  ///
  /// - Parameters:
  ///   - query: what is searched for.
  ///   - search: reduces the steps by what it looks at; returns `nil` if they are used up.
  /// - Returns: the series; if the budget was used up, one that says so.
  mutating func spend(on query: SeriesQuery, _ search: (inout Int) -> SeriesSet?) -> SeriesSet {
    let most = min(each, left)
    var steps = most
    let found = most > 0 ? search(&steps) : nil
    left -= most - max(0, steps)
    guard let found else { return query.unsearched(most < each ? exhaustionOfAll : exhaustion) }
    return found
  }

  private var exhaustion: String {
    "too much to search: the query looks at more than \(each.millions) places"
  }

  private var exhaustionOfAll: String {
    "too much to search: the queries of all rules look at more than \(all.millions) places"
  }
}

extension SeriesQuery {
  fileprivate func unsearched(_ why: String) -> SeriesSet {
    let isSingle = selector.isSingular || aggregate != nil && instanceBy.isEmpty
    return isSingle ? .single(.odd(.unusable(why))) : .instances(Instances(fault: why))
  }
}

extension Int {
  fileprivate var millions: String {
    isMultiple(of: 1_000_000) ? "\(self / 1_000_000) million" : "\(self)"
  }
}
