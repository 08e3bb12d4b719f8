"""`replay` fires exactly when Prometheus does, where semantics.md says so, according to `promtool`.

Random cases on regular grids use a seed that is printed; OPS_PROMTOOL_SEED sets another one and
OPS_PROMTOOL_CASES the number of cases. A table lists the intentional differences.
"""

from __future__ import annotations

import json
import os
import pathlib
import random
import subprocess
import tempfile
import unittest
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Any

from harness import LONGEST_RUN, TOOL
from promtool import (
    COMPARISONS,
    AlertRule,
    Case,
    Instance,
    Interval,
    differences,
    firing_intervals,
)

SEED = int(os.environ.get("OPS_PROMTOOL_SEED", "5"))
CASES = int(os.environ.get("OPS_PROMTOOL_CASES", "500"))
BEGIN = datetime(2026, 9, 1, tzinfo=timezone.utc)
Firing = dict[tuple[str, Instance], list[Interval]]


def configured(rule: AlertRule, path: str, **more: Any) -> dict[str, Any]:
    document = {
        "name": rule.name, "metric_path": path, "comparison": rule.comparison,
        "threshold": rule.threshold, "duration_minutes": rule.duration / 60, "unit": "count",
        "summary": "A number is bad", "runbook": "https://runbooks.example/number",
    }  # fmt: skip
    if rule.recovery:
        document["recovery_minutes"] = rule.recovery / 60
    return document | more


def replay(
    folder: pathlib.Path, name: str, configuration: dict[str, Any], lines: list[dict[str, Any]]
) -> Firing:
    """The firing intervals of each alert, in seconds since the first line."""
    config, recording = folder / f"{name}.json", folder / f"{name}.jsonl"
    config.write_text(json.dumps(configuration))
    recording.write_text("".join(json.dumps(line) + "\n" for line in lines))
    run = subprocess.run(
        [TOOL, "replay", recording, "--config", config, "--format", "json", "--strict"],
        capture_output=True, text=True, timeout=LONGEST_RUN,
    )  # fmt: skip
    if run.returncode != 0:
        raise AssertionError(f"{name}: exit code {run.returncode}: {run.stderr}")
    return firing_intervals(run.stdout, BEGIN, lambda row: (row["name"], row["instance"]))


def line(time: int, **content: Any) -> dict[str, Any]:
    at = (BEGIN + timedelta(seconds=time)).strftime("%Y-%m-%dT%H:%M:%SZ")
    return {"observed_at": at, "target": "api", **content}


# Random cases


def random_values(chance: random.Random, threshold: float, length: int) -> list[float | None]:
    """Stretches of values on either side of the threshold, some exactly on it."""
    nearby = [0.0, 0.001, 0.5, 40.0]
    values: list[float | None] = []
    side = chance.choice([-1, 1])
    while len(values) < length:
        for _ in range(chance.choice([1, 1, 2, 3, chance.randint(1, 20)])):
            values.append(round(threshold + side * chance.choice(nearby), 6))
        side = -side
    return values[:length]


def random_seconds(chance: random.Random, step: int) -> int:
    """Zero, some steps, or a time between two steps."""
    exact = chance.randint(0, 6) * step
    return chance.choice([0, exact, exact, max(0, exact + chance.choice([-1, 1])),
                          chance.randint(0, 6 * step)])  # fmt: skip


def random_case(number: int) -> Case:
    chance = random.Random(f"{SEED}/{number}")
    step = chance.choice([15, 20, 30, 60, 90, 120, 300])
    length = chance.randint(30, 70)
    case = Case(f"case-{number}", step, [])
    for index in range(chance.randint(1, 4)):
        threshold = chance.choice([0.05, 0.0, 5.0, 8000.0, -3.25, round(chance.uniform(-9, 9), 3)])
        metric = f"m{index}"
        keys: list[Instance] = [None] if chance.random() < 0.7 else ["a", "b", "c"]
        case.series[metric] = {key: random_values(chance, threshold, length) for key in keys}
        # Occasionally, two rules on one series.
        for twin in range(chance.choice([1, 1, 2])):
            case.rules.append(
                AlertRule(
                    f"r{index}_{twin}", metric, chance.choice(list(COMPARISONS)), threshold,
                    random_seconds(chance, step),
                    chance.choice([0, random_seconds(chance, step)]),
                )
            )  # fmt: skip
    return case


def replay_case(folder: pathlib.Path, case: Case) -> Firing:
    rules = [
        configured(rule, rule.metric if None in case.series[rule.metric] else f"{rule.metric}.*")
        for rule in case.rules
    ]
    configuration = {"rules": rules, "evaluation": {"max_gap_minutes": case.step / 60}}
    lines = []
    for index, time in enumerate(case.times):
        snapshot = {
            metric: series[None][index] if None in series
            else {key: values[index] for key, values in series.items()}
            for metric, series in case.series.items()
        }  # fmt: skip
        lines.append(line(time, snapshot=snapshot))
    return replay(folder, case.name, configuration, lines)


