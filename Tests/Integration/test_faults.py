"""Each call of a run to the system fails, hangs or is the last, and the next run does its work.

`OPS_FAULTS=all` tries everything, `OPS_FAULTS=3/8` that part of it; by default, the part changes
from day to day. `OPS_FAULTS_ONLY=TEXT` limits it to faults whose description has the text.
"""

from __future__ import annotations

import fcntl
import json
import os
import pathlib
import queue
import re
import shutil
import sys
import tempfile
import time
import unittest
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Any

from capture import Answer, CaptureServer, Request
from fault_points import TIMER_DIVISORS, Ended, Fault, Place, Point, faults, library, tally
from harness import BAD, GOOD, instant, rule

# How many parts everything is divided into by default, and runs at once.
PARTS = 64
LANES = 4
# Those that hang wait, and need no processor.
HANGING_LANES = 12
# How long a run that hangs may take beyond its timer.
SLACK = 6.0
MOST_SHOWN = 12
# What every scenario does at least, and which share of the faults may go unreached.
FEWEST_POINTS = 80
SEEN_CALLS = {"open", "read", "write", "close", "flock", "fsync", "rename", "setitimer"}
MOST_MISSED = 0.05

CONFIG, STATE = "config.json", "state.json"
HISTORY, RECORDING, REPORT = "state-history.jsonl", "recording.jsonl", "report.json"
RULES, PAGE, OUTPUTS, SUMMARY = "rules/api.json", "page.html", "outputs", "summary.md"
# What may be left beside the state, whatever happened.
FILES = {CONFIG, STATE, STATE + ".lock", HISTORY, RECORDING, REPORT}
FILES |= {"rules", RULES, PAGE, OUTPUTS, SUMMARY}
CONFIGURATION = {CONFIG, RULES, "rules", "."}
HOOKS = ("hook", "desk")


class Lane:
    """A folder and a server, for one run at a time."""

    def __init__(self, library: pathlib.Path, scenario: Scenario) -> None:
        self.place = Place(library)
        self.place.variables |= scenario.variables
        self.options = scenario.options
        self.server = CaptureServer()
        self.endpoint = self.server.url("/ops/metrics")

    def close(self) -> None:
        self.server.close()
        self.place.remove()

    def publish(self, snapshot: dict[str, Any]) -> None:
        self.server.script("/ops/metrics", Answer(200, json.dumps(snapshot).encode()))

    def receive(self, refusals: int = 0) -> None:
        """Lets each receiver accept everything after this many refusals."""
        self.delivered: dict[str, list[tuple[str, str]]] = {name: [] for name in HOOKS}
        left = Counter({name: refusals for name in HOOKS})

        def accept(name: str, request: Request) -> Answer:
            # A worker that was killed may have sent a part.
            if len(request.body) < int(request.headers["content-length"]):
                return Answer(400)
            if left[name] > 0:
                left[name] -= 1
                return Answer(500)
            self.delivered[name] += [
                (alert["status"], alert["event_id"]) for alert in request.json()["alerts"]
            ]
            return Answer(200)

        for name in HOOKS:
            # All of the path is secret.
            path = f"/{name}/of/the/team"
            self.server.respond(path, lambda request, name=name: accept(name, request))
            self.place.variables[f"{name.upper()}_URL"] = self.server.url(path)

    def evaluate(self, at: float) -> Ended:
        return self.place.run(evaluation(self.endpoint, *self.options), at)

    def read(self, name: str) -> str:
        path = self.place.folder / name
        return path.read_text(errors="replace") if path.exists() else ""

    @property
    def state(self) -> dict[str, Any]:
        text = self.read(STATE)
        return json.loads(text) if text else {}

    def phase(self, name: str = "error_rate") -> str:
        alerts = self.state.get("targets", {}).get("api", {}).get("alerts", [])
        return next((each["phase"] for each in alerts if each["rule"] == name), "inactive")

    @property
    def owed(self) -> int:
        return sum(
            len(each["rows"]) + len(each["dead_letters"]) for each in self.state["outbox"].values()
        )

    def history(self, kind: str) -> list[dict[str, Any]]:
        found = []
        for line in self.read(HISTORY).splitlines():
            try:
                entry = json.loads(line)
            except ValueError:
                continue
            if entry["kind"] == kind:
                found.append(entry)
        return found


