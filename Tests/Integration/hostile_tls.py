"""The part of the hostile endpoint that speaks TLS: bad certificates, bad handshakes, bad HTTP/2.

The certificates are signed by a CA of their own, which runs trust in a mount namespace only.
"""

from __future__ import annotations

import os
import pathlib
import socket
import ssl
import struct
import subprocess
import warnings

from hostile_answers import (
    CLOSED,
    EARLY,
    EMPTY,
    ERROR,
    HEALTHY,
    LARGE,
    MEBIBYTE,
    NOT_HTTP,
    TOO_LATE,
    Case,
    bad,
    endless,
    head,
    healthy,
    sized,
)
from raw_server import Drip, Flood, Hang, Reset, Serve, Step, Wire

# In days, relative to now: the life of a certificate.
Life = tuple[int, int]


class Authority:
    """A certification authority, and what it has signed, in one folder."""

    def __init__(self, folder: pathlib.Path) -> None:
        self.folder = folder
        folder.mkdir()
        (folder / "index").touch()
        (folder / "serial").write_text("1000\n")
        (folder / "openssl.cnf").write_text(SETTINGS.format(folder=folder))
        for name in ("ca", "stranger"):
            self._openssl(
                "req",
                "-x509",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:P-256",
                "-nodes",
                "-config",
                "openssl.cnf",
                "-extensions",
                "authority",
                "-subj",
                f"/CN=Test {name}",
                "-days",
                "30",
                "-keyout",
                f"{name}.key",
                "-out",
                f"{name}.pem",
            )
        trusted = folder / "trusted"
        trusted.mkdir()
        (trusted / "ca-certificates.crt").write_text((folder / "ca.pem").read_text())

    def certificate(
        self,
        name: str,
        host: str = "IP:127.0.0.1",
        life: Life = (-1, 30),
        issuer: str = "ca",
        key: tuple[str, ...] = ("ec", "-pkeyopt", "ec_paramgen_curve:P-256"),
    ) -> pathlib.Path:
        """A certificate with its key and its chain in one file; it is its own issuer if it has none."""
        environment = {"HOST_NAME": host}
        request = [
            "req",
            "-newkey",
            *key,
            "-nodes",
            "-config",
            "openssl.cnf",
            "-subj",
            f"/CN={name}",
            "-keyout",
            f"{name}.key",
        ]
        if issuer:
            first, last = (
                subprocess.run(
                    ["date", "-u", "-d", f"{day} days", "+%Y%m%d%H%M%SZ"],
                    check=True,
                    capture_output=True,
                    text=True,
                ).stdout.strip()
                for day in life
            )
            self._openssl(*request, "-out", f"{name}.csr")
            self._openssl(
                "ca",
                "-batch",
                "-config",
                "openssl.cnf",
                "-notext",
                "-md",
                "sha256",
                "-extensions",
                "server",
                "-startdate",
                first,
                "-enddate",
                last,
                "-cert",
                f"{issuer}.pem",
                "-keyfile",
                f"{issuer}.key",
                "-in",
                f"{name}.csr",
                "-out",
                f"{name}.crt",
                **environment,
            )
        else:
            self._openssl(
                *request, "-x509", "-extensions", "server", "-out", f"{name}.crt", **environment
            )
        whole = self.folder / f"{name}.pem"
        parts = [self.folder / f"{name}.key", self.folder / f"{name}.crt"]
        whole.write_text("".join(part.read_text() for part in parts))
        return whole

    def _openssl(self, *arguments: str, **environment: str) -> None:
        subprocess.run(
            ["openssl", *arguments],
            check=True,
            cwd=self.folder,
            capture_output=True,
            env=os.environ | {"HOST_NAME": "DNS:none.example"} | environment,
        )


SETTINGS = """
[req]
distinguished_name = name
prompt = no
[name]
CN = none
[authority]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
[server]
basicConstraints = critical, CA:FALSE
subjectAltName = $ENV::HOST_NAME
[ca]
default_ca = test
[test]
database = {folder}/index
serial = {folder}/serial
new_certs_dir = {folder}
policy = any
unique_subject = no
[any]
commonName = supplied
"""


def trusting(authority: Authority) -> list[str]:
    """What a command line begins with to run where this authority is the only one trusted.

    The system's store is covered for that process alone; nothing outlives it.
    """
    root = [] if os.geteuid() == 0 else ["--map-root-user"]
    covered = f'mount --bind "{authority.folder / "trusted"}" /etc/ssl/certs && exec "$@"'
    return ["unshare", *root, "--mount", "sh", "-c", covered, "sh"]


