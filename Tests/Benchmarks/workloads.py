"""Writes the inputs of the benchmarks: snapshots, configurations, and a state with full history."""

import datetime
import json
import math
import pathlib
import random

# The most rules of a configuration, and the most instances of a rule.
MOST_RULES, MOST_INSTANCES = 20_000, 1_000
RULE_COUNTS = [1, 10, 100, 1_000, 10_000, MOST_RULES]
ALERT_COUNTS = [10, 100, 1_000, 10_000, 100_000]
# Sizes of snapshots in bytes; the largest is just below the limit of 16 MiB.
SIZES = [1_000, 10_000, 100_000, 1_000_000, 16_000_000]
SELECTOR = 'node_cpu_seconds_total{cpu="0",mode="idle"}'
# The number of recent values that a state keeps per alert.
RECENT_VALUES = 24
MINUTES = 30 * 24 * 60
FIRST_MINUTE = datetime.datetime(2026, 9, 1, tzinfo=datetime.UTC)
# An outage on the second to last day, and a minute in the middle of it when errors fire.
OUTAGE = range(29 * 24 * 60 - 60, 29 * 24 * 60)
IN_OUTAGE = OUTAGE[30]
SHIPPED_RULES = pathlib.Path(__file__).resolve().parents[2] / "config/ops_alert_thresholds.json"


def snapshot(audit_entries):
    """A snapshot as the service publishes it; its audit list makes it long."""
    audit = [
        {
            "timestamp_utc": f"2026-02-25T12:05:{10 + index % 50}Z",
            "trace_id": f"{index * 2654435761 % 65536:04x}",
            "outcome": "allowed",
            "policy": "source_export_allowed",
            "duration_ms": index % 977 / 8,
            "cached": True,
        }
        for index in range(audit_entries)
    ]
    return {
        "request_metrics": {
            "window_seconds": 120.5,
            "requests": {"total": 350, "rate_per_minute": 174.2},
            "errors": {"total": 8, "rate": 0.0228},
            "fallback": {"total": 32, "rate": 0.0914},
            "refusal": {"total": 41, "rate": 0.1171},
            "export": {
                "attempts": 12,
                "allowed": 9,
                "blocked": 2,
                "fetch_failures": 1,
                "policy_reasons": {"source_export_allowed": 9},
                "audit_recent": audit,
            },
            "document_intake": {"attempts": 40, "rejected": 4, "rejected_rate": 0.1},
            "latency_ms": {"sample_count": 350, "p50": 840.4, "p95": 4120.7, "p99": 7110.2},
        },
        "provider_routing_metrics": {
            "openai": {"success": 300, "failure": 18},
            "gemini": {"success": 50, "fallback_success": 32},
        },
        "official_source_freshness": {
            "available": True,
            "priority_sources": {
                "SCC_DECISIONS": {"freshness_status": "fresh", "freshness_seconds": 1800},
                "FC_DECISIONS": {"freshness_status": "missing", "freshness_seconds": None},
            },
            "status_counts": {"fresh": 1, "missing": 1},
        },
    }


def configuration(count, pending):
    """Many rules; the first `pending` ones have a bad value and stay pending."""
    return {
        "version": "benchmark",
        "rules": [
            {
                "name": f"rule_{index}",
                "metric_path": f"section.metric_{index}",
                "comparison": "gt",
                "threshold": -1 if index < pending else 1_000,
                "duration_minutes": 10_000,
                "min_request_count": 20,
                "breach_status": "fail",
                "unit": "count",
                "summary": f"Metric {index} is too high",
                "runbook": "docs/release/incident-observability-runbook.md",
            }
            for index in range(count)
        ],
    }


def write_documents(folder, documents):
    for name, document in documents.items():
        (folder / name).write_text(json.dumps(document))


def write_typical(folder):
    """What the service publishes, and the scanners' document in the Prometheus text format."""
    write_documents(
        folder, {"typical": snapshot(300), "medium": snapshot(3_000), "large": snapshot(32_000)}
    )
    (folder / "node.prom").write_text(exposition())


def write_rules(folder):
    """A snapshot with a value for each of the most rules, and configurations of few and many."""
    values = {f"metric_{index}": index % 100 for index in range(MOST_RULES)}
    documents = {"many": snapshot(0) | {"section": values}}
    for count in RULE_COUNTS:
        documents[f"{count}-rules.json"] = configuration(count, 0)
    documents["100-pending.json"] = configuration(10_000, 100)
    documents["all-pending.json"] = configuration(10_000, 10_000)
    write_documents(folder, documents)


