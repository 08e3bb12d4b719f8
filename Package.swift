// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
  .treatAllWarnings(as: .error),
]

/// libm holds what `Double.rounded()` becomes in a debug build.
let math: [LinkerSetting] = [.linkedLibrary("m", .when(platforms: [.linux]))]

/// Optimizes a debug build too: otherwise the tests spend half their time in unspecialized generics.
let optimized: [SwiftSetting] = [.unsafeFlags(["-O"], .when(configuration: .debug))]

/// A layer of the code: it may import the layers that it names, and no other.
func layer(
  _ name: String, on layers: [Target.Dependency] = [], _ settings: [SwiftSetting] = []
) -> Target {
  .target(
    name: name, dependencies: layers, swiftSettings: strict + settings, linkerSettings: math)
}

/// The tests of one layer; they may look into the layers below it.
func tests(of name: String, _ layers: [Target.Dependency] = []) -> Target {
  .testTarget(
    name: "\(name)Tests", dependencies: [.byName(name: name), "TestSupport"] + layers,
    swiftSettings: strict)
}

let package = Package(
  name: "ops-alert-eval",
  platforms: [.macOS(.v15)],
  products: [.executable(name: "ops-alert-eval", targets: ["ops-alert-eval"])],
  targets: [
    // docs/architecture.md says what each layer is for.
    layer("Text", optimized),
    layer("JSON", on: ["Text"], optimized),
    layer("Prometheus", on: ["JSON", "Text"], optimized),
    layer("AlertEngine", on: ["Prometheus", "JSON", "Text"], optimized),
    layer("Files", on: ["Text"]),
    layer("HTTP", on: ["Files", "Text"]),
    layer("Delivery", on: ["AlertEngine", "HTTP", "Files", "JSON", "Text"]),
    layer("Reports", on: ["AlertEngine", "Prometheus", "JSON", "Text"]),
    layer(
      "OpsAlerts",
      on: ["Reports", "Delivery", "HTTP", "Files", "AlertEngine", "JSON", "Text"]),
    .executableTarget(
      name: "ops-alert-eval", dependencies: ["OpsAlerts", "HTTP", "Files"], swiftSettings: strict),

    .target(
      name: "TestSupport",
      dependencies: ["Reports", "Delivery", "HTTP", "Files", "AlertEngine", "JSON", "Text"],
      path: "Tests/Support", swiftSettings: strict),
    tests(of: "Text"),
    tests(of: "JSON", ["Text"]),
    tests(of: "Prometheus", ["JSON", "Text"]),
    tests(of: "AlertEngine", ["Prometheus", "JSON", "Text"]),
    tests(of: "Files", ["Text"]),
    tests(of: "HTTP", ["ops-alert-eval", "Files", "Text"]),
    tests(of: "Delivery", ["AlertEngine", "HTTP", "Files", "JSON", "Text"]),
    tests(of: "Reports", ["AlertEngine", "Prometheus", "JSON", "Text"]),
    tests(
      of: "OpsAlerts",
      [
        "ops-alert-eval", "Reports", "Delivery", "HTTP", "Files", "AlertEngine", "JSON", "Text",
      ]),
    .testTarget(
      name: "EndToEndTests",
      dependencies: [
        "ops-alert-eval", "TestSupport", "OpsAlerts", "Delivery", "HTTP", "Files", "Text",
      ],
      swiftSettings: strict),
  ],
  swiftLanguageModes: [.v6]
)

// The fuzzer, for Tests/Fuzz/run only: it has no `main` of its own where libFuzzer brings one.
if Context.environment["OPS_FUZZ"] != nil {
  package.targets.append(
    .executableTarget(
      name: "Fuzz",
      dependencies: [
        "OpsAlerts", "Reports", "Delivery", "HTTP", "AlertEngine", "Prometheus", "JSON", "Text",
      ],
      path: "Tests/Fuzz", exclude: ["corpus", "rules.json", "run"],
      swiftSettings: strict + [.unsafeFlags(["-parse-as-library"])], linkerSettings: math))
}
