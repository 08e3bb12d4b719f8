@testable import AlertEngine
internal import JSON
internal import TestSupport
internal import Testing
internal import Text

/// What is proposed for a document: the place, what is measured, and the limit of each rule.
private func proposed(
  _ documents: String..., as format: SnapshotFormat = .json,
  at now: String = "2026-11-21T10:15:00Z"
) throws -> [String] {
  let now = try #require(Instant(rfc3339: now))
  let received = documents.map { (bytes: Array($0.utf8), at: now) }
  return try Proposals(received, as: format).chosen.map(\.rule.shortText)
}

extension Rule {
  fileprivate var shortText: String {
    let limit =
      switch condition.threshold {
      case .scalar(.number(let number)): number.plain
      case .scalar(.string(let text)): text
      case .scalar(.bool(let bool)): "\(bool)"
      case .list(let list): "\(list.count) words"
      case .selector: "?"
      }
    let kind = measurement.kind == .value ? "" : measurement.kind.rawValue + " "
    let names = measurement.instanceBy.map(\.text).joined(separator: ",")
    let whole = measurement.denominator.map { " / " + $0.text } ?? ""
    return kind + measurement.selector.text + whole + (names.isEmpty ? "" : " by " + names)
      + " \(condition.comparison.rawValue) \(limit)"
  }
}

