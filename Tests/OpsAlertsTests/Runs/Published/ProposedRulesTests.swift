internal import Foundation
@testable import OpsAlerts
internal import TestSupport
internal import Testing

/// What `init` proposes for documents as services publish them.
@Suite("Rules that are proposed for documents of services")
struct ProposedRulesTests {
  private static let folder = Repository.root.deletingLastPathComponent()
    .appending(path: "shared/documents")

  static let published = ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? [])
    .filter { !$0.hasSuffix(".md") }.sorted()

  /// Times at which documents with times are recent.
  private static let times = [
    "airflow_health.json": "2018-12-26T17:15:30Z",
    "couchdb_active_tasks.json": "2013-08-10T06:38:00Z",
    "mongodb_replset_status.json": "2022-12-30T22:19:30Z",
  ]

  /// The documents that show a problem, and the rules that fire at once.
  private static let problems: [String: Set<String>] = [
    "consul_agent_checks.json": ["status"], "kafka_connect_status.json": ["tasks_state"],
    "rabbitmq_queues.json": ["consumers"],
    "statuspage_github_summary.json": [
      "status_indicator", "incidents_impact", "components_status", "incidents",
    ],
    "ops-metrics.json": ["priority_sources_freshness_seconds"],
  ]

  /// Each rule is selected by the snapshot, and none fires without a problem.
  private func propose(
    for path: String, at time: String?
  ) async throws -> (rules: Set<String>, bad: Set<String>) {
    let folder = try Folder()
    let config = folder.file("rules.json")
    let world = World()
    let at = time.map { " --at \($0)" } ?? ""
    let code = await world.run("init --snapshot \(path) --config \(config)\(at)")
    #expect(code == .success, "\(world.told)")
    let check = "check --strict --format json --config \(config) --snapshot \(path)"
    #expect(await world.run(check) == .success, "\(world.told)")
    #expect(world.told == [])
    let json = try #require(
      JSONSerialization.jsonObject(with: Data(world.output.utf8)) as? [String: Any])
    let targets = try #require(json["snapshot"] as? [[String: Any]])
    let checks = targets.flatMap { $0["checks"] as? [[String: Any]] ?? [] }
    let bad = checks.filter { $0["verdict"] as? String == "bad" }.compactMap {
      $0["name"] as? String
    }
    return (Set(try #require(json["rules"] as? [String])), Set(bad))
  }

  @Test("A published document", arguments: published)
  func proposes(name: String) async throws {
    let time = Self.times[name]
    let found = try await propose(
      for: Self.folder.appending(path: name).path, at: time)
    #expect(!found.rules.isEmpty)
    // Without the time of the document, ages fire.
    guard time == nil else { return }
    #expect(found.bad.isSubset(of: Self.problems[name] ?? []))
  }

  static let own: [String: [String]] = [
    "actuator-metrics.prom": [
      "disk_free_bytes", "hikaricp_connections_active", "http_server_requests_seconds_count",
      "jvm_memory_used_bytes", "process_files_open_files",
    ],
    "batch.json": [
      "certificate_not_after", "database_connected", "last_run_finished_at", "last_run_status",
    ],
    "expvar.json": ["memstats_heap_alloc", "requests_errors"],
    "haproxy.prom": [
      "haproxy_backend_http_responses_total", "haproxy_frontend_current_sessions",
      "haproxy_server_up",
    ],
    "node.prom": [
      "http_request_duration_seconds_bucket", "http_request_duration_seconds_count",
      "nodejs_eventloop_lag_p99_seconds", "process_open_fds",
    ],
    "ops-metrics.json": [
      "errors_rate", "fallback_rate", "latency_ms_p95", "priority_sources_freshness_seconds",
      "provider_routing_metrics_failure", "refusal_rate",
    ],
    "postgres.prom": ["pg_replication_lag_seconds", "pg_stat_database_deadlocks", "pg_up"],
    "redis-info.json": [
      "clients_connected_clients", "memory_used_memory", "persistence_aof_last_write_status",
      "persistence_rdb_last_bgsave_status",
      "replication_master_link_status", "stats_rejected_connections",
    ],
    "runners.json": ["runners_status"],
    "sidekiq.json": ["sidekiq_default_latency", "sidekiq_enqueued", "sidekiq_failed"],
  ]

  @Test("Documents of well-known services", arguments: own.sorted { $0.key < $1.key }.map(\.key))
  func wellKnown(name: String) async throws {
    let path = Repository.root.appending(path: "Tests/Fixtures/proposals/\(name)").path
    let found = try await propose(for: path, at: "2026-11-21T10:15:00Z")
    #expect(found.rules.sorted() == Self.own[name])
    #expect(found.bad.subtracting(["last_run_finished_at"]).isSubset(of: Self.problems[name] ?? []))
  }
}
