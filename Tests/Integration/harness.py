"""What an integration test needs: a folder, servers, a configuration, and runs of the tool."""

from __future__ import annotations

import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import threading
import time
import unittest
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Any

from capture import Answer, CaptureServer

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
TOOL = pathlib.Path(
    os.environ.get("OPS_ALERT_EVAL", REPOSITORY / ".build/release/ops-alert-eval")
).resolve()
# The time limit of one run of the tool, in seconds.
LONGEST_RUN = 75
# The virtual time of the first evaluation. It is in the past so that later ones are not in the
# future.
START = datetime.now(timezone.utc).replace(microsecond=0) - timedelta(hours=3)

Document = dict[str, Any]


def minute(minutes: float) -> str:
    """The time so many minutes after the first evaluation, as RFC 3339."""
    return moment(minutes).strftime("%Y-%m-%dT%H:%M:%SZ")


def moment(minutes: float) -> datetime:
    return START + timedelta(minutes=minutes)


def instant(text: str) -> datetime:
    """Parses an RFC 3339 time."""
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def rule(name: str = "error_rate", path: str = "errors.rate", **more: Any) -> Document:
    """A rule that fires at once above 0.05."""
    basis = {
        "name": name, "metric_path": path, "comparison": "gt", "threshold": 0.05,
        "duration_minutes": 0, "unit": "ratio", "summary": "Requests end in errors",
        "runbook": "https://runbooks.example/errors",
    }  # fmt: skip
    return basis | more


BAD: Document = {"errors": {"rate": 0.5}}
GOOD: Document = {"errors": {"rate": 0.01}}


@dataclass(frozen=True)
class Receiver:
    """A receiver of a configuration, with the variables that it reads."""

    settings: Document
    variables: dict[str, str]


def receiver(kind: str, url: str, secret: str = "", name: str = "", **more: Any) -> Receiver:
    """A receiver of this kind that sends to a test server.

    `secret` becomes the token, the routing key or the topic; the URL may hold one of its own.
    """
    name = name or kind
    stem = re.sub("[^A-Z0-9]", "_", name.upper())
    secret = secret or f"secret-of-{name}-0123456789"
    variables = {f"{stem}_URL": url}
    settings = {"name": name, "type": kind, "url_env": f"{stem}_URL"}
    if kind == "pagerduty":
        settings["routing_key_env"] = f"{stem}_KEY"
        variables[f"{stem}_KEY"] = secret
    elif kind == "github":
        settings |= {"repository_env": f"{stem}_REPOSITORY", "token_env": f"{stem}_TOKEN"}
        settings |= {"labels": ["ops-alert"]}
        variables |= {f"{stem}_REPOSITORY": "owner/project", f"{stem}_TOKEN": secret}
    elif kind == "ntfy":
        settings["topic_env"] = f"{stem}_TOPIC"
        variables[f"{stem}_TOPIC"] = secret
    return Receiver(settings | more, variables)


@dataclass
class Run:
    """The result of one run of the tool."""

    arguments: list[str]
    code: int
    output: str
    complaints: str
    report: Document | None
    seconds: float
    # Command lines seen in the process table during the run.
    command_lines: set[str] = field(default_factory=set)

    @property
    def outcomes(self) -> list[tuple[str, str, str]]:
        """Receiver, event and outcome of each notification, sorted."""
        rows = (self.report or {}).get("notifications", [])
        return sorted((row["receiver"], row["event"], row["outcome"]) for row in rows)

    def outcome(self, receiver: str) -> list[str]:
        return [outcome for name, _, outcome in self.outcomes if name == receiver]

    def __str__(self) -> str:
        return (
            f"\n{' '.join(self.arguments)}\nexit code {self.code}, {self.seconds:.1f} s, "
            f"outcomes {self.outcomes}\n{self.output}{self.complaints}"
        )