# Intentional differences


@dataclass(frozen=True)
class Difference:
    """Samples a minute apart, and when each program fires; the rule is `v > 5` unless given.

    Samples: a number; `.` no line at all; `_` no metric; `null`; `"x"` text; `!` no snapshot;
    `~` not attempted; `9s` in a snapshot that is not newer; `9l` of too few requests. Prometheus
    gets only the numbers and uses the last one for up to five minutes.
    """

    why: str
    samples: str
    fires: list[tuple[int, int | None]]
    prometheus: list[tuple[int, int | None]]
    minutes: int = 0
    recovery: int = 0
    more: dict[str, Any] = field(default_factory=dict)
    expression: str = ""


DIFFERENCES = [
    Difference(
        "A gap longer than max_gap_minutes resets evidence; Prometheus extends the last value over "
        "the time without samples.",
        "9 9 . . . 9 9 9 9 9 9", [(10, None)], [(5, None)], minutes=5,
    ),
    Difference(
        "Missing samples do not resolve a firing alert; in Prometheus an ended series does.",
        "9 9 9 . . . . . . . . 9 1", [(2, 12)], [(2, 8)], minutes=2,
    ),
    Difference(
        "With on_gap: count, a gap counts however long; Prometheus counts five minutes of it.",
        "9 . . . . . . . . 9 9", [(9, None)], [], minutes=8, more={"on_gap": "count"},
    ),
    Difference(
        "A gap resets recovery evidence; keep_firing_for continues through it.",
        "9 1 . . . 1 1 1 1", [(0, 8)], [(0, 4)], recovery=3,
    ),
    Difference(
        "A missing metric is bad; without a series Prometheus has nothing to compare.",
        "_ _ _ _ _ 1", [(3, 5)], [], minutes=3,
    ),
    Difference(
        "A null metric is missing.",
        "null null null null null 1", [(3, 5)], [], minutes=3,
    ),
    Difference(
        "With on_missing: hold, a missing metric ends no alert; in Prometheus it does.",
        "9 _ _ _ _ _ _ _ 9 1", [(0, 9)], [(0, 6), (8, 9)], more={"on_missing": "hold"},
    ),
    Difference(
        "With on_missing: clear, the alert resolves at once; Prometheus uses the last value.",
        "9 9 _ _ 9 1", [(0, 2), (4, 5)], [(0, 5)], more={"on_missing": "clear"},
    ),
    Difference(
        "Text is not a number and counts as bad; a series cannot have text.",
        '"x" "x" "x" 1', [(2, 3)], [], minutes=2,
    ),
    Difference(
        "Too few requests keep an alert firing; a guard with `and` resolves it.",
        "9 9 1l 1l 9l 1l 9 1", [(0, 7)], [(0, 2), (6, 7)],
        more={"min_request_count": 20}, expression="v > 5 and n >= 20",
    ),
    Difference(
        "An unreachable endpoint keeps an alert firing; Prometheus marks its series as ended.",
        "9 9 9 ! ! ! ! ! ! ! 9 1", [(2, 11)], [(2, 8)], minutes=2,
    ),
    Difference(
        "So does a target that was not attempted.",
        "9 9 9 ~ ~ ~ ~ ~ ~ ~ 9 1", [(2, 11)], [(2, 8)], minutes=2,
    ),
    Difference(
        "A snapshot that is not newer than the previous one is no evidence; Prometheus cannot tell.",
        "9 9s 9s 9s 9 9", [], [(3, None)], minutes=3,
        more={"max_gap_minutes": 2},
    ),
    Difference(
        "Up to recovery_threshold an alert keeps firing; Prometheus has one threshold.",
        "4 9 4 4 3.5 3 9 3", [(1, 5), (6, 7)], [(1, 2), (6, 7)],
        more={"recovery_threshold": 3},
    ),
    Difference(
        "min_samples requires more samples than the duration has; Prometheus has only the duration.",
        "9 9 9 9 9 1", [(4, 5)], [(2, 5)], minutes=2, more={"min_samples": 5},
    ),
]  # fmt: skip


def recorded(index: int, sample: str) -> dict[str, Any] | None:
    """The recording line of one sample."""
    time = 60 * index
    match sample:
        case ".":
            return None
        case "!":
            return line(time, error="connection refused")
        case "~":
            return line(time, error="not attempted")
        case "_":
            return line(time, snapshot={"at": time, "n": 100})
    # Not newer: it has the time of the first one.
    says = 0 if sample.endswith("s") else time
    few = 5 if sample.endswith("l") else 100
    value = json.loads(sample.rstrip("sl") if sample[0].isdigit() else sample)
    return line(time, snapshot={"at": says, "n": few, "v": value})


