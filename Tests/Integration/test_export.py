"""`export prometheus`: valid for the programs that read it, and firing when `replay` does.

Random cases use a seed that is printed; OPS_EXPORT_SEED sets another one and OPS_EXPORT_CASES the
number of cases.
"""

from __future__ import annotations

import copy
import json
import os
import pathlib
import random
import re
import subprocess
import tempfile
import unittest
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Any

import yaml
from alertmanager_service import Alertmanager
from capture import Answer, CaptureServer, closed_port
from exported import FILES, Export, known, scraped
from harness import LONGEST_RUN, REPOSITORY, TOOL, Document
from promtool import differences, firing_intervals, is_inside

SEED = int(os.environ.get("OPS_EXPORT_SEED", "7"))
CASES = int(os.environ.get("OPS_EXPORT_CASES", "100"))
BEGIN = datetime(2026, 9, 1, tzinfo=timezone.utc)
SHIPPED = sorted(
    path
    for folder in ("config", "config/examples", "config/examples/endpoints")
    for path in (REPOSITORY / folder).glob("*.json")
    if not path.name.endswith((".schema.json", ".tests.json"))
)
HOSTILE = "\"}}{{ $labels }}' #: - |\\ {{{{ \u2014 \\n {{template \"x\"}} %s"


def base(**more: Any) -> Document:
    rule = {
        "name": "r", "metric_path": "a.b", "comparison": "gt", "threshold": 5, "duration_minutes": 5,
    }  # fmt: skip
    return rule | more


def metric(**more: Any) -> Document:
    rule = base(metric="m", **more)
    del rule["metric_path"]
    return rule


def of(*rules: Document, **more: Any) -> Document:
    return {"rules": list(rules or [base()])} | more


def without(rule: Document, *keys: str) -> Document:
    return {key: value for key, value in rule.items() if key not in keys}


def counter(**more: Any) -> Document:
    return base(measure="increase", window_minutes=10, **more)


TARGET = {"name": "t", "metrics_url": "https://api.example/metrics?x=1&y=%26"}
TEXT = TARGET | {"format": "prometheus"}
CHAT = {"name": "chat", "type": "slack", "url_env": "CHAT_URL"}
MAIL = {"name": "mail", "type": "email", "to": ["a@example.com"]}
HOOK = {"name": "hook", "type": "webhook", "url_env": "HOOK_URL"}
PAGER = {"name": "pager", "type": "pagerduty", "routing_key_env": "PAGER_KEY"}
ISSUES = {"name": "issues", "type": "github"}
PHONE = {"name": "phone", "type": "ntfy", "url_env": "NTFY_URL", "topic_env": "NTFY_TOPIC"}
PEER = {"name": "peer", "type": "alertmanager", "url_env": "PEER_URL"}
HOURS = {"from": "22:00", "to": "06:00", "time_zone": "Europe/Berlin"}
WEEKLY = {"name": "w", "match": {"rules": ["r*"]}} | HOURS
ONCE = {
    "name": "w", "match": {"rules": ["r*"]}, "starts": "2026-12-01T20:00:00Z",
    "ends": "2026-12-03T23:00:00Z",
}  # fmt: skip


def sent(receiver: Document, **more: Any) -> Document:
    return of(receivers=[receiver | more])


def planned(window: Document, **more: Any) -> Document:
    return of(maintenance=[window | more])


