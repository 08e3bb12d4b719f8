"""Runs of the tool in which a call to the C library fails, hangs or is the last (see faults.c)."""

from __future__ import annotations

import os
import pathlib
import shlex
import shutil
import signal
import subprocess
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from errno import (
    EACCES, EAGAIN, ECHILD, ECONNRESET, EINTR, EINVAL, EIO, EMFILE, ENFILE, ENOLCK, ENOMEM, ENOSPC,
    EPERM, EPIPE, EROFS,
)  # fmt: skip

from harness import TOOL

SOURCE = pathlib.Path(__file__).parent / "faults" / "faults.c"
# The wall clock goes back by an hour, or ahead by a day.
JUMPS = ("-3600", "86400")
# The tool ends itself by a timer; under a fault that hangs, its seconds are this much shorter. On a
# busy machine, that may end a run before it reaches the point: the next attempt has more time.
TIMER_DIVISORS = (8, 4, 2, 1)
LONGEST_RUN = 60.0

_INSPECTIONS = ("stat", "lstat", "fstat", "access", "readlink")
# The codes with which each call can fail.
FAILURES: dict[str, tuple[int, ...]] = {
    **{call: (EIO, EACCES) for call in _INSPECTIONS},
    "open": (EMFILE, EIO, EINTR),
    "create": (ENOSPC, EMFILE, EROFS, EINTR),
    "close": (EIO, EINTR),
    "read": (EIO, EINTR),
    "pread": (EIO, EINTR),
    "write": (ENOSPC, EIO, EINTR),
    "pwrite": (ENOSPC, EIO),
    "ftruncate": (EIO,),
    "lseek": (EINVAL,),
    "fsync": (EIO, ENOSPC),
    "fdatasync": (EIO, ENOSPC),
    "mkdir": (ENOSPC, EACCES),
    "unlink": (EIO,),
    "rename": (EIO, ENOSPC),
    "renameat": (EIO, ENOSPC),
    "link": (EIO, ENOSPC),
    "linkat": (EIO, ENOSPC),
    "fchmod": (EPERM,),
    "fchown": (EPERM,),
    "flock": (ENOLCK, EAGAIN, EINTR),
    "fcntl": (EINVAL,),
    "dup": (EMFILE,),
    "dup2": (EINTR,),
    "socketpair": (EMFILE, ENOMEM),
    "socket": (ENFILE,),
    "pipe": (EMFILE,),
    "posix_spawn": (ENOMEM, EAGAIN),
    # One's own child can always be killed.
    "kill": (),
    "waitpid": (EINTR, ECHILD),
    "poll": (EINTR, ENOMEM),
    "connect": (ENOMEM,),
    "send": (EPIPE, EINTR),
    "sendto": (EPIPE, EINTR),
    "sendmsg": (EPIPE, EINTR),
    "recv": (ECONNRESET, EINTR),
    "recvfrom": (ECONNRESET, EINTR),
    "recvmsg": (ECONNRESET, EINTR),
    "setitimer": (EINVAL,),
    # Reading the wall clock cannot fail; it can jump.
    "clock_gettime": (),
}
_TRANSFERS = ("read", "pread", "write", "pwrite", "send", "sendto", "recv", "recvfrom")
# Calls after which the machine is in another state. After any other, it is as before the next call,
# where the process is killed as well.
_EFFECTS = (
    "create", "write", "pwrite", "ftruncate", "fsync", "fdatasync", "mkdir", "unlink", "rename",
    "renameat", "link", "linkat", "fchmod", "fchown", "flock", "posix_spawn", "send", "sendto",
    "sendmsg", "connect", "close",
)  # fmt: skip
# These never wait for anything.
_PROMPT = ("dup", "dup2", "fcntl", "kill", "pipe", "setitimer", "socket", "socketpair")
_NEEDS_SPACE = ("create", "write", "pwrite", "mkdir", "link", "linkat")
# libcurl polls, and reads the time, hundreds of times while it waits for one response: these are
# the same point again and again.
_MOST_REPEATS = {"poll": 3, "clock_gettime": 3}


@dataclass(frozen=True, order=True)
class Point:
    """A call that can fail: `run write state.json 1`."""

    role: str
    call: str
    subject: str
    ordinal: int

    @staticmethod
    def parse(line: str) -> Point:
        role, call, subject, ordinal = line.split("\t")
        return Point(role, call, subject, int(ordinal))

    @property
    def is_prompt(self) -> bool:
        """Whether the call never waits for anything."""
        return (
            self.call in _PROMPT
            or self.call == "close"
            and self.subject in ("pipe", "socket pair", "standard error")
        )

    @property
    def line(self) -> str:
        return f"{self.role}\t{self.call}\t{self.subject}\t{self.ordinal}"

    @property
    def is_repeat(self) -> bool:
        return self.role != "run" and self.ordinal > _MOST_REPEATS.get(self.call, 1_000)

    def __str__(self) -> str:
        return f"{self.role}: {self.call} of {self.subject} ({self.ordinal})"


@dataclass(frozen=True, order=True)
class Fault:
    """What happens at a point."""

    point: Point
    # As in faults.c: before, last, hang, fail, short, full or jump.
    mode: str
    argument: str = ""

    @property
    def kills(self) -> bool:
        """Whether the run itself is killed there."""
        return self.mode in ("before", "last") and self.point.role == "run"

    @property
    def may_last(self) -> bool:
        """Whether a hanging call may keep the run from ending.

        A reader of its output may take its time; a child that the system does not end cannot be
        reaped.
        """
        return self.point.subject.startswith("standard ") or self.point.call == "waitpid"

    @property
    def variables(self) -> dict[str, str]:
        return {
            "FAULTS_POINT": self.point.line,
            "FAULTS_MODE": self.mode,
            "FAULTS_ARGUMENT": self.argument,
        }

    def __str__(self) -> str:
        name = os.strerror(int(self.argument)) if self.mode == "fail" else self.argument
        return f"{self.point}: {self.mode} {name}".strip()


