"""How a run grows with the number of targets, of which some are dead.

Each target has its own address in 127.0.0.0/8, so that each costs a connection. The dead ones refuse
connections, hang, or respond after three seconds or with 500. The servers end with this process.
"""

import asyncio
import collections
import json
import os
import pathlib
import random
import resource
import subprocess
import sys
import threading
import time

import workloads
from measuring import SHIPPED_RULES, growth
from parts import Context, Part
from rendering import growth_in_words, milliseconds, number
from results import Section

COUNTS = [1, 10, 100, 1_000]
DEAD = 100
KINDS = ["refused", "hanging", "slow", "failing"]
SLOW_SECONDS = 3
# Less than the default of a minute: retries of hanging targets use all of it.
DEADLINE = "30s"
LONGEST_RUN = 120


def address(number):
    return f"127.1.{number // 250}.{number % 250 + 1}"


def head(status, length):
    lines = [f"HTTP/1.1 {status}", "Content-Type: application/json", f"Content-Length: {length}"]
    return ("\r\n".join([*lines, "Connection: close", "", ""])).encode()


class Servers:
    """A listener for each target that has one, all in one thread of this process."""

    def __init__(self, kinds):
        # Below the ephemeral ports: one of those may be taken at one of the many addresses.
        self.port = random.randrange(20_000, 30_000)
        self.kinds = kinds
        body = json.dumps(workloads.snapshot(20)).encode()
        self.answer = head("200 OK", len(body)) + body
        self.loop = asyncio.new_event_loop()
        threading.Thread(target=self.loop.run_forever, daemon=True).start()
        asyncio.run_coroutine_threadsafe(self.listen(), self.loop).result(60)

    async def listen(self):
        by_kind = collections.defaultdict(list)
        for index, kind in enumerate(self.kinds):
            by_kind[kind].append(address(index))
        for kind, hosts in by_kind.items():
            if kind != "refused":
                await asyncio.start_server(
                    lambda reader, writer, kind=kind: self.serve(kind, reader, writer),
                    hosts,
                    self.port,
                    backlog=64,
                )

    async def serve(self, kind, reader, writer):
        try:
            await reader.readuntil(b"\r\n\r\n")
            if kind == "hanging":
                await reader.read()
            elif kind == "failing":
                writer.write(head("500 Internal Server Error", 0))
            else:
                await asyncio.sleep(SLOW_SECONDS if kind == "slow" else 0)
                writer.write(self.answer)
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    def stop(self):
        self.loop.call_soon_threadsafe(self.loop.stop)


def peak(process):
    """The peak memory of a process in MB; 0 if it has ended."""
    try:
        status = pathlib.Path(f"/proc/{process}/status").read_text()
    except OSError:
        return 0
    for line in status.splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1_024
    return 0


def children(process):
    try:
        return [
            int(child)
            for task in pathlib.Path(f"/proc/{process}/task").iterdir()
            for child in (task / "children").read_text().split()
        ]
    except OSError:
        return []


class Measured:
    """One run of the tool: its duration and the memory of its processes."""

    def __init__(self, command):
        start = time.perf_counter()
        process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=clean_environment()
        )
        self.peaks, self.workers, self.side_by_side, self.sum = {}, set(), 0, 0
        drains = [
            threading.Thread(target=self.drain, args=(name, pipe), daemon=True)
            for name, pipe in (("output", process.stdout), ("complaints", process.stderr))
        ]
        for drain in drains:
            drain.start()
        while process.poll() is None:
            workers = children(process.pid)
            self.workers.update(workers)
            self.side_by_side = max(self.side_by_side, len(workers))
            now = {each: peak(each) for each in [process.pid, *workers]}
            self.peaks |= {each: size for each, size in now.items() if size}
            self.sum = max(self.sum, sum(now.values()))
            if time.perf_counter() - start > LONGEST_RUN:
                process.kill()
            time.sleep(0.02)
        self.seconds = time.perf_counter() - start
        for drain in drains:
            drain.join()
        self.code = process.returncode
        self.parent = self.peaks.get(process.pid, 0)
        self.worker = max((self.peaks.get(each, 0) for each in self.workers), default=0)

    def drain(self, name, pipe):
        setattr(self, name, pipe.read().decode())


