"""Headless Chromium, driven over its DevTools pipe: shows what a page looks like once rendered."""

from __future__ import annotations

import base64
import json
import os
import pathlib
import select
import shutil
import signal
import struct
import subprocess
import tempfile
import time
import zlib
from dataclasses import dataclass, field
from typing import Any

# The time limit of a response and of a page load.
LONGEST = 30.0


@dataclass
class Drawing:
    """A rendered page."""

    width: int
    # The size of the page, in pixels.
    content_width: float
    content_height: float
    picture: bytes
    # Everything requested except the page itself.
    requests: list[str] = field(default_factory=list)
    # The console's output.
    complaints: list[str] = field(default_factory=list)
    # Role and name of each node of the accessibility tree.
    accessible: list[tuple[str, str]] = field(default_factory=list)
    # The fonts used for the heading.
    fonts: list[str] = field(default_factory=list)

    @property
    def corner(self) -> tuple[int, int, int]:
        """The colour of the top left pixel, which is the background."""
        red, green, blue = self._pixels()[1:4]
        return red, green, blue

    @property
    def is_blank(self) -> bool:
        return len(set(self._pixels())) < 40

    def _pixels(self) -> bytes:
        """The rows of pixels, each with its PNG filter byte; the first pixel is unfiltered."""
        assert self.picture[:8] == b"\x89PNG\r\n\x1a\n"
        place, data = 8, b""
        while place < len(self.picture):
            (length,) = struct.unpack(">I", self.picture[place : place + 4])
            if self.picture[place + 4 : place + 8] == b"IDAT":
                data += self.picture[place + 8 : place + 8 + length]
            place += length + 12
        return zlib.decompress(data)


class Browser:
    """A Chromium that can load only files."""

    def __init__(self) -> None:
        self._folder = tempfile.mkdtemp(prefix="ops-alert-browser-")
        to_read, self._to = os.pipe()
        self._from, to_write = os.pipe()

        def lay_out() -> None:
            # Chromium reads from 3 and writes to 4, which either pipe may occupy already.
            os.dup2(to_read, 103)
            os.dup2(to_write, 104)
            os.dup2(103, 3)
            os.dup2(104, 4)

        self._process = subprocess.Popen(
            [
                shutil.which("chromium") or "chromium", "--headless", "--no-sandbox",
                "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars",
                "--disable-background-networking", "--disable-component-update", "--no-first-run",
                "--host-resolver-rules=MAP * ~NOTFOUND", f"--user-data-dir={self._folder}",
                "--remote-debugging-pipe", "about:blank",
            ],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            preexec_fn=lay_out, pass_fds=(3, 4), start_new_session=True,
            env={"PATH": os.environ["PATH"], "HOME": self._folder, "LC_ALL": "C.UTF-8"},
        )  # fmt: skip
        os.close(to_read)
        os.close(to_write)
        self._rest = b""
        self._number = 0
        self._session: str | None = None
        self._events: list[dict[str, Any]] = []
        try:
            self._open_tab()
        except BaseException:
            self.close()
            raise

    def _open_tab(self) -> None:
        target = self._ask("Target.createTarget", url="about:blank")["targetId"]
        attached = self._ask("Target.attachToTarget", targetId=target, flatten=True)
        self._session = attached["sessionId"]
        for domain in ("Page", "Network", "Log", "Runtime", "DOM", "CSS", "Accessibility"):
            self._ask(f"{domain}.enable")

    def close(self) -> None:
        try:
            os.killpg(self._process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self._process.wait()
        os.close(self._to)
        os.close(self._from)
        shutil.rmtree(self._folder, ignore_errors=True)

    def draw(self, page: pathlib.Path, width: int, *, is_dark: bool = False) -> Drawing:
        """Opens a page in a window of this width and captures all of it."""
        self._show(page, width, is_dark)
        metrics = self._ask("Page.getLayoutMetrics")["cssContentSize"]
        picture = self._ask(
            "Page.captureScreenshot", format="png", captureBeyondViewport=True,
            clip={
                "x": 0, "y": 0, "width": width, "height": min(metrics["height"], 3_000), "scale": 1,
            },
        )  # fmt: skip
        drawing = Drawing(
            width, metrics["width"], metrics["height"], base64.b64decode(picture["data"])
        )
        for node in self._ask("Accessibility.getFullAXTree")["nodes"]:
            if not node.get("ignored"):
                name = node.get("name", {}).get("value", "")
                drawing.accessible.append((node.get("role", {}).get("value", ""), name))
        root = self._ask("DOM.getDocument", depth=0)["root"]["nodeId"]
        heading = self._ask("DOM.querySelector", nodeId=root, selector="h1")["nodeId"]
        if heading:
            fonts = self._ask("CSS.getPlatformFontsForNode", nodeId=heading)["fonts"]
            drawing.fonts = [font["familyName"] for font in fonts]
        address = page.resolve().as_uri()
        for event in self._events:
            values = event["params"]
            if event["method"] == "Network.requestWillBeSent":
                if values["request"]["url"] != address:
                    drawing.requests.append(values["request"]["url"])
            elif event["method"] == "Log.entryAdded":
                drawing.complaints.append(values["entry"]["text"])
            elif event["method"] in ("Runtime.consoleAPICalled", "Runtime.exceptionThrown"):
                drawing.complaints.append(json.dumps(values))
        return drawing

    def print(self, page: pathlib.Path) -> bytes:
        """The page printed as PDF."""
        self._show(page, 1_280, is_dark=True)
        printed = self._ask("Page.printToPDF", printBackground=False)
        return base64.b64decode(printed["data"])

    def _show(self, page: pathlib.Path, width: int, is_dark: bool) -> None:
        self._events = []
        scheme = {"name": "prefers-color-scheme", "value": "dark" if is_dark else "light"}
        self._ask("Emulation.setEmulatedMedia", features=[scheme])
        self._ask(
            "Emulation.setDeviceMetricsOverride", width=width, height=1_000, deviceScaleFactor=1,
            mobile=width < 600,
        )  # fmt: skip
        self._ask("Page.navigate", url=page.resolve().as_uri())
        deadline = time.monotonic() + LONGEST
        while not any(event["method"] == "Page.loadEventFired" for event in self._events):
            self._events.append(self._next(deadline))

    def _ask(self, method: str, **values: Any) -> dict[str, Any]:
        self._number += 1
        message = {"id": self._number, "method": method, "params": values}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._to, json.dumps(message).encode() + b"\0")
        deadline = time.monotonic() + LONGEST
        while True:
            answer = self._next(deadline)
            if answer.get("id") != self._number:
                self._events.append(answer)
                continue
            if "error" in answer:
                raise RuntimeError(f"{method}: {answer['error']}")
            result: dict[str, Any] = answer["result"]
            return result

    def _next(self, deadline: float) -> dict[str, Any]:
        while b"\0" not in self._rest:
            ready, _, _ = select.select([self._from], [], [], max(0, deadline - time.monotonic()))
            if not ready:
                raise TimeoutError("the browser does not answer")
            read = os.read(self._from, 1 << 20)
            if not read:
                raise RuntimeError("the browser has ended")
            self._rest += read
        message, _, self._rest = self._rest.partition(b"\0")
        event: dict[str, Any] = json.loads(message)
        event.setdefault("method", "")
        event.setdefault("params", {})
        return event
