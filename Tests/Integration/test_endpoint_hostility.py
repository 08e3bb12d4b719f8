"""Thousands of runs against an endpoint that responds in every bad way, with good responses between.

OPS_HOSTILE_RUNS sets how many (500), OPS_HOSTILE_SEED which mix of them (1).
"""

from __future__ import annotations

import json
import os
import pathlib
import random
import re
import shutil
import statistics
import subprocess
import tempfile
import threading
import time
import unittest
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from harness import TOOL, IntegrationTest, rule
from hostile_answers import ATTEMPT, CASES, ENDLESS, Verdict
from hostile_endpoint import HostileEndpoint, Place
from raw_server import RawServer, Step, Wire

RUNS = int(os.environ.get("OPS_HOSTILE_RUNS", 500))
SEED = int(os.environ.get("OPS_HOSTILE_SEED", 1))
LANES = 4
# A run that takes this long, in seconds, counts as hung.
HANGS = 45
# What a run may take beyond the time limit of its attempt, on a busy machine.
MARGIN = 20
# The parent holds a body of 16 MiB, and what was read of it.
MOST_MEGABYTES = 160
LONGEST_STATE = 6_000
# The samples of a watch, how long they may take in seconds, and by how many megabytes it may grow.
SAMPLES = max(600, RUNS // 2)
LONGEST_WATCH = 120 + SAMPLES / 2
GROWTH = 8
TOKEN = "s3cret-of-the-hostile-endpoint"
FORBIDDEN = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]")
SENTENCE = re.compile(r"ops-alert-eval: error: api: [^\n]{20,400}")
FIRST_RUN = re.compile(r"ops-alert-eval: no state at [^\n]*: this is the first run\n")
FILES = {"report.json", "state-history.jsonl", "state.json", "state.json.lock"}
# The exit codes of a run: nothing bad, an alert fires, no snapshot and nothing fires.
FINE, FIRES, NO_EVIDENCE = 0, 1, 3


@dataclass(frozen=True)
class Ended:
    """A process that has ended."""

    code: int
    output: str
    complaints: str
    seconds: float
    megabytes: float

    def __str__(self) -> str:
        return f"exit code {self.code} after {self.seconds:.1f} s\n{self.output}{self.complaints}"[
            :4_000
        ]


def run_to_the_end(command: list[str], folder: pathlib.Path) -> Ended:
    """Runs a command in a folder, which is also its home; it is killed if it hangs."""
    scratch = folder / "scratch"
    scratch.mkdir(exist_ok=True)
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(scratch),
        "TMPDIR": str(scratch),
        "LC_ALL": "C.UTF-8",
        "OPS_API_BEARER_TOKEN": TOKEN,
    }
    start = time.monotonic()
    with open(folder / "output", "w+b") as output, open(folder / "complaints", "w+b") as complaints:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=complaints,
        )
        hangs = threading.Timer(HANGS, process.kill)
        hangs.start()
        # The memory is that of the largest of the process and its children.
        _, status, usage = os.wait4(process.pid, 0)
        hangs.cancel()
        process.returncode = os.waitstatus_to_exitcode(status)
        texts = []
        for file in (output, complaints):
            file.seek(0)
            texts.append(file.read().decode("utf-8", "surrogateescape"))
    return Ended(process.returncode, *texts, time.monotonic() - start, usage.ru_maxrss / 1_024)


class Story:
    """The runs against one bad response, and what their state must hold after each."""

    def __init__(self, place: Place, folder: pathlib.Path) -> None:
        self.place = place
        self.folder = folder
        folder.mkdir()
        self.fires = False
        # Runs without a snapshot since the last one with a snapshot.
        self.misses = 0
        self.runs = 0

    def state(self) -> dict[str, Any]:
        return json.loads((self.folder / "state.json").read_text())

    def take(self, verdict: Verdict) -> int:
        """The exit code that a run with this verdict must have."""
        self.runs += 1
        if verdict is Verdict.NO_SNAPSHOT:
            self.misses += 1
            return FIRES if self.fires else NO_EVIDENCE
        self.misses = 0
        self.fires = verdict is not Verdict.HEALTHY
        return FIRES if self.fires else FINE