def clean_environment():
    return {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/")}


def observe(tool, folder, kinds, count, *options):
    """Runs the tool `count` times over targets of these kinds."""
    servers = Servers(kinds)
    configuration = json.loads(SHIPPED_RULES.read_text()) | {
        "targets": [
            {"name": f"{kind}-{index}", "base_url": f"http://{address(index)}:{servers.port}"}
            for index, kind in enumerate(kinds)
        ]
    }
    stem = folder / kinds[-1]
    config, report = stem.with_suffix(".json"), stem.with_suffix(".report")
    config.write_text(json.dumps(configuration))
    command = [
        str(tool),
        "evaluate",
        "--config",
        config,
        "--state",
        stem.with_suffix(".state"),
        "--output",
        report,
        *options,
    ]
    runs = []
    try:
        for _ in range(count):
            run = Measured(command)
            if run.code not in (0, 3) or not report.exists():
                sys.exit(f"benchmark: exit code {run.code}: {run.complaints[:2_000]}")
            document = json.loads(report.read_text())
            # The report of a single target is that target.
            run.targets = document.get("targets", [document])
            runs.append(run)
    finally:
        servers.stop()
    return runs


def judged(target):
    """The result of a target: `read`, or the reason why not."""
    reasons = {check["reason"] for check in target["checks"]}
    return next((each for each in ("unreachable", "not_attempted") if each in reasons), "read")


def measure(context: Context, section: Section) -> None:
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(most, 8_192), most))
    rows, costs = [], []
    for count in COUNTS:
        runs = observe(context.tool, context.folder, ["healthy"] * count, 3)
        found = collections.Counter(judged(each) for run in runs for each in run.targets)
        if found != {"read": count * len(runs)}:
            sys.exit(
                f"benchmark: not all of {count} healthy targets were read in three runs: {dict(found)}"
            )
        costs.append(sorted(run.seconds for run in runs)[1] * 1_000)
        rows.append(row(f"{count:,} healthy", costs[-1], runs))
    section.goal(
        "1,000 healthy targets, the slowest of three runs",
        max(run.seconds for run in runs),
        10,
        "s",
    )
    section.goal("largest process", max(max(run.parent, run.worker) for run in runs), 150, "MB")
    # Every tenth target is dead.
    kinds = ["healthy"] * COUNTS[-1]
    kinds[9::10] = [KINDS[each % len(KINDS)] for each in range(DEAD)]
    runs = observe(context.tool, context.folder, kinds, 2, "--deadline", DEADLINE)
    for run in runs:
        found = collections.Counter(
            (kind, judged(target)) for kind, target in zip(kinds, run.targets, strict=True)
        )
        if found["healthy", "read"] != COUNTS[-1] - DEAD:
            sys.exit(f"benchmark: not all healthy targets were read: {dict(found)}")
    rows.append(
        row(
            f"{COUNTS[-1] - DEAD:,} healthy and {DEAD} dead, with `--deadline {DEADLINE}`",
            max(run.seconds for run in runs) * 1_000,
            runs,
        )
    )
    dead = ", ".join(
        f"{n} {kind} {how.replace('_', ' ')}"
        for (kind, how), n in sorted(found.items())
        if kind != "healthy"
    )
    section.say(
        "The shipped rules at every target, each with its own address on loopback; the servers are Python's and use one of the cores."
    )
    section.table(["targets", "median", "evaluator", "worker", "all processes", "workers"], rows)
    section.say(growth_in_words("target", growth(COUNTS, costs)))
    section.say(
        f"Of the dead ones, in the last run: {dead}. All healthy targets were read in every run."
    )


def row(name, cost, runs):
    return [
        name,
        milliseconds(cost),
        *(
            f"{number(max(getattr(run, what) for run in runs))} MB"
            for what in ("parent", "worker", "sum")
        ),
        str(max(len(run.workers) for run in runs)),
    ]


PART = Part("targets", "Targets", measure)
