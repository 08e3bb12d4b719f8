"""Rules give what a real Prometheus gives that scrapes the same bodies, where semantics.md says so.

Random cases use a seed that is printed; OPS_PARITY_SEED sets another one. All of them are scraped
at once. A table lists the intentional differences.
"""

from __future__ import annotations

import json
import math
import os
import pathlib
import random
import subprocess
import tempfile
import unittest
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any

from harness import LONGEST_RUN, TOOL, instant
from prometheus import STEP, Labels, OffGrid, Prometheus, Sample

SEED = int(os.environ.get("OPS_PARITY_SEED", "13"))
SCRAPES = 40
# How often the scrapes are repeated if the machine was too busy for a regular grid.
ATTEMPTS = 3
# How many random cases there are of each kind.
CASES = {"selector": 120, "aggregate": 100, "quotient": 50, "quantile": 50, "counter": 60,
         "alert": 40, "burn": 30}  # fmt: skip

# The labels of a series that a rule names, and its value, or the reason why it is unknown.
Judged = dict[frozenset[tuple[str, str]], float | str]
Expected = Callable[["Answers", int], Judged | None]
# The same character in two forms of Unicode.
FORMS = ["\u00e9", "e\u0301"]
DISTINCT = [
    "x", "y", "xy", "xxy", "X", "x y", " x", "日本", 'a"b', "back\\slash", "new\nline",
    "tab\there", '{x="1"}', "a/b", "a,b", "v=1", "x.y", "1", "10", "001", "-", "/", "#",
    "x\u200fy", "\x1b[31m", "long " * 30 + "1", "long " * 30 + "2",
]  # fmt: skip
VALUES = DISTINCT + FORMS
PATTERNS = [
    "x.*", ".*", ".+", "", "x|y", "(x|y)+", "[^x]*", "x?y?", r"\w+", r"\d+", r"\S*", "(?i)x",
    "(?i:X)y", ".", "é", "[[:alpha:]]+", "[a-z0-9]+", "a[/,]b", r"\pL+", "x{1,2}y?", r"x\.y",
    "^x$", "(?:a|back).*", r"\x78+", ".*[0-9]", "long.*1", "日.", "|x", r'a"b', r"back\\slash",
    r"[^\w]*", ".{2,3}", "(x)(y)?",
]  # fmt: skip


def escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def series(name: str, labels: Labels) -> str:
    shown = ",".join(f'{label}="{escaped(value)}"' for label, value in labels.items())
    return f"{name}{{{shown}}}" if labels else name


def number(value: float) -> str:
    odd = {math.inf: "+Inf", -math.inf: "-Inf"}
    return "NaN" if math.isnan(value) else odd.get(value, repr(value))


@dataclass
class Family:
    """The series of one name: their labels, and a value for each scrape; None for no sample."""

    name: str
    rows: list[tuple[Labels, list[float | None]]]
    kind: str = "gauge"

    def text(self, scrape: int) -> str:
        lines = [f"# TYPE {self.name} {self.kind}"]
        for labels, values in self.rows:
            value = values[scrape]
            if value is not None:
                name = f"{self.name}_bucket" if self.kind == "histogram" else self.name
                lines.append(f"{series(name, labels)} {number(value)}")
        return "\n".join(lines) + "\n"


@dataclass
class Case:
    """A rule, and what Prometheus says of the same series."""

    rule: dict[str, Any]
    # The expression for Prometheus.
    expression: str
    # What the rule should give at a scrape; None if nothing is compared there.
    expected: Expected
    families: list[Family]
    # The rule of Prometheus, of a case that compares alerts.
    alert: dict[str, Any] | None = None


class Answers:
    """What Prometheus found for one case."""

    def __init__(self, prometheus: Prometheus, times: list[float], case: Case) -> None:
        self.times = times
        self.results = prometheus.results(case.expression, times)
        self._prometheus = prometheus
        self._raw: dict[str, list[tuple[Labels, dict[int, float]]]] = {}

    def raw(self, selector: str) -> list[tuple[Labels, dict[int, float]]]:
        if selector not in self._raw:
            self._raw[selector] = self._prometheus.raw(selector, self.times)
        return self._raw[selector]


def key(labels: Labels, only: list[str] | None = None) -> frozenset[tuple[str, str]]:
    return frozenset(
        (label, value) for label, value in labels.items() if only is None or label in only
    )


def without(samples: list[Sample], fixed: list[str]) -> Judged:
    """The samples of Prometheus, without the labels that the selector fixes."""
    return {
        key({each: labels[each] for each in labels if each not in fixed}):
            value if value == value else "not_a_number"
        for labels, value in samples
    }  # fmt: skip


# Selectors


@dataclass
class Selector:
    """The same selector for both programs."""

    text: str
    for_prometheus: str
    # The labels that it gives one value.
    fixed: list[str]