class Workplace:
    """A folder with a configuration, a snapshot and a state file."""

    def __init__(self) -> None:
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="ops-alert-integration-"))
        self.config = self.folder / "config.json"
        self.snapshot = self.folder / "snapshot.json"
        self.state = self.folder / "state.json"
        self.output = self.folder / "report.json"
        self.recording = self.folder / "recording.jsonl"
        self.variables: dict[str, str] = {}
        self.deadline = "20s"

    def configure(
        self, *receivers: Receiver, rules: list[Document] | None = None, **more: Any
    ) -> None:
        document: Document = {"rules": rules or [rule()]}
        if receivers:
            document["receivers"] = [each.settings for each in receivers]
        self.config.write_text(json.dumps(document | more))
        for each in receivers:
            self.variables |= each.variables

    def evaluate(self, snapshot: Document, *options: str, at: float, fail_on: str = "never") -> Run:
        """Evaluates a snapshot, so many minutes after the first evaluation."""
        self.snapshot.write_text(json.dumps(snapshot))
        return self.run(
            "evaluate", "--config", str(self.config), "--snapshot", str(self.snapshot),
            "--state", str(self.state), "--at", minute(at), "--target-name", "production",
            "--deliver", "--deadline", self.deadline, "--fail-on", fail_on,
            "--output", str(self.output), *options,
        )  # fmt: skip

    def fetch(self, url: str, *options: str, fail_on: str = "never") -> Run:
        """Evaluates an endpoint, now."""
        return self.run(
            "evaluate", "--config", str(self.config), "--metrics-url", url,
            "--state", str(self.state), "--target-name", "production",
            "--deadline", self.deadline, "--fail-on", fail_on,
            "--output", str(self.output), "--record", str(self.recording), *options,
        )  # fmt: skip

    def fetch_of(self, snapshot: Document, server: CaptureServer, *options: str) -> Run:
        """Evaluates a snapshot that a server returns."""
        server.script("/ops/metrics", Answer(200, json.dumps(snapshot).encode()))
        return self.fetch(server.url("/ops/metrics"), *options)

    def status(self, *options: str) -> Run:
        return self.run(
            "status", "--config", str(self.config), "--state", str(self.state), *options
        )

    def notify_test(self, *options: str) -> Run:
        return self.run(
            "notify-test", "--config", str(self.config), "--deadline", self.deadline, *options
        )

    def run(self, *arguments: str) -> Run:
        self.output.unlink(missing_ok=True)
        environment = {
            "PATH": os.environ["PATH"], "HOME": str(self.folder), "LC_ALL": "C.UTF-8",
        } | self.variables  # fmt: skip
        start = time.monotonic()
        process = subprocess.Popen(
            [str(TOOL), *arguments], cwd=self.folder, env=environment, text=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            errors="surrogateescape",
        )  # fmt: skip
        with CommandLines(process.pid) as seen:
            try:
                output, complaints = process.communicate(timeout=LONGEST_RUN)
            except subprocess.TimeoutExpired:
                process.kill()
                output, complaints = process.communicate()
                complaints += f"killed after {LONGEST_RUN} s\n"
        seconds = time.monotonic() - start
        report = json.loads(self.output.read_text()) if self.output.exists() else None
        shown = ["ops-alert-eval", *arguments]
        return Run(shown, process.returncode, output, complaints, report, seconds, seen.found)

    def files(self) -> dict[str, str]:
        """The contents of all files in the folder, by path."""
        paths = [path for path in self.folder.rglob("*") if path.is_file()]
        return {
            str(path.relative_to(self.folder)): path.read_bytes().decode("utf-8", "replace")
            for path in paths
        }

    def remove(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)


class CommandLines:
    """Samples the command lines of a process and all its descendants."""

    def __init__(self, pid: int) -> None:
        self.found: set[str] = set()
        self._pid = pid
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._sample, daemon=True)

    def __enter__(self) -> CommandLines:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()

    def _sample(self) -> None:
        while True:
            for pid in self._family(self._pid):
                try:
                    line = pathlib.Path(f"/proc/{pid}/cmdline").read_bytes()
                except OSError:
                    continue
                self.found.add(line.replace(b"\0", b" ").decode("utf-8", "replace").strip())
            if self._done.wait(0.01):
                return

    def _family(self, pid: int) -> list[int]:
        try:
            tasks = list(pathlib.Path(f"/proc/{pid}/task").glob("*/children"))
            children = [int(word) for task in tasks for word in task.read_text().split()]
        except OSError:
            children = []
        return [pid] + [each for child in children for each in self._family(child)]


class IntegrationTest(unittest.TestCase):
    """A test that cleans up after itself."""

    maxDiff = 4_000

    def workplace(self) -> Workplace:
        place = Workplace()
        self.addCleanup(place.remove)
        return place

    def capture(self) -> CaptureServer:
        server = CaptureServer()
        self.addCleanup(server.close)
        return server

    def assert_code(self, run: Run, code: int) -> None:
        self.assertEqual(run.code, code, str(run))

    def assert_outcomes(self, run: Run, *outcomes: tuple[str, str, str]) -> None:
        self.assertEqual(run.outcomes, sorted(outcomes), str(run))
