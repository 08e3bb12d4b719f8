"""A hostile endpoint on loopback: every case of the tables of responses, each at a URL of its own."""

from __future__ import annotations

import pathlib
import shutil
import socket
import subprocess
import tempfile
import time
from dataclasses import dataclass

import hostile_answers as answers
from capture import closed_port
from hostile_answers import Case, bad, endless, healthy
from hostile_tls import HTTP_2_FAILED, Authority, tls_cases, trusting
from raw_server import AnswersByPath, RawServer

NGINX = """
daemon off; master_process off; worker_processes 1; pid nginx.pid; error_log nginx.log;
events {{ worker_connections 128; }}
http {{
  log_format protocol "$server_protocol $status $request_uri"; access_log protocol.log protocol;
  client_body_temp_path t; proxy_temp_path t; fastcgi_temp_path t; uwsgi_temp_path t; scgi_temp_path t;
  gzip on; gzip_types *; gzip_min_length 1; gzip_proxied any;
  server {{
    listen 127.0.0.1:{port} ssl http2;
    ssl_certificate {certificate}; ssl_certificate_key {certificate};
    location / {{ proxy_pass http://127.0.0.1:{upstream}; proxy_http_version 1.1; }}
    location /away {{ proxy_pass http://127.0.0.1:{closed}; }}
    location /alone {{ return 404; }}
    location /elsewhere {{ return 301 https://127.0.0.1:1/; }}
    location /locked {{ auth_basic "ops"; auth_basic_user_file none; }}
  }}
}}
"""
# What nginx makes of a response of the server behind it, by its path there.
BEHIND_NGINX = {
    "good": healthy("nginx-good", weight=4),
    "chunks": healthy("nginx-chunks"),
    "trailers": healthy("nginx-trailers"),
    "16-mib": healthy("nginx-16-mib", weight=0.2),
    "slow-body": healthy("nginx-slow-body", weight=0.5),
    "status-500": bad("nginx-500", answers.ERROR + " (500)"),
    "no-answer": bad("nginx-502-closed", answers.ERROR + " (502)"),
    "broken-chunk-size": bad("nginx-broken-chunk-size", HTTP_2_FAILED),
    "away": bad("nginx-502-refused", answers.ERROR + " (502)"),
    "alone": bad("nginx-404", "nothing found at /alone (404)"),
    "elsewhere": bad("nginx-301", "redirects (301)"),
    "locked": bad("nginx-401", answers.REJECTS),
    "no-body": bad("nginx-no-body", answers.EMPTY),
    "login-page": bad("nginx-login-page", answers.HTML),
    "17-mib": bad("nginx-17-mib", answers.LARGE, weight=0.2),
    "half-a-body": bad("nginx-half-a-body", HTTP_2_FAILED),
    "half-a-chunk": bad("nginx-half-a-chunk", HTTP_2_FAILED),
    "reset-in-the-body": bad("nginx-reset-in-the-body", HTTP_2_FAILED),
    "gzip": bad("nginx-gzip", answers.ENCODED + " (gzip)"),
    "silence": endless("nginx-silence"),
    "dripping-body": endless("nginx-dripping-body"),
}


@dataclass(frozen=True)
class Place:
    """A case, and where it is."""

    case: Case
    url: str


class HostileEndpoint:
    """Serves all cases until `close`."""

    def __init__(self) -> None:
        self._folder = pathlib.Path(tempfile.mkdtemp(prefix="ops-alert-hostile-"))
        self._folder.chmod(0o755)
        self.authority = Authority(self._folder / "authority")
        self.trusting = trusting(self.authority)
        self.plain = AnswersByPath({case.name: case.steps for case in answers.CASES})
        upstream = RawServer(self.plain)
        self._servers = [upstream]
        self.places = [
            Place(case, f"http://127.0.0.1:{upstream.port}/{case.name}") for case in answers.CASES
        ]
        for case, serve in tls_cases(self.authority).items():
            server = RawServer(serve)
            self._servers.append(server)
            self.places.append(Place(case, f"https://127.0.0.1:{server.port}/"))
        self._nginx(upstream.port)
        self._unconnected()

    @property
    def protocols(self) -> set[str]:
        """The versions of HTTP of the requests that reached nginx whole."""
        lines = (self._folder / "protocol.log").read_text().splitlines()
        return {line.split()[0] for line in lines if line.split()[1] not in ("400", "499")}

    def close(self) -> None:
        self._process.terminate()
        self._process.wait()
        for each in [*self._servers, *self._sockets]:
            each.close()
        shutil.rmtree(self._folder)

    def _nginx(self, upstream: int) -> None:
        port = closed_port()
        (self._folder / "none").touch()
        settings = self._folder / "nginx.conf"
        settings.write_text(
            NGINX.format(
                port=port,
                upstream=upstream,
                closed=closed_port(),
                certificate=self.authority.folder / "right.pem",
            )
        )
        self._process = subprocess.Popen(
            ["nginx", "-p", self._folder, "-e", "nginx.log", "-c", settings],
            stderr=subprocess.DEVNULL,
        )
        end = time.monotonic() + 10
        while True:
            try:
                socket.create_connection(("127.0.0.1", port)).close()
                break
            except ConnectionRefusedError:
                if time.monotonic() > end or self._process.poll() is not None:
                    raise RuntimeError((self._folder / "nginx.log").read_text()) from None
        self.places += [
            Place(case, f"https://127.0.0.1:{port}/{path}") for path, case in BEHIND_NGINX.items()
        ]
        self.places.append(
            Place(bad("nginx-plain-http", answers.ODD + " 400"), f"http://127.0.0.1:{port}/good")
        )

    def _unconnected(self) -> None:
        """Places where a connection is refused, is never accepted, or is never established."""
        waiting = socket.create_server(("127.0.0.1", 0), backlog=256)
        full = socket.create_server(("127.0.0.1", 0), backlog=0)
        # The kernel drops what a full queue cannot take.
        callers = [socket.socket() for _ in range(3)]
        for caller in callers:
            caller.setblocking(False)
            caller.connect_ex(full.getsockname())
        self._sockets = [waiting, full, *callers]
        for scheme in ("http", "https"):
            for name, port in {"unaccepted": waiting, "unconnected": full}.items():
                case = endless(f"{name}-{scheme}")
                self.places.append(Place(case, f"{scheme}://127.0.0.1:{port.getsockname()[1]}/"))
            self.places.append(
                Place(
                    bad(f"refused-{scheme}", "cannot connect to 127.0.0.1:1 "),
                    f"{scheme}://127.0.0.1:1/",
                )
            )
