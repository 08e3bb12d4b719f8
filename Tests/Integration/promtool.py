"""Prometheus as a reference: runs rules and series as a unit test of `promtool test rules`."""

from __future__ import annotations

import json
import pathlib
import subprocess
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from harness import Document, instant

COMPARISONS = {"gt": ">", "gte": ">=", "lt": "<", "lte": "<="}
# The key of a series that a rule of `metric_path: NAME.*` evaluates; None for a single value.
Instance = str | None
Key = TypeVar("Key")
# The seconds at which an alert started firing and resolved; None if it was still firing.
Interval = tuple[int, int | None]


@dataclass(frozen=True)
class AlertRule:
    """A rule in the form of both programs; times are in seconds."""

    name: str
    metric: str
    comparison: str
    threshold: float
    duration: int = 0
    recovery: int = 0
    # Set if the expression is more than a comparison.
    expression: str = ""

    def for_prometheus(self) -> dict[str, object]:
        limit = f"{self.metric} {COMPARISONS[self.comparison]} {self.threshold!r}"
        rule: dict[str, object] = {
            "alert": self.name, "expr": self.expression or limit, "for": f"{self.duration}s",
        }  # fmt: skip
        if self.recovery:
            rule["keep_firing_for"] = f"{self.recovery}s"
        return rule


@dataclass
class Case:
    """Rules over series on one grid; None means no sample."""

    name: str
    step: int
    rules: list[AlertRule]
    series: dict[str, dict[Instance, list[float | None]]] = field(default_factory=dict)

    @property
    def times(self) -> range:
        length = max(len(values) for each in self.series.values() for values in each.values())
        return range(0, length * self.step, self.step)

    def write(
        self, folder: pathlib.Path, firing: dict[tuple[str, Instance], list[Interval]]
    ) -> pathlib.Path:
        """Writes a test that the alerts fire in these intervals and at no other time."""
        rules = {"groups": [{"name": "g", "rules": [each.for_prometheus() for each in self.rules]}]}
        (folder / f"{self.name}.rules").write_text(json.dumps(rules))
        checks = [
            {
                "eval_time": f"{time}s",
                "alertname": rule.name,
                "exp_alerts": [
                    {"exp_labels": {} if key is None else {"key": key}}
                    for key in self.series[rule.metric]
                    if is_inside(time, firing.get((rule.name, key), []))
                ],
            }
            for time in self.times
            for rule in self.rules
        ]
        group = {
            "interval": f"{self.step}s",
            "input_series": [
                {
                    "series": metric if key is None else f'{metric}{{key="{key}"}}',
                    "values": " ".join("_" if each is None else repr(each) for each in values),
                }
                for metric, each in self.series.items()
                for key, values in each.items()
            ],
            "alert_rule_test": checks,
        }
        path = folder / f"{self.name}.test"
        test = {
            "rule_files": [f"{self.name}.rules"],
            "evaluation_interval": f"{self.step}s",
            "tests": [group],
        }
        path.write_text(json.dumps(test))
        return path


def is_inside(time: int, intervals: Iterable[Interval]) -> bool:
    return any(begin <= time and (end is None or time < end) for begin, end in intervals)


def differences(tests: list[pathlib.Path]) -> dict[str, str]:
    """The failures that promtool reports, by case."""
    command = ["promtool", "test", "rules", *map(str, tests)]
    run = subprocess.run(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=120
    )
    found: dict[str, str] = {}
    parts = run.stdout.split("Unit Testing:")
    if len(parts) != len(tests) + 1:
        raise AssertionError(f"promtool did not judge all cases:\n{run.stdout[:4_000]}")
    for part in parts[1:]:
        name, _, verdict = part.strip().partition("\n")
        if verdict.strip() != "SUCCESS":
            found[pathlib.Path(name.strip()).stem] = verdict.strip()
    if (run.returncode != 0) != bool(found):
        raise AssertionError(f"promtool: exit code {run.returncode}, differences {found}"[:4_000])
    return found


def firing_intervals(
    replayed: str, begin: datetime, key: Callable[[Document], Key]
) -> dict[Key, list[Interval]]:
    """When alerts fired in the JSON report of a replay, in seconds since the beginning."""
    firing: dict[Key, list[Interval]] = {}
    for row in json.loads(replayed)["transitions"]:
        intervals = firing.setdefault(key(row), [])
        at = int((instant(row["at"]) - begin).total_seconds())
        if row["to"] == "firing":
            intervals.append((at, None))
        elif row["to"] == "resolved":
            intervals[-1] = (intervals[-1][0], at)
    return firing
