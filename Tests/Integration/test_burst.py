"""Two hundred alerts at once: one digest per chat, one message per alert for incident systems."""

from __future__ import annotations

import re
import unittest
from collections import Counter
from itertools import pairwise

from capture import CaptureServer
from harness import Document, IntegrationTest, Run, Workplace, receiver, rule
from healthy import base, path, serve_all

COUNT = 200
CHATS = ["slack", "teams", "discord", "ntfy"]


def snapshot(age: float) -> Document:
    return {"sources": {f"SOURCE_{number:03}": {"age": age} for number in range(COUNT)}}


class BurstTests(IntegrationTest):
    def place(self, server: CaptureServer, *kinds: str) -> Workplace:
        place = self.workplace()
        place.configure(
            *[receiver(kind, base(server, kind)) for kind in kinds],
            rules=[rule(path="sources.*.age")],
            notifications={"reminder_hours": 0},
        )
        return place

    def below(self, server: CaptureServer, kind: str) -> int:
        return sum(each.path.startswith(path(kind)) for each in server.requests())

    def test_chats_get_a_digest_and_alertmanager_every_alert(self) -> None:
        server = self.capture()
        serve_all(server)
        place = self.place(server, *CHATS, "alertmanager")
        place.deadline = "30s"
        run = place.evaluate(snapshot(9), at=0)
        self.assertLess(run.seconds, 32)
        self.assert_code(run, 0)
        for kind in CHATS:
            self.assertEqual(self.below(server, kind), 1, kind)
            self.assertEqual(run.outcome(kind), ["delivered"] * COUNT)
        self.assertEqual(self.below(server, "alertmanager"), COUNT)
        self.assertEqual(run.outcome("alertmanager"), ["delivered"] * COUNT)

    def test_pagerduty_gets_every_alert_at_its_pace(self) -> None:
        server = self.capture()
        serve_all(server)
        place = self.place(server, "pagerduty")
        place.deadline = "8s"
        keys: list[str] = []
        for turn in range(2):
            run = self.paced(place, server, at=15 * turn, gap=0.45)
            new = [each.json()["dedup_key"] for each in server.requests()]
            self.assertGreater(len(new), 8, str(run)[:2_000])
            keys += new
        self.check_order(run, keys)

    def test_what_githubs_rate_limit_defers_is_sent_in_order(self) -> None:
        server = self.capture()
        service = serve_all(server)
        place = self.place(server, "github")
        place.deadline = "8s"
        first = self.paced(place, server, at=0, gap=0.9)
        count = len(service.issues)
        self.assertTrue(3 <= count <= 9, f"{count} issues {first}"[:2_000])
        self.assertEqual(
            Counter(first.outcome("github")), {"delivered": count, "deferred": COUNT - count}
        )
        self.assert_code(first, 0)
        second = self.paced(place, server, at=15, gap=0.9)
        self.assertGreater(len(service.issues), count + 2, str(second)[:2_000])
        # A notification deferred twice must show.
        self.assert_code(second, 5)
        bodies = [issue["body"] for issue in service.issues]
        self.check_order(second, [re.findall(r"fp=([0-9a-f]{16})", body)[0] for body in bodies])

    def check_order(self, run: Run, sent: list[str]) -> None:
        """Compares the order of sent alerts with that in a report."""
        self.assertIsNotNone(run.report)
        alerts = [each["fingerprint"] for each in run.report["checks"] if each["instance"]]
        self.assertEqual(len(alerts), COUNT)
        self.assertEqual(sent, alerts[: len(sent)])

    def paced(self, place: Workplace, server: CaptureServer, at: float, gap: float) -> Run:
        """Runs, and checks the distance between the writes and the deadline."""
        server.forget()
        run = place.evaluate(snapshot(9), at=at)
        self.assertLess(run.seconds, 11, "past the deadline")
        writes = [each.at for each in server.requests() if each.method != "GET"]
        gaps = [later - earlier for earlier, later in pairwise(writes)]
        self.assertGreater(min(gaps), gap, "faster than the service's pace")
        return run


if __name__ == "__main__":
    unittest.main()
