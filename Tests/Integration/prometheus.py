"""Prometheus as a reference: it scrapes an exporter on loopback, and answers queries."""

from __future__ import annotations

import http.client
import http.server
import json
import pathlib
import socket
import subprocess
import threading
import time
import urllib.parse
from typing import Any

# The time between two scrapes and between two evaluations of the rules, in seconds.
STEP = 1.0
# A group of rules is evaluated at a time of its own within each step; one of these groups is
# evaluated well after the scrape.
COPIES = [f"copy-{number}" for number in range(8)]
Labels = dict[str, str]
# The sample of a series: its labels without the name, and its value.
Sample = tuple[Labels, float]


class Exporter:
    """Serves each body once, in order; each names its own place. Then it has no more."""

    def __init__(self, bodies: list[str]) -> None:
        self.bodies = bodies
        self.served = 0
        exporter = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                body = exporter.next_body()
                self.send_response(503 if body is None else 200)
                content = (body or "").encode()
                self.send_header("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: object) -> None:
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    @property
    def port(self) -> int:
        return self._server.server_address[1]

    def body(self, index: int) -> str:
        return f"{self.bodies[index]}parity_scrape {index}\n"

    def next_body(self) -> str | None:
        if self.served >= len(self.bodies):
            self.served += 1
            return None
        self.served += 1
        return self.body(self.served - 1)

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class Prometheus:
    """A Prometheus that scrapes all bodies of an exporter; `close` ends it."""

    def __init__(
        self, folder: pathlib.Path, bodies: list[str], rules: list[dict[str, Any]]
    ) -> None:
        self.exporter = Exporter(bodies)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self._port = probe.getsockname()[1]
        groups = [
            {
                "name": copy,
                "rules": [{"record": "parity_evaluated", "expr": "parity_scrape",
                           "labels": {"copy": copy}}]
                + [rule | {"labels": {"copy": copy}} for rule in rules],
            }
            for copy in COPIES
        ]  # fmt: skip
        (folder / "rules.json").write_text(json.dumps({"groups": groups}))
        interval = f"{int(STEP * 1_000)}ms"
        scrape = {
            "job_name": "parity",
            "static_configs": [{"targets": [f"127.0.0.1:{self.exporter.port}"]}],
            # The labels of the target are not in the body.
            "metric_relabel_configs": [{"action": "labeldrop", "regex": "job|instance"}],
        }
        settings = {
            "global": {"scrape_interval": interval, "scrape_timeout": interval,
                       "evaluation_interval": interval},
            "rule_files": [str(folder / "rules.json")],
            "scrape_configs": [scrape],
        }  # fmt: skip
        (folder / "prometheus.json").write_text(json.dumps(settings))
        self._log = (folder / "prometheus.log").open("w+")
        self._process = subprocess.Popen(
            ["prometheus", f"--config.file={folder / 'prometheus.json'}",
             f"--storage.tsdb.path={folder / 'data'}", "--log.level=warn",
             f"--web.listen-address=127.0.0.1:{self._port}"],
            stdin=subprocess.DEVNULL, stdout=self._log, stderr=subprocess.STDOUT,
        )  # fmt: skip
        self._connection: http.client.HTTPConnection | None = None

    def __enter__(self) -> Prometheus:
        return self

    def __exit__(self, *_: object) -> None:
        if self._connection:
            self._connection.close()
        self._process.terminate()
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._log.close()
        self.exporter.close()

    def wait(self) -> None:
        """Waits until every body was scraped, and the rules were evaluated on the last one."""
        deadline = time.monotonic() + 30 + 1.5 * STEP * len(self.exporter.bodies)
        while self.exporter.served < len(self.exporter.bodies) + 2:
            if self._process.poll() is not None or time.monotonic() > deadline:
                self._log.seek(0)
                raise AssertionError(f"prometheus scraped too little: {self._log.read()[-2_000:]}")
            time.sleep(0.1)

    def _get(self, path: str, **parameters: object) -> list[Any]:
        if self._connection is None:
            self._connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=30)
        self._connection.request("GET", f"/api/v1/{path}?{urllib.parse.urlencode(parameters)}")
        answer = json.loads(self._connection.getresponse().read())
        if answer["status"] != "success":
            raise AssertionError(f"prometheus: {parameters}: {answer.get('error')}")
        return answer["data"]["result"]

    def times(self) -> list[float]:
        """When each body was scraped; fails if one was not, or two came within half a step."""
        (series,) = self._get("query", query="parity_scrape[1h]", time=time.time())
        found = {int(float(value)): float(at) for at, value in series["values"]}
        times = [found[index] for index in range(len(self.exporter.bodies)) if index in found]
        pauses = [after - before for before, after in zip(times, times[1:])]
        if len(times) < len(self.exporter.bodies) or not all(
            0.7 * STEP < pause < 1.3 * STEP for pause in pauses
        ):
            raise OffGrid(f"{len(times)} scrapes, {min(pauses):.3f} to {max(pauses):.3f} s apart")
        return times

    def raw(self, selector: str, times: list[float]) -> list[tuple[Labels, dict[int, float]]]:
        """The samples of each series, by the scrapes they are from."""
        places = {round(at, 3): index for index, at in enumerate(times)}
        result = self._get("query", query=f"{selector}[1h]", time=times[-1] + STEP / 2)
        return [
            (labels_of(row), {places[round(at, 3)]: float(value) for at, value in row["values"]})
            for row in result
        ]

    def results(self, expression: str, times: list[float]) -> list[list[Sample]]:
        """What an expression gives between each scrape and the next one."""
        start = times[0] + STEP / 2
        found: list[list[Sample]] = [[] for _ in times]
        for row in self._get(
            "query_range", query=expression, start=start, step=STEP,
            end=start + (len(times) - 1) * STEP,
        ):  # fmt: skip
            for at, value in row["values"]:
                found[round((at - start) / STEP)].append((labels_of(row), float(value)))
        return found

    def firing(self, times: list[float]) -> list[set[tuple[str, str]]]:
        """The alerts that fire after each scrape: the name, and the label `id`."""
        end = times[-1] + 2 * STEP
        for copy in COPIES:
            (row,) = self._get("query", query=f'parity_evaluated{{copy="{copy}"}}[1h]', time=end)
            seen = [(float(at), int(float(value))) for at, value in row["values"]]
            # An evaluation just before or after a scrape may see half of it.
            if [place for _, place in seen] == list(range(len(times))) and all(
                0.15 < (at - times[place]) / STEP < 0.95 for at, place in seen
            ):
                break
        else:
            raise OffGrid("no group of rules was evaluated once after each scrape")
        places = {round(at, 3): place for at, place in seen}
        found: list[set[tuple[str, str]]] = [set() for _ in times]
        query = f'ALERTS{{copy="{copy}",alertstate="firing"}}[1h]'
        for row in self._get("query", query=query, time=end):
            labels = row["metric"]
            for at, _ in row["values"]:
                if round(at, 3) in places:
                    found[places[round(at, 3)]].add((labels["alertname"], labels.get("id", "")))
        return found


class OffGrid(Exception):
    """The machine was too busy for one scrape and one evaluation a step."""


def labels_of(row: dict[str, Any]) -> Labels:
    return {name: value for name, value in row["metric"].items() if name != "__name__"}