def context(certificate: pathlib.Path, *protocols: str, **settings: object) -> ssl.SSLContext:
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    # Old versions and weak keys are among what a client must refuse.
    made.set_ciphers("DEFAULT:@SECLEVEL=0")
    made.load_cert_chain(certificate)
    made.set_alpn_protocols(list(protocols or ("http/1.1",)))
    with warnings.catch_warnings(action="ignore", category=DeprecationWarning):
        for name, value in settings.items():
            setattr(made, name, value)
    return made


def over_tls(context: ssl.SSLContext, serve: Serve) -> Serve:
    def accept(wire: Wire) -> None:
        # An ssl error is an OSError, so a client that refuses the certificate just ends this.
        wire.connection = context.wrap_socket(wire.connection, server_side=True)
        serve(wire)

    return accept


def answer(*steps: Step) -> Serve:
    def serve(wire: Wire) -> None:
        if wire.request():
            wire.play(steps)

    return serve


def without_goodbye(*steps: Step) -> Serve:
    """Ends the connection below TLS, without TLS's own end, as a cut connection does."""

    def serve(wire: Wire) -> None:
        if wire.request():
            for step in steps:
                wire.play_one(step)
            wire.connection.shutdown(socket.SHUT_RDWR)

    return serve


def after_hello(*steps: Step) -> Serve:
    """Sends these bytes in place of a handshake."""

    def serve(wire: Wire) -> None:
        if wire.connection.recv(65_536):
            wire.play(steps)

    return serve


def slow_handshake(context: ssl.SSLContext, every: float, most: int | None = None) -> Serve:
    """A handshake that trickles; with `most`, it stalls after that many bytes."""

    def serve(wire: Wire) -> None:
        incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        tls = context.wrap_bio(incoming, outgoing, server_side=True)
        left, asked, answered = most, b"", False
        while not answered:
            try:
                tls.do_handshake()
                asked += tls.read(65_536)
                if b"\r\n\r\n" in asked:
                    tls.write(sized(HEALTHY))
                    answered = True
            except ssl.SSLWantReadError:
                pass
            flight = outgoing.read()
            wire.play_one(Drip(flight[:left], every) if every else flight[:left])
            if left is not None and len(flight) >= left:
                return wire.wait_for_end()
            if not answered:
                received = wire.connection.recv(65_536)
                if not received:
                    return
                incoming.write(received)
        wire.end()

    return serve


# HTTP/2, RFC 9113.
DATA, HEADERS, RST_STREAM, SETTINGS_FRAME, PUSH_PROMISE, PING, GOAWAY, CONTINUATION = (
    0,
    1,
    3,
    4,
    5,
    6,
    7,
    9,
)
END_STREAM, END_HEADERS = 1, 4
# Entries of HPACK's static table.
STATUS_200, STATUS_500 = b"\x88", b"\x8e"


def frame(kind: int, flags: int = 0, stream: int = 0, payload: bytes = b"") -> bytes:
    return (
        struct.pack(">I", len(payload))[1:]
        + bytes([kind, flags])
        + struct.pack(">I", stream)
        + payload
    )


def literal(name: bytes, value: bytes) -> bytes:
    """A header that HPACK does not index; both are shorter than 127 bytes."""
    return bytes([0, len(name)]) + name + bytes([len(value)]) + value


OPENING = frame(SETTINGS_FRAME)
OPENED = OPENING + frame(HEADERS, END_HEADERS, 1, STATUS_200)


def http2(*steps: Step) -> Serve:
    """Waits for the request of a client that speaks HTTP/2, and sends these frames."""

    def serve(wire: Wire) -> None:
        received = b""
        while not has_request(received):
            part = wire.connection.recv(65_536)
            if not part:
                return
            received += part
        wire.play(steps)

    return serve


