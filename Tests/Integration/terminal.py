"""A real terminal: a private tmux server with a shell in it."""

from __future__ import annotations

import os
import pathlib
import re
import shlex
import subprocess
import time
import uuid

from harness import TOOL


class Terminal:
    """A window with a shell that a test can type into and read."""

    def __init__(self, columns: int, rows: int, folder: pathlib.Path, **variables: str) -> None:
        self.folder = folder
        self._socket = str(folder / f"tmux-{uuid.uuid4().hex[:8]}")
        environment = {
            "PATH": os.environ["PATH"], "HOME": str(folder), "LC_ALL": "C.UTF-8", "PS1": "$ ",
            "TERM": "screen-256color",
        } | variables  # fmt: skip
        words = " ".join(f"{name}={shlex.quote(value)}" for name, value in environment.items())
        shell = f"cd {shlex.quote(str(folder))} && exec env -i {words} bash --norc --noprofile"
        self._tmux("-f", "/dev/null", "new-session", "-d", "-x", str(columns), "-y", str(rows), shell)
        self.wait_for("$")

    def close(self) -> None:
        subprocess.run(["tmux", "-S", self._socket, "kill-server"], capture_output=True)

    def _tmux(self, *arguments: str) -> str:
        command = ["tmux", "-S", self._socket, *arguments]
        environment = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}
        run = subprocess.run(
            command, capture_output=True, text=True, check=True, env=environment, timeout=10
        )
        return run.stdout

    def type(self, line: str) -> None:
        """Types a line and presses Return."""
        self._tmux("send-keys", "-l", line)
        self._tmux("send-keys", "Enter")

    def press(self, *keys: str) -> None:
        self._tmux("send-keys", *keys)

    def watch(self, *options: str) -> None:
        self.type(" ".join(shlex.quote(word) for word in (str(TOOL), "watch", *options)))

    def resize(self, columns: int, rows: int) -> None:
        self._tmux("resize-window", "-x", str(columns), "-y", str(rows))

    def screen(self, *, colors: bool = False) -> str:
        return self._tmux("capture-pane", "-p", *(["-e"] if colors else []))

    def wait_for(self, pattern: str, seconds: float = 10) -> str:
        """The screen, once it shows the pattern or the time is up."""
        end = time.monotonic() + seconds
        while True:
            screen = self.screen()
            if re.search(pattern, screen) or time.monotonic() > end:
                return screen
            time.sleep(0.05)

    def flags(self) -> str:
        """Whether the cursor is visible and the alternate screen is active."""
        return self._tmux("display-message", "-p", "#{cursor_flag} #{alternate_on}").strip()

    def child(self) -> int:
        """The pid of the shell's child process."""
        shell = self._tmux("display-message", "-p", "#{pane_pid}").strip()
        return int(pathlib.Path(f"/proc/{shell}/task/{shell}/children").read_text().split()[0])

    def settings(self, name: str) -> str:
        """The output of `stty`, run while the shell is at its prompt."""
        file = self.folder / name
        self.type(f"stty -a >{name}.new; mv {name}.new {name}")
        end = time.monotonic() + 10
        while not file.exists() and time.monotonic() < end:
            time.sleep(0.02)
        # The size is not a setting.
        return re.sub(r"rows \d+; columns \d+;", "", file.read_text())
