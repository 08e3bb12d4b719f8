"""The table of a hostile endpoint: what each of its responses is, and what the tool must make of it."""

from __future__ import annotations

import gzip
import json
import zlib
from dataclasses import dataclass
from enum import Enum

from raw_server import Drip, Flood, Hang, Reset, Step

HEALTHY = json.dumps({"errors": {"rate": 0.01}, "note": "all is well"}).encode()
FAILING = json.dumps({"errors": {"rate": 0.5}, "note": "on fire"}).encode()
# In responses that people read: it must never reach a terminal.
ESCAPES = "\x1b[2J\x1b[31mOK\x1b[0m\x07\x9b1m"
MEBIBYTE = 1 << 20


# Time limits of an attempt, in seconds: more than any response takes that ends, and less than most.
ATTEMPT, ENDLESS = 20, 0.7


class Verdict(Enum):
    """What a run makes of a response."""

    HEALTHY = "read, and healthy"
    FAILING = "read, and the error rate is bad"
    # By default, a rule whose metric is missing alerts.
    LACKING = "read, without the metric"
    NO_SNAPSHOT = "no snapshot"


@dataclass(frozen=True)
class Case:
    name: str
    steps: tuple[Step, ...]
    verdict: Verdict
    # Words of the message; several if it is a race which cause comes first.
    says: tuple[str, ...] = ()
    # The time limit of the attempt; a short one ends the responses that never end.
    seconds: float = ATTEMPT
    # How often it is chosen, compared with others: large and slow responses are rare.
    weight: float = 1

    @property
    def is_slow(self) -> bool:
        return any(isinstance(step, Drip | Hang) for step in self.steps)


TOO_LATE = ("sent no complete response within 0.7 s",)


def head(*lines: str, status: str = "200 OK") -> bytes:
    return "\r\n".join([f"HTTP/1.1 {status}", *lines, "", ""]).encode("latin-1")


def sized(body: bytes, *lines: str, status: str = "200 OK") -> bytes:
    return head(*lines, f"Content-Length: {len(body)}", status=status) + body


def chunked(*chunks: bytes, end: bytes = b"0\r\n\r\n", lines: tuple[str, ...] = ()) -> bytes:
    parts = [b"%x\r\n%b\r\n" % (len(chunk), chunk) for chunk in chunks]
    return head("Transfer-Encoding: chunked", *lines) + b"".join(parts) + end


def healthy(name: str, *steps: Step, weight: float = 1) -> Case:
    return Case(name, steps, Verdict.HEALTHY, weight=weight)


def failing(name: str, *steps: Step) -> Case:
    return Case(name, steps, Verdict.FAILING)


def lacking(name: str, body: bytes) -> Case:
    return Case(name, (sized(body),), Verdict.LACKING)


def bad(name: str, says: str | tuple[str, ...], *steps: Step, weight: float = 1) -> Case:
    says = (says,) if isinstance(says, str) else says
    return Case(name, steps, Verdict.NO_SNAPSHOT, says, weight=weight)


def endless(name: str, *steps: Step, says: tuple[str, ...] = TOO_LATE, weight: float = 0.5) -> Case:
    """A response that the deadline ends, unless it has failed before."""
    return Case(name, steps, Verdict.NO_SNAPSHOT, says, ENDLESS, weight)


def status(line: str, says: str, *lines: str, body: bytes = b"") -> Case:
    name = "status-" + line.split(" ")[0]
    return bad(name, says, sized(body, *lines, status=line))


PAGE = b"<!DOCTYPE html><html><title>502 Bad Gateway</title><h1>Bad Gateway</h1></html>"
ODD = "the endpoint returned status"
ERROR = "the service returned an error"
REJECTS = "rejects the token (401): check"