# For each key of the configuration, one configuration without it, or with another value, and one with
# it: the export must not be the same.
VOCABULARY: dict[str, tuple[Document, Document]] = {
    "version": (of(), of(version="7")),
    "labels": (of(), of(labels={"team": "a"})),
    "defaults": (of(), of(defaults={"recovery_minutes": 5})),
    "rules": (of(), of(base(), base(name="s"))),
    "rules.name": (of(), of(base(name="s"))),
    "rules.metric_path": (of(), of(base(metric_path="a.c"))),
    "rules.metric": (of(metric()), of(without(metric(), "metric") | {"metric": 'm{a="b"}'})),
    "rules.instance_by": (
        of(base(metric_path="$.a[*].b")), of(base(metric_path="$.a[*].b", instance_by=["name"]))),
    "rules.aggregate": (of(metric()), of(metric(aggregate="sum"))),
    "rules.measure": (of(counter()), of(counter() | {"measure": "changes"})),
    "rules.window_minutes": (of(counter()), of(counter() | {"window_minutes": 20})),
    "rules.short_window_minutes": (
        of(counter() | {"measure": "ratio", "denominator_path": "n"}),
        of(counter() | {"measure": "ratio", "denominator_path": "n", "short_window_minutes": 2})),
    "rules.denominator_path": (
        of(base(measure="quotient", denominator_path="n")),
        of(base(measure="quotient", denominator_path="o"))),
    "rules.denominator_metric": (
        of(metric(measure="quotient", denominator_metric="n")),
        of(metric(measure="quotient", denominator_metric="o"))),
    "rules.quantile": (
        of(metric(measure="quantile", quantile=0.5, window_minutes=5)),
        of(metric(measure="quantile", quantile=0.9, window_minutes=5))),
    "rules.parse": (of(), of(base(parse="percent"))),
    "rules.scale": (of(), of(base(scale=2))),
    "rules.time_zone": (
        of(base(measure="age_seconds")), of(base(measure="age_seconds", time_zone="UTC"))),
    "rules.comparison": (of(), of(base(comparison="lte"))),
    "rules.threshold": (of(), of(base(threshold=6))),
    "rules.threshold_path": (
        of(without(base(threshold_path="x"), "threshold")),
        of(without(base(threshold_path="y"), "threshold"))),
    "rules.objective": (
        of(without(base(objective=0.9, burn_rate=2), "threshold")),
        of(without(base(objective=0.8, burn_rate=2), "threshold"))),
    "rules.burn_rate": (
        of(without(base(objective=0.9, burn_rate=2), "threshold")),
        of(without(base(objective=0.9, burn_rate=3), "threshold"))),
    "rules.bad_samples": (of(), of(base(bad_samples={"at_least": 3, "of": 5}))),
    "rules.bad_samples.at_least": (
        of(base(bad_samples={"at_least": 3, "of": 5})),
        of(base(bad_samples={"at_least": 2, "of": 5}))),
    "rules.bad_samples.of": (
        of(base(bad_samples={"at_least": 3, "of": 5})),
        of(base(bad_samples={"at_least": 3, "of": 6}))),
    "rules.duration_minutes": (of(), of(base() | {"duration_minutes": 7})),
    "rules.min_request_count": (of(), of(base(min_request_count=20))),
    "rules.breach_status": (of(base(severity="error")), of(base(severity="error", breach_status="warn"))),
    "rules.severity": (of(), of(base(severity="info"))),
    "rules.recovery_threshold": (of(), of(base(recovery_threshold=3))),
    "rules.recovery_minutes": (of(), of(base(recovery_minutes=3))),
    "rules.min_samples": (of(), of(base(min_samples=3))),
    "rules.max_gap_minutes": (of(), of(base(max_gap_minutes=30))),
    "rules.on_gap": (of(), of(base(on_gap="count"))),
    "rules.sparse_samples": (of(), of(base(sparse_samples=4))),
    "rules.on_missing": (of(base(on_missing="clear")), of(base(on_missing="hold"))),
    "rules.on_gone": (of(base(metric_path="a.*")), of(base(metric_path="a.*", on_gone="resolve"))),
    "rules.depends_on": (of(), of(base(depends_on=["endpoint_down"]))),
    "rules.targets": (of(targets=[TARGET]), of(base(targets=["t"]), targets=[TARGET])),
    "rules.unit": (of(), of(base(unit="ms"))),
    "rules.summary": (of(), of(base(summary="s"))),
    "rules.description": (of(), of(base(description="d"))),
    "rules.runbook": (of(), of(base(runbook="https://r.example/"))),
    "rules.dashboard": (of(), of(base(dashboard="https://d.example/"))),
    "rules.owner": (of(), of(base(owner="o"))),
    "rules.detail_path": (
        of(base(metric_path="$.a[*].b", instance_by=["name"])),
        of(base(metric_path="$.a[*].b", instance_by=["name"], detail_path="c"))),
    "rules.labels": (of(), of(base(labels={"a": "b"}))),
    "rules.allow": (of(), of(base(allow=["no_summary"]))),
    "evaluation": (of(), of(evaluation={"max_gap_minutes": 30})),
    "evaluation.max_gap_minutes": (of(), of(evaluation={"max_gap_minutes": 30})),
    "evaluation.on_gap": (of(), of(evaluation={"on_gap": "count"})),
    "evaluation.sparse_samples": (of(), of(evaluation={"sparse_samples": 4})),
    "evaluation.snapshot_time_path": (of(), of(evaluation={"snapshot_time_path": "at"})),
    "evaluation.request_count_path": (
        of(base(min_request_count=20)),
        of(base(min_request_count=20), evaluation={"request_count_path": "n"})),
    "evaluation.request_count_metric": (
        of(metric(min_request_count=20), evaluation={"request_count_metric": "n"}),
        of(metric(min_request_count=20), evaluation={"request_count_metric": "o"})),
    "endpoint": (of(), of(endpoint={"duration_minutes": 5})),
    "endpoint.duration_minutes": (of(), of(endpoint={"duration_minutes": 5})),
    "endpoint.breach_status": (
        of(endpoint={"severity": "error"}),
        of(endpoint={"severity": "error", "breach_status": "warn"})),
    "endpoint.severity": (of(), of(endpoint={"severity": "info"})),
    "endpoint.runbook": (of(), of(endpoint={"runbook": "https://r.example/"})),
    "endpoint.summary": (of(), of(endpoint={"summary": "s"})),
    "targets": (of(), of(targets=[TARGET])),
    "targets.name": (of(targets=[TARGET]), of(targets=[TARGET | {"name": "u"}])),
    "targets.metrics_url": (
        of(targets=[TARGET]), of(targets=[TARGET | {"metrics_url": "https://b.example/"}])),
    "targets.base_url": (
        of(targets=[{"name": "t", "base_url": "https://a.example"}]),
        of(targets=[{"name": "t", "base_url": "https://b.example/api/"}])),
    "targets.base_url_env": (
        of(targets=[{"name": "t", "base_url_env": "A"}]),
        of(targets=[{"name": "t", "base_url_env": "B"}])),
    "targets.metrics_url_env": (
        of(targets=[{"name": "t", "metrics_url_env": "A"}]),
        of(targets=[{"name": "t", "metrics_url_env": "B"}])),
    "targets.bearer_token_env": (
        of(targets=[TARGET]), of(targets=[TARGET | {"bearer_token_env": "A_TOKEN"}])),
    "targets.basic_auth_env": (
        of(targets=[TARGET]), of(targets=[TARGET | {"basic_auth_env": "LOGIN"}])),
    "targets.basic_auth_file": (
        of(metric(), targets=[TEXT]),
        of(metric(), targets=[TEXT | {"basic_auth_file": "secrets/login"}])),
    "targets.headers_env": (
        of(targets=[TARGET]), of(targets=[TARGET | {"headers_env": {"X-Key": "KEY"}}])),
    "targets.format": (
        of(base(metric_path="@response.status"), targets=[TARGET]),
        of(base(metric_path="@response.status"), targets=[TARGET | {"format": "none"}])),
    "targets.accept_status": (of(targets=[TARGET]), of(targets=[TARGET | {"accept_status": [503]}])),
    "notifications": (of(), of(notifications={"reminder_hours": 12})),
    "notifications.reminder_hours": (of(), of(notifications={"reminder_hours": 0})),
    "notifications.digest_over": (of(), of(notifications={"digest_over": 9})),
    "notifications.time_zone": (of(), of(notifications={"time_zone": "Europe/Berlin"})),
    "heartbeat": (of(), of(heartbeat={"url_env": "BEAT"})),
    "heartbeat.url_env": (of(heartbeat={"url_env": "BEAT"}), of(heartbeat={"url_env": "HEART"})),
    "heartbeat.url_file": (of(heartbeat={"url_file": "/a"}), of(heartbeat={"url_file": "/b"})),
    "maintenance": (of(), planned(WEEKLY)),
    "maintenance.name": (planned(WEEKLY), planned(WEEKLY, name="v")),
    "maintenance.reason": (planned(WEEKLY), planned(WEEKLY, reason="why")),
    "maintenance.days": (planned(WEEKLY), planned(WEEKLY, days=["sun"])),
    "maintenance.from": (planned(WEEKLY), planned(WEEKLY, **{"from": "21:00"})),
    "maintenance.to": (planned(WEEKLY), planned(WEEKLY, to="23:00")),
    "maintenance.time_zone": (planned(WEEKLY), planned(WEEKLY, time_zone="UTC")),
    "maintenance.starts": (planned(ONCE), planned(ONCE, starts="2026-12-01T21:00:00Z")),
    "maintenance.ends": (planned(ONCE), planned(ONCE, ends="2026-12-02T21:00:00Z")),
} | {
    key: (basis, basis | more)
    for key, basis, more in [
        ("receivers", of(), {"receivers": [CHAT]}),
        ("receivers.name", sent(CHAT), sent(CHAT, name="b")),
        ("receivers.type", sent(CHAT), sent(CHAT, type="discord")),
        ("receivers.severities", sent(CHAT), sent(CHAT, severities=["error"])),
        ("receivers.match", sent(CHAT), sent(CHAT, match={"rules": ["r*"]})),
        ("receivers.after_minutes", sent(CHAT), sent(CHAT, after_minutes=15)),
        ("receivers.hours", sent(CHAT), sent(CHAT, hours=HOURS)),
        ("receivers.hours.days", sent(CHAT, hours=HOURS), sent(CHAT, hours=HOURS | {"days": ["mon"]})),
        ("receivers.hours.from", sent(CHAT, hours=HOURS),
         sent(CHAT, hours=HOURS | {"from": "21:00"})),
        ("receivers.hours.to", sent(CHAT, hours=HOURS), sent(CHAT, hours=HOURS | {"to": "05:00"})),
        ("receivers.hours.time_zone", sent(CHAT, hours=HOURS),
         sent(CHAT, hours=HOURS | {"time_zone": "UTC"})),
        ("receivers.required", sent(CHAT), sent(CHAT, required=True)),
        ("receivers.url_env", sent(CHAT), sent(CHAT, url_env="OTHER")),
        ("receivers.url_file", sent(without(CHAT, "url_env") | {"url_file": "/a"}),
         sent(without(CHAT, "url_env") | {"url_file": "/b"})),
        ("receivers.token_env", sent(HOOK), sent(HOOK, token_env="TOKEN")),
        ("receivers.token_file", sent(HOOK), sent(HOOK, token_file="/a")),
        ("receivers.routing_key_env", sent(PAGER), sent(PAGER, routing_key_env="OTHER")),
        ("receivers.routing_key_file", sent(PAGER),
         sent(without(PAGER, "routing_key_env") | {"routing_key_file": "/a"})),
        ("receivers.repository_env", sent(ISSUES), sent(ISSUES, repository_env="R")),
        ("receivers.repository_file", sent(ISSUES), sent(ISSUES, repository_file="/a")),
        ("receivers.topic_env", sent(PHONE), sent(PHONE, topic_env="OTHER")),
        ("receivers.topic_file", sent(PHONE),
         sent(without(PHONE, "topic_env") | {"topic_file": "/a"})),
        ("receivers.mention", sent(CHAT), sent(CHAT, mention="<!here>")),
        ("receivers.accept_html", sent(HOOK), sent(HOOK, accept_html=True)),
        ("receivers.expires_minutes", sent(PEER), sent(PEER, expires_minutes=60)),
        ("receivers.labels", sent(ISSUES), sent(ISSUES, labels=["p1"])),
        ("receivers.to", sent(MAIL), sent(MAIL, to=["b@example.com"])),
        ("receivers.from", sent(MAIL), sent(MAIL, **{"from": "b@example.com"})),
        ("receivers.sendmail", sent(MAIL), sent(MAIL, sendmail="/usr/bin/msmtp")),
    ]
} | {
    f"{place}.match.{key}": (make({}), make({key: value}))
    for place, make in [
        ("receivers", lambda match: sent(CHAT, match={"rules": ["*"]} | match)),
        ("maintenance", lambda match: of(
            maintenance=[WEEKLY | {"match": {"rules": ["*"]} | match}], receivers=[CHAT])),
    ]
    for key, value in [
        ("rules", ["a*"]), ("instances", ["i*"]), ("targets", ["t*"]), ("severities", ["error"]),
        ("labels", {"team": "*"}),
    ]
} | {
    "maintenance.match": (planned(WEEKLY) | {"receivers": [CHAT]},
                          planned(WEEKLY, match={"rules": ["s"]}) | {"receivers": [CHAT]}),
}  # fmt: skip
# `include` is resolved before anything is exported, and `$schema` is for editors.
NOT_EXPORTED = {"$schema", "include"}

