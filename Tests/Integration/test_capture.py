"""The capture server itself: another client sees what it claims to send."""

from __future__ import annotations

import http.client
import subprocess
import unittest

from capture import Answer, CaptureServer, Manner
from harness import IntegrationTest


def curl(url: str, *options: str) -> tuple[int, str]:
    """curl's exit code and output."""
    done = subprocess.run(
        ["curl", "-sS", "--noproxy", "*", "--max-time", "5", *options, url],
        capture_output=True,
        text=True,
    )
    return done.returncode, done.stdout


def post(server: CaptureServer, path: str, body: bytes = b"{}") -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=5)
    try:
        connection.request("POST", path, body)
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()


class CaptureTests(IntegrationTest):
    def test_gives_a_script_in_turn_and_repeats_its_last_response(self) -> None:
        server = self.capture()
        server.script("/a", Answer(503), Answer(200, b"ok"))
        self.assertEqual(
            [post(server, "/a") for _ in range(3)], [(503, b""), (200, b"ok"), (200, b"ok")]
        )

    def test_records_a_request_in_full(self) -> None:
        server = self.capture()
        curl(server.url("/a?b=c"), "-H", "X-Name: value", "--data-binary", '{"d": 1}')
        (request,) = server.requests()
        self.assertEqual((request.method, request.path, request.query), ("POST", "/a", "b=c"))
        self.assertEqual((request.headers["x-name"], request.json()), ("value", {"d": 1}))

    def test_refuses_json_that_is_not_strict(self) -> None:
        server = self.capture()
        for body in (b'{"a": 1, "a": 2}', b'{"a": NaN}', b'{"a": 1,}', b""):
            post(server, "/", body)
        for request in server.requests():
            self.assertRaises(ValueError, request.json)

    def test_never_responds_when_silent(self) -> None:
        server = self.capture()
        server.script("/", Answer(manner=Manner.SILENT))
        self.assertEqual(curl(server.url("/"), "--max-time", "0.3")[0], 28)

    def test_resets_in_the_middle_of_a_response(self) -> None:
        server = self.capture()
        server.script("/", Answer(200, b"half", manner=Manner.RESET))
        code, _ = curl(server.url("/"))
        # 56 is a reset that curl notices, 18 a response that is too short.
        self.assertIn(code, (18, 56))

    def test_sends_chunks_with_trailers(self) -> None:
        server = self.capture()
        for manner in (Manner.CHUNKS, Manner.TRAILERS):
            server.script("/", Answer(200, b"whole", manner=manner))
            self.assertEqual(post(server, "/"), (200, b"whole"))
        code, text = curl(server.url("/"), "--raw")
        self.assertEqual(code, 0)
        self.assertIn("X-Checksum: 12345", text)


if __name__ == "__main__":
    unittest.main()