def evaluation(endpoint: str, *options: str) -> list[str]:
    return [
        "evaluate", "--config", CONFIG, "--state", STATE, "--metrics-url", endpoint,
        "--target-name", "api", "--fail-on", "never", "--output", REPORT, "--record", RECORDING,
        "--lock-timeout", "2s", *options,
    ]  # fmt: skip


@dataclass(frozen=True)
class Scenario:
    """A command in which faults happen, and what must be true afterwards."""

    name: str
    # Prepares the folder without faults.
    prepare: Callable[[Lane], None]
    # The command line, for the endpoint at this address.
    command: Callable[[str], list[str]]
    # Runs that follow, and what is wrong with them.
    follow: Callable[[Trial], None]
    receives: bool = False
    # Options that let a run that hangs end soon, and how long the tool's own timer then takes: it
    # waits for two locks and the deadline, and adds ten seconds.
    hurry: tuple[str, ...] = ("--timeout", "2s", "--deadline", "4s")
    timer: float = 2 * 2 + 4 + 10
    # How long it takes samples: each has a timer of its own, and the last one may use its deadline.
    sampling: float = 0
    # Of every run.
    variables: dict[str, str] = field(default_factory=dict)
    options: tuple[str, ...] = ()


@dataclass
class Trial:
    """A fault in a scenario, with what followed."""

    scenario: Scenario
    fault: Fault
    lane: Lane
    faulted: Ended
    runs: list[Ended] = field(default_factory=list)
    mistakes: list[str] = field(default_factory=list)
    # Whether the run said that it could not save, and its state knows nothing of the alert.
    starts_over: bool = False

    def expect(self, condition: bool, sentence: str) -> None:
        if not condition:
            self.mistakes.append(sentence)

    def then(self, ended: Ended) -> Ended:
        self.runs.append(ended)
        return ended

    @property
    def jumps(self) -> bool:
        return self.fault.mode == "jump"

    @property
    def cannot_complain(self) -> bool:
        return self.fault.point.subject == "standard error"

    @property
    def was_killed(self) -> bool:
        return self.fault.kills or self.faulted.code is None

    @property
    def is_excused(self) -> bool:
        """Whether the faulted run could not say what it left undone, or said it."""
        return self.was_killed or bool(self.faulted.complaints)

    @property
    def may_repeat(self) -> bool:
        """Whether a message may come twice: it may have arrived before, or nothing was saved."""
        # With 4, it says that the state was not saved, or that it ended itself; watch goes on.
        words = ("notification", "name a state file")
        was_told = self.faulted.code == 4 or any(map(self.faulted.complaints.__contains__, words))
        return self.was_killed or self.leaves_open or was_told

    @property
    def leaves_open(self) -> bool:
        """Whether the run may not learn what became of a request."""
        return self.fault.point.role != "run" or self.fault.point.subject == "socket pair"

    def __str__(self) -> str:
        story = "\n".join(str(each) for each in [self.faulted, *self.runs])
        return (
            f"\n== {self.scenario.name}, {self.fault}:\n  "
            + "\n  ".join(self.mistakes)
            + f"\n{story}"
        )


def config(lane: Lane, **more: Any) -> None:
    receivers = [
        {"name": name, "type": "webhook", "url_env": f"{name.upper()}_URL"} for name in HOOKS
    ]
    document = {
        "evaluation": {"max_gap_minutes": 600},
        "rules": [rule(**({"duration_minutes": 5} | more))],
        "receivers": receivers,
    }
    (lane.place.folder / CONFIG).write_text(json.dumps(document))


def prepare_nothing(lane: Lane) -> None:
    config(lane)
    lane.publish(BAD)


def prepare_pending(lane: Lane) -> None:
    prepare_nothing(lane)
    assert lane.evaluate(-10).code == 0
    assert lane.phase() == "pending"


