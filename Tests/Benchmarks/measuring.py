"""Runs and measures commands for the benchmarks in this folder."""

from __future__ import annotations

import contextlib
import functools
import math
import os
import pathlib
import random
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator

HERE = pathlib.Path(__file__).resolve().parent
REPOSITORY = HERE.parent.parent
SHIPPED_RULES = REPOSITORY / "config/ops_alert_thresholds.json"
ENVIRONMENT = REPOSITORY / ".build/benchmark-venv"
# The comparisons of the shipped rules, in jq.
FOUR_COMPARISONS = (
    ".request_metrics.errors.rate <= 0.05 and .request_metrics.fallback.rate <= 0.20"
    " and .request_metrics.refusal.rate <= 0.35 and .request_metrics.latency_ms.p95 <= 8000"
)
# Figures of a machine that is busier than this are not worth keeping: the share of its processors'
# time that others use before a part begins, and the standard error of a median.
MOST_USED, LARGEST_ERROR = 0.15, 0.05
# In milliseconds: a smaller difference between two medians is noise.
NOISE = 1
NGINX = """
daemon off; master_process off; pid nginx.pid; error_log nginx.log;
events {{}}
http {{
  access_log off; default_type application/json;
  client_body_temp_path tmp; proxy_temp_path tmp; fastcgi_temp_path tmp; uwsgi_temp_path tmp;
  scgi_temp_path tmp;
  server {{ listen 127.0.0.1:{port}; root "{folder}"; }}
}}
"""


def executable(argument: str) -> pathlib.Path:
    """The tool to measure."""
    tool = pathlib.Path(argument).resolve()
    if not os.access(tool, os.X_OK):
        sys.exit(f"benchmark: no executable at {tool}: build a release first")
    return tool


def require(*tools: str) -> None:
    """Exits if a command is missing; each is given with its Debian package, if it has one."""
    pairs = [tool.split(":") for tool in tools]
    missing = [(command, package) for command, package in pairs if not shutil.which(command)]
    if missing:
        commands, packages = (" ".join(filter(None, each)) for each in zip(*missing, strict=True))
        hint = f"; on Debian: apt-get install {packages}" if packages else ""
        sys.exit(f"benchmark: missing: {commands}{hint}")


