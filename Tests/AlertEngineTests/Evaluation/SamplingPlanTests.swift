@testable import AlertEngine
internal import Testing

@Suite("The next sample of a sampling run")
struct SamplingPlanTests {
  @Test(
    "Samples follow the grid unless an alert is due to fire or resolve nearby",
    arguments: [
      // (elapsed, fires in, pause), all in seconds, with an interval of 30
      (0, [], 30), (4, [], 26), (30, [], 0), (31, [], 29), (95, [], 25),
      (4, [600], 26), (4, [27], 27), (4, [28.9], 28.9), (4, [29.1], 26),
      (4, [12], 12), (4, [11], 26), (4, [20, 12.5, 25], 12.5), (4, [0], 26), (4, [-5], 26),
    ] as [(Double, [Double], Double)])
  func pause(elapsed: Double, dueIn: [Double], expected: Double) {
    let plan = SamplingPlan(every: .seconds(30))
    let pause = plan.pause(after: .seconds(elapsed), dueIn: dueIn.map { .seconds($0) })
    #expect(pause == .seconds(expected))
  }

  @Test(
    "Where the grid has no point left, the last sample is when an alert is due",
    arguments: [
      // (elapsed, fires in, time left, pause)
      (0, [9], 20, 9), (0, [9], 8, nil), (0, [9, 12], 14, 12), (0, [], 20, nil), (0, [9], 40, 30),
      (0, [-1], 20, 20), (0, [0, 9], 20, 20), (0, [-1], 0, nil),
    ] as [(Double, [Double], Double, Double?)])
  func last(elapsed: Double, dueIn: [Double], left: Double, expected: Double?) {
    let plan = SamplingPlan(every: .seconds(30))
    let pause = plan.pause(
      after: .seconds(elapsed), dueIn: dueIn.map { .seconds($0) }, within: .seconds(left))
    #expect(pause == expected.map { .seconds($0) })
  }
}