def seconds(intervals: list[tuple[int, int | None]]) -> list[Interval]:
    return [(60 * begin, None if end is None else 60 * end) for begin, end in intervals]


class PromtoolTests(unittest.TestCase):
    maxDiff = 4_000

    def setUp(self) -> None:
        self.folder = pathlib.Path(
            self.enterContext(tempfile.TemporaryDirectory(prefix="ops-alert-promtool-"))
        )

    def replay_all(self, cases: list[Case]) -> list[Firing]:
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            return list(pool.map(lambda case: replay_case(self.folder, case), cases))

    def test_replay_fires_when_prometheus_does_on_a_regular_grid(self) -> None:
        print(f"\n{CASES} cases of the seed OPS_PROMTOOL_SEED={SEED}")
        cases = [random_case(number) for number in range(CASES)]
        firing = self.replay_all(cases)
        tests = [
            case.write(self.folder, found) for case, found in zip(cases, firing, strict=True)
        ]
        halves = [half for half in (tests[::2], tests[1::2]) if half]
        with ThreadPoolExecutor(2) as pool:
            found = {k: v for part in pool.map(differences, halves) for k, v in part.items()}
        for name in sorted(found)[:1]:
            case = cases[int(name.removeprefix("case-"))]
            self.fail(
                f"{len(found)} of {CASES} cases differ, {name} for one: {case}\n"
                f"{found[name][:2_000]}"
            )
        # Cases that never fire, or always fire, prove little.
        fired = sum(len(each) for one in firing for each in one.values())
        ended = sum(end is not None for one in firing for each in one.values() for _, end in each)
        self.assertGreater(fired, 5 * CASES)
        self.assertGreater(ended, 4 * CASES)
        print(f"{fired} firing intervals, {ended} of them resolved: no difference")

    def test_a_wrong_interval_is_noticed(self) -> None:
        """Each of these moves one end of one interval by one step."""
        moves = [
            lambda begin, end, step: (begin + step, end),
            lambda begin, end, step: (begin - step, end),
            lambda begin, end, step: (begin, end + step),
            lambda begin, end, step: (begin, end - step),
        ]
        cases = [random_case(number) for number in range(40)]
        tests = []
        for case, firing in zip(cases, self.replay_all(cases), strict=True):
            ended = [
                (key, place) for key, intervals in firing.items()
                for place, (begin, end) in enumerate(intervals) if begin > 0 and end is not None
            ]  # fmt: skip
            if not ended:
                continue
            key, place = ended[len(ended) // 2]
            begin, end = firing[key][place]
            firing[key][place] = moves[len(tests) % 4](begin, end, case.step)
            tests.append(case.write(self.folder, firing))
        self.assertGreater(len(tests), 20)
        found = differences(tests)
        self.assertEqual(sorted(found), sorted(test.stem for test in tests))
        for verdict in found.values():
            self.assertIn("FAILED", verdict)

    def test_intentional_differences_are_as_documented(self) -> None:
        tests = []
        for number, row in enumerate(DIFFERENCES):
            name, samples = f"row-{number}", row.samples.split()
            rule = AlertRule(
                "r", "v", "gt", 5, row.minutes * 60, row.recovery * 60, row.expression
            )
            configuration: dict[str, Any] = {
                "rules": [configured(rule, "v", **({"max_gap_minutes": 2} | row.more))],
                "endpoint": {"duration_minutes": 100},
            }
            if "s" in row.samples:
                configuration["evaluation"] = {"snapshot_time_path": "at"}
            if "min_request_count" in row.more:
                configuration["evaluation"] = {"request_count_path": "n"}
            lines = [recorded(index, sample) for index, sample in enumerate(samples)]
            with self.subTest(row.why):
                firing = replay(self.folder, name, configuration, [each for each in lines if each])
                self.assertEqual(firing.get(("r", None), []), seconds(row.fires), row.samples)
                self.assertNotEqual(row.fires, row.prometheus)
            series = {
                "v": [
                    float(each.rstrip("sl")) if each[0].isdigit() else None for each in samples
                ],
                "n": [5.0 if each.endswith("l") else 100.0 for each in samples],
            }  # fmt: skip
            case = Case(name, 60, [rule], {key: {None: each} for key, each in series.items()})
            tests.append(case.write(self.folder, {("r", None): seconds(row.prometheus)}))
        # The table must be right about Prometheus, too.
        for name, verdict in differences(tests).items():
            with self.subTest(DIFFERENCES[int(name.removeprefix("row-"))].why):
                self.fail(verdict[:2_000])


if __name__ == "__main__":
    unittest.main()
