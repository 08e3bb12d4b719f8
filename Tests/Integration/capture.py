"""A loopback HTTP server with scripted responses that records the requests it gets."""

from __future__ import annotations

import json
import pathlib
import socket
import ssl
import struct
import subprocess
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Manner(Enum):
    """How a response is sent."""

    WHOLE = "with its length"
    CHUNKS = "in chunks"
    TRAILERS = "in chunks, with trailers behind them"
    SILENT = "never: the connection stays open"
    RESET = "its first half, then a reset"
    HALF_A_HEAD = "its head without an end"


@dataclass(frozen=True)
class Answer:
    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    manner: Manner = Manner.WHOLE


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    query: str
    # Names are in lower case.
    headers: dict[str, str]
    body: bytes
    # Seconds of a monotonic clock.
    at: float

    @property
    def text(self) -> str:
        return self.body.decode("utf-8")

    def json(self) -> Any:
        """The body, which must be strict JSON: no duplicate keys, no NaN."""
        return json.loads(self.text, object_pairs_hook=_unique, parse_constant=_refuse)

    @property
    def whole(self) -> str:
        """The whole request as searchable text."""
        headers = "\n".join(f"{name}: {value}" for name, value in self.headers.items())
        return f"{self.method} {self.path}?{self.query}\n{headers}\n\n{self.text}"


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    names = [name for name, _ in pairs]
    if len(names) != len(set(names)):
        raise ValueError(f"a key stands twice: {names}")
    return dict(pairs)


def _refuse(word: str) -> None:
    raise ValueError(f"no JSON: {word}")


Respond = Callable[[Request], Answer]


class CaptureServer:
    """Responds by path; `close` stops its threads and closes its port."""

    def __init__(self, usual: Answer = Answer()) -> None:
        self._lock = threading.Lock()
        self._requests: list[Request] = []
        self._scripts: dict[str, list[Answer]] = {}
        self._responders: dict[str, Respond] = {}
        self._usual = usual
        self.closing = threading.Event()
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.capture = self
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def port(self) -> int:
        return self._server.server_address[1]

    def url(self, path: str = "") -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def use_tls(self, folder: pathlib.Path, name: str) -> pathlib.Path:
        """Serves HTTPS from now on; returns the certificate, which is valid for this name only."""
        key, certificate = folder / "key.pem", folder / "certificate.pem"
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
             "-nodes", "-keyout", key, "-out", certificate, "-days", "2", "-subj", "/CN=ops",
             "-addext", f"subjectAltName={name}"], check=True, capture_output=True,
        )  # fmt: skip
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        return certificate

    def script(self, path: str, *answers: Answer) -> None:
        """Gives these responses in turn and then repeats the last one."""
        with self._lock:
            self._responders.pop(path, None)
            self._scripts[path] = list(answers)

    def respond(self, prefix: str, responder: Respond) -> None:
        """Lets a function handle every path with this prefix; the longest prefix wins."""
        with self._lock:
            self._scripts.pop(prefix, None)
            self._responders[prefix] = responder

    def requests(self, path: str | None = None) -> list[Request]:
        """The requests so far, of one path or of all."""
        with self._lock:
            return [each for each in self._requests if path in (None, each.path)]

    def forget(self) -> None:
        with self._lock:
            self._requests.clear()

    def wait_for(self, count: int, path: str | None = None, seconds: float = 10) -> list[Request]:
        """The requests, once there are `count` of them or the time is up."""
        end = time.monotonic() + seconds
        while len(self.requests(path)) < count and time.monotonic() < end:
            time.sleep(0.02)
        return self.requests(path)

    def close(self) -> None:
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()

    def answer(self, request: Request) -> Answer:
        with self._lock:
            self._requests.append(request)
            script = self._scripts.get(request.path)
            if script:
                return script.pop(0) if len(script) > 1 else script[0]
            prefixes = [name for name in self._responders if request.path.startswith(name)]
            responder = self._responders[max(prefixes, key=len)] if prefixes else None
        return responder(request) if responder else self._usual


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    # Lets a burst of two hundred requests queue instead of being refused.
    request_queue_size = 256
    capture: CaptureServer

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Ignores clients that hang up: tests cause this on purpose."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 60
    # Head and body are two writes: the second must not wait for the first one's acknowledgement.
    disable_nagle_algorithm = True
    server: _Server

    def _serve(self) -> None:
        capture = self.server.capture
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length)
        path, _, query = self.path.partition("?")
        headers = {name.lower(): value for name, value in self.headers.items()}
        request = Request(self.command, path, query, headers, body, time.monotonic())
        self._send(capture.answer(request))

    do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = _serve

    def _send(self, answer: Answer) -> None:
        if answer.manner is Manner.SILENT:
            self.server.capture.closing.wait(30)
            self.close_connection = True
            return
        if answer.manner is Manner.HALF_A_HEAD:
            self.wfile.write(f"HTTP/1.1 {answer.status} OK\r\nContent-Le".encode())
            self.close_connection = True
            return
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        if answer.manner in (Manner.CHUNKS, Manner.TRAILERS):
            self._send_chunks(answer)
        elif answer.status != 204:
            self._send_sized(answer)
        else:
            self.end_headers()

    def _send_sized(self, answer: Answer) -> None:
        half = answer.manner is Manner.RESET
        self.send_header("Content-Length", str(len(answer.body) + (100 if half else 0)))
        self.end_headers()
        self.wfile.write(answer.body)
        self.wfile.flush()
        if half:
            # With a linger time of zero, the kernel sends a reset instead of closing in order.
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()
            self.close_connection = True

    def _send_chunks(self, answer: Answer) -> None:
        trailers = answer.manner is Manner.TRAILERS
        self.send_header("Transfer-Encoding", "chunked")
        if trailers:
            self.send_header("Trailer", "X-Checksum")
        self.end_headers()
        for byte in answer.body:
            self.wfile.write(b"1\r\n" + bytes([byte]) + b"\r\n")
        self.wfile.write(b"0\r\n" + (b"X-Checksum: 12345\r\n" if trailers else b"") + b"\r\n")

    def log_message(self, format: str, *arguments: Any) -> None:
        """Keeps standard error free for the tests."""


def closed_port() -> int:
    """A loopback port on which nothing is listening."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
