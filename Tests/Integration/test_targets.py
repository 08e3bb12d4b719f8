"""Three hundred targets, some of them dead: all others are evaluated, and each keeps its alerts."""

from __future__ import annotations

import json
import unittest
from collections import Counter
from datetime import datetime

from capture import Answer, CaptureServer, Manner
from harness import BAD, GOOD, Document, IntegrationTest, Run, Workplace, receiver, rule
from healthy import base, serve_all

COUNT = 300
KINDS = ["refused", "hanging", "failing", "html", "bad"]


def kind(number: int) -> str:
    """Every tenth target is dead in one of four ways, or has an alert."""
    return KINDS[number // 10 % len(KINDS)] if number % 10 == 9 else "healthy"


class TargetsTests(IntegrationTest):
    def place(self, server: CaptureServer) -> Workplace:
        answers = {
            "healthy": Answer(200, json.dumps(GOOD).encode()),
            "bad": Answer(200, json.dumps(BAD).encode()),
            "failing": Answer(500),
            "html": Answer(200, b"<html>", {"Content-Type": "text/html"}),
            "hanging": Answer(manner=Manner.SILENT),
        }
        for name, answer in answers.items():
            server.script(f"/{name}", answer)
        place = self.workplace()
        place.deadline = "12s"
        targets = [
            {
                "name": f"{kind(number)}-{number}",
                "metrics_url": "http://127.0.0.1:1/"
                if kind(number) == "refused"
                else server.url(f"/{kind(number)}"),
            }
            for number in range(COUNT)
        ]
        place.configure(receiver("slack", base(server, "slack")), rules=[rule()], targets=targets)
        return place

    def evaluate(self, place: Workplace, *options: str) -> Run:
        return place.run(
            "evaluate", "--config", str(place.config), "--state", str(place.state),
            "--output", str(place.output), "--record", str(place.recording),
            "--deadline", place.deadline, "--timeout", "4s", "--retries", "1", *options,
        )  # fmt: skip

    def test_dead_targets_cost_the_others_nothing(self) -> None:
        server = self.capture()
        serve_all(server)
        place = self.place(server)
        run = self.evaluate(place)
        self.assert_code(run, 1)
        self.assertIsNotNone(run.report)
        found: Counter[tuple[str, str]] = Counter()
        for target in run.report["targets"]:
            name = target["target"].split("-")[0]
            check = next(each for each in target["checks"] if each["name"] == "error_rate")
            found[name, check["reason"] or check["status"]] += 1
        self.assertEqual(found["healthy", "pass"], COUNT - COUNT // 10, str(found))
        self.assertEqual(found["bad", "fail"], 6)
        for name in ("refused", "failing", "html"):
            self.assertEqual(found[name, "unreachable"], 6, name)
        hanging = found["hanging", "unreachable"] + found["hanging", "not_attempted"]
        self.assertEqual(hanging, 6)
        self.assertEqual(sum(found.values()), COUNT)

        # Each target has its own part of the state, the recording and the report.
        names = [f"{kind(number)}-{number}" for number in range(COUNT)]
        self.assertEqual([each["target"] for each in run.report["targets"]], names)
        state: Document = json.loads(place.state.read_text())
        self.assertEqual(sorted(state["targets"]), sorted(names))
        lines = [json.loads(line) for line in place.recording.read_text().splitlines()]
        self.assertEqual(sorted(line["target"] for line in lines), sorted(names))
        times = [datetime.fromisoformat(line["observed_at"]) for line in lines]
        self.assertEqual(times, sorted(times))

        # The message names the targets; standard error is short and names them, too.
        sent = [each.text for each in server.requests() if "slack" in each.path]
        self.assertEqual(len(sent), 1, "one digest")
        self.assertIn("bad-49", sent[0])
        self.assertEqual(Counter(run.outcome("slack")), {"delivered": 6})
        self.assertLess(len(run.complaints.splitlines()), 25, run.complaints)
        self.assertIn("failing-29", run.complaints)

        self.check_status(place)
        self.check_choice(place, server)

    def check_status(self, place: Workplace) -> None:
        everything = place.status()
        self.assertEqual(everything.code, 0)
        self.assertIn("bad-49: ", everything.output)
        self.assertIn("targets without alerts", everything.output)
        self.assertLess(len(everything.output.splitlines()), 150)
        one = place.status("--target", "bad-49")
        self.assertIn("FIRING  error_rate", one.output)
        self.assertNotIn("bad-99", one.output)

    def check_choice(self, place: Workplace, server: CaptureServer) -> None:
        """With one target selected, the others keep their state and are not fetched."""
        before = json.loads(place.state.read_text())["targets"]
        server.forget()
        run = self.evaluate(place, "--target", "healthy-0", "--target", "healthy-0")
        self.assert_code(run, 0)
        self.assertEqual([each.path for each in server.requests()], ["/healthy"])
        after = json.loads(place.state.read_text())["targets"]
        del before["healthy-0"], after["healthy-0"]
        self.assertEqual(before, after)


if __name__ == "__main__":
    unittest.main()
