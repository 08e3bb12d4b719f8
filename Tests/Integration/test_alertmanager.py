"""Through a real Alertmanager: our POST, its judgement, its webhook."""

from __future__ import annotations

import time
import unittest
from datetime import datetime, timedelta, timezone
from typing import Any

from alertmanager_service import Alertmanager
from capture import CaptureServer, Request
from harness import BAD, GOOD, IntegrationTest, Workplace, instant, moment, receiver, rule

# Longer than a group's interval: what Alertmanager has to say it has said by then.
SETTLED = 1.5
# Runs are fifteen minutes apart; the last is a little before the real time.
RUNS = (120, 135, 150, 165)
NEVER = "0001-01-01T00:00:00Z"


class AlertmanagerTests(IntegrationTest):
    def setUp(self) -> None:
        self.place: Workplace = self.workplace()
        self.server: CaptureServer = self.capture()
        self.alertmanager = Alertmanager(self.place.folder, self.server.url("/told"))
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

    def told(self, count: int) -> list[Request]:
        """What Alertmanager told people, when it has had the time to say more."""
        self.server.wait_for(count, "/told")
        time.sleep(SETTLED)
        return self.server.requests("/told")

    def statuses(self, count: int) -> list[str]:
        return [request.json()["status"] for request in self.told(count)]

    def alert_of(self, path: str, status: str) -> dict[str, Any]:
        documents = [request.json() for request in self.server.requests(path)]
        (document,) = [each for each in documents if each["status"] == status]
        (alert,) = document["alerts"]
        return alert

    def test_fires_once_stays_and_resolves(self) -> None:
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

    def test_stays_while_there_is_no_evidence(self) -> None:
        self.place.evaluate(BAD, at=RUNS[0])
        (before,) = self.alertmanager.alerts()
        run = self.place.evaluate({"errors": {}}, at=RUNS[1])
        (after,) = self.alertmanager.alerts()
        self.assertGreater(instant(after["endsAt"]), instant(before["endsAt"]), str(run))
        self.assertEqual(self.statuses(1), ["firing"])

    def test_our_webhook_says_what_alertmanager_says(self) -> None:
        self.place.evaluate(BAD, at=RUNS[0])
        self.told(1)
        self.place.evaluate(GOOD, at=RUNS[1])
        self.told(2)
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
            for path in ("/own", "/told")
        }
        own, told = documents["/own"], documents["/told"]
        # Which group, which receiver and which Alertmanager are each sender's own.
        self.assertEqual(own.keys(), told.keys())
        for key in ("version", "status", "truncatedAlerts", "commonLabels"):
            self.assertEqual(own[key], told[key], key)
        self.assertEqual({key: type(value) for key, value in own.items()},
                         {key: type(value) for key, value in told.items()})  # fmt: skip
        self.compare_alerts(self.alert_of("/own", status), self.alert_of("/told", status))

    def compare_alerts(self, own: dict[str, Any], told: dict[str, Any]) -> None:
        # Each sender links to its own page and hashes the labels in its own way.
        self.assertEqual(own.keys(), told.keys())
        for key in ("status", "labels"):
            self.assertEqual(own[key], told[key], key)
        for key in own["annotations"].keys() & told["annotations"].keys():
            self.assertEqual(own["annotations"][key], told["annotations"][key], key)
        self.assertIn("summary", own["annotations"].keys() & told["annotations"].keys())
        for key in ("startsAt", "endsAt"):
            self.assertEqual(instant(own[key]), instant(told[key]), key)
        if own["status"] == "firing":
            self.assertEqual(own["endsAt"], NEVER)
        texts = [*own["labels"].values(), *own["annotations"].values()]
        self.assertEqual({type(text) for text in texts}, {str})


if __name__ == "__main__":
    unittest.main()