def write_snapshots(folder):
    """Snapshots of every size as JSON, and of the same sizes in the Prometheus text format."""
    lines = exposition().splitlines(keepends=True)
    for size in SIZES:
        (folder / f"json-{size}").write_text(json_of(size))
        (folder / f"prom-{size}").write_text(repeated_series(lines, size))
    write_documents(
        folder,
        {
            "json-rules.json": {"rules": [plain_rule("errors", "request_metrics.errors.rate")]},
            "prom-rules.json": {"rules": [plain_rule("cpu", SELECTOR, key="metric")]},
        },
    )


def json_of(size):
    """A snapshot with as many entries in its list as fit, filled up with spaces."""
    base, entry = (
        len(json.dumps(snapshot(0))),
        len(json.dumps(snapshot(11))) - len(json.dumps(snapshot(10))),
    )
    if size < base:
        return json.dumps({"request_metrics": {"errors": {"rate": 0.02}}}).ljust(size)
    count = (size - base) // entry
    while len(document := json.dumps(snapshot(count))) > size:
        count -= 1 + (len(document) - size) // entry
    return document.ljust(size)


def repeated_series(lines, size):
    """Lines of an exposition, over and over with another label, up to a size."""
    parts, length, turn = [], 0, 0
    while True:
        for line in lines:
            if line.startswith("#"):
                if turn:
                    continue
            elif turn:
                name, brace, rest = line.partition("{")
                line = (
                    f'{name}{{turn="{turn}",{rest}'
                    if brace
                    else line.replace(" ", f'{{turn="{turn}"}} ', 1)
                )
            if length + len(line) > size:
                return "".join(parts)
            parts.append(line)
            length += len(line)
        turn += 1


def plain_rule(name, selector, key="metric_path", **more):
    return {
        "name": name,
        key: selector,
        "comparison": "gt",
        "threshold": 1e15,
        "duration_minutes": 0,
    } | more


def write_alerts(folder):
    """Configurations whose rules have this many instances in all, each pending for good."""
    documents = {}
    for count in ALERT_COUNTS:
        instances = min(count, MOST_INSTANCES)
        rules = count // instances
        documents[f"{count}-alerts.json"] = {
            "rules": [
                plain_rule(
                    f"rule_{index}",
                    f"sources.*.metric_{index}",
                    threshold=-1,
                    duration_minutes=10_000,
                )
                for index in range(rules)
            ]
        }
        values = {f"metric_{index}": index for index in range(rules)}
        documents[f"{count}-sources"] = {
            "sources": {f"source_{index}": values for index in range(instances)}
        }
    write_documents(folder, documents)


def exposition():
    """A document in the Prometheus text format, as node_exporter publishes it on a large machine."""
    chance = random.Random(2)
    families = [
        (
            "node_cpu_seconds_total",
            "counter",
            "Seconds the CPUs spent in each mode.",
            [
                {"cpu": cpu, "mode": mode}
                for cpu in range(64)
                for mode in ["idle", "iowait", "irq", "nice", "softirq", "steal", "system", "user"]
            ],
        ),
        (
            "node_systemd_unit_state",
            "gauge",
            "Systemd unit",
            [
                {"name": f"service-{unit}@instance.service", "state": state, "type": "simple"}
                for unit in range(160)
                for state in ["activating", "active", "deactivating", "failed", "inactive"]
            ],
        ),
    ]
    for name in ["avail", "size", "free", "files", "files_free", "device_error", "readonly"]:
        families.append(
            (
                f"node_filesystem_{name}_bytes",
                "gauge",
                "Filesystem space in bytes.",
                [
                    {
                        "device": f"/dev/mapper/volume-{disk}",
                        "fstype": "ext4",
                        "mountpoint": f"/srv/data/{disk:03}",
                    }
                    for disk in range(40)
                ],
            )
        )
    for direction in ["receive", "transmit"]:
        for what in [
            "bytes",
            "packets",
            "errs",
            "drop",
            "fifo",
            "frame",
            "compressed",
            "multicast",
        ]:
            families.append(
                (
                    f"node_network_{direction}_{what}_total",
                    "counter",
                    f"Network device statistic {direction}_{what}.",
                    [{"device": f"veth{device:08x}"} for device in range(150)],
                )
            )
    for field in range(400):
        families.append(
            (
                f"node_vmstat_field_{field}",
                "untyped",
                f"/proc/vmstat information field {field}.",
                [{}],
            )
        )
    lines = []
    for name, kind, text, rows in families:
        lines += [f"# HELP {name} {text}", f"# TYPE {name} {kind}"]
        for labels in rows:
            shown = ",".join(f'{label}="{value}"' for label, value in labels.items())
            value = chance.choice(
                [0, 1, chance.randrange(10**9), chance.uniform(0, 1e6), chance.uniform(0, 1e13)]
            )
            lines.append(f"{name}{{{shown}}} {value}" if shown else f"{name} {value}")
    return "\n".join(lines) + "\n"


