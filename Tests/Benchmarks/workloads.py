"""Writes what the benchmark evaluates: snapshots, configurations, a state that has seen a lot.

A process of its own, because the benchmark could not measure a process smaller than itself.
"""

import json
import pathlib
import sys

RULES = 10_000
# As many recent values as a state keeps of one alert.
RECENT_VALUES = 24


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


def configuration(pending):
    """Many rules, of which the first so many find their metric bad and stay pending."""
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
            for index in range(RULES)
        ],
    }


def write(folder):
    many = snapshot(0) | {"section": {f"metric_{index}": index % 100 for index in range(RULES)}}
    documents = {
        "typical": snapshot(300),
        "large": snapshot(32_000),
        "many": many,
        "100-pending.json": configuration(100),
        "all-pending.json": configuration(RULES),
    }
    for name, document in documents.items():
        (folder / name).write_text(json.dumps(document))


def age(path):
    """Gives every alert of a state that has recent values all that it can have."""
    state = json.loads(path.read_text())
    for target in state["targets"].values():
        for alert in target["alerts"]:
            if recent := alert.get("recent"):
                time, value = recent[-1]
                steps = reversed(range(RECENT_VALUES))
                alert["recent"] = [[time - 60_000 * step, value] for step in steps]
    path.write_text(json.dumps(state))


if __name__ == "__main__":
    verb, path = sys.argv[1], pathlib.Path(sys.argv[2])
    {"write": write, "age": age}[verb](path)