def random_selector(chance: random.Random, name: str, labels: list[str], most: int) -> Selector:
    ours, theirs, fixed = [], [], []
    for _ in range(chance.choice(list(range(most + 1)))):
        label = chance.choice([*labels, "absent"])
        operator = chance.choice(["=", "!=", "=~", "!~"])
        pattern = operator.endswith("~")
        value = chance.choice(PATTERNS) if pattern else chance.choice([*VALUES, ""])
        if operator == "=":
            fixed.append(label)
        quote = chance.choice("'\"")
        written = escaped(value)
        if quote == "'":
            written = written.replace('\\"', '"').replace("'", "\\'")
        blank = chance.choice(["", " "])
        ours.append(f"{label}{blank}{operator}{blank}{quote}{written}{quote}")
        # In Prometheus 2, a dot does not match a line feed.
        theirs.append(f'{label}{operator}"{"(?s)" if pattern else ""}{escaped(value)}"')
    if not ours:
        return Selector(chance.choice([name, f"{name}{{}}", f" {name} "]), name, [])
    return Selector(
        f"{name}{{{', '.join(ours)}{chance.choice(['', ','])}}}", f"{name}{{{','.join(theirs)}}}",
        fixed,
    )  # fmt: skip


def random_labels(chance: random.Random, names: list[str], count: int) -> list[Labels]:
    """Different label sets; a label may be absent or empty."""
    found: dict[frozenset[tuple[str, str]], Labels] = {}
    for _ in range(count):
        labels = {
            name: chance.choice(VALUES + [""] * 3) for name in names if chance.random() < 0.7
        }
        found[frozenset((name, value) for name, value in labels.items() if value)] = labels
    rows = list(found.values())
    chance.shuffle(rows)
    return rows


def random_value(chance: random.Random) -> float:
    return chance.choice([
        round(chance.uniform(-1_000, 1_000), 3), float(chance.randint(-50, 50)), 0.0, -0.0,
        chance.uniform(0, 1), 1e300, 5e-324, 1.7976931348623157e308, float(2**53 + 2),
    ])  # fmt: skip


def rule(name: str, **more: Any) -> dict[str, Any]:
    threshold: dict[str, Any] = {} if "objective" in more else {"threshold": 1e9}
    return {
        "name": name, "comparison": "gt", "duration_minutes": 0, "on_missing": "hold",
        "unit": "count",
    } | threshold | more  # fmt: skip


def selector_case(chance: random.Random, name: str) -> Case:
    labels = ["a", "b", "c", "zone"]
    rows = random_labels(chance, labels, chance.randint(1, 12))
    if chance.random() < 0.2:
        rows += [{"path": "long " * 30 + each} for each in "12"]
    odd = [math.inf, -math.inf, math.nan]
    family = Family(name, [
        (each, [
            None if chance.random() < 0.05
            else chance.choice(odd) if chance.random() < 0.04 else random_value(chance)
            for _ in range(SCRAPES)
        ])
        for each in rows
    ])  # fmt: skip
    selector = random_selector(chance, name, labels, 3)
    return Case(
        rule(name, metric=selector.text), selector.for_prometheus,
        lambda answers, scrape: without(answers.results[scrape], selector.fixed), [family],
    )  # fmt: skip


# Aggregates


def grouped_rows(
    chance: random.Random, count: int, groups: list[str] | None = None
) -> list[Labels]:
    """Label sets that all have `g` and `h`, and a different `id` each."""
    groups = groups or chance.sample(DISTINCT, 3)
    return [
        {"g": chance.choice(groups), "h": chance.choice(groups), "id": str(index)}
        for index in range(count)
    ]


def aggregate_case(chance: random.Random, name: str) -> Case:
    function = chance.choice(["sum", "count", "min", "max", "avg"])
    by = chance.choice([[], ["g"], ["h"], ["g", "h"], ["h", "g"], ["g", "h", "id"]])
    odd = [math.inf, -math.inf, *([] if function in ["min", "max"] else [math.nan])]
    family = Family(name, [
        (each, [
            None if chance.random() < 0.05 else chance.choice(odd) if chance.random() < 0.02
            else round(chance.uniform(-100, 1_000), 3)
            for _ in range(SCRAPES)
        ])
        for each in grouped_rows(chance, chance.randint(2, 14), chance.choice([None, FORMS]))
    ])  # fmt: skip
    selector = random_selector(chance, name, ["g", "h"], 1)
    more = {"instance_by": by} if by else {}
    grouping = f" by ({','.join(by)})" if by else ""

    def expected(answers: Answers, scrape: int) -> Judged | None:
        found = answers.results[scrape]
        if not found and not by:
            # A sum and a count of nothing are 0 if the body has the family.
            is_there = any(values[scrape] is not None for _, values in family.rows)
            return {key({}): 0} if function in ["sum", "count"] and is_there else {}
        return without(found, [])

    return Case(
        rule(name, metric=selector.text, aggregate=function, **more),
        f"{function}{grouping} ({selector.for_prometheus})", expected, [family],
    )  # fmt: skip


# Quotients