ODD: dict[str, Document] = {
    "all receivers": of(
        receivers=[CHAT, MAIL, HOOK, PAGER, ISSUES, PHONE, PEER,
                   {"name": "nobody", "type": "teams", "url_env": "TEAMS"},
                   {"name": "discord", "type": "discord", "url_file": "/run/d", "mention": "@here"}],
    ),
    "hostile texts": of(
        base(summary=HOSTILE, description=HOSTILE, owner=HOSTILE, unit="{{ }}", labels={
             "a_b": "x", "severity": "mine", "instance": "{{ . }}", "__x": HOSTILE}, metric_path="a}b.x\"y.'; drop"),
        base(name="q", metric_path="$.a[?@.b=='x y'].c", instance_by=["job"], comparison="ne",
             threshold="\"}) or vector(1) # \\n"),
        base(name="s", metric_path="a.b", comparison="in", threshold=["a|b", "c\\d", 5]),
        labels={"x": HOSTILE},
        targets=[{"name": HOSTILE, "metrics_url": "https://a.example/?q=%22%7B%7B"}],
        maintenance=[WEEKLY | {"name": HOSTILE, "reason": HOSTILE, "match": {"targets": [HOSTILE]}}],
        receivers=[CHAT | {"match": {"labels": {"x": HOSTILE, "y": "*"}}}],
        version=HOSTILE,
    ),
    "odd names of metrics": of(
        metric() | {"metric": '{"a.b", instance="x", job=~"y|z\\"", code!~`5..`}',
                    "instance_by": ["instance"]},
        metric(name="w", aggregate="max", instance_by=["target", "code"]) | {"metric": "up{x=''}"},
        targets=[TEXT | {"bearer_token_env": "T"}, TEXT | {"name": "u", "basic_auth_env": "U"}],
    ),
    "every measure": of(
        *[base(name=f"m{index}", **more) for index, more in enumerate([
            {"measure": "age_seconds", "scale": -1}, {"measure": "increase", "window_minutes": "90s"},
            {"measure": "rate_per_minute", "window_minutes": 5}, {"measure": "changes",
             "window_minutes": "1h"}, {"measure": "quotient", "denominator_path": "n", "scale": 100},
            {"measure": "ratio", "denominator_path": "n", "window_minutes": 60,
             "short_window_minutes": 5, "min_request_count": 9, "recovery_threshold": 1},
        ])],
        *[base(name=f"i{index}", metric_path="g.*", **more) for index, more in enumerate([
            {"measure": "quotient", "denominator_path": "n"},
            {"measure": "quotient", "denominator_path": "h.*"},
            {"measure": "ratio", "denominator_path": "n", "window_minutes": 5, "min_request_count": 2},
            {"aggregate": "count"}, {"aggregate": "avg", "recovery_threshold": 2},
        ])],
    ),
    "windows": of(
        base(depends_on=["s@t", "endpoint_down"]), base(name="s"),
        targets=[TARGET],
        maintenance=[WEEKLY, ONCE | {"name": "x", "match": {"rules": ["s"]}},
                     WEEKLY | {"name": "y", "to": "24:00", "from": "23:59", "days": ["sun"]},
                     WEEKLY | {"name": "z", "to": "00:00"}],
        receivers=[CHAT | {"hours": HOURS, "after_minutes": 5}, HOOK | {"severities": ["info"]},
                   PAGER | {"severities": ["info"], "match": {"severities": ["error"]}}],
        heartbeat={"url_file": "/run/beat"}, notifications={"reminder_hours": 0},
    ),
}  # fmt: skip


def paths(node: Document, prefix: str = "") -> set[str]:
    """The keys of a schema, each with those around it."""
    found = set()
    for name, inner in node.get("properties", {}).items():
        found.add(prefix + name)
        if name == "defaults":
            continue
        for each in (inner, inner.get("items", {}), *inner.get("oneOf", [])):
            found |= paths(each, f"{prefix}{name}.")
    return found


