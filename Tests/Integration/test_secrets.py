"""A secret never appears where people or programs could read it, whatever goes wrong."""

from __future__ import annotations

import unittest
from concurrent.futures import ThreadPoolExecutor

from capture import Answer, CaptureServer, Manner, closed_port
from harness import BAD, GOOD, IntegrationTest, Receiver, Run, Workplace, receiver
from healthy import HEALTHY, KINDS

# The kinds that have a token, a routing key or a topic besides the address.
WITH_SECRET = ["webhook", "pagerduty", "github", "ntfy", "metrics"]
TROUBLES = {
    "an echo": Answer(200),
    "302 to a place": Answer(302, headers={"Location": "/elsewhere"}),
    "400": Answer(400),
    "401": Answer(401),
    "403": Answer(403),
    "404": Answer(404),
    "429": Answer(429, headers={"Retry-After": "3600"}),
    "503": Answer(503),
    "silence": Answer(manner=Manner.SILENT),
    "a reset": Answer(200, b"x", manner=Manner.RESET),
}


# Part of every secret and of nothing else: a fragment of a secret is secret, too.
MARKER = "MARKER"


def marker(kind: str, what: str) -> str:
    return f"{MARKER}{kind}{what}ZQXJ0123456789KVWY"


def markers() -> list[str]:
    paths = [marker(kind, "path") for kind in HEALTHY]
    return paths + [marker(kind, "secret") for kind in WITH_SECRET]


class SecretTests(IntegrationTest):
    def receivers(self, url: str) -> list[Receiver]:
        made = []
        for kind in KINDS:
            # The address of GitHub's API is in every link to an issue: it is not secret.
            path = url if kind == "github" else f"{url}/{marker(kind, 'path')}"
            token = {"token_env": f"{kind.upper()}_TOKEN"} if kind in ("webhook", "ntfy") else {}
            each = receiver(kind, path, secret=marker(kind, "secret"), **token)
            for name in token.values():
                each.variables[name] = marker(kind, "secret")
            made.append(each)
        return made

    def place(self, url: str) -> Workplace:
        place = self.workplace()
        place.configure(*self.receivers(url))
        place.variables["OPS_API_BEARER_TOKEN"] = marker("metrics", "secret")
        place.deadline = "5s"
        return place

    def echo(self, server: CaptureServer, trouble: Answer) -> None:
        """Makes a server echo every secret in its body and headers."""
        # A quoted response is cut at some point, possibly within a secret.
        words = [word * count for count, word in enumerate(markers(), 1)]
        body = trouble.body or " ".join(words).encode()
        echoes = {"X-Echo": marker("slack", "path")} | trouble.headers
        if "Location" in echoes:
            echoes["Location"] = f"/{marker('slack', 'path')}/elsewhere"
        answer = Answer(trouble.status, body, echoes, trouble.manner)
        server.respond("/", lambda _: answer)

    def make_healthy(self, server: CaptureServer) -> None:
        """Makes a server healthy at the secret paths."""
        for kind, answer in HEALTHY.items():
            server.respond(f"/{marker(kind, 'path')}", lambda _, answer=answer: answer)

    def check(self, place: Workplace, runs: list[Run]) -> None:
        for run in runs:
            said = {"standard output": run.output, "standard error": run.complaints}
            # Some runs end before they can be observed.
            self.assertTrue(run.command_lines or run.seconds < 0.1, "no command line was seen")
            said |= {f"the command line {line}": line for line in run.command_lines}
            self.search(said, run)
        self.search(place.files(), runs[-1])

    def search(self, texts: dict[str, str], run: Run) -> None:
        for where, text in texts.items():
            place = text.find(MARKER)
            around = text[max(0, place - 200) : place + 100]
            self.assertEqual(place, -1, f"{where[:200]} says {around!r} after {run}"[:4_000])

    def play(self, name: str) -> tuple[str, Workplace, list[Run]]:
        server = self.capture()
        place = self.place(server.url())
        self.echo(server, TROUBLES[name])
        return name, place, self.runs(place, server)

    def runs(self, place: Workplace, server: CaptureServer) -> list[Run]:
        return [
            place.fetch_of(BAD, server, "--verbose"),
            place.fetch_of(BAD, server, "--format", "json"),
            place.fetch_of(GOOD, server, "--dry-run"),
            place.fetch_of(GOOD, server, "--format", "markdown"),
            place.status("--verbose"),
            place.status("--format", "json"),
            place.notify_test(),
        ]

    def test_no_failure_shows_a_secret(self) -> None:
        with ThreadPoolExecutor(4) as pool:
            for name, place, runs in pool.map(self.play, TROUBLES):
                with self.subTest(name):
                    self.check(place, runs)

    def test_the_servers_receive_the_secrets(self) -> None:
        server = self.capture()
        place = self.place(server.url())
        self.make_healthy(server)
        place.fetch_of(BAD, server)
        sent = "\n".join(request.whole for request in server.requests())
        for kind in HEALTHY:
            self.assertIn(marker(kind, "path"), sent)
        for kind in WITH_SECRET:
            self.assertIn(marker(kind, "secret"), sent)

    def test_no_success_shows_a_secret(self) -> None:
        server = self.capture()
        place = self.place(server.url())
        self.make_healthy(server)
        self.check(place, self.runs(place, server))

    def test_a_refused_connection_shows_no_secret(self) -> None:
        server = self.capture()
        place = self.place(f"http://127.0.0.1:{closed_port()}")
        self.check(place, self.runs(place, server))

    def test_an_unusable_address_shows_no_secret(self) -> None:
        addresses = [
            "http://192.0.2.1", "ftp://127.0.0.1", "https://user:pass@127.0.0.1", "nonsense",
            "https://127.0.0.1:99999", "https://127.0.0.1\n",
        ]  # fmt: skip
        server = self.capture()
        for address in addresses:
            with self.subTest(address):
                place = self.place(address)
                run = place.fetch_of(BAD, server, "--no-deliver")
                self.check(place, [run])
                self.check(place, [place.run("check", "--config", str(place.config))])


if __name__ == "__main__":
    unittest.main()