def prepare_included(lane: Lane) -> None:
    """Pending, by a rule of an included file."""
    config(lane)
    written = lane.place.folder / CONFIG
    document = json.loads(written.read_text())
    included = lane.place.folder / RULES
    included.parent.mkdir()
    included.write_text(json.dumps({"rules": document.pop("rules")}))
    written.write_text(json.dumps(document | {"include": ["rules/*.json"]}))
    lane.publish(BAD)
    assert lane.evaluate(-10).code == 0
    assert lane.phase() == "pending"


def prepare_firing(lane: Lane) -> None:
    prepare_pending(lane)
    ended = lane.evaluate(-4)
    assert ended.code == 0 and lane.phase() == "firing", ended


def prepare_end(lane: Lane) -> None:
    prepare_firing(lane)
    lane.publish(GOOD)


# A watch puts the time in front, for a journal; a mistake in the configuration, its position.
ITS_LINES = re.compile(rf"ops-alert-eval: |\d{{4}}-\d\d-\d\dT[\d:.]+Z |{CONFIG}:\d+:\d+: ")


def judge_run(trial: Trial) -> None:
    """What every faulted run promises, however it ended."""
    fault, run, lane = trial.fault, trial.faulted, trial.lane
    if fault.kills:
        trial.expect(run.code == -9, "the run was not killed")
    elif run.code is None:
        trial.expect(fault.mode == "hang" and fault.may_last, "the run hangs, and nothing ends it")
    else:
        trial.expect(0 <= run.code <= 5, f"the run crashed: {run.code}")
        lines = run.complaints.splitlines()
        trial.expect(
            all(ITS_LINES.match(line) for line in lines),
            "it wrote odd lines to standard error",
        )
        if run.code in (2, 4, 5):
            trial.expect(
                bool(run.complaints) or trial.cannot_complain, "it failed without a sentence"
            )
        trial.expect(
            run.code != 2 or fault.point.subject in CONFIGURATION,
            "it says that it was used wrongly",
        )
        blames = fault.point.role != "run" and fault.point.subject in ("network", "socket pair")
        # A worker that hangs cannot be told from an endpoint that does.
        hangs = fault.mode == "hang" and trial.leaves_open
        trial.expect(run.code != 3 or blames or hangs, "it blames the endpoint")
    if trial.scenario.command is watching and not (trial.leaves_open or trial.jumps):
        for name, events in lane.delivered.items():
            trial.expect(len(set(events)) == len(events), f"the watch sends {name} an event twice")
    if not trial.fault.point.role.startswith("worker"):
        trial.expect(lane.phase("endpoint_down") == "inactive", "the endpoint is said to be down")


def judge_place(trial: Trial) -> None:
    """The state loads, the lock is free, and no process is left."""
    lane = trial.lane
    trial.expect(not lane.place.await_end(), "a process is left")
    lock = lane.place.folder / (STATE + ".lock")
    if lock.exists():
        with lock.open("r+") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                trial.mistakes.append("the lock is held")
    if (lane.place.folder / STATE).exists():
        status = trial.then(
            lane.place.run(["status", "--config", CONFIG, "--state", STATE, "--format", "json"], 1)
        )
        trial.expect(status.code == 0 and not status.complaints, "the state does not load")


def judge_report(trial: Trial, *, transition: str) -> None:
    """What was printed was saved; and a run that succeeded has done everything."""
    run, lane = trial.faulted, trial.lane
    word, phase = {
        "pending": ("PENDING", "pending"),
        "firing": ("FIRING", "firing"),
        "resolved": ("RESOLVED", "inactive"),
    }[transition]
    was_told = STATE in run.complaints or "name a state file" in run.complaints
    if re.search(rf"^{word} ", run.output, re.M) and not was_told:
        trial.expect(lane.phase() == phase, "what was printed was not saved")
    if run.code != 0:
        return
    trial.expect(
        bool(re.search(r"^(fail|warn|pass): .* checks? .*\n(::.*\n)*\Z", run.output, re.M)),
        "standard output is not whole",
    )
    try:
        report = json.loads(lane.read(REPORT))
    except ValueError:
        trial.mistakes.append("there is no whole report")
        return
    if trial.jumps:
        return
    # The endpoint may seem down at first.
    moves = [each["to"] for each in report["transitions"] if each["name"] != "endpoint_down"]
    trial.expect(moves[-1:] == [transition], f"the report has the transitions {moves}")
    entries = lane.history("transition")
    listed = [each["event"] for each in entries if each["rule"] != "endpoint_down"]
    trial.expect(
        listed[-1:] == [transition] or "history" in run.complaints, f"the history has {listed}"
    )
    last = lane.read(RECORDING).splitlines()[-1:]
    trial.expect(bool(last) and "snapshot" in json.loads(last[0]), "the recording lacks the sample")
    for name in HOOKS if transition != "pending" and not run.complaints else ():
        got = [status for status, _ in lane.delivered[name]]
        trial.expect(got[-1:] == [transition], f"{name} had got {got}")


