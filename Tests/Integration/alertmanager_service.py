"""A real Alertmanager on loopback that sends its notifications to a capture server."""

from __future__ import annotations

import json
import os
import pathlib
import shutil
import subprocess
import time
import urllib.request
from typing import Any

from capture import closed_port

SETTINGS = """
route:
  receiver: capture
  group_by: ["..."]
  group_wait: 100ms
  group_interval: 300ms
  repeat_interval: 24h
receivers:
  - name: capture
    webhook_configs:
      - url: {url}
        send_resolved: true
"""
# Debian installs them outside the PATH of an ordinary user.
PLACES = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/usr/bin"])


def program(name: str) -> str:
    found = shutil.which(name, path=PLACES)
    if not found:
        raise FileNotFoundError(f"{name} is not installed")
    return found


class Alertmanager:
    """Runs from its creation until `close`, in a folder of the caller."""

    def __init__(self, folder: pathlib.Path, webhook: str, settings_text: str = SETTINGS) -> None:
        self.port = closed_port()
        self.log = folder / "alertmanager.log"
        settings = folder / "alertmanager.yml"
        settings.write_text(settings_text.replace("{url}", webhook))
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(
                [
                    program("prometheus-alertmanager"),
                    f"--config.file={settings}",
                    f"--storage.path={folder / 'alertmanager'}",
                    f"--web.listen-address=127.0.0.1:{self.port}",
                    "--cluster.listen-address=",
                ],
                cwd=folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            )  # fmt: skip
        self._wait_until_ready()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def alerts(self) -> list[dict[str, Any]]:
        """The active alerts, according to its API."""
        return json.loads(self._get("/api/v2/alerts"))

    def query(self) -> list[dict[str, Any]]:
        """The active alerts, according to `amtool alert query`."""
        done = subprocess.run(
            [program("amtool"), "alert", "query", f"--alertmanager.url={self.url}", "-o", "json"],
            capture_output=True, check=True, text=True, timeout=20,
        )  # fmt: skip
        return json.loads(done.stdout)

    def close(self) -> None:
        self._process.terminate()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _get(self, path: str) -> bytes:
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(self.url + path, timeout=5) as answer:
            return answer.read()

    def _wait_until_ready(self) -> None:
        end = time.monotonic() + 20
        while time.monotonic() < end and self._process.poll() is None:
            try:
                self._get("/-/ready")
                return
            except OSError:
                time.sleep(0.05)
        self.close()
        raise RuntimeError(f"Alertmanager does not start: {self.log.read_text()[-2000:]}")