def faults(point: Point) -> list[Fault]:
    """All that can happen at a point."""
    found = [Fault(point, "before")]
    if point.call == "clock_gettime":
        return found + [Fault(point, "jump", seconds) for seconds in JUMPS]
    if not point.is_prompt:
        found.append(Fault(point, "hang"))
    if point.call in _EFFECTS:
        found.append(Fault(point, "last"))
    found += [Fault(point, "fail", str(code)) for code in FAILURES[point.call]]
    if point.call in _TRANSFERS:
        found.append(Fault(point, "short"))
    if point.call in _NEEDS_SPACE and point.subject not in ("standard output", "standard error"):
        found.append(Fault(point, "full"))
    return found


@dataclass
class Ended:
    """How a run ended."""

    # Negative for a signal; `None` if it hung until the harness ended it.
    code: int | None
    output: str
    complaints: str
    points: list[Point]
    # Whether the planned point was reached.
    is_hit: bool
    seconds: float
    command: str

    @property
    def errors(self) -> list[str]:
        return [line for line in self.complaints.splitlines() if ": error: " in line]

    def __str__(self) -> str:
        end = "hung" if self.code is None else f"exit code {self.code}"
        output = "" if self.output.startswith("{") else self.output
        return f"$ {self.command}\n{end}, {self.seconds:.1f} s\n{output}{self.complaints}"


def library(folder: pathlib.Path) -> pathlib.Path:
    """Compiles the shared library."""
    built = folder / "faults.so"
    compiler = next((name for name in ("cc", "clang", "gcc") if shutil.which(name)), None)
    if not compiler:
        raise FileNotFoundError(
            "no C compiler for faults.c: on Debian, apt-get install gcc libc6-dev"
        )
    command = [
        compiler,
        "-Wall",
        "-Wno-maybe-uninitialized",
        "-O1",
        "-shared",
        "-fPIC",
        "-o",
        str(built),
        str(SOURCE),
        "-ldl",
    ]
    subprocess.run(command, check=True)
    return built


class Place:
    """A folder in which the tool runs under the library."""

    def __init__(self, library: pathlib.Path) -> None:
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="ops-alert-faults-")).resolve()
        self.library = library
        self.variables: dict[str, str] = {}
        self.log = pathlib.Path(f"{self.folder}.log")

    def become(self, template: pathlib.Path) -> None:
        """Makes the folder a copy of another one."""
        shutil.rmtree(self.folder)
        shutil.copytree(template, self.folder)

    def remove(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)
        self.log.unlink(missing_ok=True)

    def start(
        self, arguments: list[str], minute: float, fault: Fault | None, logs: bool, divisor: int
    ) -> subprocess.Popen[str]:
        environment = {
            "PATH": os.environ["PATH"], "HOME": str(self.folder), "LC_ALL": "C.UTF-8",
            "LD_PRELOAD": str(self.library), "FAULTS_ROOT": str(self.folder),
            "FAULTS_CLOCK": str(int(minute * 60)), "no_proxy": "127.0.0.1",
        } | self.variables  # fmt: skip
        if logs or fault:
            environment["FAULTS_LOG"] = str(self.log)
        if fault:
            environment |= fault.variables
        if fault and fault.point.role == "run":
            environment["FAULTS_TIMER"] = str(divisor)
        return subprocess.Popen(
            [str(TOOL), *arguments], cwd=self.folder, env=environment, text=True, errors="replace",
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip

    def run(
        self,
        arguments: list[str],
        at: float,
        fault: Fault | None = None,
        *,
        logs: bool = False,
        divisor: int = 1,
        longest: float = LONGEST_RUN,
    ) -> Ended:
        """Runs the tool, this many minutes from now, with a fault or without."""
        self.log.unlink(missing_ok=True)
        start = time.monotonic()
        process = self.start(arguments, at, fault, logs, divisor)
        code: int | None
        try:
            output, complaints = process.communicate(timeout=longest)
            code = process.returncode
        except subprocess.TimeoutExpired:
            process.kill()
            output, complaints = process.communicate()
            code = None
        lines = self.log.read_text().splitlines() if self.log.exists() else []
        points = [Point.parse(line.removeprefix("!")) for line in lines]
        return Ended(
            code, output, complaints, points, any(line.startswith("!") for line in lines),
            time.monotonic() - start, shlex.join(["ops-alert-eval", *arguments]),
        )  # fmt: skip

    def processes(self) -> list[int]:
        """The processes of runs in this folder that have not ended."""
        found = []
        mark = f"FAULTS_ROOT={self.folder}".encode() + b"\0"
        for entry in pathlib.Path("/proc").iterdir():
            if not entry.name.isdigit():
                continue
            try:
                if mark in (entry / "environ").read_bytes():
                    found.append(int(entry.name))
            except OSError:
                continue
        return found

    def await_end(self, seconds: float = 10) -> list[int]:
        """Waits for all processes to end; returns those that do not, and ends them."""
        end = time.monotonic() + seconds
        while (left := self.processes()) and time.monotonic() < end:
            time.sleep(0.01)
        for pid in left:
            os.kill(pid, signal.SIGKILL)
        return left


def tally(counts: Counter[str]) -> str:
    return ", ".join(f"{counts[name]} {name}" for name in sorted(counts))