def settle(trial: Trial) -> None:
    """Restarts with the endpoint in the same condition, and then lets the alert resolve."""
    lane = trial.lane
    trial.starts_over = trial.faulted.code == 4 and lane.phase() == "inactive"
    lane.publish(BAD)
    again = trial.then(lane.evaluate(6))
    trial.expect(again.code == 0, "the restart failed")
    trial.expect(
        trial.jumps or not NO_STATE.sub("", again.complaints), "the restart complains"
    )
    if lane.phase() != "firing" and (
        trial.jumps or trial.scenario.prepare in (prepare_nothing, prepare_short)
    ):
        trial.then(lane.evaluate(12))
    trial.expect(lane.phase() == "firing", "the alert does not fire")
    resolve(trial)


# It is the first run; or the one before could write its history, and not its state.
NO_STATE = re.compile(
    f"ops-alert-eval: (no state at {STATE}: this is the first run"
    f"|warning: no state at {STATE}, although there is a history: it was lost .*)\n"
)


def resolve(trial: Trial) -> None:
    lane = trial.lane
    lane.publish(GOOD)
    last = trial.then(lane.evaluate(24))
    trial.expect(last.code == 0 and not last.complaints, "the last run failed or complains")
    trial.expect(lane.phase() == "inactive", "the alert does not resolve")
    trial.expect(lane.owed == 0, "a notification is still queued")
    judge_notifications(trial)
    judge_files(trial)


def judge_notifications(trial: Trial) -> None:
    """Nothing is lost, sent twice without a reason, or out of order."""
    # Otherwise, the firing was delivered when the folder was prepared.
    expected = ("resolved",) if trial.scenario.prepare is prepare_end else ("firing", "resolved")
    for name in HOOKS:
        events = trial.lane.delivered[name]
        states = [status for status, _ in events]
        trial.expect(states == sorted(states), f"{name} got {states}")
        for status in expected:
            ids = [each for state, each in events if state == status]
            # After a day, watch sends a reminder; what was never saved fires anew.
            anew = trial.starts_over and status == "firing"
            most = 2 if trial.jumps or anew else 1
            trial.expect(1 <= len(set(ids)) <= most, f"{name} got the events {ids} as {status}")
            most = 2 if trial.may_repeat or trial.jumps else 1
            trial.expect(len(ids) <= most, f"{name} got {status} {len(ids)} times")


def judge_files(trial: Trial) -> None:
    lane = trial.lane
    names = {str(path.relative_to(lane.place.folder)) for path in lane.place.folder.rglob("*")}
    trial.expect(names <= FILES, f"left behind: {sorted(names - FILES)}")
    for name in (HISTORY, RECORDING):
        broken = 0
        for line in lane.read(name).splitlines():
            try:
                json.loads(line)
            except ValueError:
                broken += 1
        trial.expect(
            broken == 0 or trial.is_excused and broken == 1, f"{broken} lines of {name} are broken"
        )
        trial.expect(lane.read(name).endswith("\n"), f"{name} does not end with a newline")
    moves = [each["event"] for each in lane.history("transition")]
    if not trial.is_excused and not trial.jumps:
        trial.expect(moves == ["pending", "firing", "resolved"], f"the history has {moves}")


def follow_firing(trial: Trial) -> None:
    judge_report(trial, transition="firing")
    settle(trial)