def incidents(chance, count):
    """The minutes of an outage and of many shorter incidents; the last day has none."""
    bad = set(OUTAGE)
    for _ in range(count):
        start = chance.randrange(MINUTES - 2 * 24 * 60)
        bad.update(range(start, start + chance.randrange(5, 90)))
    return bad


def month():
    """A snapshot per minute of a month: busy days, quiet nights, incidents, a weekly restart."""
    chance = random.Random(1)
    failing, diverted = incidents(chance, 25), incidents(chance, 8)
    served = errors = fallbacks = refusals = provider = 0
    for minute in range(MINUTES):
        if minute % (7 * 24 * 60) == 0:
            served = errors = fallbacks = refusals = provider = 0
        now = [
            int(300 - 150 * math.cos(minute / 1_440 * math.tau) + chance.random() * 30),
            chance.uniform(0.08, 0.2) if minute in failing else chance.uniform(0.002, 0.02),
            chance.uniform(0.2, 0.5) if minute in diverted else chance.uniform(0.05, 0.12),
            chance.uniform(0.08, 0.16),
        ]
        served, errors = served + now[0], errors + round(now[0] * now[1])
        fallbacks, refusals = fallbacks + round(now[0] * now[2]), refusals + round(now[0] * now[3])
        provider += round(now[0] * now[2] / 2)
        p95 = chance.uniform(8_500, 16_000) if minute in failing else chance.uniform(2_500, 5_500)
        yield measured(minute, chance, now, [served, errors, fallbacks, refusals, provider], p95)


def measured(minute, chance, now, totals, p95):
    """The usual snapshot with the numbers of one minute."""
    requests, error_rate, fallback_rate, refusal_rate = now
    served, errors, fallbacks, refusals, provider = totals
    document = snapshot(3)
    metrics = document["request_metrics"]
    metrics["window_seconds"] = round(chance.uniform(60, 61), 3)
    metrics["requests"] = {"total": served, "rate_per_minute": requests}
    metrics["errors"] = {"total": errors, "rate": round(error_rate, 4)}
    metrics["fallback"] = {"total": fallbacks, "rate": round(fallback_rate, 4)}
    metrics["refusal"] = {"total": refusals, "rate": round(refusal_rate, 4)}
    metrics["document_intake"]["rejected_rate"] = round(chance.uniform(0.05, 0.2), 4)
    metrics["latency_ms"] = {
        "sample_count": requests,
        "p50": round(p95 / 5, 1),
        "p95": round(p95, 1),
        "p99": round(p95 * 1.6, 1),
    }
    for index, entry in enumerate(metrics["export"]["audit_recent"]):
        entry["timestamp_utc"] = instant(minute - 2 * index)
        entry["duration_ms"] = round(chance.uniform(20, 400), 3)
    providers = document["provider_routing_metrics"]
    providers["openai"] = {"success": served - provider, "failure": provider}
    sources = document["official_source_freshness"]["priority_sources"]
    sources["SCC_DECISIONS"]["freshness_seconds"] = minute * 60 % 21_600
    return document


def instant(minute):
    time = FIRST_MINUTE + datetime.timedelta(minutes=minute)
    return time.strftime("%Y-%m-%dT%H:%M:%SZ")


def eight_rules():
    """The shipped configuration, with as many rules again."""
    shipped = json.loads(SHIPPED_RULES.read_text())
    common = {"comparison": "gt", "duration_minutes": 10, "breach_status": "warn"}
    totals = {
        "metric_path": "request_metrics.errors.total",
        "denominator_path": "request_metrics.requests.total",
    }
    failures = "provider_routing_metrics.openai.failure"
    added = {
        "error_ratio": totals | {"measure": "ratio", "window_minutes": 10, "threshold": 0.05},
        "openai_failures": {
            "metric_path": failures,
            "measure": "increase",
            "window_minutes": 10,
            "threshold": 400,
        },
        "rejected_rate": {
            "metric_path": "request_metrics.document_intake.rejected_rate",
            "threshold": 0.3,
        },
        "latency_p99_ms": {"metric_path": "request_metrics.latency_ms.p99", "threshold": 20_000},
    }
    rules = [{"name": name} | common | rule for name, rule in added.items()]
    return shipped | {"rules": shipped["rules"] + rules}


