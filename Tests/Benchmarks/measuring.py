"""Runs commands and measures them, for the benchmarks beside it."""

import os
import pathlib
import shutil
import statistics
import sys
import tempfile
import time

# What the shipped rules ask, in the words of jq.
FOUR_COMPARISONS = (
    ".request_metrics.errors.rate <= 0.05 and .request_metrics.fallback.rate <= 0.20"
    " and .request_metrics.refusal.rate <= 0.35 and .request_metrics.latency_ms.p95 <= 8000"
)


def executable(argument):
    """The tool that is to be measured."""
    tool = pathlib.Path(argument).resolve()
    if not os.access(tool, os.X_OK):
        sys.exit(f"benchmark: there is no executable at {tool}: build a release first")
    return tool


def needed(*tools):
    """Ends the benchmark where a command is not there; each is given with Debian's package."""
    pairs = [tool.split(":") for tool in tools]
    missing = [(command, package) for command, package in pairs if not shutil.which(command)]
    if missing:
        commands, packages = map(" ".join, zip(*missing, strict=True))
        sys.exit(f"benchmark: not found: {commands}; on Debian: apt-get install {packages}")


class Runs:
    """The wall times and peaks of one command."""

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
        # The peak is that of the largest process, children that were waited for among them.
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
        """How far the middle half of the runs lies apart, as a share of the median."""
        low, _, high = statistics.quantiles(self.milliseconds, n=4)
        return (high - low) / self.median


def in_turn(count, *commands):
    """Runs the commands in turn, so many times each after one run that does not count."""
    all_runs = [Runs(command) for command in commands]
    for turn in range(count + 1):
        for runs in all_runs:
            runs.once(counts=turn > 0)
    worst_spreads.extend(runs.spread for runs in all_runs)
    return all_runs


# What the commands say on standard error: shown where one of them fails.
complaints = tempfile.TemporaryFile()
worst_spreads = []


def tell(name, value, unit, goal, note=""):
    line = f"{name + ':':34} {value:7.2f} {unit:3} goal {goal:5} {unit:3} {value / goal:4.0%} of it"
    print(f"{line}  {note}".rstrip(), flush=True)


def tell_noise():
    """Says where the figures so far are not to be relied on."""
    load, processors = os.getloadavg()[0], os.cpu_count()
    if load > processors or max(worst_spreads) > 0.2:
        print(
            f"The machine was noisy: load {load:.1f} on {processors} processors, the middle half "
            f"of the runs up to {max(worst_spreads):.0%} apart. Measure again when it is quiet."
        )