def follow_published(trial: Trial) -> None:
    """As for any firing alert; a run without complaints has published everything, complete."""
    run, lane = trial.faulted, trial.lane
    if run.code == 0 and not run.complaints:
        trial.expect(lane.read(PAGE).endswith("</html>\n"), "the page is not whole")
        status, found = lane.read(OUTPUTS), lane.read(SUMMARY)
        trial.expect(trial.jumps or "\nfail\n" in status, f"the outputs are {status}")
        trial.expect(trial.jumps or "## 🔴 fail" in found, f"the summary is {found}")
        trial.expect(trial.jumps or "\n::error " in run.output, "there is no annotation")
    follow_firing(trial)


def follow_first(trial: Trial) -> None:
    judge_report(trial, transition="pending")
    settle(trial)


def follow_end(trial: Trial) -> None:
    judge_report(trial, transition="resolved")
    trial.lane.publish(GOOD)
    again = trial.then(trial.lane.evaluate(6))
    trial.expect(again.code == 0, "the restart failed")
    resolve(trial)


SILENCE = ["silence", "add", "--config", CONFIG, "--state", STATE, "--rule", "error_rate"]
SILENCE += ["--for", "2h", "--reason", "deploy", "--by", "me"]
ACKNOWLEDGE = ["ack", "error_rate", "--config", CONFIG, "--state", STATE, "--by", "me"]


def prepare_short(lane: Lane) -> None:
    """For samples that follow one another in seconds."""
    config(lane, duration_minutes=0.01)
    lane.publish(BAD)


def prepare_silenced(lane: Lane) -> None:
    prepare_firing(lane)
    assert lane.place.run(SILENCE, -3).code == 0


def silences(lane: Lane) -> list[dict[str, Any]]:
    """Those that last: one that was ended is kept for a while."""
    soon = datetime.now(timezone.utc) + timedelta(minutes=30)
    return [each for each in lane.state.get("silences", []) if instant(each["ends"]) > soon]


def follow_silence(trial: Trial) -> None:
    judge_silence(trial, added=True)


def follow_end_of_silence(trial: Trial) -> None:
    judge_silence(trial, added=False)


def judge_silence(trial: Trial, *, added: bool) -> None:
    """The silence is in the state, or nothing has changed; the alert is as it was."""
    lane = trial.lane
    count = len(silences(lane))
    done = 1 if added else 0
    trial.expect(count in (0, 1), f"there are {count} silences")
    # By a clock that is a day ahead, there is nothing to end.
    is_over = trial.jumps and not added
    if trial.faulted.code == 0 and not is_over:
        trial.expect(count == done, "it was not done")
        trial.expect(bool(trial.faulted.output), "it says nothing")
    listed = [each["event"] for each in lane.history("silence")]
    expected = ["added"] if added else ["added", "ended"]
    if not trial.is_excused and not is_over:
        trial.expect(listed == expected, f"the history has {listed}")
    shown = trial.then(
        lane.place.run(
            ["silence", "list", "--config", CONFIG, "--state", STATE, "--format", "json"], 1
        )
    )
    trial.expect(shown.code == 0, "the silences cannot be listed")
    command = SILENCE if added else END
    again = trial.then(lane.place.run(command, 2))
    trial.expect(again.code in (0, 2), "it cannot be done again")
    go_on_firing(trial)


def follow_acknowledgement(trial: Trial) -> None:
    lane = trial.lane
    alerts = lane.state["targets"]["api"]["alerts"]
    taken = [each for each in alerts if each.get("acknowledged")]
    if trial.faulted.code == 0:
        trial.expect(len(taken) == 1, "it was not done")
    if not trial.is_excused:
        trial.expect(
            [each["event"] for each in lane.history("acknowledgement")] == ["acknowledged"],
            "the history lacks it",
        )
    again = trial.then(lane.place.run(ACKNOWLEDGE, 2))
    trial.expect(again.code in (0, 2), "it cannot be done again")
    go_on_firing(trial)


def go_on_firing(trial: Trial) -> None:
    lane = trial.lane
    again = trial.then(lane.evaluate(6))
    trial.expect(again.code == 0 and lane.phase() == "firing", "the alert does not go on")
    lane.publish(GOOD)
    last = trial.then(lane.evaluate(24))
    trial.expect(last.code == 0 and lane.phase() == "inactive", "the alert does not resolve")
    for name in HOOKS:
        got = [status for status, _ in lane.delivered[name]]
        trial.expect(got.count("resolved") == 1 and got[-1] == "resolved", f"{name} got {got}")
    judge_files(trial)