class HostileEndpointTest(IntegrationTest):
    @classmethod
    def setUpClass(cls) -> None:
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix="ops-alert-hostility-"))
        cls.addClassCleanup(shutil.rmtree, cls.folder, ignore_errors=True)
        # A copy: whatever still runs from it at the end is left over.
        cls.tool = cls.folder / "ops-alert-eval"
        shutil.copy(TOOL, cls.tool)
        cls.config = cls.folder / "config.json"
        cls.config.write_text(
            json.dumps({"rules": [rule()], "endpoint": {"duration_minutes": 1_000}})
        )
        cls.endpoint = HostileEndpoint()
        cls.addClassCleanup(cls.endpoint.close)

    def processes(self) -> list[str]:
        """The processes that run from the copy of the tool."""
        found = []
        for process in pathlib.Path("/proc").glob("[0-9]*"):
            try:
                if os.readlink(process / "exe").startswith(str(self.tool)):
                    found.append(process.name)
            except OSError:
                continue
        return found


class MixTests(HostileEndpointTest):
    def test_every_bad_response_has_its_verdict(self) -> None:
        chance = random.Random(SEED)
        places = self.endpoint.places
        stories = {place: Story(place, self.folder / place.case.name) for place in places}
        between = [place for place in places if place.case.name in ("good", "failing")]
        # Each once, then at random; in each story, every seventh response is another one.
        order = [(place, place) for place in places]
        weights = [place.case.weight for place in places]
        for place in chance.choices(places, weights, k=max(0, RUNS - len(places))):
            order.append((place, chance.choice(between) if chance.random() < 1 / 7 else place))
        chance.shuffle(order)

        self.verdicts: Counter[str] = Counter()
        self.seconds = self.megabytes = 0.0
        start = time.monotonic()
        with ThreadPoolExecutor(LANES) as pool:
            failures = [
                each
                for lane in pool.map(lambda lane: self.play(lane, stories), self.lanes(order))
                for each in lane
            ]
        took = time.monotonic() - start
        for story in stories.values():
            failures += self.faults_at_the_end(story)
        largest = max((story.folder / "state.json").stat().st_size for story in stories.values())
        print(
            f"\n{len(order):,} runs against {len(places)} kinds of responses in {took:.0f} s: "
            + ", ".join(f"{count:,} {name}" for name, count in sorted(self.verdicts.items()))
            + f"; slowest {self.seconds:.1f} s, largest process {self.megabytes:.0f} MB, "
            f"largest state {largest:,} bytes",
            flush=True,
        )
        self.assertEqual(
            failures, [], f"{len(failures)} of {len(order)}:\n" + "\n".join(failures[:40])
        )
        self.assertEqual(self.endpoint.plain.strays, [], "a redirect is not followed")
        self.assertEqual(self.endpoint.protocols, {"HTTP/2.0"})
        self.assertEqual(self.processes(), [], "no worker outlives its run")

    def lanes(self, order: list[tuple[Place, Place]]) -> list[list[tuple[Place, Place]]]:
        """The runs in lanes of equal length in which each story stays in one lane, in order."""
        stories: dict[Place, list[tuple[Place, Place]]] = {}
        for run in order:
            stories.setdefault(run[0], []).append(run)

        def cost(story: list[tuple[Place, Place]]) -> float:
            return sum(0.8 if answer.case.seconds == ENDLESS else 0.1 for _, answer in story)

        lanes: list[set[Place]] = [set() for _ in range(LANES)]
        costs = [0.0] * LANES
        for place, story in sorted(stories.items(), key=lambda item: -cost(item[1])):
            lane = costs.index(min(costs))
            lanes[lane].add(place)
            costs[lane] += cost(story)
        return [[run for run in order if run[0] in lane] for lane in lanes]

    def play(self, lane: list[tuple[Place, Place]], stories: dict[Place, Story]) -> list[str]:
        failures = []
        for place, answer in lane:
            story = stories[place]
            ended = self.evaluate(story, answer)
            if fault := self.fault(story, answer, ended):
                failures.append(
                    f"{place.case.name}, run {story.runs}, {answer.case.name}: {fault}\n{ended}"
                )
        return failures

    def evaluate(self, story: Story, answer: Place) -> Ended:
        # Only TLS needs the namespace.
        prefix = self.endpoint.trusting if answer.url.startswith("https:") else []
        return run_to_the_end(
            [
                *prefix,
                str(self.tool),
                "evaluate",
                "--config",
                str(self.config),
                "--state",
                "state.json",
                "--metrics-url",
                answer.url,
                "--target-name",
                "api",
                "--retries",
                "0",
                "--timeout",
                f"{answer.case.seconds * 1_000:.0f}ms",
                "--output",
                "report.json",
            ],
            story.folder,
        )

    def fault(self, story: Story, answer: Place, ended: Ended) -> str | None:
        """What is wrong with a run; `None` if nothing is."""
        case, fired = answer.case, story.fires
        code = story.take(case.verdict)
        self.verdicts[case.verdict.value] += 1
        self.seconds = max(self.seconds, ended.seconds)
        self.megabytes = max(self.megabytes, ended.megabytes)
        if ended.code != code:
            return f"expected exit code {code}"
        if ended.seconds > case.seconds + MARGIN:
            return "it takes too long"
        if ended.megabytes > MOST_MEGABYTES:
            return f"it takes {ended.megabytes:.0f} MB"
        if FORBIDDEN.search(ended.output + ended.complaints):
            return "control characters in the output"
        if TOKEN in ended.output + ended.complaints + (story.folder / "report.json").read_text():
            return "the token is in the output"
        report = json.loads((story.folder / "report.json").read_text())
        checks = {check["name"]: check for check in report["checks"]}
        complaints = FIRST_RUN.sub("", ended.complaints)
        if case.verdict is not Verdict.NO_SNAPSHOT:
            return self.fault_with_snapshot(story, case.verdict, checks, report, complaints)
        if not SENTENCE.fullmatch(complaints.rstrip("\n")):
            return "not one sentence on standard error"
        if not any(words in complaints for words in case.says):
            return f"the message does not say {' or '.join(case.says)!r}"
        if len(report["errors"]) != 1 or report["errors"][0] not in complaints:
            return "the report has another message"
        if checks["error_rate"]["phase"] != ("firing" if fired else "inactive"):
            return f"error_rate is {checks['error_rate']['phase']}"
        if (
            checks["error_rate"]["reason"] != "unreachable"
            or checks["endpoint_down"]["status"] != "pending"
        ):
            return "the checks do not say that there was no snapshot"
        if checks["endpoint_down"]["evidence"]["count"] != story.misses:
            return f"endpoint_down counts {checks['endpoint_down']['evidence']['count']}, not {story.misses}"
        return None

    def fault_with_snapshot(
        self,
        story: Story,
        verdict: Verdict,
        checks: dict[str, Any],
        report: dict[str, Any],
        complaints: str,
    ) -> str | None:
        if complaints or report["errors"]:
            return "it complains of a good response"
        if checks["endpoint_down"]["status"] != "pass":
            return "endpoint_down is not OK"
        expected = "firing" if story.fires else "inactive"
        if checks["error_rate"]["phase"] != expected:
            return f"error_rate is {checks['error_rate']['phase']}"
        value = {Verdict.HEALTHY: 0.01, Verdict.FAILING: 0.5, Verdict.LACKING: None}[verdict]
        return None if checks["error_rate"]["current_value"] == value else "another value"

    def faults_at_the_end(self, story: Story) -> list[str]:
        """What is wrong with what the runs of a story left behind."""
        faults = []
        names = {path.name for path in story.folder.iterdir()} - {"complaints", "output", "scratch"}
        # A history begins with the first change.
        if names | {"state-history.jsonl"} != FILES:
            faults.append(f"files {names}")
        if left := sorted(path.name for path in (story.folder / "scratch").rglob("*")):
            faults.append(f"files left over: {left}")
        if (story.folder / "state.json").stat().st_size > LONGEST_STATE:
            faults.append(f"a state of {(story.folder / 'state.json').stat().st_size} bytes")
        alerts = self.alerts(story)
        phase = alerts["error_rate"]["phase"]
        if phase != ("firing" if story.fires else "inactive"):
            faults.append(f"the state has error_rate {phase}")
        if alerts["endpoint_down"].get("evidence", {"count": 0})["count"] != story.misses:
            faults.append(f"the state counts {alerts['endpoint_down']}")
        texts = [(story.folder / name).read_text() for name in names]
        if any(TOKEN in text for text in texts):
            faults.append("a file has the token")
        status = run_to_the_end(
            [str(self.tool), "status", "--config", str(self.config), "--state", "state.json"],
            story.folder,
        )
        if status.complaints or status.code != FINE:
            faults.append(f"status: {status}")
        return [f"{story.place.case.name}, after {story.runs} runs: {fault}" for fault in faults]

    def alerts(self, story: Story) -> dict[str, Any]:
        return {alert["rule"]: alert for alert in story.state()["targets"]["api"]["alerts"]}


