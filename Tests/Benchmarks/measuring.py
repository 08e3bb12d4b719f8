"""Runs and measures commands for the benchmarks in this folder."""

import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
ENVIRONMENT = HERE.parent.parent / ".build/benchmark-venv"
# The comparisons of the shipped rules, in jq.
FOUR_COMPARISONS = (
    ".request_metrics.errors.rate <= 0.05 and .request_metrics.fallback.rate <= 0.20"
    " and .request_metrics.refusal.rate <= 0.35 and .request_metrics.latency_ms.p95 <= 8000"
)


def executable(argument):
    """The tool to measure."""
    tool = pathlib.Path(argument).resolve()
    if not os.access(tool, os.X_OK):
        sys.exit(f"benchmark: no executable at {tool}: build a release first")
    return tool


def needed(*tools):
    """Exits if a command is missing; each is given with its Debian package."""
    pairs = [tool.split(":") for tool in tools]
    missing = [(command, package) for command, package in pairs if not shutil.which(command)]
    if missing:
        commands, packages = map(" ".join, zip(*missing, strict=True))
        sys.exit(f"benchmark: missing: {commands}; on Debian: apt-get install {packages}")


def python_with_peers():
    """The interpreter of an environment with the packages that requirements.txt pins."""
    pinned, installed = HERE / "requirements.txt", ENVIRONMENT / "requirements.txt"
    if not installed.exists() or installed.read_text() != pinned.read_text():
        subprocess.run([sys.executable, "-m", "venv", "--clear", ENVIRONMENT], check=True)
        pip = [ENVIRONMENT / "bin/pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, "-r", pinned], check=True)
        installed.write_text(pinned.read_text())
    return str(ENVIRONMENT / "bin/python")


class Runs:
    """Wall times and memory peaks of one command."""

    def __init__(self, command):
        self.command = command
        self.milliseconds = []
        self.megabytes = []

    def once(self, counts=True):
        outputs = [
            (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0),
            (os.POSIX_SPAWN_DUP2, complaints.fileno(), 2),
        ]
        start = time.perf_counter()
        process = os.posix_spawnp(self.command[0], self.command, os.environ, file_actions=outputs)
        # The peak of the largest process, including children that were waited for.
        _, status, usage = os.wait4(process, 0)
        elapsed = time.perf_counter() - start
        if status != 0:
            complaints.seek(0)
            sys.stderr.write(complaints.read().decode())
            code = os.waitstatus_to_exitcode(status)
            sys.exit(f"benchmark: exit code {code} of {' '.join(self.command)}")
        if counts:
            self.milliseconds.append(elapsed * 1_000)
            self.megabytes.append(usage.ru_maxrss / 1_024)

    @property
    def median(self):
        return statistics.median(self.milliseconds)

    @property
    def peak(self):
        return max(self.megabytes)

    @property
    def spread(self):
        """The interquartile range as a share of the median."""
        low, _, high = statistics.quantiles(self.milliseconds, n=4)
        return (high - low) / self.median


def in_turn(count, *commands):
    """Runs the commands in turn, `count` times each, after one warm-up run each."""
    all_runs = [Runs(command) for command in commands]
    for turn in range(count + 1):
        for runs in all_runs:
            runs.once(counts=turn > 0)
    worst_spreads.extend(runs.spread for runs in all_runs)
    return all_runs


# Standard error of the commands, shown if one fails.
complaints = tempfile.TemporaryFile()
worst_spreads = []


def report(name, value, unit, goal, note=""):
    line = f"{name + ':':34} {value:7.2f} {unit:3} goal {goal:5} {unit:3} {value / goal:4.0%} of it"
    print(f"{line}  {note}".rstrip(), flush=True)


def report_noise():
    """Warns if the figures so far are not reliable."""
    load, processors = os.getloadavg()[0], os.cpu_count()
    if load > processors or max(worst_spreads) > 0.2:
        print(
            f"The machine was busy: load {load:.1f} on {processors} processors, interquartile range "
            f"up to {max(worst_spreads):.0%}. Measure again when it is idle."
        )
