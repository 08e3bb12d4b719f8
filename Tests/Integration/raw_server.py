"""A loopback server that sends bytes as told: no HTTP library stands between a test and the wire."""

from __future__ import annotations

import contextlib
import socket
import ssl
import struct
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass

# A client that never hangs up costs its thread at most this long, in seconds.
LONGEST_CONNECTION = 25
MOST_CONNECTIONS = 128
LONGEST_REQUEST = 65_536


@dataclass(frozen=True)
class Drip:
    """Bytes one at a time, with a pause before each, in seconds."""

    data: bytes
    every: float


@dataclass(frozen=True)
class Flood:
    """The same bytes over and over, until the client hangs up or this many bytes are sent."""

    data: bytes
    limit: int = 1 << 30


@dataclass(frozen=True)
class Hang:
    """Nothing more until the client hangs up."""


@dataclass(frozen=True)
class Reset:
    """A TCP reset in place of an orderly end."""


# What is left of a response ends with an orderly close.
Step = bytes | Drip | Flood | Hang | Reset


class Wire:
    """One connection, and what may be sent on it."""

    def __init__(self, connection: socket.socket, closing: threading.Event) -> None:
        self.connection = connection
        self._closing = closing
        self._end = time.monotonic() + LONGEST_CONNECTION

    def play(self, steps: tuple[Step, ...]) -> None:
        for step in steps:
            self.play_one(step)
            if isinstance(step, Hang | Reset):
                return
        self.end()

    def play_one(self, step: Step) -> None:
        match step:
            case bytes():
                self.connection.sendall(step)
            case Drip(data, every):
                for byte in data:
                    if self._is_over(within=every):
                        return
                    self.connection.sendall(bytes([byte]))
            case Flood(data, limit):
                for _ in range(limit // len(data)):
                    if self._is_over():
                        return
                    self.connection.sendall(data)
            case Hang():
                self.wait_for_end()
            case Reset():
                # With a linger time of zero, closing sends a reset.
                linger = struct.pack("ii", 1, 0)
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)

    def _is_over(self, within: float = 0) -> bool:
        return self._closing.wait(within) or time.monotonic() > self._end

    def request(self) -> bytes:
        """The head of a request, which has no body here; empty if the client hangs up before its end."""
        head = b""
        while b"\r\n\r\n" not in head and len(head) < LONGEST_REQUEST:
            part = self.connection.recv(LONGEST_REQUEST)
            if not part:
                return b""
            head += part
        return head

    def wait_for_end(self) -> None:
        """Reads until the client hangs up, or the time is up."""
        self.connection.settimeout(0.2)
        while not self._is_over():
            with contextlib.suppress(TimeoutError):
                if not self.connection.recv(LONGEST_REQUEST):
                    return

    def end(self) -> None:
        """Ends the response. What the client still sends is read, so that no reset destroys it."""
        if isinstance(self.connection, ssl.SSLSocket):
            with contextlib.suppress(OSError):
                self.connection.settimeout(0.5)
                self.connection.unwrap()
            return
        self.connection.shutdown(socket.SHUT_WR)
        self.wait_for_end()


# What a server does with a connection; it may raise any OSError.
Serve = Callable[[Wire], None]


class RawServer:
    """Listens on loopback; `close` ends it and every connection."""

    def __init__(self, serve: Serve) -> None:
        self._serve = serve
        self._closing = threading.Event()
        self._room = threading.BoundedSemaphore(MOST_CONNECTIONS)
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()

    @property
    def port(self) -> int:
        return self._listener.getsockname()[1]

    def close(self) -> None:
        self._closing.set()
        # Ends a waiting accept.
        self._listener.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        self._listener.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while not self._closing.is_set():
                connection, _ = self._listener.accept()
                self._room.acquire()
                threading.Thread(target=self._run, args=(connection,), daemon=True).start()

    def _run(self, connection: socket.socket) -> None:
        wire = Wire(connection, self._closing)
        try:
            connection.settimeout(LONGEST_CONNECTION)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            # Clients hang up at any point: tests cause this on purpose.
            with contextlib.suppress(OSError):
                self._serve(wire)
        finally:
            wire.connection.close()
            self._room.release()


class AnswersByPath:
    """Plays the response whose name is the request's path, and counts requests."""

    def __init__(self, answers: Mapping[str, tuple[Step, ...]]) -> None:
        self._answers = answers
        self._lock = threading.Lock()
        self.counts: Counter[str] = Counter()
        # Requests with an unknown path.
        self.strays: list[bytes] = []

    def __call__(self, wire: Wire) -> None:
        head = wire.request()
        if not head:
            return
        words = head.split(b" ", 2)
        name = words[1].decode("latin-1")[1:] if len(words) > 1 else ""
        with self._lock:
            self.counts[name] += 1
            if name not in self._answers:
                self.strays.append(head)
        wire.play(
            self._answers.get(name, (b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n",))
        )