@dataclass(frozen=True)
class Size:
    """What a process and its children hold."""

    megabytes: float
    descriptors: int
    children: int
    threads: int
    dead: int

    @staticmethod
    def of(process: int) -> Size:
        children = [
            int(each)
            for task in pathlib.Path(f"/proc/{process}/task").iterdir()
            for each in (task / "children").read_text().split()
        ]
        kilobytes = dead = 0
        for each in (process, *children):
            try:
                status = dict(
                    line.split(":\t", 1)
                    for line in pathlib.Path(f"/proc/{each}/status").read_text().splitlines()
                )
            except OSError:
                continue
            dead += status["State"].startswith("Z")
            kilobytes += int(status.get("VmRSS", "0 kB").split()[0])
        return Size(
            kilobytes / 1_024,
            len(list(pathlib.Path(f"/proc/{process}/fd").iterdir())),
            len(children),
            len(list(pathlib.Path(f"/proc/{process}/task").iterdir())),
            dead,
        )


class WatchTests(HostileEndpointTest):
    """`watch` samples every bad response that ends, over and over, from one process."""

    def test_a_watch_does_not_grow(self) -> None:
        cases = [
            case
            for case in CASES
            if case.seconds == ATTEMPT and case.weight >= 1 and not case.is_slow
        ]
        rotation = Rotation([case.steps for case in cases])
        server = RawServer(rotation)
        self.addCleanup(server.close)
        folder = self.folder / "watch"
        (folder / "scratch").mkdir(parents=True)
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder / "scratch"),
            "TMPDIR": str(folder / "scratch"),
        }
        with open(folder / "output", "wb") as output:
            process = subprocess.Popen(
                [
                    str(self.tool),
                    "watch",
                    "--config",
                    str(self.config),
                    "--state",
                    "state.json",
                    "--metrics-url",
                    f"http://127.0.0.1:{server.port}/",
                    "--target-name",
                    "api",
                    "--retries",
                    "0",
                    "--interval",
                    "5ms",
                ],
                cwd=folder,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
            )
        self.addCleanup(process.kill)
        sizes = []
        for samples in range(len(cases), SAMPLES + len(cases), len(cases)):
            rotation.wait_for(samples, process)
            sizes.append(Size.of(process.pid))
        process.terminate()
        self.assertEqual(process.wait(HANGS), 0, (folder / "output").read_text()[-2_000:])
        early, late = sizes[: len(sizes) // 2], sizes[len(sizes) // 2 :]

        def typical(sizes: list[Size], what: str) -> float:
            return statistics.median(getattr(size, what) for size in sizes)

        print(
            f"\n{rotation.count:,} samples of a watch, {len(cases)} kinds of responses in turn: "
            f"{typical(early, 'megabytes'):.1f} MB, then {typical(late, 'megabytes'):.1f} MB; at most "
            f"{max(size.descriptors for size in sizes)} descriptors, {max(size.threads for size in sizes)} threads",
            flush=True,
        )
        self.assertLess(typical(late, "megabytes") - typical(early, "megabytes"), GROWTH)
        self.assertLess(max(size.descriptors for size in sizes), 40)
        self.assertLessEqual(typical(late, "threads"), typical(early, "threads") + 2)
        self.assertLessEqual(max(size.children for size in sizes), 3)
        self.assertLessEqual(typical(late, "dead"), 0)
        self.assertLess((folder / "state.json").stat().st_size, LONGEST_STATE)
        self.assertEqual(list((folder / "scratch").iterdir()), [])
        self.assertEqual(self.processes(), [], "no worker outlives the watch")


class Rotation:
    """Plays responses in turn, whatever the request."""

    def __init__(self, answers: list[tuple[Step, ...]]) -> None:
        self._answers = answers
        self._arrived = threading.Condition()
        self.count = 0

    def __call__(self, wire: Wire) -> None:
        if wire.request():
            with self._arrived:
                answer = self._answers[self.count % len(self._answers)]
                self.count += 1
                self._arrived.notify_all()
            wire.play(answer)

    def wait_for(self, count: int, process: subprocess.Popen[bytes]) -> None:
        """Waits for this many requests of a process."""
        end = time.monotonic() + LONGEST_WATCH
        with self._arrived:
            while self.count < count and process.poll() is None:
                if not self._arrived.wait(1) and time.monotonic() > end:
                    break
        if self.count < count:
            raise AssertionError(f"{self.count} samples of {count}; exit code {process.poll()}")


if __name__ == "__main__":
    unittest.main()