STATUSES = [
    status("400 Bad Request", ODD + " 400"),
    status("402 Payment Required", ODD + " 402"),
    status("403 Forbidden", "denies access (403)"),
    status("404 Not Found", "nothing found at /status-404 (404)", body=PAGE),
    status("405 Method Not Allowed", ODD + " 405", "Allow: POST"),
    status("406 Not Acceptable", ODD + " 406"),
    status(
        "407 Proxy Authentication Required",
        "requires credentials (407)",
        'Proxy-Authenticate: Basic realm="x"',
    ),
    status("408 Request Timeout", ODD + " 408", "Connection: close"),
    status("410 Gone", "permanently gone (410)"),
    status("418 I'm a teapot", ODD + " 418"),
    status("421 Misdirected Request", ODD + " 421"),
    status("425 Too Early", ODD + " 425"),
    status("426 Upgrade Required", ODD + " 426", "Upgrade: h2c", "Connection: Upgrade"),
    status("429 Too Many Requests", "rate-limited (429)", "Retry-After: 99999999999999999999"),
    status("431 Request Header Fields Too Large", ODD + " 431"),
    status("451 Unavailable For Legal Reasons", ODD + " 451"),
    status("500 Internal Server Error", ERROR + " (500)", body=HEALTHY),
    status("501 Not Implemented", ERROR + " (501)"),
    status("502 Bad Gateway", ERROR + " (502)", "Content-Type: text/html", body=PAGE),
    status("503 Service Unavailable", ERROR + " (503)", "Retry-After: never", body=HEALTHY),
    status("504 Gateway Time-out", ERROR + " (504)"),
    status("505 HTTP Version Not Supported", ERROR + " (505)"),
    status("511 Network Authentication Required", ERROR + " (511)", body=PAGE),
    status("599 Odd", ERROR + " (599)"),
    status("600 Odd", ODD + " 600"),
    status("999 Odd", ODD + " 999"),
    bad("status-204", "the response is empty (204)", head(status="204 No Content")),
    bad("status-205", "the response is empty (205)", head(status="205 Reset Content")),
    healthy("status-206", sized(HEALTHY, "Content-Range: bytes 0-1/2", status="206 Partial")),
    healthy("status-299", sized(HEALTHY, status="299 Odd")),
]

CHALLENGES = [
    bad(
        f"challenge-{name}",
        REJECTS,
        sized(b"", *[f"WWW-Authenticate: {value}" for value in values], status="401 Unauthorized"),
    )
    for name, values in {
        "none": [],
        "basic": ['Basic realm="ops"'],
        "digest": ['Digest realm="a", nonce="1"'],
        "negotiate": ["Negotiate"],
        "ntlm": ["NTLM"],
        "bearer": ['Bearer error="invalid_token"'],
        "several": ["Negotiate", "NTLM", 'Digest realm="a", nonce="1"', 'Basic realm="a"'],
        "broken": ['Basic realm="', "Digest", ",,,", '=\\"'],
        "long": ["Basic " + "a" * 9_000],
        "escapes": [f'Basic realm="{ESCAPES[:-4]}"'],
    }.items()
]

REDIRECTS = [
    bad(
        f"redirect-{name}",
        f"redirects ({code})",
        sized(HEALTHY, *([f"Location: {place}"] if place else []), status=f"{code} Elsewhere"),
    )
    for name, code, place in [
        ("itself", 302, "/redirect-itself"),
        ("moved", 301, "/good"),
        ("other", 303, "//localhost/"),
        ("kept", 307, "/good"),
        ("kept-for-good", 308, "/good"),
        ("choices", 300, "/good"),
        ("proxy", 305, "http://127.0.0.1:1/"),
        ("file", 302, "file:///etc/passwd"),
        ("gopher", 302, "gopher://127.0.0.1:1/_x"),
        ("broken", 302, "//[bad"),
        ("nowhere", 302, ""),
        ("user", 302, "http://user:password@127.0.0.1/"),
        ("escapes", 302, "/\x1b[31m\x07"),
        ("long", 302, "/" + "a" * 50_000),
    ]
] + [bad("redirect-not-modified", "redirects (304)", head(status="304 Not Modified"))]

UNREADABLE = "the response's headers cannot be parsed"
NOT_HTTP = "does not speak HTTP"
LARGE_HEAD = "the response has too many headers"
CLOSED = "closed the connection without a response"
EARLY = "ended early"
TWO_LENGTHS = f"Content-Length: {len(HEALTHY)}\r\nContent-Length: {len(HEALTHY) - 9}"