class ExportTests(unittest.TestCase):
    maxDiff = 4_000

    def setUp(self) -> None:
        self.folder = pathlib.Path(
            self.enterContext(tempfile.TemporaryDirectory(prefix="ops-alert-export-"))
        )

    def test_all_shipped_configurations_are_valid_and_their_tests_pass(self) -> None:
        checks = 0
        for path in SHIPPED:
            with self.subTest(path.name):
                tests = path.with_suffix(".tests.json")
                export = Export(self.folder / path.stem, path, *[tests] if tests.exists() else [])
                self.assertEqual(export.complaints(), [])
                for group in export.read("rules.test.yml")["tests"]:
                    checks += len(group["alert_rule_test"])
        self.assertGreater(checks, 60)
        print(f"\n{len(SHIPPED)} configurations, {checks} checks of promtool")

    def test_a_rule_test_of_an_empty_family_is_not_exported(self) -> None:
        tests = self.folder / "rule.tests.json"
        tests.write_text(json.dumps({"tests": [
            {"name": name, "every": "1m", "rules": ["r"], "series": series, "transitions": transitions}
            for name, series, transitions in [
                ("of other codes", {'m{code="200",zone="a"}': "9x6"}, []),
                ("gone", {'m{code="500",zone="a"}': "1x3 _x3"}, []),
                ("never there", {'n{code="500"}': "1x6"}, [
                    {"at": "0s", "rule": "r", "instance": None, "to": "firing"}]),
            ]
        ]}))  # fmt: skip
        rule = metric(instance_by=["zone"], on_gone="resolve", duration_minutes=0)
        export = Export(self.folder, of(rule | {"metric": 'm{code=~"5.."}'}), tests)
        self.assertEqual(export.complaints(), [])
        groups = [group["name"] for group in export.read("rules.test.yml")["tests"]]
        self.assertEqual(groups, ["of other codes", "never there"])
        self.assertIn(
            "rule tests of r\n    - not exported: an empty family of series counts as missing",
            export.output,
        )
        self.assertIn("# gone: r: not exported: an empty family", export.texts["rules.test.yml"])

    def test_odd_configurations_are_valid(self) -> None:
        for name, document in ODD.items():
            with self.subTest(name):
                export = Export(self.folder / name, document)
                self.assertEqual(export.complaints(), [])
                for file in FILES:
                    self.assertIsInstance(export.read(file), dict)

    def test_texts_from_outside_stay_texts(self) -> None:
        export = Export(self.folder, ODD["hostile texts"])
        rule = export.rule("r")
        for text in (rule["annotations"]["summary"], rule["labels"]["x"]):
            self.assertEqual(text.replace('{{ "{{" }}', "{{"), HOSTILE)
            self.assertNotIn("{{", text.replace('{{ "{{" }}', ""))
        self.assertEqual(rule["labels"]["severity"], "critical")
        self.assertEqual(len(export.rules), 4)
        self.assertEqual(len(export.read("prometheus.yml")["scrape_configs"]), 1)
        for name in FILES:
            for line in export.texts[name].splitlines():
                self.assertTrue(line.isprintable(), line)

    def test_every_key_changes_the_export_or_its_differences(self) -> None:
        schema = json.loads((REPOSITORY / "config/ops_alert_thresholds.schema.json").read_text())
        self.assertEqual(paths(schema) - NOT_EXPORTED, set(VOCABULARY))
        places = [(key, side) for key in VOCABULARY for side in (0, 1)]

        def made(place: tuple[str, int]) -> tuple[dict[str, str], str]:
            key, side = place
            export = Export(self.folder / f"{key}-{side}", VOCABULARY[key][side])
            return export.texts, export.output.split("\n", 1)[1]

        with ThreadPoolExecutor(2) as pool:
            exports = dict(zip(places, pool.map(made, places), strict=True))
        same = [key for key in VOCABULARY if exports[key, 0] == exports[key, 1]]
        self.assertEqual(same, [])

    def test_every_difference_that_is_printed_is_a_comment_too(self) -> None:
        for name, document in ODD.items():
            with self.subTest(name):
                export = Export(self.folder / name, document)
                comments = "".join(
                    line for text in export.texts.values() for line in text.splitlines(True)
                    if line.lstrip().startswith("#")
                )  # fmt: skip
                found = [line[6:] for line in export.output.splitlines() if line.startswith("    - ")]
                self.assertGreater(len(found), 7)
                for difference in found:
                    self.assertIn(difference, comments)

    def test_the_docs_name_every_key_that_differs(self) -> None:
        docs = (REPOSITORY / "docs/growing-out.md").read_text()
        words = set(re.findall(r"`([a-z_.]+)`", docs))
        export = [Export(self.folder / name, document).output for name, document in ODD.items()]
        for key in VOCABULARY:
            _, with_key = VOCABULARY[key]
            export.append(Export(self.folder / key, with_key).output)
        named = set(re.findall(r"^    - .*?`([a-z_.]+)`", "\n".join(export), re.MULTILINE))
        keys = {path.rsplit(".", 1)[-1] for path in VOCABULARY}
        self.assertGreater(len(named & keys), 20)
        self.assertEqual((named & keys) - words, set())

    def test_only_alerts_of_the_same_instance_inhibit_each_other(self) -> None:
        disk = metric(name="disk", instance_by=["mountpoint"])
        both = [{"mountpoint": "", "equal": ["instance"]}, {"equal": ["instance", "mountpoint"]}]
        for what, dependency, own, other, expected, difference in [
            ("the same labels", "s", disk, disk, both, ""),
            ("on a named target", "s@t", disk, disk,
             [{"mountpoint": "", "equal": []}, {"equal": ["mountpoint"]}], ""),
            ("the key of a star", "s", base(metric_path="a.*"),
             base(metric_path="b.*", on_gone="resolve"),
             [{"key": "", "equal": ["instance"]}, {"equal": ["instance", "key"]}], ""),
            ("without its series, the other fires", "s", base(), base(metric_path="b.*"), [],
             "it fires until its series exist"),
            ("only one has instances", "s", base(metric_path="a.*"), base(),
             [{"equal": ["instance"]}], ""),
            ("combined into one value", "s", disk, metric(aggregate="sum"),
             [{"equal": ["instance"]}], ""),
            ("other labels", "s", disk, metric(instance_by=["device"]),
             [{"mountpoint": "", "equal": ["instance"]}], "its instances have other labels"),
            ("labels that are not known", "s", metric(), disk, [{"equal": ["instance"]}],
             "without `instance_by`, each of its instances inhibits all"),
        ]:  # fmt: skip
            with self.subTest(what):
                rules = [own | {"name": "r", "depends_on": [dependency]}, other | {"name": "s"}]
                targets = [TEXT if "metric" in own else TARGET]
                export = Export(self.folder / what, of(*rules, targets=targets))
                self.assertEqual(export.complaints(), [])
                found = [
                    dict(re.findall('([a-z]+)="(.*?)"', " ".join(rule["target_matchers"])))
                    | {"equal": rule["equal"]}
                    for rule in export.read("alertmanager.yml")["inhibit_rules"]
                ]
                self.assertEqual(found, [{"alertname": "r"} | rule for rule in expected])
                notes = [line for line in export.output.splitlines() if f"`depends_on` {dependency}:" in line]
                self.assertEqual(len(notes), 1 if difference else 0, notes)
                self.assertIn(difference, "".join(notes))

    def test_a_label_of_a_series_wins_over_a_configured_one(self) -> None:
        for what, rule, series, alerts in [
            ("a label that is open", metric(), ['m{env="a"', 'm{env="b"', "m{"],
             [{"env": "a"}, {"env": "b"}, {"env": "prod"}]),
            ("a label of instance_by", metric(instance_by=["env"], recovery_threshold=3),
             ['m{env="a"', 'm{env="b"'], [{"env": "a"}, {"env": "b"}]),
            ("a label that the rule sets", metric(instance_by=["severity"], recovery_threshold=3),
             ['m{own_severity="a"', 'm{own_severity="b"'],
             [{"own_severity": each, "env": "prod"} for each in "ab"]),
        ]:  # fmt: skip
            with self.subTest(what):
                folder = self.folder / what
                export = Export(folder, of(
                    rule | {"duration_minutes": 0, "on_missing": "clear"}, labels={"env": "prod"},
                    targets=[TEXT],
                ))  # fmt: skip
                self.assertEqual(export.complaints(), [])
                base = {"job": "ops_prometheus", "instance": "t"}
                own = base | {"severity": "critical", "breach_status": "fail"}
                end = 'job="ops_prometheus", instance="t"}'
                # Only the first one fires; the others are between the two thresholds at the end.
                values = ["9 9 4", "9 1 4", "9 1 4"]
                checks = [
                    {"eval_time": at, "alertname": "r", "exp_alerts": [
                        {"exp_labels": own | each} for each in firing]}
                    for at, firing in [("0m", alerts), ("1m", alerts[:1]), (
                        "2m", alerts[:1] if "recovery_threshold" in rule else [])]
                ]  # fmt: skip
                rules = [without(each, "annotations") for each in export.rules]
                (folder / "r.rules").write_text(json.dumps({"groups": [{"name": "g", "rules": rules}]}))
                (folder / "r.test").write_text(json.dumps({
                    "rule_files": ["r.rules"], "evaluation_interval": "1m", "tests": [{
                        "interval": "1m", "alert_rule_test": checks, "input_series": [
                            {"series": name + ("" if name[-1] == "{" else ", ") + end, "values": each}
                            for name, each in zip(series, values)
                        ]}],
                }))  # fmt: skip
                self.assertEqual(differences([folder / "r.test"]), {})

    def test_a_receiver_of_no_severity_gets_nothing(self) -> None:
        export = Export(
            self.folder, sent(CHAT, severities=["error"], match={"severities": ["info"]})
        )
        (route,) = export.read("alertmanager.yml")["route"]["routes"]
        self.assertEqual(route["matchers"], ['severity=~""'])

    def test_a_time_zone_that_alertmanager_does_not_know_is_left_out(self) -> None:
        for zone, location in [
            ("UTC", "UTC"), ("Z", "UTC"), ("America/Indiana/Knox", "America/Indiana/Knox"),
            ("CET", "CET"), ("Etc/GMT+1", "Etc/GMT+1"), ("GMT+2", None), ("PST", None),
            ("SystemV/EST5", None),
        ]:  # fmt: skip
            with self.subTest(zone):
                export = Export(self.folder / zone.replace("/", "-"), of(
                    maintenance=[WEEKLY | {"time_zone": zone}],
                    receivers=[CHAT | {"hours": HOURS | {"time_zone": zone}}],
                ))  # fmt: skip
                self.assertEqual(export.complaints(), [])
                routes = export.read("alertmanager.yml")
                found = {
                    part["location"]
                    for window in routes["time_intervals"] for part in window["time_intervals"]
                }  # fmt: skip
                self.assertEqual(found, {location} if location else set())
                self.assertEqual("mute_time_intervals" in str(routes), location is not None)
                told = f"`time_zone` {zone}: Alertmanager does not know it"
                self.assertEqual(told in export.output, location is None)

    def test_the_heartbeat_has_a_name_of_its_own(self) -> None:
        names = ["ops_heartbeat", "ops_heartbeat_"]
        export = Export(self.folder, of(
            base(name=names[0]), heartbeat={"url_env": "BEAT"}, receivers=[CHAT | {"name": names[1]}]
        ))  # fmt: skip
        self.assertEqual(export.complaints(), [])
        routes = export.read("alertmanager.yml")
        self.assertEqual(
            [receiver["name"] for receiver in routes["receivers"]],
            ["nobody", names[1], "ops_heartbeat__"],
        )
        (beat, chat) = routes["route"]["routes"]
        self.assertEqual(beat["matchers"], ['alertname="ops_heartbeat__"'])
        self.assertEqual(chat["matchers"], ['alertname!="ops_heartbeat__"'])
        self.assertEqual(export.rule("ops_heartbeat__")["expr"], "vector(1)")

    def test_a_receiver_matches_labels_by_the_names_that_alerts_have(self) -> None:
        labels = {"severity": "none", "job": "a", "__x": "b"}
        export = Export(self.folder, of(
            base(labels=labels), receivers=[CHAT | {"match": {"labels": labels}}]
        ))  # fmt: skip
        (route,) = export.read("alertmanager.yml")["route"]["routes"]
        named = {"own___x": "b", "exported_job": "a", "own_severity": "none"}
        self.assertEqual(route["matchers"], [f'{name}=~"{value}"' for name, value in named.items()])
        self.assertLessEqual(named.items(), export.rule("r")["labels"].items())

    def test_the_docs_list_each_firing_of_a_week(self) -> None:
        docs = (REPOSITORY / "docs/growing-out.md").read_text()
        (step, program) = re.findall(r"--argjson step (\d+) '(.+?)'", docs, re.DOTALL)[0]
        self.assertIn(f"-d step={step} ", docs)
        self.assertLess(7 * 86_400 // int(step), 11_000, "the most points that Prometheus gives")
        labels = {"__name__": "ALERTS", "alertstate": "firing", "alertname": "disk", "zone": "a"}
        at = [0, 60, 120, 600, 660, 6_000]
        answer = {"data": {"result": [
            {"metric": labels, "values": [[1_780_000_000 + each, "1"] for each in at]},
            {"metric": labels | {"zone": "b"}, "values": [[1_780_000_060.5, "1"]]},
        ]}}  # fmt: skip
        run = subprocess.run(
            ["jq", "-r", "--argjson", "step", step, program], input=json.dumps(answer),
            capture_output=True, text=True, timeout=LONGEST_RUN,
        )  # fmt: skip
        self.assertEqual(run.stderr, "")
        lines = [line.split("\t") for line in run.stdout.splitlines()]
        self.assertEqual(lines, [
            ["2026-05-28T20:26:40Z", "2026-05-28T20:28:40Z", "alertname=disk", "zone=a"],
            ["2026-05-28T20:36:40Z", "2026-05-28T20:37:40Z", "alertname=disk", "zone=a"],
            ["2026-05-28T22:06:40Z", "2026-05-28T22:06:40Z", "alertname=disk", "zone=a"],
            ["2026-05-28T20:27:40Z", "2026-05-28T20:27:40Z", "alertname=disk", "zone=b"],
        ])  # fmt: skip

    def test_files_of_others_are_not_replaced(self) -> None:
        Export(self.folder, of())
        Export(self.folder, of(base(name="s")))
        mine = self.folder / "alertmanager.yml"
        mine.write_text("route: {}\n")
        config = self.folder / "configuration.json"
        before = (self.folder / "rules.yml").read_text()
        run = subprocess.run(
            [TOOL, "export", "prometheus", "--config", config, "--output", self.folder],
            capture_output=True, text=True, timeout=LONGEST_RUN,
        )  # fmt: skip
        self.assertEqual(run.returncode, 2)
        self.assertIn("alertmanager.yml was not written by export, and is not replaced", run.stderr)
        self.assertEqual(mine.read_text(), "route: {}\n")
        self.assertEqual((self.folder / "rules.yml").read_text(), before)

    def test_json_exporter_makes_the_series_that_the_rules_read(self) -> None:
        snapshot = {
            "a": {"b": 7, "up": True, "state": "bad", "n.o": 3},
            "list": [{"name": "x", "v": 1, "on": True}, {"name": "y", "v": 2, "on": False},
                     {"name": "z", "on": True}],
            "pods": {"items": [{"meta": {"name": "p"}, "conditions": [
                {"type": "Ready", "status": "False"}, {"type": "Other", "status": "True"}]}]},
        }  # fmt: skip
        rules = {
            "a.b": {}, "a.up": {"comparison": "eq", "threshold": True}, "a.n\\.o": {},
            "a.state": {"comparison": "ne", "threshold": "ok"}, "list.1.v": {},
            "$.list[*].v": {"instance_by": ["name"]},
            "$.list[?@.on==true].v": {"instance_by": ["name"]},
            "$.list[?@.v>=2].v": {"instance_by": ["name"]},
            "$.pods.items[*].conditions[?@.type=='Ready'].status":
                {"instance_by": ["type"], "comparison": "ne", "threshold": "True"},
            "$.list[?@.on && @.v]": {"instance_by": ["name"]},
        }  # fmt: skip
        document = of(*[
            base(name=f"r{index}", metric_path=path) | more
            for index, (path, more) in enumerate(rules.items())
        ])  # fmt: skip
        export = Export(self.folder, document)
        self.assertIn("json_exporter's paths cannot say it", export.output)
        found = scraped(export.read("json_exporter.yml")["modules"]["default"], snapshot)
        expected = {
            ("ops_a_b", ()): 7, ("ops_a_up", ()): 1, ("ops_a_n_o", ()): 3,
            ("ops_a_state_text", (("value", "bad"),)): 1, ("ops_list_1_v", ()): 2,
            ("ops_list_v_value", (("name", "x"),)): 1, ("ops_list_v_value", (("name", "y"),)): 2,
            ("ops_list_v_2_value", (("name", "x"),)): 1,
            ("ops_list_v_3_value", (("name", "y"),)): 2,
            ("ops_pods_items_conditions_status_text", (("type", "Ready"), ("value", "False"))): 1,
        }  # fmt: skip
        self.assertEqual(found, expected)


# Parity


@dataclass
class Case:
    """Random rules and what two targets publish, sample by sample."""

    name: str
    step: int
    configuration: Document
    # By target: one snapshot for each sample; of Prometheus text, the numbers by series.
    snapshots: dict[str, list[Document]] = field(default_factory=dict)
    job: str = "ops_json"
    # The labels of a rule's instances.
    labels: dict[str, list[str]] = field(default_factory=dict)


def near(chance: random.Random, limit: float) -> float:
    return round(limit + chance.choice([-1, 1]) * chance.choice([0, 0, 0.001, 0.5, 2, 40]), 6)


def stretches(chance: random.Random, length: int, make: Any) -> list[Any]:
    values: list[Any] = []
    while len(values) < length:
        values += [make()] * chance.choice([1, 1, 2, 3, chance.randint(1, 15)])
    return values[:length]


def minutes(chance: random.Random, step: int) -> float:
    exact = chance.randint(0, 6) * step
    return max(0, chance.choice([0, exact, exact, exact + 1, exact - 1])) / 60


def random_case(number: int) -> Case:
    chance = random.Random(f"{SEED}/{number}")
    step = chance.choice([15, 20, 30, 60, 120, 240])
    length = chance.randint(30, 70)
    names = chance.choice([["api"], ["api", "web"]])
    case = Case(f"case-{number}", step, {})
    case.snapshots = {name: [{"limits": {}, "n": 100} for _ in range(length)] for name in names}
    rules = []
    for index in range(chance.randint(1, 4)):
        limit = chance.choice([0.05, 0.0, 5.0, 8000.0, -3.25, round(chance.uniform(-9, 9), 3)])
        rule = base(name=f"r{index}", metric_path=f"m{index}", threshold=limit)
        rule |= {"duration_minutes": minutes(chance, step), "min_request_count": chance.choice([0, 20])}
        if chance.random() < 0.5:
            rule["recovery_minutes"] = minutes(chance, step)
        rule["comparison"] = chance.choice(["gt", "gte", "lt", "lte"])
        kind = chance.choice(["value", "value", "equal", "bool", "quotient", "instances", "limit"])
        make = lambda: near(chance, limit)  # noqa: E731
        if kind == "equal":
            rule["comparison"] = chance.choice(["eq", "ne", "in", "not_in"])
            if rule["comparison"] in ("in", "not_in"):
                rule["threshold"] = [limit, round(limit + 0.5, 6)]
        elif kind == "bool":
            rule |= {"comparison": chance.choice(["eq", "ne"]), "threshold": chance.random() < 0.5}
            make = lambda: chance.random() < 0.5  # noqa: E731
        elif kind == "quotient":
            rule |= {"measure": "quotient", "denominator_path": "n"}
        elif kind == "limit":
            del rule["threshold"]
            rule["threshold_path"] = f"limits.m{index}"
        if kind in ("value", "quotient", "instances"):
            if chance.random() < 0.4:
                far = chance.choice([0.5, 2])
                rule["recovery_threshold"] = limit - far if rule["comparison"][0] == "g" else limit + far
            if chance.random() < 0.3:
                rule["scale"] = chance.choice([2, 0.5, 100])
        instances = kind == "instances"
        if instances:
            rule |= {"metric_path": f"g{index}.*", "on_gone": "resolve"}
        absent = chance.choice([0, 0, 0.2])
        if absent and not instances:
            rule["on_missing"] = chance.choice(["alert", "clear"])
        if index > 0 and len(names) > 1 and chance.random() < 0.3:
            rule["targets"] = [chance.choice(names)]
        for name in names:
            for key in ["a", "b"] if instances else [None]:
                scale = rule.get("scale", 1) * (0.01 if kind == "quotient" else 1)
                values = stretches(
                    chance, length, lambda: None if chance.random() < absent else make())  # noqa: B023
                for sample, value in zip(case.snapshots[name], values, strict=True):
                    if isinstance(value, float):
                        value = round(value / scale, 9)
                    if kind == "limit" and chance.random() >= absent:
                        sample["limits"][f"m{index}"] = chance.choice([limit, limit + 0.5])
                    if instances:
                        group = sample.setdefault(f"g{index}", {})
                        if value is not None:
                            group[key] = value
                    elif value is not None:
                        sample[f"m{index}"] = value
        rules.append(rule)
    case.configuration = of(
        *rules, evaluation={"max_gap_minutes": step / 60, "request_count_path": "n"},
        targets=[{"name": name, "metrics_url": f"https://{name}.example/"} for name in names])  # fmt: skip
    return case


def random_text_case(number: int) -> Case:
    """The same of Prometheus text: series with two labels, selected, combined, divided."""
    chance = random.Random(f"{SEED}/text/{number}")
    step = chance.choice([15, 30, 60, 240])
    length = chance.randint(30, 60)
    case = Case(f"text-{number}", step, {}, {"api": [{} for _ in range(length)]}, "ops_prometheus")
    rules = []
    for index in range(chance.randint(1, 3)):
        limit = chance.choice([0.0, 4.0, -2.5, 100.0])
        # Without any series, Prometheus cannot tell whether the family is there.
        rule = metric(name=f"r{index}", threshold=limit, on_gone="resolve", on_missing="clear")
        rule |= {
            "metric": f"m{index}" + chance.choice(["", '{code=~"[45].."}', '{zone!="c"}', '{x=""}']),
            "comparison": chance.choice(["gt", "gte", "lt", "lte", "eq", "ne"]),
            "duration_minutes": minutes(chance, step),
            "recovery_minutes": chance.choice([0, minutes(chance, step)]),
        }  # fmt: skip
        combined = chance.choice(["sum", "min", "max", "avg", "count", None])
        by = chance.choice([["zone"], ["zone", "code"], ["code"]]) if combined else ["zone", "code"]
        if combined:
            rule["aggregate"] = combined
        rule["instance_by"] = by
        if combined == "count":
            rule["threshold"] = chance.choice([1, 2])
        elif chance.random() < 0.3:
            rule |= {"measure": "quotient",
                     "denominator_metric": rule["metric"].replace(f"m{index}", f"d{index}")}
        if rule["comparison"][0] in "gl" and chance.random() < 0.4:
            sign = -1 if rule["comparison"][0] == "g" else 1
            rule["recovery_threshold"] = rule["threshold"] + sign * chance.choice([0.5, 2])
        absent = chance.choice([0, 0.2])
        for zone in "ab":
            for code in ("200", "500"):
                values = stretches(
                    chance, length,
                    lambda: None if chance.random() < absent  # noqa: B023
                    else limit + chance.choice([-1, 1]) * chance.choice([0, 0.5, 2, 40]))  # noqa: B023
                for sample, value in zip(case.snapshots["api"], values, strict=True):
                    if value is not None:
                        labels = f'{{code="{code}",zone="{zone}"}}'
                        sample[f"m{index}{labels}"] = value
                        sample[f"d{index}{labels}"] = 1
        case.labels[rule["name"]] = by
        rules.append(rule)
    case.configuration = of(
        *rules, evaluation={"max_gap_minutes": step / 60}, targets=[TEXT | {"name": "api"}])
    return case


Firing = dict[tuple[str, str, str | None], list[tuple[int, int | None]]]


def body(numbers: Document) -> str:
    """Prometheus text; a family is there even if its series are not."""
    families = {f"{kind}{index}": [] for kind in "md" for index in range(3)}
    for name, number in numbers.items():
        families.setdefault(name.split("{")[0], []).append(f"{name} {number}\n")
    return "".join(f"# TYPE {name} gauge\n" + "".join(lines) for name, lines in families.items())


def published(case: Case, module: Document | None, target: str, snapshot: Document) -> Document:
    """The series of one scrape."""
    base_labels = f'job="{case.job}", instance="{target}"'
    if module is None:
        return {name[:-1] + f", {base_labels}}}": number for name, number in snapshot.items()}
    now = {
        f"{name}{{{base_labels}}}": value for (name, _), value in scraped(module, snapshot).items()
    }
    for group, members in snapshot.items():
        # json_exporter cannot name what a star matches: something else publishes it.
        if group.startswith("g"):
            for key, value in members.items():
                now[f'ops_{group}_value{{{base_labels}, key="{key}"}}'] = value
    return now


def replayed(folder: pathlib.Path, case: Case) -> Firing:
    recording = folder / "recording.jsonl"
    lines = []
    for target, snapshots in case.snapshots.items():
        for index, snapshot in enumerate(snapshots):
            at = (BEGIN + timedelta(seconds=index * case.step)).strftime("%Y-%m-%dT%H:%M:%SZ")
            content = {"snapshot": snapshot} if case.job == "ops_json" else {"text": body(snapshot)}
            lines.append({"observed_at": at, "target": target} | content)
    lines.sort(key=lambda line: line["observed_at"])
    recording.write_text("".join(json.dumps(line) + "\n" for line in lines))
    run = subprocess.run(
        [TOOL, "replay", recording, "--config", folder / "configuration.json", "--format", "json"],
        capture_output=True, text=True, timeout=LONGEST_RUN,
    )  # fmt: skip
    if run.returncode != 0:
        raise AssertionError(f"{case.name}: exit code {run.returncode}: {run.stderr}")
    return firing_intervals(
        run.stdout, BEGIN, lambda row: (row["target"], row["name"], row["instance"])
    )


def series(case: Case, export: Export) -> list[Document]:
    """What Prometheus has scraped; a series that ends is marked."""
    found: dict[str, list[str]] = {}
    modules = export.read("json_exporter.yml")["modules"] or {}
    for target, snapshots in case.snapshots.items():
        found[f'up{{job="{case.job}", instance="{target}"}}'] = ["1"] * len(snapshots)
        for index, snapshot in enumerate(snapshots):
            now = published(case, modules.get(target), target, snapshot)
            for name in now:
                found.setdefault(name, ["_"] * index)
            for name, values in found.items():
                if len(values) == index:
                    lost = "_" if not values or values[-1] in ("_", "stale") else "stale"
                    values.append(repr(float(now[name])) if name in now else lost)
    return [{"series": name, "values": " ".join(values)} for name, values in found.items()]


def written(
    folder: pathlib.Path, case: Case, export: Export, firing: Firing, rules: list[Document]
) -> pathlib.Path:
    """A test for promtool that these alerts fire, at these times and at no other."""
    length = len(next(iter(case.snapshots.values())))
    rules = [{key: rule[key] for key in rule if key != "annotations"} for rule in rules]
    name = f"{case.name}.rules"
    (folder / name).write_text(json.dumps({"groups": [{"name": "g", "rules": rules}]}))
    checks = []
    for index in range(length):
        for rule in rules:
            alerts = [
                {"exp_labels": rule["labels"] | {"job": case.job, "instance": target}
                 | dict(zip(case.labels.get(alert, ["key"]), key.split("/") if key else []))}
                for (target, alert, key), intervals in firing.items()
                if alert == rule["alert"] and is_inside(index * case.step, intervals)
            ]  # fmt: skip
            checks.append(
                {"eval_time": f"{index * case.step}s", "alertname": rule["alert"], "exp_alerts": alerts}
            )
    test = {
        "rule_files": [name], "evaluation_interval": f"{case.step}s",
        "tests": [{"interval": f"{case.step}s", "input_series": series(case, export),
                   "alert_rule_test": checks}],
    }  # fmt: skip
    path = folder / f"{case.name}.test"
    path.write_text(json.dumps(test))
    return path


class ParityTests(unittest.TestCase):
    maxDiff = 4_000

    def setUp(self) -> None:
        self.folder = pathlib.Path(
            self.enterContext(tempfile.TemporaryDirectory(prefix="ops-alert-parity-"))
        )

    def exported(self, case: Case) -> tuple[Export, Firing]:
        folder = self.folder / case.name
        export = Export(folder, case.configuration)
        return export, replayed(folder, case)

    def test_exported_rules_fire_when_replay_does(self) -> None:
        print(f"\n{CASES} cases of the seed OPS_EXPORT_SEED={SEED}")
        cases = [
            random_case(number) if number % 3 else random_text_case(number) for number in range(CASES)
        ]
        with ThreadPoolExecutor(2) as pool:
            results = list(pool.map(self.exported, cases))
        tests, episodes = [], 0
        for case, (export, firing) in zip(cases, results, strict=True):
            tests.append(written(self.folder, case, export, firing, export.rules))
            episodes += sum(len(each) for each in firing.values())
        found = differences(tests)
        self.assertEqual(found, {}, f"seed {SEED}")
        self.assertGreater(episodes, 5 * CASES)
        print(f"{episodes} episodes: no difference")

    def test_a_family_that_is_missing_fires_when_replay_does(self) -> None:
        rules = [
            metric(name="never", instance_by=["zone"], on_gone="resolve", duration_minutes=2),
            metric(name="selected", instance_by=["zone"], on_gone="resolve", duration_minutes=2),
            metric(name="lost", aggregate="sum", duration_minutes=2),
        ]  # fmt: skip
        for rule in rules:
            rule["metric"] = rule["name"] + '{code=~"5.."}'
        published = ["m0", "selected", "lost"], ["m0", "selected"]
        snapshots = [
            {f'{name}{{code="200"}}': 1 for name in published[4 <= sample < 10]}
            | ({'lost{code="500"}': 1} if not 4 <= sample < 10 else {})
            for sample in range(14)
        ]
        case = Case("missing-families", 60, of(
            *rules, evaluation={"max_gap_minutes": 1}, targets=[TEXT | {"name": "api"}],
        ), {"api": snapshots}, "ops_prometheus")  # fmt: skip
        export, firing = self.exported(case)
        self.assertEqual(firing, {
            ("api", "never", None): [(120, None)], ("api", "lost", None): [(360, 600)],
        })  # fmt: skip
        self.assertEqual(
            differences([written(self.folder, case, export, firing, export.rules)]), {}
        )

    def test_a_wrong_rule_is_noticed(self) -> None:
        case = next(
            case for case in map(random_case, range(1_000))
            if any(rule["duration_minutes"] > 0 for rule in case.configuration["rules"])
            and sum(map(len, self.exported(case)[1].values())) > 3
        )  # fmt: skip
        export, firing = self.exported(case)

        def judged(change: Any) -> bool:
            rules = copy.deepcopy(export.rules)
            for rule in rules:
                change(rule)
            return bool(differences([written(self.folder, case, export, firing, rules)]))

        self.assertFalse(judged(lambda rule: None))
        self.assertTrue(judged(lambda rule: rule.update({"for": "37m"})))
        self.assertTrue(judged(lambda rule: rule.update({"keep_firing_for": "37m"})))


class RoundTripTests(unittest.TestCase):
    """A real Prometheus and a real Alertmanager with exported files, once a second."""

    def test_an_exported_rule_fires_and_reaches_its_receiver(self) -> None:
        folder = pathlib.Path(
            self.enterContext(tempfile.TemporaryDirectory(prefix="ops-alert-round-trip-"))
        )
        server = CaptureServer()
        self.addCleanup(server.close)

        def publish(number: int) -> None:
            # The names are those of Prometheus's own series and of the labels that the rule sets.
            lines = f'up{{severity="a",job="b"}} {number}\nup{{severity="c",job="d"}} 1\n'
            server.script("/metrics", Answer(200, lines.encode()))

        publish(9)
        rules = [
            metric(name="high", duration_minutes="2s", recovery_minutes="2s",
                   instance_by=["severity", "job"], labels={"team": "search"}, severity="error"),
            metric(name="other", labels={"team": "api"}),
        ]  # fmt: skip
        rules[0]["metric"] = "up"
        export = Export(folder / "export", of(
            *rules, targets=[TEXT | {"name": "api", "metrics_url": server.url("/metrics")}],
            receivers=[HOOK | {"match": {"labels": {"team": "sea*", "severity": "a", "job": "b"}},
                               "severities": ["error"]}],
        ))  # fmt: skip
        routes = known(export.read("alertmanager.yml"))
        routes["route"] |= {"group_wait": "1s", "group_interval": "1s"}
        hook = routes["receivers"][1]["webhook_configs"][0]
        self.assertEqual(hook.keys(), {"url", "send_resolved"})
        hook["url"] = "{url}"
        alertmanager = Alertmanager(folder, server.url("/hook"), yaml.safe_dump(routes))
        self.addCleanup(alertmanager.close)
        groups = export.read("rules.yml")
        groups["groups"][0]["interval"] = "1s"
        (folder / "rules.yml").write_text(yaml.safe_dump(groups))
        settings = export.read("prometheus.yml")
        settings["global"] = {"scrape_interval": "1s", "evaluation_interval": "1s"}
        at = f"127.0.0.1:{alertmanager.port}"
        settings["alerting"]["alertmanagers"][0]["static_configs"][0]["targets"] = [at]
        (folder / "prometheus.yml").write_text(yaml.safe_dump(settings))
        log = self.enterContext((folder / "prometheus.log").open("w"))
        process = subprocess.Popen(
            ["prometheus", f"--config.file={folder / 'prometheus.yml'}",
             f"--storage.tsdb.path={folder / 'data'}",
             f"--web.listen-address=127.0.0.1:{closed_port()}"],
            stdin=subprocess.DEVNULL, stdout=log, stderr=log,
        )  # fmt: skip
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        (fired,) = server.wait_for(1, "/hook", 40)[:1]
        publish(1)
        resolved = server.wait_for(2, "/hook", 40)[-1]
        for request, status in ((fired, "firing"), (resolved, "resolved")):
            (alert,) = request.json()["alerts"]
            self.assertEqual(alert["status"], status)
            self.assertEqual(alert["labels"], {
                "alertname": "high", "severity": "error", "breach_status": "fail", "team": "search",
                "job": "ops_prometheus", "instance": "api", "own_severity": "a", "exported_job": "b",
            })  # fmt: skip


if __name__ == "__main__":
    unittest.main()