def noisy_rules():
    """Rules without a duration whose limits are in the middle of what they measure.

    Each changes its state in about every second minute.
    """
    limits = {
        "request_metrics.latency_ms.p95": 4_000,
        "request_metrics.latency_ms.p50": 800,
        "request_metrics.latency_ms.p99": 6_400,
        "request_metrics.document_intake.rejected_rate": 0.125,
    }
    return {
        "version": "benchmark",
        "rules": [
            plain_rule(f"noisy_{index}", path, threshold=limit)
            for index, (path, limit) in enumerate(limits.items())
        ],
    }


def series_name(path):
    return path.replace(".", "_")


def alerting_rule(rule):
    """The same rule for Prometheus."""
    metric = series_name(rule["metric_path"])
    window = f"[{rule.get('window_minutes')}m]"
    match rule.get("measure", "value"):
        case "value":
            value = metric
        case "increase":
            value = f"increase({metric}{window})"
        case "ratio":
            requests = series_name(rule["denominator_path"])
            value = f"increase({metric}{window}) / increase({requests}{window})"
    expression = f"{value} > {rule['threshold']}"
    if least := rule.get("min_request_count"):
        expression += f" and request_metrics_requests_total >= {least}"
    durations = {"for": f"{rule['duration_minutes']}m"}
    if recovery := rule.get("recovery_minutes"):
        durations["keep_firing_for"] = f"{recovery}m"
    return {"alert": rule["name"], "expr": expression} | durations


def unit_test(rules, columns):
    """A promtool test over the whole month.

    It expects error_rate to fire in the outage and nothing to fire at the end, which shows that the
    rules were evaluated.
    """
    none = [
        {"eval_time": f"{MINUTES - 1}m", "alertname": rule["name"], "exp_alerts": []}
        for rule in rules
    ]
    firing = {"eval_time": f"{IN_OUTAGE}m", "alertname": "error_rate", "exp_alerts": [{}]}
    return {
        "rule_files": ["promtool-rules.json"],
        "evaluation_interval": "1m",
        "tests": [
            {
                "interval": "1m",
                "input_series": [
                    {"series": series_name(path), "values": " ".join(values)}
                    for path, values in columns.items()
                ],
                "alert_rule_test": [firing, *none],
            }
        ],
    }


def record(folder):
    """A recording of a month, one ten times as long, and the same series for promtool.

    The lines have the form that --record writes. promtool's files are JSON, which is also YAML.
    """
    configuration = eight_rules()
    rules = configuration["rules"]
    paths = {"request_metrics.requests.total"}
    paths.update(
        rule[key] for rule in rules for key in ("metric_path", "denominator_path") if key in rule
    )
    columns = {path: [] for path in sorted(paths)}
    ends = []
    with (folder / "month.jsonl").open("w") as file:
        for minute, document in enumerate(month()):
            for path, values in columns.items():
                value = document
                for key in path.split("."):
                    value = value[key]
                values.append(str(value))
            text = json.dumps(document, separators=(",", ":"))
            ends.append(f'","target":"api.example","snapshot":{text}}}\n')
            file.write(f'{{"observed_at":"{instant(minute)}{ends[-1]}')
    with (folder / "ten-months.jsonl").open("w") as file:
        for minute in range(10 * MINUTES):
            file.write(f'{{"observed_at":"{instant(minute)}{ends[minute % MINUTES]}')
    groups = [{"name": "eight", "rules": [alerting_rule(rule) for rule in rules]}]
    for name, document in {
        "eight-rules.json": configuration,
        "noisy-rules.json": noisy_rules(),
        "promtool-rules.json": {"groups": groups},
        "promtool-test.json": unit_test(rules, columns),
    }.items():
        (folder / name).write_text(json.dumps(document))


def age(path):
    """Fills up the recent values of every alert of a state that has any."""
    state = json.loads(path.read_text())
    for target in state["targets"].values():
        for alert in target["alerts"]:
            if recent := alert.get("recent"):
                time, value = recent[-1]
                steps = reversed(range(RECENT_VALUES))
                alert["recent"] = [[time - 60_000 * step, value] for step in steps]
    path.write_text(json.dumps(state))