def quotient_case(chance: random.Random, name: str) -> Case:
    # A denominator below 0 is none, as the table of differences says.
    def values(zeros: float, least: float = -50) -> list[float | None]:
        return [
            0.0 if chance.random() < zeros else round(chance.uniform(least, 500), 2)
            for _ in range(SCRAPES)
        ]

    rows = grouped_rows(chance, chance.randint(1, 8))
    shape = chance.choice(["same", "on", "aggregated", "one"])
    below = [{}] if shape == "one" else [each for each in rows if chance.random() < 0.9] or rows
    own, divisor = Family(name, [(each, values(0)) for each in rows]), Family(
        f"{name}_limit", [(each, values(0.1, 0.01)) for each in below]
    )
    more: dict[str, Any] = {}
    match shape:
        case "same":
            expression = f"{name} / {divisor.name}"
        case "on":
            more["instance_by"] = ["g", "id"]
            expression = f"sum by (g,id) ({name}) / on (g,id) {divisor.name}"
        case "aggregated":
            function = chance.choice(["sum", "min", "max", "avg"])
            more |= {"instance_by": ["g"], "aggregate": function}
            expression = f"{function} by (g) ({name}) / {function} by (g) ({divisor.name})"
        case _:
            expression = f"{name} / on () group_left () {divisor.name}"

    def expected(answers: Answers, scrape: int) -> Judged | None:
        found = without(answers.results[scrape], [])
        # Only a denominator of 0 gives something that is not finite here.
        found = {
            each: "zero_denominator" if value == "not_a_number" or math.isinf(value) else value
            for each, value in found.items()
        }  # fmt: skip
        only = more.get("instance_by")
        missing = {key(labels, only): "missing" for labels, _ in own.rows}
        return missing | found

    return Case(
        rule(name, metric=name, measure="quotient", denominator_metric=divisor.name, **more),
        expression, expected, [own, divisor],
    )  # fmt: skip


# Quantiles


def quantile_case(chance: random.Random, name: str) -> Case:
    bounds = sorted(chance.sample(
        [-5.0, -1.0, 0.0, 0.005, 0.01, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 1e6],
        chance.randint(1, 8),
    ))  # fmt: skip
    quantile = chance.choice([0, 1, 0.5, 0.95, 0.99, round(chance.random(), 3)])
    rows: list[tuple[Labels, list[float | None]]] = []
    for labels in grouped_rows(chance, chance.randint(1, 4)):
        counts = [float(chance.choice([0, chance.randint(0, 1_000)])) for _ in [*bounds, 0]]
        columns: list[list[float | None]] = [[] for _ in counts]
        for _ in range(SCRAPES):
            for place in range(len(counts)):
                counts[place] += chance.choice([0, 0, chance.randint(0, 20)])
            if quantile == 0:
                # Otherwise Prometheus divides 0 by 0.
                counts[0] += 1
            for place, column in enumerate(columns):
                column.append(sum(counts[: place + 1]))
        for place, bound in enumerate([*bounds, math.inf]):
            written = number(bound) if chance.random() < 0.5 else number(bound).removesuffix(".0")
            rows.append((labels | {"le": written}, columns[place]))
    family = Family(name, rows, "histogram")
    steps = chance.randint(2, 8)
    by = chance.choice([None, [], ["g"], ["g", "h"]])
    growth = f"{name}_bucket - {name}_bucket offset {steps}s"
    more: dict[str, Any] = {}
    if by is None:
        expression = f"histogram_quantile({quantile}, {growth})"
    else:
        more = {"instance_by": by} if by else {"aggregate": "sum"}
        grouping = ",".join(["le", *by])
        expression = f"histogram_quantile({quantile}, sum by ({grouping}) ({growth}))"

    def expected(answers: Answers, scrape: int) -> Judged | None:
        if scrape < steps:
            return None
        return {
            each: "low_volume" if value == "not_a_number" else value
            for each, value in without(answers.results[scrape], []).items()
        }  # fmt: skip

    return Case(
        rule(name, metric=name, measure="quantile", quantile=quantile,
             window_minutes=(steps - 0.5) * STEP / 60, **more),
        expression, expected, [family],
    )  # fmt: skip


# Counters


def counter_values(chance: random.Random, restarts: int | None) -> list[float | None]:
    """A counter that starts over once, or never."""
    value, values = float(chance.randint(2_000, 9_000)), []
    for scrape in range(SCRAPES):
        if scrape == restarts:
            value = float(chance.randint(0, 9))
        value += chance.choice([0, chance.randint(0, 9), chance.random()])
        values.append(value)
    return values


def growth(samples: dict[int, float], base: int, scrape: int) -> float | str:
    """How much a counter has grown, without extrapolation; a fall is a reset a sample later."""
    places = [place for place in range(base, scrape + 1) if place in samples]
    grown = 0.0
    for before, after in zip(places, places[1:]):
        fell = samples[after] < samples[before]
        if fell and after == scrape:
            return "unstable_counter"
        grown += samples[after] if fell else samples[after] - samples[before]
    return grown


def base_of(times: list[float], scrape: int, window: float) -> int | None:
    """The newest scrape that is a window old, or the oldest if it is half a window old."""
    base = max((each for each in range(scrape) if times[scrape] - times[each] >= window), default=0)
    return base if times[scrape] - times[base] >= window / 2 else None


