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

/// A floor of the house: it may import the floors that it names, and no other.
func floor(_ name: String, on floors: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: floors, swiftSettings: strict, linkerSettings: math)
}

/// The tests of one floor; they may look into the floors below it.
func tests(of name: String, _ floors: [Target.Dependency] = []) -> Target {
  .testTarget(
    name: "\(name)Tests", dependencies: [.byName(name: name), "TestSupport"] + floors,
    swiftSettings: strict)
}

let package = Package(
  name: "ops-alert-eval",
  platforms: [.macOS(.v15)],
  products: [.executable(name: "ops-alert-eval", targets: ["ops-alert-eval"])],
  targets: [
    // docs/architecture.md says what each floor is for.
    floor("Text"),
    floor("JSON", on: ["Text"]),
    floor("AlertEngine", on: ["JSON", "Text"]),
    floor("Files", on: ["Text"]),
    floor("HTTP", on: ["Files", "Text"]),
    floor("Delivery", on: ["AlertEngine", "HTTP", "Files", "JSON", "Text"]),
    floor("Reports", on: ["AlertEngine", "JSON", "Text"]),
    floor(
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
    tests(of: "AlertEngine", ["JSON", "Text"]),
    tests(of: "Files", ["Text"]),
    tests(of: "HTTP", ["ops-alert-eval", "Files", "Text"]),
    tests(of: "Delivery", ["AlertEngine", "HTTP", "Files", "JSON", "Text"]),
    tests(of: "Reports", ["AlertEngine", "JSON", "Text"]),
    tests(
      of: "OpsAlerts",
      [
        "ops-alert-eval", "Reports", "Delivery", "HTTP", "Files", "AlertEngine", "JSON", "Text",
      ]),
    .testTarget(
      name: "EndToEndTests",
      dependencies: ["ops-alert-eval", "TestSupport", "OpsAlerts", "HTTP", "Files", "Text"],
      swiftSettings: strict),
  ],
  swiftLanguageModes: [.v6]
)
