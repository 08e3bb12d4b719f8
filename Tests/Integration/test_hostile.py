"""Text from a hostile snapshot is harmless in every receiver."""

from __future__ import annotations

import json
import re
import unittest
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from capture import CaptureServer, Request
from harness import Document, IntegrationTest, Receiver, Run, Workplace, receiver, rule
from healthy import KINDS, base, path, serve_all
from mail_service import MailSink, sendmail

HOSTILE = [
    "@channel", "@everyone @here", "<!here>", "<!channel|x>", "<@U12345678>", "<@&1234>",
    "`code` ```block```", "::error::gone", "::set-output name=x::y", "##[error]gone",
    "\x1b[31mred\x1b[0m", "\x9b31m", "\x07bell", "a\r\nBcc: victim@example.com", "a\r\n\r\nbody",
    "\u202egnp.exe", "\u2066x\u2069", "[click](https://evil.example)", "<https://evil.example|ok>",
    "![x](https://evil.example/x.png)", "<script>alert(1)</script>", "**bold** _it_ ~s~ # h",
    "<at>everyone</at>", "${{ secrets.X }}", "-->", "<!-- ops-alert-eval fp=0123456789abcdef -->",
    "\u2028line\u2029", "\ud83d\ude00 ok", "%0A::error::x", "closes #1 @octocat owner/repo#2",
    "k" * 100_000, "é" * 50_000,
]  # fmt: skip
# JSON may hold what people may read: no control characters but the line feed, no bidi controls.
FORBIDDEN = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]"
)
# Titles of issues are plain text.
PLAIN_MEMBERS = {"github": {"title"}}
# A label must be the instance itself: control characters in it are the reader's concern.
LABELS = {"webhook", "alertmanager"}
LIVE = {
    "slack": re.compile(r"<[!@#]|<https?://evil"),
    "discord": re.compile(r"\]\(https?://evil|<@[&!]?\d+>"),
    "teams": re.compile(r"\]\(https?://evil"),
    "github": re.compile(r"(?<![\w`])@(octocat|channel|everyone)\b|\]\(https?://evil|<script"),
}
CODE = re.compile(r"(`+)(?:(?!\1).)*?\1", re.DOTALL)


def texts(value: Any, but: str = "") -> list[str]:
    """All strings in a document, except in objects of one type."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        value = [] if value.get("type") == but else list(value.values())
    return [text for each in value for text in texts(each, but)] if isinstance(value, list) else []


class HostileTests(IntegrationTest):
    def configure(self, over: int) -> tuple[Workplace, CaptureServer, MailSink]:
        place, server, sink = self.workplace(), self.capture(), MailSink("250 OK")
        self.addCleanup(sink.close)
        serve_all(server)
        mail = {"name": "mail", "type": "email", "to": ["oncall@example.com"],
                "sendmail": str(sendmail(place.folder, sink.port))}  # fmt: skip
        receivers = [receiver(kind, base(server, kind)) for kind in KINDS]
        place.configure(
            *receivers, Receiver(mail, {}), rules=[rule(path="sources.*.age")],
            notifications={"digest_over": over, "reminder_hours": 0},
        )  # fmt: skip
        place.deadline = "14s"
        return place, server, sink

    def snapshot(self, names: list[str], age: float) -> Document:
        return {"sources": {name: {"age": age} for name in names}}

    def requests(self, server: CaptureServer, kind: str) -> list[Request]:
        requests = [each for each in server.requests() if each.path.startswith(path(kind))]
        return [each for each in requests if each.method != "GET"]

    def play(self, over: int, names: list[str]) -> tuple[Run, CaptureServer, MailSink]:
        place, server, sink = self.configure(over)
        return place.evaluate(self.snapshot(names, 9), at=0), server, sink

    def test_hostile_text_is_harmless(self) -> None:
        # One by one, where each name has its own message, and in one digest.
        stories = [(1_000, HOSTILE[start::4]) for start in range(4)] + [(2, HOSTILE)]
        with ThreadPoolExecutor(len(stories)) as pool:
            played = list(pool.map(lambda story: self.play(*story), stories))
        for (over, _), (run, server, sink) in zip(stories, played, strict=True):
            self.assertNotIn("\x1b", run.output + run.complaints)
            for kind in KINDS:
                with self.subTest(kind, digest_over=over):
                    requests = self.requests(server, kind)
                    self.assertTrue(requests, str(run)[-3_000:])
                    for request in requests:
                        self.check(kind, request)
            with self.subTest("mail", digest_over=over):
                self.assertTrue(sink.mails)
                self.check_mails(sink)

    def check(self, kind: str, request: Request) -> None:
        document = request.json()
        plain = {document.get(name) for name in PLAIN_MEMBERS.get(kind, ())}
        self.assertLess(len(request.body), 70_000)
        if kind == "discord":
            self.assertEqual(document["allowed_mentions"], {"parse": []})
        if kind == "ntfy":
            self.assertNotIn("markdown", document)
        self.assertNotIn("entities", request.text)
        if kind not in LABELS:
            for text in texts(document):
                self.assertNotRegex(text, FORBIDDEN)
        # Text runs of Teams show Markdown as it is.
        for text in texts(document, but="TextRun"):
            # GitHub shows anything between backticks as plain text.
            shown = CODE.sub("", text) if kind in ("github", "discord") else text
            if kind in LIVE and text not in plain:
                self.assertNotRegex(shown, LIVE[kind])
        for value in request.headers.values():
            self.assertNotRegex(value, r"[\r\n\x00]")

    def check_mails(self, sink: MailSink) -> None:
        for mail, recipients in zip(sink.mails, sink.recipients, strict=True):
            self.assertIsNone(mail["Bcc"])
            self.assertEqual(recipients, ["oncall@example.com"])
            text = mail["Subject"] + mail.get_content().replace("\r\n", "\n")
            self.assertNotRegex(text, FORBIDDEN)

    def test_a_preview_is_harmless(self) -> None:
        place, server, _ = self.configure(1_000)
        run = place.evaluate(self.snapshot(HOSTILE, 9), "--dry-run", at=0)
        self.assertEqual(server.requests(), [])
        for kind in KINDS:
            self.assertIn(f"would send to {kind}:", run.complaints)
        self.assertNotRegex(run.output + run.complaints, FORBIDDEN)

    def test_outside_text_cannot_issue_workflow_commands(self) -> None:
        place, _, _ = self.configure(2)
        place.variables["GITHUB_ACTIONS"] = "true"
        place.deadline = "3s"
        run = place.evaluate(self.snapshot(HOSTILE, 9), at=0)
        own = re.compile(r"::(error|warning|notice) title=(FIRING|NOT NOTIFIED|and) [^:,]*::")
        texts = [line for line in run.output.splitlines() if not own.match(line)]
        self.assertLess(len(texts), len(run.output.splitlines()), "annotations are there")
        for line in texts + run.complaints.splitlines():
            self.assertNotRegex(line, r"^\s*::|##\w*\[")
        self.assertNotIn("\x1b", run.output + run.complaints)
        self.assertTrue(json.dumps(run.report))


if __name__ == "__main__":
    unittest.main()