@Suite("Rules that a snapshot suggests")
struct ProposalTests {
  static let shapes: [(document: String, rules: [String])] = [
    // Statuses.
    (#"{"status": "green"}"#, ["status ne green"]),
    (#"{"status": "yellow"}"#, ["status not_in 2 words"]),
    (#"{"db": {"status": "UP"}, "disk": {"status": "DOWN"}}"#, ["*.status ne UP"]),
    (
      #"[{"Node": "a", "CheckID": "c", "Status": "passing", "Output": "fine"}]"#,
      ["*.Status by Node,CheckID ne passing"]
    ),
    (
      #"{"tasks": [{"id": 1, "state": "RUNNING"}, {"id": 2, "state": "FAILED"}]}"#,
      ["tasks.*.state by id ne RUNNING"]
    ),
    (#"{"status": "open", "phase": "moon"}"#, []),
    // Flags.
    (#"{"sealed": false, "standby": false}"#, ["sealed eq true", "standby eq true"]),
    (#"{"sealed": true}"#, ["sealed eq true"]),
    (#"{"standby": true}"#, []),
    (#"[{"name": "n", "mem_alarm": false}]"#, ["*.mem_alarm by name eq true"]),
    (#"{"osds": [{"up": 1}, {"up": 1}]}"#, ["$.osds[?@.up==0] gt 0"]),
    (
      #"{"servers": [{"name": "a", "healthy": true, "voter": true}, {"name": "b", "healthy": true, "voter": false}]}"#,
      [
        "servers.*.healthy by name eq false",
        "$.servers[?@.healthy==true && @.voter==true] lt 1",
      ]
    ),
    (#"{"status": "unhealthy"}"#, ["status not_in 14 words"]),
    (#"{"healthy": true, "status": "down"}"#, ["healthy eq false", "status not_in 2 words"]),
    // Shares.
    (#"{"mem_used": 10, "mem_limit": 100}"#, ["quotient mem_used / mem_limit gt 0.9"]),
    (#"{"usedBytes": 1, "capacityBytes": 9}"#, ["quotient usedBytes / capacityBytes gt 0.9"]),
    (
      #"{"fs": {"availableBytes": 5, "capacityBytes": 9}}"#,
      ["quotient fs.availableBytes / fs.capacityBytes lt 0.15"]
    ),
    (#"{"mem_used": 99, "mem_limit": 100}"#, []),
    (#"{"mem_used": 10, "mem_limit": 0}"#, []),
    (
      #"{"active processes": 1, "total processes": 2}"#,
      ["quotient active processes / total processes gt 0.9"]
    ),
    (
      #"{"connections": 1, "max_connections": 9}"#,
      ["quotient connections / max_connections gt 0.9"]
    ),
    (#"{"heap_used_percent": 40}"#, ["heap_used_percent gt 85"]),
    (#"{"api": {"errors": 1, "total": 9}}"#, ["ratio api.errors / api.total gt 0.05"]),
    (
      #"{"zones": {"a-1": {"requestCounter": 9, "responses": {"5xx": 1}}}}"#,
      ["ratio zones.*.responses.5xx / zones.*.requestCounter gt 0.05"]
    ),
    (
      #"{"status_codes": {"200": {"value": 9}, "500": {"value": 1}}}"#,
      [
        "ratio $.status_codes['500','501','502','503','504'].value / $.status_codes[*].value gt 0.05"
      ]
    ),
    // Counts and queues.
    (#"{"unassigned_shards": 0}"#, ["unassigned_shards gt 0"]),
    (#"{"unassigned_shards": 4}"#, ["unassigned_shards gt 0"]),
    (#"{"number_of_nodes": 3}"#, ["number_of_nodes lt 3"]),
    (#"{"incidents": []}"#, ["$.incidents[*] gt 0"]),
    (#"{"slow_consumers": 4}"#, ["increase slow_consumers gt 0"]),
    (
      #"[{"vhost": "/", "name": "q", "durable": true, "messages": 0, "messages_ready": 0, "consumers": 1}]"#,
      [
        "$[?@.durable==true].messages_ready by vhost,name gt 1000",
        "$[?@.durable==true && @.messages>=0].consumers by vhost,name lt 1",
      ]
    ),
    (#"{"listen queue": 0}"#, ["listen queue gt 10"]),
    (#"{"workers": [{"id": 1, "status": "idle"}]}"#, ["$.workers[?@.status=='idle'] lt 1"]),
    (
      #"{"members": [{"name": "a", "state": 1, "health": 1}]}"#,
      ["members.*.health by name eq 0", "$.members[?@.state==1 && @.health==1] lt 1"]
    ),
    (#"{"mem": 100}"#, ["mem gt 200"]),
    (#"{"usage": {"memory": "100Ki"}}"#, ["usage.memory gt 205000"]),
    // Ages.
    (#"{"heartbeat": "2026-11-21T10:14:50Z"}"#, ["age_seconds heartbeat gt 60"]),
    (#"{"heartbeat": "2026-11-20T10:14:50Z"}"#, []),
    (#"{"not_after": "2027-01-01T00:00:00Z"}"#, ["age_seconds not_after lt 604800"]),
    (#"{"LastContact": "54ms"}"#, ["LastContact gt 0.2"]),
    // Kubernetes.
    (
      #"{"items": [{"metadata": {"name": "n"}, "status": {"conditions": [{"type": "Ready", "status": "True"}]}}]}"#,
      ["$.items[*].status.conditions[?@.type=='Ready'].status by metadata.name ne True"]
    ),
    // This project's own metrics.
    (
      #"{"request_metrics": {"requests": {"total": 100}, "errors": {"total": 2, "rate": 0.02}}}"#,
      ["request_metrics.errors.rate gt 0.05"]
    ),
    // What is not known.
    ("{}", []), ("[]", []), (#"{"version": "1.2", "uptime": 4}"#, []),
  ]

  @Test("Each shape is found in a small document, and nothing else", arguments: shapes)
  func shape(document: String, rules: [String]) throws {
    let found = try proposed(document)
    #expect(found == rules)
  }

  static let metrics: [(document: String, rules: [String])] = [
    (
      "requests_total{service=\"a\",code=\"200\"} 9\nrequests_total{service=\"a\",code=\"500\"} 1\n",
      ["ratio requests_total{code=~\"5..\"} / requests_total by service gt 0.05"]
    ),
    (
      "dns_responses_total{rcode=\"NOERROR\"} 9\n",
      ["ratio dns_responses_total{rcode=~\"SERVFAIL\"} / dns_responses_total gt 0.05"]
    ),
    (
      "http_duration_seconds_bucket{le=\"1\"} 9\nhttp_duration_seconds_bucket{le=\"+Inf\"} 9\n",
      ["quantile http_duration_seconds gt 1"]
    ),
    ("coredns_panics_total 0\n", ["increase coredns_panics_total gt 0"]),
    (
      "process_open_fds 4\nprocess_max_fds 9\n",
      ["quotient process_open_fds / process_max_fds gt 0.9"]
    ),
    (
      """
      node_filesystem_avail_bytes{mountpoint="/",fstype="ext4"} 5
      node_filesystem_size_bytes{mountpoint="/",fstype="ext4"} 9
      node_filesystem_readonly{mountpoint="/",fstype="ext4"} 0
      node_memory_MemAvailable_bytes 5
      node_memory_MemTotal_bytes 9
      node_timex_sync_status 1

      """,
      [
        "quotient node_filesystem_avail_bytes{fstype!~\"tmpfs|ramfs|squashfs|overlay\"} / "
          + "node_filesystem_size_bytes{fstype!~\"tmpfs|ramfs|squashfs|overlay\"} by mountpoint lt 0.15",
        "quotient node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes lt 0.15",
        "node_filesystem_readonly{fstype=~\"ext4|xfs|btrfs\"} by mountpoint eq 1",
        "node_timex_sync_status eq 0",
      ]
    ),
    (
      "node_cpu_seconds_total{mode=\"idle\"} 9\nnode_cpu_seconds_total{mode=\"iowait\"} 1\n",
      [
        "ratio node_cpu_seconds_total{mode=~\"user|system|nice|irq|softirq|steal\"} / "
          + "node_cpu_seconds_total gt 0.9",
        "ratio node_cpu_seconds_total{mode=~\"iowait\"} / node_cpu_seconds_total gt 0.3",
      ]
    ),
    (
      "tls_certs_not_after{cn=\"a\"} 1800000000\n",
      ["age_seconds tls_certs_not_after lt 604800"]
    ),
    ("redis_up 1\n", ["redis_up eq 0"]), ("", []), ("build_info{version=\"1\"} 1\n", []),
  ]

  @Test("The usual metrics of Prometheus are found", arguments: metrics)
  func metric(document: String, rules: [String]) throws {
    let found = try proposed(document, as: .prometheus)
    #expect(found == rules)
  }

  @Test("What grew between two snapshots is a counter, and what fell is not")
  func growth() throws {
    let grew = try proposed(#"{"unassigned_shards": 1}"#, #"{"unassigned_shards": 2}"#)
    #expect(grew == ["increase unassigned_shards gt 0"])
    // It may be a gauge: what was 0 tells nothing.
    let began = try proposed(#"{"unassigned_shards": 0}"#, #"{"unassigned_shards": 4}"#)
    #expect(began == ["unassigned_shards gt 0"])
    let fell = try proposed(#"{"slow_consumers": 4}"#, #"{"slow_consumers": 0}"#)
    #expect(fell == ["slow_consumers gt 0"])
  }

  @Test("A rule that would fire at once is left out, unless there is certainly a problem")
  func firesAtOnce() throws {
    let now = try #require(Instant(rfc3339: "2026-11-21T10:15:00Z"))
    let document = #"{"mem_used": 99, "mem_limit": 100, "sealed": true}"#
    let proposals = try Proposals([(Array(document.utf8), now)], as: .json)
    #expect(proposals.chosen.map(\.rule.name) == ["sealed"])
    #expect(proposals.bad.map(\.rule.name) == ["mem_used"])
  }

  @Test("Twelve rules at most are proposed, and the others are counted")
  func most() throws {
    let now = try #require(Instant(rfc3339: "2026-11-21T10:15:00Z"))
    let members = (0..<40).map {
      #""service_\#($0)": {"x": 1, "sealed": false, "db_used": 1, "db_max": 9, "state": "ok"}"#
    }
    let document = "{\"list\": 1, " + members.joined(separator: ", ") + "}"
    let proposals = try Proposals([(Array(document.utf8), now)], as: .json)
    #expect(proposals.chosen.count <= 12 && proposals.surplus > 20)
  }

  @Test("Keys from outside cannot break a configuration", arguments: HostileText.table)
  func hostile(key: String) throws {
    var writer = JSONWriter(.compact)
    writer.object { writer in
      writer.key(key)
      writer.object { writer in
        writer.key("status")
        writer.string("ok")
        writer.key(key + "_used")
        writer.integer(1)
        writer.key(key + "_limit")
        writer.integer(9)
      }
    }
    let now = try #require(Instant(rfc3339: "2026-11-21T10:15:00Z"))
    let proposals = try Proposals([(writer.bytes, now)], as: .json)
    for proposal in proposals.chosen {
      #expect(
        proposal.rule.name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") })
      let summary = proposal.rule.text.summary ?? ""
      #expect(!summary.unicodeScalars.contains(where: HostileText.isInvisible))
    }
    let file = Proposals.file(proposals.chosen.map(\.members))
    let rules = proposals.chosen.isEmpty ? [] : try Configuration.decode(file).rules
    #expect(rules == proposals.chosen.map(\.rule))
  }

  @Test("Every row of the table is read")
  func rows() {
    let rows = Shape.rows.split(separator: "\n").count { $0.contains("|") }
    #expect(Shape.table.count == rows)
  }
}