END = ["silence", "end", "--all", "--config", CONFIG, "--state", STATE, "--by", "me"]


def confirmation(endpoint: str) -> list[str]:
    return evaluation(endpoint, "--confirm", "--interval", "1s", "--confirm-for", "8s")


def watching(endpoint: str) -> list[str]:
    return ["watch", *evaluation(endpoint)[1:], "--interval", "1s", "--for", "2500ms"]


PUBLISHING = ("--html", PAGE)
STEP = {"GITHUB_ACTIONS": "true", "GITHUB_OUTPUT": OUTPUTS, "GITHUB_STEP_SUMMARY": SUMMARY}
# The limits of commands that people run cannot be set.
_BY_HAND: dict[str, Any] = {"hurry": (), "timer": 2 * 30 + 10}
SCENARIOS = [
    Scenario("first run", prepare_nothing, evaluation, follow_first),
    Scenario("evaluate", prepare_pending, evaluation, follow_firing),
    Scenario(
        "publish", prepare_included, lambda endpoint: evaluation(endpoint, *PUBLISHING),
        follow_published, variables=STEP, options=PUBLISHING,
    ),
    Scenario("confirm", prepare_short, confirmation, follow_firing, sampling=8 + 4),
    Scenario("deliver", prepare_pending, evaluation, follow_firing, receives=True),
    Scenario("resolve", prepare_end, evaluation, follow_end, receives=True),
    Scenario("silence", prepare_firing, lambda _: SILENCE, follow_silence, **_BY_HAND),
    Scenario("end a silence", prepare_silenced, lambda _: END, follow_end_of_silence, **_BY_HAND),
    Scenario(
        "acknowledge", prepare_firing, lambda _: ACKNOWLEDGE, follow_acknowledgement, **_BY_HAND
    ),
    Scenario("watch", prepare_short, watching, settle, sampling=2.5 + 4),
]


class Outcome:
    """What a scenario's trials came to."""

    def __init__(self) -> None:
        self.tried: Counter[str] = Counter()
        self.points: set[Point] = set()
        self.missed: list[Fault] = []
        self.hung: list[Fault] = []
        self.wrong: list[Trial] = []


@unittest.skipUnless(sys.platform == "linux", "LD_PRELOAD, and /proc, are Linux's")
class FaultsTest(unittest.TestCase):
    folder: tempfile.TemporaryDirectory[str]
    library: pathlib.Path

    @classmethod
    def setUpClass(cls) -> None:
        cls.folder = tempfile.TemporaryDirectory(prefix="ops-alert-faults-")
        cls.library = library(pathlib.Path(cls.folder.name))

    @classmethod
    def tearDownClass(cls) -> None:
        cls.folder.cleanup()

    def points(self, scenario: Scenario, template: pathlib.Path) -> list[Point]:
        """All points of two runs without faults; also keeps the prepared folder."""
        lane = Lane(self.library, scenario)
        try:
            lane.receive()
            scenario.prepare(lane)
            shutil.copytree(lane.place.folder, template)
            found: set[Point] = set()
            for _ in range(2):
                lane.place.become(template)
                ended = lane.place.run(scenario.command(lane.endpoint), 0, logs=True)
                self.assertIn(ended.code, (0, 1), str(ended))
                found |= set(ended.points)
            points = sorted(each for each in found if not each.is_repeat)
            # A seam that no longer sees the calls would find nothing wrong.
            self.assertGreaterEqual(len(points), FEWEST_POINTS, "the library sees too few calls")
            self.assertLessEqual(SEEN_CALLS, {each.call for each in points if each.role == "run"})
            return points
        finally:
            lane.close()

    def try_out(
        self, scenario: Scenario, fault: Fault, lane: Lane, template: pathlib.Path, outcome: Outcome
    ) -> None:
        for divisor in TIMER_DIVISORS:
            lane.place.become(template)
            lane.server.forget()
            lane.receive(refusals=1 if scenario.receives else 0)
            lane.publish(GOOD if scenario.prepare is prepare_end else BAD)
            command = scenario.command(lane.endpoint)
            if fault.mode == "hang":
                command += list(scenario.hurry)
                # A worker has no timer: the run that waits for it has one.
                pace = divisor if fault.point.role == "run" else 1
                longest = scenario.timer / pace + scenario.sampling + SLACK
                ended = lane.place.run(command, 0, fault, divisor=pace, longest=longest)
            else:
                ended = lane.place.run(command, 0, fault)
            if ended.is_hit:
                break
        else:
            outcome.missed.append(fault)
            return
        trial = Trial(scenario, fault, lane, ended)
        outcome.tried[fault.mode] += 1
        outcome.points.add(fault.point)
        if ended.code is None:
            outcome.hung.append(fault)
        try:
            judge_run(trial)
            judge_place(trial)
            scenario.follow(trial)
        except Exception as error:  # A folder in an unforeseen condition is a finding, too.
            trial.mistakes.append(f"{type(error).__name__}: {error}")
        if trial.mistakes:
            trial.faulted.points = []
            outcome.wrong.append(trial)


