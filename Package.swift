// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
  .treatAllWarnings(as: .error),
]

let package = Package(
  name: "ops-alert-eval",
  platforms: [.macOS(.v15)],
  products: [.executable(name: "ops-alert-eval", targets: ["ops-alert-eval"])],
  targets: [
    // One direction only: ops-alert-eval -> OpsAlerts -> AlertEngine. The engine imports nothing.
    // libm holds what `Double.rounded()` becomes in a debug build.
    .target(
      name: "AlertEngine", swiftSettings: strict,
      linkerSettings: [.linkedLibrary("m", .when(platforms: [.linux]))]),
    .target(name: "OpsAlerts", dependencies: ["AlertEngine"], swiftSettings: strict),
    .executableTarget(name: "ops-alert-eval", dependencies: ["OpsAlerts"], swiftSettings: strict),
    .testTarget(name: "AlertEngineTests", dependencies: ["AlertEngine"], swiftSettings: strict),
    .testTarget(
      name: "OpsAlertsTests", dependencies: ["ops-alert-eval", "OpsAlerts", "AlertEngine"],
      swiftSettings: strict),
    .testTarget(
      name: "EndToEndTests", dependencies: ["ops-alert-eval", "OpsAlerts"], swiftSettings: strict),
  ],
  swiftLanguageModes: [.v6]
)
