"""Two hundred alerts at once: one digest for each chat, one message each for incident systems."""

from __future__ import annotations

import time
import unittest
from collections import Counter

from capture import Answer, CaptureServer
from github_service import GitHubService
from harness import Document, IntegrationTest, Run, Workplace, receiver, rule

COUNT = 200
CHATS = ["slack", "teams", "discord", "ntfy"]


def snapshot(age: float) -> Document:
    return {"sources": {f"SOURCE_{number:03}": {"age": age} for number in range(COUNT)}}


class BurstTests(IntegrationTest):
    def place(self, server: CaptureServer, *kinds: str) -> Workplace:
        server.respond("/slack", lambda _: Answer(200, b"ok"))
        place = self.workplace()
        place.configure(
            *[receiver(kind, server.url("" if kind == "github" else f"/{kind}")) for kind in kinds],
            rules=[rule(path="sources.*.age")],
            notifications={"reminder_hours": 0},
        )
        return place

    def below(self, server: CaptureServer, kind: str) -> int:
        return sum(each.path.startswith(f"/{kind}") for each in server.requests())

    def test_chats_get_a_digest_and_incident_systems_every_alert(self) -> None:
        server = self.capture()
        place = self.place(server, *CHATS, "pagerduty", "alertmanager")
        place.deadline = "30s"
        start = time.monotonic()
        run = place.evaluate(snapshot(9), at=0)
        self.assertLess(time.monotonic() - start, 32)
        self.assert_code(run, 0)
        for kind in CHATS:
            self.assertEqual(self.below(server, kind), 1, kind)
        for kind in ("pagerduty", "alertmanager"):
            self.assertEqual(self.below(server, kind), COUNT, kind)
            self.assertEqual(run.outcome(kind), ["delivered"] * COUNT)
        keys = [
            each.json()["dedup_key"]
            for each in server.requests()
            if each.path.startswith("/pagerduty")
        ]
        self.assertEqual(len(set(keys)), COUNT)

    def test_what_githubs_pace_does_not_let_through_goes_on_in_order(self) -> None:
        server = self.capture()
        service = GitHubService(server)
        place = self.place(server, "github")
        place.deadline = "8s"
        first = self.paced(place, server, at=0)
        count = len(service.issues)
        self.assertTrue(3 <= count <= 9, f"{count} issues {first}"[:2_000])
        self.assertEqual(
            Counter(first.outcome("github")), {"delivered": count, "deferred": COUNT - count}
        )
        self.assert_code(first, 0)
        second = self.paced(place, server, at=15)
        self.assertGreater(len(service.issues), count + 2, str(second)[:2_000])
        # What was deferred twice has to be known.
        self.assert_code(second, 5)
        fingerprints = [row["fingerprint"] for row in first.report["notifications"]]
        self.assertEqual(len(fingerprints), COUNT)
        bodies = [issue["body"] for issue in service.issues]
        order = [next(n for n, each in enumerate(fingerprints) if each in body) for body in bodies]
        self.assertEqual(len(set(order)), len(order), "an alert has two issues")
        self.assertEqual(order, list(range(len(order))), "not in the order in which they fired")

    def paced(self, place: Workplace, server: CaptureServer, at: float) -> Run:
        server.forget()
        start = time.monotonic()
        run = place.evaluate(snapshot(9), at=at)
        self.assertLess(time.monotonic() - start, 12, "past the deadline")
        writes = [each.at for each in server.requests() if each.method != "GET"]
        gaps = [later - earlier for earlier, later in zip(writes, writes[1:])]
        self.assertGreater(min(gaps), 0.9, "faster than GitHub's pace")
        return run


if __name__ == "__main__":
    unittest.main()