HEADS = [
    bad("half-a-head", UNREADABLE, b"HTTP/1.1 200 OK\r\nContent-Le"),
    bad("status-line-alone", CLOSED, b"HTTP/1.1 200 OK"),
    bad("latin-1", UNREADABLE, sized(HEALTHY, "X-Place: caf\xe9")),
    bad("latin-1-phrase", UNREADABLE, sized(b"", status="503 Indispon\xedvel")),
    bad("nul-in-a-header", UNREADABLE, sized(HEALTHY, "X: a\0b")),
    bad("no-colon", UNREADABLE, sized(HEALTHY, "garbage")),
    bad("no-name", UNREADABLE, sized(HEALTHY, ": x")),
    bad("no-space", UNREADABLE, sized(HEALTHY, "Server:x")),
    bad("lone-lf", UNREADABLE, b"HTTP/1.1 200 OK\nContent-Length: 2\n\n{}"),
    bad("negative-length", UNREADABLE, head("Content-Length: -2") + HEALTHY),
    bad("length-that-is-a-word", UNREADABLE, head("Content-Length: two") + HEALTHY),
    endless(
        "20000-headers",
        head(*[f"X-{index}: 1" for index in range(20_000)]) + HEALTHY,
        says=(LARGE_HEAD, *TOO_LATE),
        weight=0.2,
    ),
    bad("head-of-110-kb", LARGE_HEAD, sized(HEALTHY, "X: " + "a" * 110_000)),
    bad("endless-header", LARGE_HEAD, b"HTTP/1.1 200 OK\r\nX: ", Flood(b"a" * 65_536)),
    # Foundation's time grows with the square of their number.
    endless(
        "endless-headers",
        b"HTTP/1.1 200 OK\r\n",
        Flood(b"X: a\r\n" * 9_000),
        says=(LARGE_HEAD, *TOO_LATE),
    ),
    bad("endless-phrase", LARGE_HEAD, b"HTTP/1.1 200 ", Flood(b"a" * 65_536)),
    endless(
        "endless-100", Flood(b"HTTP/1.1 100 Continue\r\n\r\n" * 99), says=(*TOO_LATE, LARGE_HEAD)
    ),
    endless(
        "endless-103",
        Flood(head("Link: </a>", status="103 Early Hints") * 99),
        says=(*TOO_LATE, LARGE_HEAD),
    ),
    endless("silence-after-100", head(status="100 Continue"), Hang()),
    bad("end-after-103", CLOSED, head("Link: </a>", status="103 Early Hints")),
    bad(
        "switch-of-protocols",
        NOT_HTTP,
        head("Upgrade: websocket", status="101 Switching") + b"\x81\x05hello",
    ),
    bad("http-0.9", NOT_HTTP, HEALTHY),
    bad("http-0.9-page", NOT_HTTP, PAGE),
    bad("http-9.9", NOT_HTTP, b"HTTP/9.9 200 OK\r\n\r\n" + HEALTHY),
    bad("http-2-preface", NOT_HTTP, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\0\0\0\4\0\0\0\0\0"),
    bad("http-2-settings", NOT_HTTP, b"\0\0\0\4\0\0\0\0\0" * 9),
    bad("ssh", NOT_HTTP, b"SSH-2.0-OpenSSH_9.6\r\n"),
    bad("smtp", NOT_HTTP, b"220 mail.example ESMTP\r\n"),
    bad("redis", NOT_HTTP, b"-ERR wrong number of arguments\r\n"),
    bad("icy", NOT_HTTP, b"ICY 200 OK\r\n\r\n" + HEALTHY),
    bad("alert-of-tls", NOT_HTTP, b"\x15\x03\x01\x00\x02\x02\x28"),
    bad("noise", NOT_HTTP, bytes(index * 167 % 251 for index in range(4_000))),
    bad("nul-bytes", NOT_HTTP, b"\0" * 4_000),
    bad("escapes", NOT_HTTP, ESCAPES.encode("latin-1") * 9),
    bad("four-digits", NOT_HTTP, sized(HEALTHY, status="2000 OK")),
    bad("no-digits", NOT_HTTP, sized(HEALTHY, status="abc OK")),
    bad("escapes-in-the-phrase", ERROR + " (500)", sized(b"", status=f"500 {ESCAPES[:-4]}")),
    bad(
        "escapes-in-the-encoding",
        "the response is encoded (",
        sized(HEALTHY, f"Content-Encoding: {ESCAPES[:-4]}"),
    ),
    bad(
        "long-encoding",
        "the response is encoded (",
        sized(HEALTHY, "Content-Encoding: " + "x" * 30_000),
    ),
    # Such a length says nothing; the end of the connection ends the body.
    healthy("length-beyond-64-bits", head("Content-Length: 99999999999999999999999") + HEALTHY),
    healthy("folded-header", sized(HEALTHY, "X: a\r\n b")),
    healthy("100-first", head(status="100 Continue") + sized(HEALTHY)),
    healthy("103-first", head("Link: </a>", status="103 Early Hints") * 9 + sized(HEALTHY)),
    healthy("http-1.0", b"HTTP/1.0 200 OK\r\n\r\n" + HEALTHY),
    healthy("header-of-60-kb", sized(HEALTHY, "X: " + "a" * 60_000)),
    healthy("escapes-in-a-header", sized(HEALTHY, f"X: {ESCAPES[:-4]}", f"Server: {ESCAPES[:-4]}")),
    healthy(
        "cookies",
        sized(HEALTHY, *["Set-Cookie: a=b; Domain=.example; Path=/", "Set-Cookie: ;;;"] * 40),
    ),
    healthy("huge-cookie", sized(HEALTHY, "Set-Cookie: a=" + "b" * 30_000)),
    healthy(
        "hsts",
        sized(
            HEALTHY, "Strict-Transport-Security: max-age=99999999999; includeSubDomains; preload"
        ),
    ),
    healthy("alt-svc", sized(HEALTHY, 'Alt-Svc: h3=":1"; ma=99999999999, h2="127.0.0.1:1"')),
    healthy(
        "refresh",
        sized(HEALTHY, "Refresh: 0; url=http://127.0.0.1:1/", "Location: http://127.0.0.1:1/"),
    ),
    healthy(
        "clear-site-data",
        sized(HEALTHY, 'Clear-Site-Data: "*"', "Connection: close, X", "Keep-Alive: max=0"),
    ),
    healthy("upgrade-offer", sized(HEALTHY, "Upgrade: h2c, websocket", "Connection: Upgrade")),
]

LARGE = "the response is larger than 16 MiB"
ENCODED = "the response is encoded"
ZEROS = b"\0" * (4 * MEBIBYTE)
BOMB = gzip.compress(ZEROS)

FRAMING = [
    bad("no-answer", CLOSED),
    bad("reset", CLOSED, Reset()),
    bad("reset-in-the-head", (CLOSED, UNREADABLE), b"HTTP/1.1 200 OK\r\nContent-Le", Reset()),
    bad("reset-in-the-body", EARLY, head("Content-Length: 900") + HEALTHY, Reset()),
    bad("half-a-body", EARLY, head("Content-Length: 900") + HEALTHY),
    bad("half-an-unsized-body", "may be truncated", head() + HEALTHY[:20]),
    bad("one-byte-short", EARLY, head(f"Content-Length: {len(HEALTHY) + 1}") + HEALTHY),
    bad("length-too-small", "not a JSON snapshot", head("Content-Length: 20") + HEALTHY),
    bad("half-a-chunk", EARLY, head("Transfer-Encoding: chunked") + b"ff\r\n{"),
    bad("broken-chunk-size", EARLY, head("Transfer-Encoding: chunked") + b"zz\r\n{}\r\n0\r\n\r\n"),
    bad(
        "negative-chunk-size", EARLY, head("Transfer-Encoding: chunked") + b"-5\r\n{}\r\n0\r\n\r\n"
    ),
    bad(
        "chunk-size-beyond-64-bits",
        EARLY,
        head("Transfer-Encoding: chunked") + b"f" * 40 + b"\r\n" + HEALTHY,
    ),
    bad("chunk-without-its-end", EARLY, head("Transfer-Encoding: chunked") + b"2\r\n{}XX0\r\n\r\n"),
    bad("no-last-chunk", EARLY, chunked(HEALTHY, end=b"")),
    bad("half-a-trailer", EARLY, chunked(HEALTHY, end=b"0\r\nX-Che")),
    endless(
        "endless-chunk-extension",
        head("Transfer-Encoding: chunked") + b"2;a=",
        Flood(b"b" * 65_536),
        says=(*TOO_LATE, EARLY),
    ),
    endless(
        "endless-trailers",
        chunked(HEALTHY, end=b"0\r\n"),
        Flood(b"X: a\r\n" * 9_000),
        says=(*TOO_LATE, EARLY, LARGE_HEAD),
    ),
    endless(
        "endless-empty-lines",
        head("Transfer-Encoding: chunked"),
        Flood(b"\r\n" * 9_000),
        says=(*TOO_LATE, EARLY),
    ),
    bad(
        "endless-chunks",
        LARGE,
        head("Transfer-Encoding: chunked"),
        Flood(b"10000\r\n" + b" " * 65_536 + b"\r\n"),
        weight=0.4,
    ),
    bad("endless-body", LARGE, head(), Flood(b" " * 65_536), weight=0.4),
    bad("announced-too-large", LARGE, head("Content-Length: 99999999999") + HEALTHY),
    bad("17-mib", LARGE, head(), Flood(b" " * 65_536, 17 * MEBIBYTE), HEALTHY, weight=0.2),
    bad("gzip", ENCODED + " (gzip)", sized(gzip.compress(HEALTHY), "Content-Encoding: gzip")),
    bad("gzip-bomb", ENCODED + " (gzip)", head("Content-Encoding: gzip"), Flood(BOMB, MEBIBYTE)),
    bad("gzip-of-text", ENCODED + " (gzip)", sized(HEALTHY, "Content-Encoding: gzip")),
    bad(
        "gzip-twice",
        ENCODED,
        sized(gzip.compress(gzip.compress(ZEROS)), "Content-Encoding: gzip, gzip"),
    ),
    bad(
        "deflate",
        ENCODED + " (deflate)",
        sized(zlib.compress(HEALTHY), "Content-Encoding: deflate"),
    ),
    # An empty stream of each.
    bad("br", ENCODED + " (br)", sized(b"\x06", "Content-Encoding: br")),
    bad(
        "zstd",
        ENCODED + " (zstd)",
        sized(b"\x28\xb5\x2f\xfd\x20\x00\x01\x00\x00", "Content-Encoding: zstd"),
    ),
    bad(
        "zstd-window-of-2-gib",
        ENCODED + " (zstd)",
        sized(b"\x28\xb5\x2f\xfd\x00\xa8\x01\x00\x00", "Content-Encoding: zstd"),
    ),
    bad(
        "unknown-encoding",
        ENCODED + " (aws-chunked)",
        sized(HEALTHY, "Content-Encoding: aws-chunked"),
    ),
    bad(
        "compressed-chunks",
        ENCODED + " (gzip)",
        head("Transfer-Encoding: gzip, chunked") + b"2\r\n{}\r\n0\r\n\r\n",
    ),
    bad("unannounced-gzip", "not a JSON snapshot", sized(gzip.compress(HEALTHY))),
    healthy("chunks", chunked(HEALTHY[:7], HEALTHY[7:])),
    healthy("chunk-per-byte", chunked(*[bytes([byte]) for byte in HEALTHY])),
    healthy(
        "chunk-extensions",
        head("Transfer-Encoding: chunked")
        + b"%x;a=b\r\n%b\r\n0;c\r\n\r\n" % (len(HEALTHY), HEALTHY),
    ),
    healthy(
        "trailers",
        chunked(
            HEALTHY, end=b"0\r\nX-Checksum: 12345\r\nY: 1\r\n\r\n", lines=("Trailer: X-Checksum",)
        ),
    ),
    healthy("chunks-and-a-length", chunked(HEALTHY, lines=("Content-Length: 7",))),
    healthy("no-length", head() + HEALTHY),
    healthy("more-than-announced", sized(HEALTHY) + sized(FAILING) + b"garbage"),
    healthy("two-responses", sized(HEALTHY) + sized(b"", status="500 No")),
    healthy("identity", sized(HEALTHY, "Content-Encoding: identity")),
]

SLOW = [
    endless("silence", Hang()),
    endless("silence-after-the-head", head("Content-Length: 9"), Hang()),
    endless("silence-in-the-head", b"HTTP/1.1 200 OK\r\nContent-", Hang()),
    endless("silence-in-the-body", head("Content-Length: 900") + HEALTHY, Hang()),
    endless("silence-in-a-chunk", head("Transfer-Encoding: chunked") + b"ff\r\n{", Hang()),
    endless("silence-before-the-last-chunk", chunked(HEALTHY, end=b""), Hang()),
    endless("silence-after-an-unsized-body", head() + HEALTHY, Hang()),
    endless("dripping-head", Drip(head("X: " + "a" * 400), 0.02)),
    endless("dripping-body", head("Content-Length: 900"), Drip(b" " * 400, 0.02)),
    endless("dripping-100", Drip(head(status="100 Continue") * 99, 0.02)),
    endless(
        "redirect-that-never-ends",
        head("Location: /good", "Content-Length: 900", status="302 Found"),
        Hang(),
        says=("redirects (302)", *TOO_LATE),
    ),
    endless(
        "error-that-never-ends",
        head("Content-Length: 900", status="500 No"),
        Hang(),
        says=(ERROR + " (500)", *TOO_LATE),
    ),
    healthy("slow-head", Drip(head(f"Content-Length: {len(HEALTHY)}"), 0.005), HEALTHY, weight=0.5),
    healthy("slow-body", sized(HEALTHY)[: -len(HEALTHY)], Drip(HEALTHY, 0.005), weight=0.5),
    healthy(
        "slow-chunks",
        *[Drip(part, 0.002) for part in [chunked(*[bytes([each]) for each in HEALTHY])]],
        weight=0.2,
    ),
    healthy("silence-after-a-sized-body", sized(HEALTHY), Hang()),
]

EMPTY = "the response is empty (200)"
HTML = "the response is HTML instead of JSON"
NO_JSON = "not a JSON snapshot (line "


def nested(levels: int) -> bytes:
    return b'{"errors":{"rate":0.01},"deep":' + b"[" * levels + b"]" * levels + b"}"


def with_value(text: bytes) -> bytes:
    return b'{"errors": {"rate": 0.01}, "x": ' + text + b"}"


BODIES = [
    bad("no-body", EMPTY, sized(b"")),
    bad("blanks", EMPTY, sized(b" \r\n\t" * 99)),
    bad("login-page", HTML, sized(PAGE, "Content-Type: text/html")),
    bad("page-as-json", HTML, sized(PAGE, "Content-Type: application/json")),
    bad("xml", HTML, sized(b'<?xml version="1.0"?><a/>', "Content-Type: text/xml")),
    bad("plain-text", NO_JSON, sized(b"upstream is away", "Content-Type: text/plain")),
    bad("script", NO_JSON, sized(b"callback(" + HEALTHY + b")")),
    bad("guarded-json", NO_JSON, sized(b")]}',\n" + HEALTHY)),
    bad("events", NO_JSON, sized(b"data: " + HEALTHY + b"\n\n", "Content-Type: text/event-stream")),
    bad(
        "prometheus-text",
        "the response is Prometheus text instead of JSON",
        sized(b"# TYPE up gauge\nup 1\n", "Content-Type: text/plain"),
    ),
    bad("yaml", NO_JSON, sized(b"errors:\n  rate: 0.01\n")),
    bad("byte-order-mark", NO_JSON, sized(b"\xef\xbb\xbf" + HEALTHY)),
    bad("utf-16", NO_JSON, sized(HEALTHY.decode().encode("utf-16"))),
    bad("invalid-utf-8", NO_JSON, sized(with_value(b'"\xff\xfe"'))),
    bad("surrogates-in-utf-8", NO_JSON, sized(with_value(b'"\xed\xa0\x80"'))),
    bad("overlong-utf-8", NO_JSON, sized(with_value(b'"\xc0\xaf"'))),
    bad("nul-in-json", NO_JSON, sized(with_value(b'"\0"'))),
    bad("escapes-in-json", NO_JSON, sized(with_value(ESCAPES.encode()))),
    bad("nan", NO_JSON, sized(with_value(b"NaN"))),
    bad("infinity", NO_JSON, sized(with_value(b"-Infinity"))),
    bad("hexadecimal", NO_JSON, sized(with_value(b"0x10"))),
    bad("comment", NO_JSON, sized(with_value(b"1 /* one */"))),
    bad("single-quotes", NO_JSON, sized(with_value(b"'a'"))),
    bad("trailing-comma", NO_JSON, sized(with_value(b"[1,]"))),
    bad("half-an-escape", NO_JSON, sized(with_value(b'"\\ud8"'))),
    bad("two-documents", NO_JSON, sized(HEALTHY + HEALTHY)),
    bad("json-lines", NO_JSON, sized(HEALTHY + b"\n" + FAILING)),
    bad("600-levels", NO_JSON, sized(nested(600))),
    bad("two-million-levels", NO_JSON, sized(b"[" * 2_000_000), weight=0.3),
    bad(
        "unclosed-string-of-9-mib",
        ("may be truncated", NO_JSON),
        sized(b'{"a":"' + b"b" * (9 * MEBIBYTE)),
        weight=0.2,
    ),
    bad("null", NO_JSON, sized(b"null")),
    bad("number", NO_JSON, sized(b"42")),
    bad("text", NO_JSON, sized(b'"OK"')),
    healthy("500-levels", sized(nested(500))),
    healthy("long-number", sized(with_value(b"1" + b"0" * 100_000))),
    healthy("long-key", sized(b'{"' + b"k" * MEBIBYTE + b'": 1, ' + HEALTHY[1:])),
    healthy("16-mib", sized(HEALTHY + b" " * (16 * MEBIBYTE - len(HEALTHY))), weight=0.2),
    healthy(
        "300000-keys",
        sized(b"{" + b",".join(b'"%d":0' % index for index in range(300_000)) + b"," + HEALTHY[1:]),
        weight=0.3,
    ),
    healthy("typed-as-html", sized(HEALTHY, "Content-Type: text/html")),
    healthy("typed-as-image", sized(HEALTHY, "Content-Type: image/png")),
    healthy("typed-as-utf-16", sized(HEALTHY, "Content-Type: application/json; charset=utf-16")),
    healthy("escaped-escapes", sized(with_value(json.dumps(ESCAPES).encode()))),
    lacking("another-object", b'{"error": "no such tenant"}'),
    lacking("empty-object", b"{}"),
    lacking("list", b"[1, 2]"),
    lacking("duplicate-keys", b'{"errors": {"rate": 0.01, "rate": 0.5}}'),
    lacking("duplicate-sections", b'{"errors": {"rate": 0.01}, "errors": {"rate": 0.5}}'),
    lacking("null-as-value", b'{"errors": {"rate": null}}'),
    lacking("object-as-value", b'{"errors": {"rate": {}}}'),
    lacking("word-as-value", b'{"errors": {"rate": "none"}}'),
    lacking("beyond-double", b'{"errors": {"rate": 1e999}}'),
]

GOOD = [
    healthy("good", sized(HEALTHY, "Content-Type: application/json"), weight=8),
    failing("failing", sized(FAILING, "Content-Type: application/json")),
]

CASES = STATUSES + CHALLENGES + REDIRECTS + HEADS + FRAMING + SLOW + BODIES + GOOD
