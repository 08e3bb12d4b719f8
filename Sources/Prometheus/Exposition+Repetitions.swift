internal import JSON

extension Exposition {
  /// Drops all but one sample of each series.
  ///
  /// The label sets are sorted, so that no document, not even one made of colliding hashes, takes
  /// longer than n · log n.
  mutating func dropRepetitions() {
    for name in samples.indices where samples[name].count > 1 {
      let dropped = repeated(samples[name])
      guard !dropped.isEmpty else { continue }
      repetitions += dropped.count
      samples[name] = samples[name].enumerated()
        .filter { !dropped.contains($0.offset) }.map(\.element)
    }
  }

  /// The positions of the samples to drop.
  private func repeated(_ samples: [StoredSample]) -> Set<Int> {
    var order = text.bytes.withUnsafeBufferPointer { bytes in
      samples.enumerated().map { index, sample in
        (hash: text.hash(sample.labels, in: bytes), index: index)
      }
    }
    order.sort { one, other in
      if one.hash != other.hash { return one.hash < other.hash }
      let (labels, others) = (samples[one.index].labels, samples[other.index].labels)
      if text.precedes(labels, others) { return true }
      return one.index < other.index && !text.precedes(others, labels)
    }
    var dropped: Set<Int> = []
    guard var kept = order.first else { return dropped }
    for var next in order.dropFirst() {
      guard next.hash == kept.hash,
        !text.precedes(samples[kept.index].labels, samples[next.index].labels)
      else {
        kept = next
        continue
      }
      if samples[next.index].timestamp > samples[kept.index].timestamp {
        swap(&kept.index, &next.index)
      }
      dropped.insert(next.index)
    }
    return dropped
  }
}

extension LabelText {
  /// A hash of a label set; the text of its labels is in one piece.
  fileprivate func hash(_ labels: Range<Int32>, in bytes: UnsafeBufferPointer<UInt8>) -> UInt64 {
    guard !labels.isEmpty else { return 0 }
    let start = self.labels[Int(labels.lowerBound)].start
    let end = self.labels[Int(labels.upperBound) - 1].end
    return JSONKey.hash(UnsafeBufferPointer(rebasing: bytes[Int(start)..<Int(end)]))
  }

  /// Whether a label set is before another in some fixed order.
  fileprivate func precedes(_ one: Range<Int32>, _ other: Range<Int32>) -> Bool {
    one.lazy.flatMap(parts).lexicographicallyPrecedes(other.lazy.flatMap(parts)) { one, other in
      one.lexicographicallyPrecedes(other)
    }
  }

  private func parts(_ index: Int32) -> [ArraySlice<UInt8>] {
    let label = labels[Int(index)]
    return [
      bytes[Int(label.start)..<Int(label.nameEnd)], bytes[Int(label.nameEnd)..<Int(label.end)],
    ]
  }
}