def counter_case(chance: random.Random, name: str) -> Case:
    steps = chance.randint(2, 10)
    window = (steps - 0.5) * STEP
    measure = chance.choice(["increase", "rate_per_minute", "ratio", "changes"])
    rows = grouped_rows(chance, chance.randint(1, 8))
    restarts = [chance.choice([None, chance.randint(1, SCRAPES - 1)]) for _ in rows]
    by = chance.choice([None, None, [], ["g"]]) if measure != "changes" else None
    function = chance.choice(["sum", "max", "min", "avg"]) if measure != "ratio" else "sum"
    own, divisor = (
        Family(each, [(labels, counter_values(chance, restart))
                      for labels, restart in zip(rows, restarts)], "counter")
        for each in [name, f"{name}_total"]
    )  # fmt: skip
    if measure == "changes":
        own = Family(name, [
            (labels, [float(chance.choice([1, 1, 1, 2])) for _ in range(SCRAPES)])
            for labels in rows
        ])  # fmt: skip
    elif by is not None:
        # Some begin later, or end before.
        for place, (_, values) in enumerate(own.rows):
            if chance.random() < 0.3 and restarts[place] is None and measure != "ratio":
                cut = chance.randint(1, SCRAPES - 1)
                span = range(cut) if chance.random() < 0.5 else range(cut, SCRAPES)
                for scrape in span:
                    values[scrape] = None
    more: dict[str, Any] = {"measure": measure, "window_minutes": window / 60}
    if measure == "ratio":
        more["denominator_metric"] = divisor.name
    if by is not None:
        more["aggregate"] = function
        if by:
            more["instance_by"] = by

    def expected_changes(answers: Answers, scrape: int) -> Judged | None:
        return None if scrape < steps else without(answers.results[scrape], [])

    def combined(family: str, answers: Answers, scrape: int, base: int) -> Judged:
        """The growth of each instance."""
        groups: dict[frozenset[tuple[str, str]], list[float | str]] = {}
        here = {key(labels, by) for labels, samples in answers.raw(family) if scrape in samples}
        for labels, samples in answers.raw(family):
            # One that ended before the window is forgotten; one that begins now has not grown.
            if key(labels, by) not in here or not any(base < place <= scrape for place in samples):
                continue
            groups.setdefault(key(labels, by), []).append(growth(samples, base, scrape))
        functions = {"sum": sum, "max": max, "min": min, "avg": lambda all: sum(all) / len(all)}
        return {
            each: "unstable_counter" if "unstable_counter" in found else functions[function](found)
            for each, found in groups.items()
        }

    def expected(answers: Answers, scrape: int) -> Judged | None:
        base = base_of(answers.times, scrape, window)
        if base is None:
            return None
        span = round(answers.times[scrape] - answers.times[base], 3)
        found = combined(name, answers, scrape, base)
        if measure == "ratio":
            below = combined(divisor.name, answers, scrape, base)
            return {
                each: "unstable_counter" if "unstable_counter" in (value, below[each])
                else "low_volume" if below[each] == 0 else value / below[each]
                for each, value in found.items()
            }  # fmt: skip
        factor = window / span if measure == "increase" else 60 / span
        return {
            each: value if isinstance(value, str) else value * factor
            for each, value in found.items()
        }

    is_changes = measure == "changes"
    return Case(
        rule(name, metric=name, **more),
        f"changes({name}[{int((steps + 0.75) * 1_000)}ms])" if is_changes else name,
        expected_changes if is_changes else expected,
        [own, divisor] if measure == "ratio" else [own],
    )  # fmt: skip


# Alerts


def alert_case(chance: random.Random, name: str) -> Case:
    threshold = chance.choice([0.0, 5.0, 0.05, round(chance.uniform(-9, 9), 2)])
    rows: list[tuple[Labels, list[float | None]]] = []
    for index in range(chance.randint(1, 5)):
        values: list[float | None] = []
        side = chance.choice([-1, 1])
        while len(values) < SCRAPES:
            for _ in range(chance.choice([1, 1, 2, 3, chance.randint(1, 10)])):
                values.append(round(threshold + side * chance.choice([0, 0.001, 0.5, 40]), 6))
            side = -side
        rows.append(({"g": chance.choice("xyz"), "id": str(index)}, values[:SCRAPES]))
    comparison, sign = chance.choice([("gt", ">"), ("gte", ">="), ("lt", "<"), ("lte", "<="),
                                      ("eq", "=="), ("ne", "!=")])  # fmt: skip
    # Between two evaluations, so that a millisecond decides nothing.
    duration, recovery = (
        chance.choice([0, chance.randint(0, 4) + 0.5]) * STEP for _ in range(2)
    )
    selector = random_selector(chance, name, ["g"], 1)
    shape = chance.choice(["id", "id", "sum"])
    more: dict[str, Any] = {"instance_by": ["id"]}
    expression = selector.for_prometheus
    if shape == "sum":
        more |= {"aggregate": "sum"}
        expression = f"sum by (id) ({expression})"
    if recovery:
        more["recovery_minutes"] = recovery / 60
    alert: dict[str, Any] = {
        "alert": name, "expr": f"{expression} {sign} {threshold!r}",
        "for": f"{int(duration * 1_000)}ms",
    }  # fmt: skip
    if recovery:
        alert["keep_firing_for"] = f"{int(recovery * 1_000)}ms"
    return Case(
        rule(name, metric=selector.text, comparison=comparison, threshold=threshold,
             duration_minutes=duration / 60, **more),
        f"sum by (id) ({selector.for_prometheus})",
        lambda answers, scrape: without(answers.results[scrape], []), [Family(name, rows)], alert,
    )  # fmt: skip


