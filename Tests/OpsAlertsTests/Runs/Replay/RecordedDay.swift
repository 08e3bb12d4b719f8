internal import TestSupport

@testable import JSON
@testable import OpsAlerts
@testable import Text

/// A day and a half of a service, one sample every five minutes: `docs/recording.example.jsonl`.
///
/// Three deployments cause errors for ten minutes each, there is a real incident one evening, and a
/// slow burn below the threshold one morning. The recorder stops for a while at night, and the
/// endpoint is down for a quarter of an hour.
struct RecordedDay {
  static let start = Instant(milliseconds: 1_788_220_800_000)
  static let minutes = stride(from: 0, through: 36 * 60, by: 5)

  static func lines() -> [RecordingLine] {
    var random = SplitMix64(seed: 11)
    return minutes.compactMap { minute in
      let noise = (0..<5).map { _ in Double.random(in: -1...1, using: &random) }
      guard !(185..<280).contains(minute) else { return nil }
      let isDown = (1_140..<1_155).contains(minute)
      return RecordingLine(
        observedAt: start + .minutes(Double(minute)), target: "api",
        content: isDown
          ? .error("the endpoint answered with status 503")
          : .snapshot(snapshot(atMinute: minute, noise)))
    }
  }

  private static func snapshot(atMinute minute: Int, _ noise: [Double]) -> [UInt8] {
    var writer = JSONWriter(.compact)
    func share(
      _ key: StaticString, _ name: StaticString, _ value: Double, to writer: inout JSONWriter
    ) {
      writer.key(key)
      writer.object { writer in
        writer.key(name)
        writer.number((value * 10_000).rounded() / 10_000)
      }
    }
    writer.object { writer in
      writer.key("request_metrics")
      writer.object { writer in
        share("requests", "total", requests(minute, noise[0]).rounded(), to: &writer)
        share("errors", "rate", errors(minute, noise[1]), to: &writer)
        share("fallback", "rate", 0.09 + 0.02 * noise[2], to: &writer)
        share("refusal", "rate", 0.12 + 0.03 * noise[3], to: &writer)
        share("latency_ms", "p95", latency(minute, noise[4]).rounded(), to: &writer)
      }
    }
    return writer.bytes
  }

  /// Few people are awake between one and five.
  private static func requests(_ minute: Int, _ noise: Double) -> Double {
    (60..<300).contains(minute % 1_440) ? 19 + 9 * noise : 380 + 90 * noise
  }

  private static func errors(_ minute: Int, _ noise: Double) -> Double {
    switch minute {
    // Deployments.
    case 600..<615: 0.056 + 0.004 * noise
    case 870..<885: 0.066 + 0.006 * noise
    case 1_990..<2_005: 0.059 + 0.005 * noise
    // The incident: it rises for half an hour and is fixed after an hour and a half.
    case 1_200..<1_230: 0.02 + Double(minute - 1_200) * 0.004 + 0.003 * noise
    case 1_230..<1_290: 0.15 + 0.02 * noise
    // A slow burn.
    case 1_860..<1_930: 0.037 + 0.006 * noise
    default: 0.012 + 0.006 * noise
    }
  }

  private static func latency(_ minute: Int, _ noise: Double) -> Double {
    switch minute {
    case 1_215..<1_222: 8_700 + 400 * noise
    case 1_222..<1_290: 6_900 + 600 * noise
    default: 3_900 + 500 * noise
    }
  }
}
