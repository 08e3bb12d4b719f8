package import AlertEngine
package import JSON

/// Measurements of single dotted paths, and of those with stars.
extension Measurement {
  package static func value(_ path: MetricPath) -> Self { Self(.value, of: .path(path)) }

  package static func age(_ path: MetricPath) -> Self { Self(.age, of: .path(path)) }

  package static func increase(_ path: MetricPath, window: Duration) -> Self {
    Self(.increase(window: window), of: .path(path))
  }

  package static func ratePerMinute(_ path: MetricPath, window: Duration) -> Self {
    Self(.ratePerMinute(window: window), of: .path(path))
  }

  package static func ratio(
    _ path: MetricPath, denominator: MetricPath, window: Duration
  ) -> Self {
    Self(.ratio(denominator: .path(denominator), window: window), of: .path(path))
  }
}