def burn_case(chance: random.Random, name: str) -> Case:
    """A burn rate over two windows, as the SRE Workbook writes it for Prometheus."""
    objective, rate = chance.choice([0.9, 0.99, 0.999]), chance.choice([1, 2, 6])
    threshold = round(rate * (1 - objective), 12)
    long, short = chance.randint(6, 12), chance.randint(1, 4)
    rows: list[tuple[Labels, list[float], list[float]]] = []
    for index in range(chance.randint(4, 6)):
        # Neither program decides before the long window is covered.
        shares = [0.0] * (long + 1)
        while len(shares) < SCRAPES:
            shares += [threshold * chance.choice([0, 0, 0.5, 3, 9])] * chance.randint(2, 7)
        errors, total = [0.0], [0.0]
        for share in shares[1:SCRAPES]:
            requests = chance.randint(900, 2_000)
            total.append(total[-1] + requests)
            errors.append(errors[-1] + min(requests, round(requests * share)))
        rows.append(({"id": str(index)}, errors, total))

    def ratio(row: int, times: list[float], scrape: int, window: int) -> float | None:
        base = base_of(times, scrape, (window - 0.5) * STEP)
        if base is None:
            return None
        _, errors, total = rows[row]
        return (errors[scrape] - errors[base]) / (total[scrape] - total[base])

    def expected(answers: Answers, scrape: int) -> Judged | None:
        found: Judged = {}
        for row, (labels, _, _) in enumerate(rows):
            values = [ratio(row, answers.times, scrape, window) for window in (long, short)]
            known = [value for value in values if value is not None]
            is_good = values[1] is not None and not values[1] > threshold
            found[key(labels)] = (
                known[0] if values[0] is not None or is_good else "warming_up"
            )
        return found

    grown = [
        f"(({name} - {name} offset {window}s) / ({name}_total - {name}_total offset {window}s)"
        f" > {threshold!r})"
        for window in (long, short)
    ]
    return Case(
        rule(name, metric=name, measure="ratio", denominator_metric=f"{name}_total",
             instance_by=["id"], window_minutes=(long - 0.5) * STEP / 60,
             short_window_minutes=(short - 0.5) * STEP / 60, objective=objective, burn_rate=rate),
        name, expected,
        [Family(name, [(labels, list(errors)) for labels, errors, _ in rows], "counter"),
         Family(f"{name}_total", [(labels, list(total)) for labels, _, total in rows], "counter")],
        {"alert": name, "expr": f"{grown[0]} and {grown[1]}"},
    )  # fmt: skip


def random_cases() -> list[Case]:
    makers = {
        "selector": selector_case, "aggregate": aggregate_case, "quotient": quotient_case,
        "quantile": quantile_case, "counter": counter_case, "alert": alert_case,
        "burn": burn_case,
    }  # fmt: skip
    return [
        makers[kind](random.Random(f"{SEED}/{kind}/{number}"), f"{kind}_{number}")
        for kind, count in CASES.items()
        for number in range(count)
    ]


# The tool


class Runs:
    """Evaluates each body at the time at which it was scraped, and replays them all."""

    def __init__(self, folder: pathlib.Path, rules: list[dict[str, Any]]) -> None:
        self.folder = folder
        self.config = folder / "config.json"
        self.config.write_text(json.dumps({"rules": rules}))

    def _run(self, *arguments: object) -> dict[str, Any]:
        run = subprocess.run(
            [TOOL, *map(str, arguments)], capture_output=True, text=True, timeout=LONGEST_RUN
        )
        if run.returncode != 0:
            raise AssertionError(f"exit code {run.returncode}: {run.stderr[-4_000:]}")
        return json.loads(run.stdout)

    def evaluate(self, body: str, at: float) -> dict[str, list[dict[str, Any]]]:
        """The checks of each rule."""
        snapshot = self.folder / "snapshot.prom"
        snapshot.write_bytes(body.encode())
        report = self._run(
            "evaluate", "--config", self.config, "--snapshot", snapshot, "--at", moment(at),
            "--state", self.folder / "state.json", "--fail-on", "never", "--format", "json",
        )  # fmt: skip
        checks: dict[str, list[dict[str, Any]]] = {}
        for check in report["checks"]:
            checks.setdefault(check["name"], []).append(check)
        return checks

    def replay(self, bodies: list[str], times: list[float]) -> list[set[tuple[str, str]]]:
        """The alerts that fire after each sample: the name, and the instance."""
        recording = self.folder / "recording.jsonl"
        recording.write_text("".join(
            json.dumps({"observed_at": moment(at), "target": "default", "text": body}) + "\n"
            for body, at in zip(bodies, times, strict=True)
        ))  # fmt: skip
        report = self._run(
            "replay", recording, "--config", self.config, "--format", "json", "--strict"
        )
        places = {instant(moment(at)): place for place, at in enumerate(times)}
        found: list[set[tuple[str, str]]] = [set() for _ in times]
        for transition in report["transitions"]:
            alert = (transition["name"], transition["instance"] or "")
            for place in range(places[instant(transition["at"])], len(times)):
                match transition["to"]:
                    case "firing":
                        found[place].add(alert)
                    case "resolved":
                        found[place].discard(alert)
        return found