def python_with_peers() -> str:
    """The interpreter of an environment with the packages that requirements.txt pins."""
    pinned, installed = HERE / "requirements.txt", ENVIRONMENT / "requirements.txt"
    if not installed.exists() or installed.read_text() != pinned.read_text():
        subprocess.run([sys.executable, "-m", "venv", "--clear", ENVIRONMENT], check=True)
        pip = [ENVIRONMENT / "bin/pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, "-r", pinned], check=True)
        installed.write_text(pinned.read_text())
    return str(ENVIRONMENT / "bin/python")


@contextlib.contextmanager
def endpoint(folder: pathlib.Path) -> Iterator[str]:
    """An nginx on loopback that serves a folder."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    settings = folder / "nginx.conf"
    settings.write_text(NGINX.format(port=port, folder=folder))
    server = subprocess.Popen(["nginx", "-p", folder, "-e", folder / "nginx.log", "-c", settings])
    try:
        for _ in range(100):
            with contextlib.suppress(ConnectionRefusedError):
                socket.create_connection(("127.0.0.1", port)).close()
                break
            time.sleep(0.05)
        else:
            sys.exit(f"benchmark: nginx does not start: {(folder / 'nginx.log').read_text()}")
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait()


# Standard error of the commands, shown if one fails.
complaints = tempfile.TemporaryFile()
# The largest standard error of each comparison since the part began.
errors: list[float] = []


class Runs:
    """Wall times and the memory peak of one command, which may exit with these codes."""

    def __init__(self, command: list[str], codes: tuple[int, ...] = (0,)) -> None:
        self.command = [str(word) for word in command]
        self.codes = codes
        self.milliseconds: list[float] = []

    def once(self, *starter: str) -> float:
        """Runs the command, or the one that starts it, and returns how many milliseconds it took."""
        command = [*starter, *self.command]
        complaints.seek(0)
        complaints.truncate()
        outputs = [
            (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0),
            (os.POSIX_SPAWN_DUP2, complaints.fileno(), 2),
        ]
        start = time.perf_counter()
        process = os.posix_spawnp(command[0], command, os.environ, file_actions=outputs)
        _, status = os.waitpid(process, 0)
        elapsed = time.perf_counter() - start
        code = os.waitstatus_to_exitcode(status)
        if code not in self.codes:
            complaints.seek(0)
            sys.stderr.write(complaints.read().decode()[-2_000:])
            sys.exit(f"benchmark: exit code {code} of {' '.join(self.command)[:500]}")
        return elapsed * 1_000

    @property
    def median(self) -> float:
        return statistics.median(self.milliseconds)

    @functools.cached_property
    def peak(self) -> float:
        """The peak memory of the largest process, in MB, over three more runs, which are not timed.

        A process inherits the peak of the one that starts it, and this one's exceeds that of many
        commands; GNU time's is small. One run is enough for a command that takes seconds.
        """
        kilobytes = []
        with tempfile.NamedTemporaryFile("r") as file:
            for _ in range(1 if self.milliseconds and self.median > 2_000 else 3):
                self.once("time", "--format=%M", f"--output={file.name}")
                file.seek(0)
                # A line before it names an exit code other than 0.
                kilobytes.append(int(file.read().splitlines()[-1]))
        return max(kilobytes) / 1_024

    def share_of(self, peer: Runs) -> float:
        """How long this takes as a share of the peer: the median over the pairs of runs."""
        pairs = zip(self.milliseconds, peer.milliseconds, strict=True)
        return statistics.median(mine / theirs for mine, theirs in pairs)


def standard_error(values: list[float]) -> float:
    """The standard error of the median, as a share of the median; it needs four or more values.

    For a normal distribution it is 1.25 standard deviations over the square root of the count,
    and an interquartile range is 1.35 standard deviations.
    """
    low, middle, high = statistics.quantiles(values, n=4)
    return 0.93 * (high - low) / middle / math.sqrt(len(values))


def in_turn(count: int, *all_runs: Runs) -> tuple[Runs, ...]:
    """Runs commands in turn, in a new random order each time, so that noise and the command before
    affect all alike: one warm-up run each, then `count` runs each (4 or more), and up to 3 × `count`
    more while a median is uncertain."""
    order = random.Random(1)
    for turn in range(4 * count + 1):
        if turn > count and error(all_runs) <= LARGEST_ERROR:
            break
        for runs in order.sample(all_runs, len(all_runs)):
            took = runs.once()
            if turn > 0:
                runs.milliseconds.append(took)
    errors.append(error(all_runs))
    return all_runs


def error(all_runs: tuple[Runs, ...]) -> float:
    """The largest standard error of the first command's times, and of the ratios to them."""
    first, *others = (runs.milliseconds for runs in all_runs)
    ratios = [[b / a for a, b in zip(first, other, strict=True)] for other in others]
    return max(map(standard_error, [first, *ratios]))


def used_by_others(seconds: float = 1) -> float:
    """The share of the processors' time that is in use while this process only waits."""

    def times() -> tuple[int, int]:
        numbers = [
            int(word) for word in pathlib.Path("/proc/stat").read_text().split("\n")[0].split()[1:9]
        ]
        # The fourth is idle time, the fifth waits for disks.
        return sum(numbers), numbers[3] + numbers[4]

    total, idle = times()
    time.sleep(seconds)
    later, later_idle = times()
    return 1 - (later_idle - idle) / max(1, later - total)


def growth(counts: list[int], milliseconds: list[float]) -> tuple[float, float | None]:
    """How a cost grows: nanoseconds for each further item, and the exponent of the growth.

    The cost of an item is that between the two largest inputs. The exponent compares what these two
    add to the cost of the smallest: it is 1 if twice as many items add twice the cost, and `None` if
    too little is added to tell.
    """
    base, before, last = milliseconds[0], milliseconds[-2], milliseconds[-1]
    each = (last - before) * 1e6 / (counts[-1] - counts[-2])
    if last - base < NOISE:
        return 0, None
    if before - base < NOISE:
        return each, None
    steps = math.log((counts[-1] - counts[0]) / (counts[-2] - counts[0]))
    return each, math.log((last - base) / (before - base)) / steps