def has_request(received: bytes) -> bool:
    """Whether a client's bytes have a HEADERS frame behind the preface."""
    at = len(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
    while at + 9 <= len(received):
        if received[at + 3] == HEADERS:
            return True
        at += 9 + int.from_bytes(received[at : at + 3], "big")
    return False


# Which of these comes first is a race.
HTTP_2_FAILED = ("the HTTP/2 connection to 127.0.0.1:", EARLY, CLOSED)

FLOODED = "Failed sending data to the peer"

HTTP_2 = {
    healthy("h2-good"): http2(OPENED, frame(DATA, END_STREAM, 1, HEALTHY)),
    healthy("h2-frame-per-byte"): http2(
        OPENED,
        b"".join(frame(DATA, 0, 1, bytes([byte])) for byte in HEALTHY),
        frame(DATA, END_STREAM, 1),
    ),
    healthy("h2-trailers"): http2(
        OPENED,
        frame(DATA, 0, 1, HEALTHY),
        frame(HEADERS, END_HEADERS | END_STREAM, 1, literal(b"x-sum", b"1")),
    ),
    healthy("h2-early-hints"): http2(
        OPENING,
        frame(HEADERS, END_HEADERS, 1, b"\x08\x03103"),
        frame(HEADERS, END_HEADERS, 1, STATUS_200),
        frame(DATA, END_STREAM, 1, HEALTHY),
    ),
    bad("h2-500", ERROR + " (500)"): http2(
        OPENING, frame(HEADERS, END_HEADERS | END_STREAM, 1, STATUS_500)
    ),
    bad("h2-no-body", EMPTY): http2(
        OPENING, frame(HEADERS, END_HEADERS | END_STREAM, 1, STATUS_200)
    ),
    bad("h2-goaway", HTTP_2_FAILED): http2(OPENING, frame(GOAWAY, 0, 0, bytes(4) + b"\0\0\0\x0b")),
    # libcurl 7.88 treats a body as complete if the reset of its stream is in the same packet.
    bad("h2-reset", (*HTTP_2_FAILED, "the body may be truncated")): http2(
        OPENED, frame(DATA, 0, 1, b"{"), frame(RST_STREAM, 0, 1, b"\0\0\0\2")
    ),
    bad("h2-reset-at-the-head", (*HTTP_2_FAILED, EMPTY)): http2(
        OPENED, frame(RST_STREAM, 0, 1, b"\0\0\0\2")
    ),
    bad("h2-reset-at-once", HTTP_2_FAILED): http2(OPENING, frame(RST_STREAM, 0, 1, b"\0\0\0\7")),
    bad("h2-half-a-body", HTTP_2_FAILED): http2(OPENED, frame(DATA, 0, 1, b"{")),
    bad("h2-half-a-frame", HTTP_2_FAILED): http2(OPENED, frame(DATA, END_STREAM, 1, HEALTHY)[:20]),
    bad("h2-wrong-length", HTTP_2_FAILED): http2(
        OPENING,
        frame(HEADERS, END_HEADERS, 1, STATUS_200 + literal(b"content-length", b"900")),
        frame(DATA, END_STREAM, 1, HEALTHY),
    ),
    bad("h2-data-without-a-head", HTTP_2_FAILED): http2(
        OPENING, frame(DATA, END_STREAM, 1, HEALTHY)
    ),
    bad("h2-no-status", HTTP_2_FAILED): http2(
        OPENING,
        frame(HEADERS, END_HEADERS, 1, literal(b"a", b"b")),
        frame(DATA, END_STREAM, 1, HEALTHY),
    ),
    bad("h2-broken-header-block", HTTP_2_FAILED): http2(
        OPENING, frame(HEADERS, END_HEADERS, 1, b"\xff" * 40)
    ),
    bad("h2-another-stream", HTTP_2_FAILED): http2(
        OPENING, frame(HEADERS, END_HEADERS, 99, STATUS_200)
    ),
    bad("h2-push", HTTP_2_FAILED): http2(
        OPENING,
        frame(PUSH_PROMISE, END_HEADERS, 1, b"\0\0\0\2" + STATUS_200),
        frame(DATA, END_STREAM, 1, HEALTHY),
    ),
    bad("h2-frame-beyond-the-limit", (*HTTP_2_FAILED, EMPTY)): http2(
        OPENED, frame(DATA, END_STREAM, 1, b" " * MEBIBYTE)
    ),
    bad("h2-is-http-1", (*HTTP_2_FAILED, NOT_HTTP)): http2(sized(HEALTHY)),
    bad("h2-noise", HTTP_2_FAILED): http2(bytes(index * 167 % 251 for index in range(4_000))),
    bad("h2-endless-body", (*HTTP_2_FAILED, LARGE), weight=0.4): http2(
        OPENED, Flood(frame(DATA, 0, 1, b" " * 16_000))
    ),
    endless("h2-silence"): http2(OPENING, Hang()),
    endless("h2-silence-in-the-body"): http2(OPENED, frame(DATA, 0, 1, HEALTHY), Hang()),
    endless("h2-endless-settings", says=(*TOO_LATE, *HTTP_2_FAILED, FLOODED)): http2(
        OPENING, Flood(OPENING * 99)
    ),
    endless("h2-endless-pings", says=(*TOO_LATE, *HTTP_2_FAILED, FLOODED)): http2(
        OPENING, Flood(frame(PING, 0, 0, bytes(8)) * 99)
    ),
    endless("h2-endless-head", says=(*TOO_LATE, *HTTP_2_FAILED)): http2(
        OPENING,
        frame(HEADERS, 0, 1, STATUS_200),
        Flood(frame(CONTINUATION, 0, 1, literal(b"a", b"b" * 99) * 99)),
    ),
    endless("h2-endless-empty-frames", says=(*TOO_LATE, *HTTP_2_FAILED)): http2(
        OPENED, Flood(frame(DATA, 0, 1) * 99)
    ),
}

TLS = "the TLS connection to 127.0.0.1:"
OLD = "it must offer TLS 1.2 or newer"
NO_CLIENT_CERTIFICATE = "it requires a client certificate, which cannot be sent"
PLAIN = "does not speak TLS"


def tls_cases(authority: Authority) -> dict[Case, Serve]:
    """Every case with what serves it."""
    right = authority.certificate("right")
    good = answer(sized(HEALTHY))

    def certificate(name: str, says: str, **settings: object) -> dict[Case, Serve]:
        made = authority.certificate(name, **settings)  # type: ignore[arg-type]
        return {bad(f"tls-{name}", says): over_tls(context(made), good)}

    hidden = context(right)
    hidden.verify_mode = ssl.CERT_REQUIRED
    hidden.load_verify_locations(authority.folder / "ca.pem")
    old = context(
        right, minimum_version=ssl.TLSVersion.TLSv1, maximum_version=ssl.TLSVersion.TLSv1_1
    )
    plain, h2 = context(right), context(right, "h2")
    rsa = ("rsa:1024",)
    return {
        **certificate("expired", "certificate has expired", life=(-30, -1)),
        **certificate("of-tomorrow", "certificate is not yet valid", life=(1, 30)),
        **certificate(
            "wrong-host", "no alternative certificate subject name", host="DNS:other.example"
        ),
        **certificate(
            "wrong-address", "no alternative certificate subject name", host="IP:127.0.0.2"
        ),
        **certificate(
            "name-in-place-of-address",
            "no alternative certificate subject name",
            host="DNS:127.0.0.1",
        ),
        **certificate("self-signed", "self-signed certificate", issuer=""),
        **certificate(
            "unknown-authority", "unable to get local issuer certificate", issuer="stranger"
        ),
        **certificate("weak-key", "EE certificate key too weak", key=rsa),
        healthy("tls-right"): over_tls(plain, good),
        healthy("tls-right-once-more"): over_tls(
            context(right, maximum_version=ssl.TLSVersion.TLSv1_2), good
        ),
        healthy("tls-sized-without-goodbye"): over_tls(plain, without_goodbye(sized(HEALTHY))),
        # As curl does. A JSON document shows where it ends.
        healthy("tls-unsized-without-goodbye"): over_tls(plain, without_goodbye(head() + HEALTHY)),
        bad("tls-half-an-unsized-body", "may be truncated"): over_tls(
            plain, without_goodbye(head() + HEALTHY[:20])
        ),
        bad("tls-reset-in-the-body", EARLY): over_tls(
            plain, answer(head("Content-Length: 900") + HEALTHY, Reset())
        ),
        bad("tls-reset-after-the-handshake", CLOSED): over_tls(plain, answer(Reset())),
        bad("tls-half-a-body", EARLY): over_tls(
            plain, without_goodbye(head("Content-Length: 900") + HEALTHY)
        ),
        bad("tls-no-answer", CLOSED): over_tls(plain, answer()),
        bad("tls-redirect-to-http", "redirects (302)"): over_tls(
            plain, answer(sized(HEALTHY, "Location: http://127.0.0.1:1/", status="302 Found"))
        ),
        bad("tls-old-version", OLD): over_tls(old, good),
        bad("tls-client-certificate", (NO_CLIENT_CERTIFICATE, CLOSED)): over_tls(hidden, good),
        bad("tls-plain-http", PLAIN): after_hello(sized(HEALTHY)),
        bad("tls-400-in-plain-http", PLAIN): after_hello(sized(b"", status="400 Bad Request")),
        bad("tls-alert", TLS): after_hello(b"\x15\x03\x03\x00\x02\x02\x28"),
        bad("tls-noise", (TLS, PLAIN)): after_hello(
            bytes(index * 167 % 251 for index in range(4_000))
        ),
        bad("tls-closed", (TLS, PLAIN)): after_hello(),
        bad("tls-reset", CLOSED): after_hello(Reset()),
        endless("tls-silence"): after_hello(Hang()),
        endless("tls-half-a-record"): after_hello(b"\x16\x03\x03\x40\x00\x02", Hang()),
        endless("tls-dripping-record"): after_hello(
            Drip(b"\x16\x03\x03\x40\x00" + bytes(400), 0.02)
        ),
        endless("tls-stalled-handshake"): slow_handshake(plain, 0, most=200),
        endless("tls-dripping-handshake"): slow_handshake(plain, 0.02),
        healthy("tls-slow-handshake", weight=0.3): slow_handshake(plain, 0.001),
        endless("tls-silence-after-the-handshake"): over_tls(plain, answer(Hang())),
        **{case: over_tls(h2, serve) for case, serve in HTTP_2.items()},
    }
