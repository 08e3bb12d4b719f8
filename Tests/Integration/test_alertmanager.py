"""Delivery through a real Alertmanager: our POST, its grouping, its webhook."""

from __future__ import annotations

import time
import unittest
from datetime import datetime, timedelta, timezone
from typing import Any

from alertmanager_service import Alertmanager
from capture import CaptureServer, Request
from harness import BAD, GOOD, IntegrationTest, Workplace, instant, moment, receiver, rule

# Longer than a group's interval: after that, Alertmanager has sent everything it is going to send.
SETTLED = 1.5
# Runs are fifteen minutes apart; the last is shortly before the real time.
RUNS = (120, 135, 150, 165)
NEVER = "0001-01-01T00:00:00Z"


class AlertmanagerTests(IntegrationTest):
    def setUp(self) -> None:
        self.place: Workplace = self.workplace()
        self.server: CaptureServer = self.capture()
        self.alertmanager = Alertmanager(self.place.folder, self.server.url("/notified"))
        self.addCleanup(self.alertmanager.close)
        self.place.configure(
            receiver("alertmanager", self.alertmanager.url),
            receiver("webhook", self.server.url("/own")),
            rules=[
                rule(
                    labels={"team": "payments"},
                    description="Look at the gateway",
                    on_missing="hold",
                )
            ],
            labels={"environment": "production"},
        )

    def notified(self, count: int) -> list[Request]:
        """The requests from Alertmanager, after leaving it time to send more."""
        self.server.wait_for(count, "/notified")
        time.sleep(SETTLED)
        return self.server.requests("/notified")

    def statuses(self, count: int) -> list[str]:
        return [request.json()["status"] for request in self.notified(count)]

    def alert_of(self, path: str, status: str) -> dict[str, Any]:
        documents = [request.json() for request in self.server.requests(path)]
        (document,) = [each for each in documents if each["status"] == status]
        (alert,) = document["alerts"]
        return alert

    def test_an_alert_fires_once_stays_active_and_resolves(self) -> None:
        for at in RUNS:
            with self.subTest(minute=at):
                run = self.place.evaluate(BAD, at=at)
                self.assert_code(run, 0)
                self.assertEqual(self.statuses(1), ["firing"], str(run))
                (alert,) = self.alertmanager.alerts()
                left = instant(alert["endsAt"]) - moment(at)
                self.assertGreaterEqual(left, timedelta(hours=4))
                self.assertGreater(instant(alert["endsAt"]), datetime.now(timezone.utc))
                self.assertEqual(instant(alert["startsAt"]), moment(RUNS[0]))
        self.assertEqual(
            [each["status"]["state"] for each in self.alertmanager.query()], ["active"]
        )
        self.place.evaluate(GOOD, at=180)
        self.assertEqual(self.statuses(2), ["firing", "resolved"])
        self.assertEqual(self.alertmanager.query(), [])

    def test_an_alert_without_evidence_stays_active(self) -> None:
        self.place.evaluate(BAD, at=RUNS[0])
        (before,) = self.alertmanager.alerts()
        run = self.place.evaluate({"errors": {}}, at=RUNS[1])
        (after,) = self.alertmanager.alerts()
        self.assertGreater(instant(after["endsAt"]), instant(before["endsAt"]), str(run))
        self.assertEqual(self.statuses(1), ["firing"])

    def test_our_webhook_has_the_form_of_alertmanagers(self) -> None:
        self.place.evaluate(BAD, at=RUNS[0])
        self.notified(1)
        self.place.evaluate(GOOD, at=RUNS[1])
        self.notified(2)
        for status in ("firing", "resolved"):
            with self.subTest(status):
                self.compare(status)

    def compare(self, status: str) -> None:
        documents = {
            path: next(
                request.json()
                for request in self.server.requests(path)
                if request.json()["status"] == status
            )
            for path in ("/own", "/notified")
        }
        own, theirs = documents["/own"], documents["/notified"]
        # Group, receiver and Alertmanager's address differ by sender.
        self.assertEqual(own.keys(), theirs.keys())
        for key in ("version", "status", "truncatedAlerts", "commonLabels"):
            self.assertEqual(own[key], theirs[key], key)
        self.assertEqual({key: type(value) for key, value in own.items()},
                         {key: type(value) for key, value in theirs.items()})  # fmt: skip
        self.compare_alerts(self.alert_of("/own", status), self.alert_of("/notified", status))

    def compare_alerts(self, own: dict[str, Any], theirs: dict[str, Any]) -> None:
        # Each sender links to its own page and hashes labels in its own way; ours adds numbers and an id.
        numbers = {key: own[key] for key in own.keys() - theirs.keys()}
        self.assertRegex(numbers.pop("event_id"), r"^[0-9a-f-]+$")
        self.assertEqual(numbers.keys(), {"value", "threshold"})
        self.assertTrue(all(isinstance(number, float | int) for number in numbers.values()))
        self.assertEqual(theirs.keys() - own.keys(), set())
        for key in ("status", "labels"):
            self.assertEqual(own[key], theirs[key], key)
        for key in own["annotations"].keys() & theirs["annotations"].keys():
            self.assertEqual(own["annotations"][key], theirs["annotations"][key], key)
        self.assertIn("summary", own["annotations"].keys() & theirs["annotations"].keys())
        for key in ("startsAt", "endsAt"):
            self.assertEqual(instant(own[key]), instant(theirs[key]), key)
        if own["status"] == "firing":
            self.assertEqual(own["endsAt"], NEVER)
        texts = [*own["labels"].values(), *own["annotations"].values()]
        self.assertEqual({type(text) for text in texts}, {str})


if __name__ == "__main__":
    unittest.main()