def moment(at: float) -> str:
    return datetime.fromtimestamp(round(at, 3), timezone.utc).isoformat(
        timespec="milliseconds"
    ).replace("+00:00", "Z")  # fmt: skip


def judged(checks: list[dict[str, Any]]) -> Judged:
    """What the checks of one rule say of the series that are there."""
    found: Judged = {}
    for check in checks:
        reason = check["reason"]
        # A rule that selects nothing says so.
        if reason == "gone" or reason == "missing" and not check["instance"]:
            continue
        found[key(check.get("labels", {}))] = reason or float(check["current_value"])
    return found


def is_same(one: Judged, other: Judged) -> bool:
    return one.keys() == other.keys() and all(
        value == other[each] if isinstance(value, str) or isinstance(other[each], str)
        else value == other[each] or math.isclose(value, other[each], rel_tol=1e-9, abs_tol=1e-10)
        for each, value in one.items()
    )  # fmt: skip


# Intentional differences


@dataclass(frozen=True)
class Difference:
    """Bodies, of which the last one is judged; the first one is served until then.

    `M` stands for a name that only this row has. Results are by label, `g="x"`, or `""`.
    """

    why: str
    bodies: list[str]
    rule: dict[str, Any]
    expression: str
    gives: dict[str, float | str]
    prometheus: dict[str, float]