def chosen() -> tuple[int, int]:
    """The part to try, and of how many."""
    text = os.environ.get("OPS_FAULTS", "")
    if text == "all":
        return 0, 1
    if text:
        part, of = text.split("/")
        return int(part) % int(of), int(of)
    return time.gmtime().tm_yday % PARTS, PARTS


def run_all(test: FaultsTest, scenario: Scenario) -> None:
    part, of = chosen()
    with tempfile.TemporaryDirectory(prefix="ops-alert-faults-") as folder:
        template = pathlib.Path(folder) / "template"
        points = test.points(scenario, template)
        everything = [fault for point in points for fault in faults(point)]
        only = os.environ.get("OPS_FAULTS_ONLY", "")
        wanted = [
            each
            for index, each in enumerate(everything)
            if index % of == part and only in str(each)
        ]
        outcome = Outcome()
        for hangs, lanes in ((False, LANES), (True, HANGING_LANES)):
            run_lanes(
                test,
                scenario,
                [each for each in wanted if (each.mode == "hang") == hangs],
                lanes,
                template,
                outcome,
            )
    named = "all" if of == 1 else f"part {part} of {of}"
    print(
        f"\n{scenario.name}: {len(outcome.points)} points of {len(points)} tried "
        f"({named} of {len(everything)} faults: {tally(outcome.tried)}); "
        f"{len(outcome.missed)} not reached; {len(outcome.hung)} hung until the harness ended them",
        file=sys.stderr,
    )
    for name, each in (("not reached", outcome.missed), ("hung", outcome.hung)):
        for fault in sorted(each):
            print(f"  {name}: {fault}", file=sys.stderr)
    if only:
        test.assertTrue(wanted, "no fault has this text")
    test.assertLessEqual(len(outcome.missed), max(3, MOST_MISSED * len(wanted)), "too few reached")
    wrong = sorted(outcome.wrong, key=lambda trial: trial.fault)
    for trial in wrong:
        print(f"  WRONG: {trial.fault}: {'; '.join(trial.mistakes)}", file=sys.stderr)
    if wrong:
        test.fail(f"{len(wrong)} faults:" + "".join(map(str, wrong[:MOST_SHOWN])))


def run_lanes(
    test: FaultsTest,
    scenario: Scenario,
    wanted: list[Fault],
    count: int,
    template: pathlib.Path,
    outcome: Outcome,
) -> None:
    lanes: queue.Queue[Lane] = queue.Queue()
    every = [Lane(test.library, scenario) for _ in range(min(count, len(wanted)))]
    for lane in every:
        lanes.put(lane)

    def work(fault: Fault) -> None:
        lane = lanes.get()
        try:
            test.try_out(scenario, fault, lane, template, outcome)
        finally:
            lanes.put(lane)

    try:
        with ThreadPoolExecutor(max(1, len(every))) as pool:
            list(pool.map(work, wanted))
    finally:
        for lane in every:
            lane.close()


def _named(scenario: Scenario) -> Callable[[FaultsTest], None]:
    return lambda test: run_all(test, scenario)


for _scenario in SCENARIOS:
    setattr(FaultsTest, "test_" + _scenario.name.replace(" ", "_"), _named(_scenario))


if __name__ == "__main__":
    unittest.main()