WINDOW = {"window_minutes": 2.5 * STEP / 60}
DIFFERENCES = [
    Difference(
        "A dot matches a line feed, as in Prometheus 3.",
        ['M{g="x\\ny"} 1'], {"metric": 'M{g=~"x.y"}'}, 'M{g=~"x.y"}', {'g="x\ny"': 1}, {},
    ),
    Difference(
        "The sum of nothing is 0 if the body has the family; Prometheus has no series.",
        ['M{g="x"} 1'], {"metric": 'M{g="z"}', "aggregate": "sum"}, 'sum(M{g="z"})', {"": 0}, {},
    ),
    Difference(
        "So is the number of no series.",
        ['M{g="x"} 1'], {"metric": 'M{g="z"}', "aggregate": "count"}, 'count(M{g="z"})',
        {"": 0}, {},
    ),
    Difference(
        "A series without the label has no name; Prometheus groups by an empty one.",
        ['M{g="x"} 1\nM{h="y"} 2'], {"metric": "M", "aggregate": "sum", "instance_by": ["g"]},
        "sum by (g) (M)", {'g="x"': 1, "": "unnamed"}, {'g="x"': 1, "": 2},
    ),
    Difference(
        "NaN is unknown; Prometheus has it as a value, which compares with nothing.",
        ['M{g="x"} NaN'], {"metric": "M"}, "M", {'g="x"': "not_a_number"}, {'g="x"': math.nan},
    ),
    Difference(
        "The least of a NaN and a number is unknown; Prometheus ignores the NaN.",
        ['M{g="x"} NaN\nM{g="y"} 2'], {"metric": "M", "aggregate": "min"}, "min(M)",
        {"": "not_a_number"}, {"": 2},
    ),
    Difference(
        "A denominator of 0 is unknown; Prometheus divides by it.",
        ['M{g="x"} 1\nM_limit{g="x"} 0'],
        {"metric": "M", "measure": "quotient", "denominator_metric": "M_limit"}, "M / M_limit",
        {'g="x"': "zero_denominator"}, {'g="x"': math.inf},
    ),
    Difference(
        "A denominator below 0 is unknown, too.",
        ['M{g="x"} 1\nM_limit{g="x"} -1'],
        {"metric": "M", "measure": "quotient", "denominator_metric": "M_limit"}, "M / M_limit",
        {'g="x"': "zero_denominator"}, {'g="x"': -1},
    ),
    Difference(
        "Labels that a selector fixes name no instance; Prometheus matches them too.",
        ['M{g="x",h="1"} 1\nM{g="x",h="2"} 2'],
        {"metric": 'M{h="1"}', "measure": "quotient", "denominator_metric": 'M{h="2"}'},
        'M{h="1"} / M{h="2"}', {'g="x"': 0.5}, {},
    ),
    Difference(
        "Two series of one name are unknown; Prometheus keeps both.",
        ['M{g="x",h="1"} 1\nM{g="x",h="2"} 2'], {"metric": "M", "instance_by": ["g"]},
        'sum by (g,h) (M{h="1"})', {'g="x"': "ambiguous"}, {'g="x",h="1"': 1},
    ),
    Difference(
        "A series that disappears is gone, and its alert holds; in Prometheus it ends.",
        ['M{g="x"} 1\nM{g="y"} 1', 'M{g="y"} 1'], {"metric": "M"}, "M",
        {'g="x"': "gone", 'g="y"': 1}, {'g="y"': 1},
    ),
    Difference(
        "An increase spans what was seen; Prometheus extrapolates to both ends of the window.",
        ["M 100", "M 100", "M 110", "M 110"],
        {"metric": "M", "measure": "increase", **WINDOW}, "increase(M[2500ms])", {"": 8.33},
        {"": 12.5},
    ),
    Difference(
        "A counter that fell is unknown until the next sample; in Prometheus it was reset.",
        ["M 100", "M 4"], {"metric": "M", "measure": "increase", **WINDOW},
        "increase(M[2500ms]) > bool 0", {"": "unstable_counter"}, {"": 1},
    ),
    Difference(
        "A small fall is noise; in Prometheus every fall is a reset.",
        ["M 100", "M 99"], {"metric": "M", "measure": "increase", **WINDOW},
        "increase(M[3500ms]) > bool 90", {"": 0}, {"": 1},
    ),
    Difference(
        "A sum whose series are all gone is gone; in Prometheus they count while in the window.",
        ['M{g="x"} 1\nM{g="y"} 1', 'M{g="x"} 3\nM{g="y"} 1', 'M{g="x"} 5\nM{g="y"} 1',
         'M{g="y"} 1'],
        {"metric": "M", "measure": "increase", "aggregate": "sum", "instance_by": ["g"], **WINDOW},
        "sum by (g) (increase(M[3500ms])) > bool 0", {'g="x"': "gone", 'g="y"': 0},
        {'g="x"': 1, 'g="y"': 0},
    ),
    Difference(
        "A histogram without +Inf has no quantile.",
        ['M_bucket{le="1"} 1\nM_bucket{le="2"} 2', 'M_bucket{le="1"} 5\nM_bucket{le="2"} 9'],
        {"metric": "M", "measure": "quantile", "quantile": 0.5, **WINDOW},
        "histogram_quantile(0.5, M_bucket)", {"": "wrong_type"}, {"": math.nan},
    ),
    Difference(
        "Without observations there is too little traffic; Prometheus has NaN.",
        ['M_bucket{le="1"} 5\nM_bucket{le="+Inf"} 5'],
        {"metric": "M", "measure": "quantile", "quantile": 0.5, **WINDOW},
        "histogram_quantile(0.5, M_bucket - M_bucket offset 2s)", {"": "low_volume"},
        {"": math.nan},
    ),
]  # fmt: skip


def difference_body(number: int, row: Difference, scrape: int) -> str:
    place = max(0, scrape - SCRAPES + len(row.bodies))
    return row.bodies[place].replace("M", f"difference_{number}") + "\n"


def difference_rule(number: int, row: Difference) -> dict[str, Any]:
    name = f"difference_{number}"
    more = {
        each: value.replace("M", name) if each.endswith("metric") else value
        for each, value in row.rule.items()
    }
    return rule(name, **more)


def by_text(found: Judged) -> dict[str, float | str]:
    return {
        ",".join(f'{label}="{value}"' for label, value in sorted(labels)): value
        for labels, value in found.items()
    }


# The tests


@dataclass
class Scraped:
    """What both programs said of all cases."""

    cases: list[Case]
    times: list[float]
    answers: dict[str, Answers]
    checks: list[dict[str, list[dict[str, Any]]]]
    firing: list[set[tuple[str, str]]]
    replayed: list[set[tuple[str, str]]]
    # What Prometheus gives in the end for each difference.
    differences: list[list[Sample]] = field(default_factory=list)


def scrape(folder: pathlib.Path, cases: list[Case]) -> Scraped:
    bodies = [
        "".join(family.text(place) for case in cases for family in case.families)
        + "".join(difference_body(number, row, place) for number, row in enumerate(DIFFERENCES))
        for place in range(SCRAPES)
    ]
    with Prometheus(folder, bodies, [case.alert for case in cases if case.alert]) as prometheus:
        prometheus.wait()
        times = prometheus.times()
        firing = prometheus.firing(times)
        runs = Runs(folder, [case.rule for case in cases] + [
            difference_rule(number, row) for number, row in enumerate(DIFFERENCES)
        ])  # fmt: skip
        served = [prometheus.exporter.body(place) for place in range(SCRAPES)]
        answers = {case.rule["name"]: Answers(prometheus, times, case) for case in cases}
        for case in cases:
            # While it still answers.
            case.expected(answers[case.rule["name"]], SCRAPES - 1)
        differences = [
            prometheus.results(row.expression.replace("M", f"difference_{number}"), times)[-1]
            for number, row in enumerate(DIFFERENCES)
        ]
    checks = [runs.evaluate(body, at) for body, at in zip(served, times, strict=True)]
    return Scraped(
        cases, times, answers, checks, firing, runs.replay(served, times), differences
    )


class PrometheusParityTests(unittest.TestCase):
    maxDiff = 4_000
    scraped: Scraped

    @classmethod
    def setUpClass(cls) -> None:
        print(f"\n{sum(CASES.values())} cases of the seed OPS_PARITY_SEED={SEED}")
        cases = random_cases()
        for attempt in range(ATTEMPTS):
            with tempfile.TemporaryDirectory(prefix="ops-alert-parity-") as folder:
                try:
                    cls.scraped = scrape(pathlib.Path(folder), cases)
                    return
                except OffGrid as trouble:
                    print(f"scraping again: the machine was busy: {trouble}")
                    if attempt == ATTEMPTS - 1:
                        raise

    def test_rules_give_what_prometheus_gives(self) -> None:
        compared = dict.fromkeys(CASES, 0)
        found: dict[str, str] = {}
        for case in self.scraped.cases:
            name = case.rule["name"]
            for place in range(SCRAPES):
                expected = case.expected(self.scraped.answers[name], place)
                if expected is None:
                    continue
                given = judged(self.scraped.checks[place].get(name, []))
                compared[name.split("_")[0]] += len(expected)
                if name not in found and not is_same(given, expected):
                    found[name] = (
                        f"scrape {place}\nrule {case.rule}\nexpression {case.expression}\n"
                        f"gives    {by_text(given)}\nexpected {by_text(expected)}"
                    )
        if found:
            some = "\n\n".join(f"{name}: {text}" for name, text in sorted(found.items())[:3])
            self.fail(f"{len(found)} cases differ: {sorted(found)}\n{some}")
        # Cases that select nothing prove little.
        for kind, count in CASES.items():
            self.assertGreater(compared[kind], count * SCRAPES * 0.7, kind)
        print(f"values compared: {compared}: no difference")

    def test_alerts_fire_when_those_of_prometheus_do(self) -> None:
        names = {case.rule["name"] for case in self.scraped.cases if case.alert}
        checked = [
            {(check["name"], check["instance"]) for name in names for check in checks.get(name, [])
             if check["instance"] and check["phase"] in ("firing", "recovering")}
            for checks in self.scraped.checks
        ]  # fmt: skip
        replayed = [
            {alert for alert in alerts if alert[0] in names} for alerts in self.scraped.replayed
        ]
        changes = 0
        for place, firing in enumerate(self.scraped.firing):
            self.assertEqual(checked[place] ^ firing, set(), f"evaluate, scrape {place}")
            self.assertEqual(replayed[place] ^ firing, set(), f"replay, scrape {place}")
            changes += len(firing ^ self.scraped.firing[place - 1]) if place else len(firing)
        # Alerts that never fire, or always fire, prove little.
        self.assertGreater(changes, 10 * len(names))
        print(f"{changes} changes of what fires: no difference")

    def test_intentional_differences_are_as_documented(self) -> None:
        for number, row in enumerate(DIFFERENCES):
            with self.subTest(row.why):
                checks = self.scraped.checks[-1].get(f"difference_{number}", [])
                given = by_text({
                    key(check.get("labels", {})): check["reason"] or float(check["current_value"])
                    for check in checks
                })  # fmt: skip
                theirs = by_text({
                    key(labels): value for labels, value in self.scraped.differences[number]
                })  # fmt: skip
                self.assert_nearly(given, row.gives)
                self.assert_nearly(theirs, row.prometheus)
                self.assertNotEqual(row.gives, row.prometheus)

    def assert_nearly(self, given: dict[str, Any], expected: dict[str, Any]) -> None:
        """An extrapolation depends on the milliseconds between two scrapes."""
        self.assertEqual(given.keys(), expected.keys())
        for each, value in expected.items():
            is_number = isinstance(value, float | int) and isinstance(given[each], float | int)
            self.assertTrue(
                math.isclose(given[each], value, rel_tol=0.05)
                or math.isnan(value) and math.isnan(given[each])
                if is_number else given[each] == value,
                f"{each}: {given[each]}, expected {value}",
            )  # fmt: skip

    def test_a_wrong_value_is_noticed(self) -> None:
        name = "aggregate_0"
        case = next(each for each in self.scraped.cases if each.rule["name"] == name)
        expected = case.expected(self.scraped.answers[name], SCRAPES - 1) or {}
        for each, value in expected.items():
            if isinstance(value, float) and math.isfinite(value) and value:
                self.assertFalse(is_same(expected, expected | {each: value * (1 + 1e-8)}))
                self.assertFalse(is_same(expected, expected | {each: "missing"}))
        self.assertFalse(is_same(expected, expected | {key({"another": "label"}): 1.0}))


if __name__ == "__main__":
    unittest.main()
