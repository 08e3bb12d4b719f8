"""What each response of a receiver leads to: the exit code, the outcome and the next run."""

from __future__ import annotations

import json
import unittest
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from email.utils import formatdate
from time import time

from capture import Answer, CaptureServer, Manner, Request
from github_service import GitHubService
from harness import BAD, GOOD, IntegrationTest, Receiver, Run, Workplace, receiver
from healthy import HEALTHY

# The attempts that one run makes if another may succeed.
TRIES = 3
# Minutes to the next run: later than any time that a service asks to wait for.
LATER = 400


@dataclass(frozen=True)
class Meaning:
    """The expected result of a response."""

    code: int
    outcome: str
    # The fewest and the most requests of the first run.
    requests: tuple[int, int]
    # Whether the next run, with a healthy server, delivers.
    next_delivers: bool
    next_code: int = 0


DELIVERED = Meaning(0, "delivered", (1, 1), next_delivers=False)
# Three attempts, unless the run's deadline comes first.
TRANSIENT = Meaning(0, "deferred", (TRIES, TRIES), next_delivers=True)
SLOW = Meaning(0, "deferred", (1, TRIES), next_delivers=True)
# Nobody can tell whether it arrived: it is sent once more, and then waits for a person.
UNCONFIRMED = Meaning(5, "dead", (2, 2), next_delivers=False, next_code=5)
ASKED_TO_WAIT = Meaning(0, "deferred", (1, 1), next_delivers=True)
BROKEN = Meaning(5, "deferred", (1, 1), next_delivers=True)
# Retried once as plain text; the dead letter waits for a person and sets the exit code.
POISON = Meaning(5, "dead", (2, 2), next_delivers=False, next_code=5)


@dataclass(frozen=True)
class Case:
    name: str
    kind: str
    answer: Answer
    meaning: Meaning

    def __str__(self) -> str:
        return f"{self.kind}: {self.name}"


def wait(value: str, status: int = 429) -> Answer:
    return Answer(status, b"slow down", {"Retry-After": value})


def in_an_hour() -> str:
    return formatdate(time() + 3_600, usegmt=True)


OF_EVERY_SERVICE = [
    ("202", Answer(202), DELIVERED),
    ("204", Answer(204), DELIVERED),
    ("201 in chunks", Answer(201, b"ok", manner=Manner.CHUNKS), DELIVERED),
    ("trailers", Answer(200, b"ok", manner=Manner.TRAILERS), DELIVERED),
    ("half a head", Answer(200, manner=Manner.HALF_A_HEAD), UNCONFIRMED),
    ("a header in Latin-1", Answer(200, b"ok", {"X-Place": "caf\u00e9"}), UNCONFIRMED),
    ("a login page", Answer(200, b"<!DOCTYPE html><title>Sign in</title>"), UNCONFIRMED),
    ("302", Answer(302, headers={"Location": "/elsewhere"}), BROKEN),
    ("307", Answer(307, headers={"Location": "/elsewhere"}), BROKEN),
    ("400", Answer(400, b"invalid_payload"), POISON),
    ("401", Answer(401, b"who are you"), BROKEN),
    ("403", Answer(403, b"forbidden"), BROKEN),
    ("404", Answer(404, b"no such hook"), BROKEN),
    ("408", Answer(408), TRANSIENT),
    ("410", Answer(410, b"gone"), BROKEN),
    ("413", Answer(413), POISON),
    ("422", Answer(422), POISON),
    ("425", Answer(425), TRANSIENT),
    ("429 without a time", Answer(429), TRANSIENT),
    ("429 for an hour", wait("3600"), ASKED_TO_WAIT),
    ("429 until a date", wait(in_an_hour()), ASKED_TO_WAIT),
    ("500", Answer(500, b"<html>oops</html>"), TRANSIENT),
    ("503", Answer(503), TRANSIENT),
    ("503 for an hour", wait("3600", 503), ASKED_TO_WAIT),
    ("silence", Answer(manner=Manner.SILENT), SLOW),
    # The head confirmed that the message arrived.
    ("a reset in the middle", Answer(200, b"ok", manner=Manner.RESET), DELIVERED),
]
ROUTING_KEY = {
    "status": "invalid event",
    "message": "Event object is invalid",
    "errors": ["'routing_key' is invalid"],
}
PAYLOAD = ROUTING_KEY | {"errors": ["'payload.summary' is too long"]}
OF_ONE_SERVICE = [
    ("slack", "200 ok", Answer(200, b"ok"), DELIVERED),
    ("slack", "400 invalid_payload", Answer(400, b"invalid_payload"), POISON),
    ("slack", "404 no_service", Answer(404, b"no_service"), BROKEN),
    ("slack", "410 channel_is_archived", Answer(410, b"channel_is_archived"), BROKEN),
    ("slack", "503", Answer(503), TRANSIENT),
    ("teams", "202", Answer(202), DELIVERED),
    ("discord", "200", HEALTHY["discord"], DELIVERED),
    ("discord", "429", wait("3600"), ASKED_TO_WAIT),
    ("ntfy", "200", HEALTHY["ntfy"], DELIVERED),
    ("alertmanager", "200", Answer(200), DELIVERED),
    ("alertmanager", "503", Answer(503), TRANSIENT),
    ("pagerduty", "202", Answer(202, b'{"status": "success"}'), DELIVERED),
    ("pagerduty", "400 of the key", Answer(400, json.dumps(ROUTING_KEY).encode()), BROKEN),
    ("pagerduty", "400 of the payload", Answer(400, json.dumps(PAYLOAD).encode()), POISON),
    ("pagerduty", "429", Answer(429), TRANSIENT),
    ("pagerduty", "503", Answer(503), TRANSIENT),
]
CASES = [Case(name, "webhook", answer, meaning) for name, answer, meaning in OF_EVERY_SERVICE]
CASES += [Case(name, kind, answer, meaning) for kind, name, answer, meaning in OF_ONE_SERVICE]


def identities(requests: list[Request], kind: str) -> set[str]:
    """The key by which a receiver recognizes a repeated request."""
    if kind == "webhook":
        return {request.headers.get("idempotency-key", "") for request in requests}
    if kind == "pagerduty":
        return {request.json()["dedup_key"] for request in requests}
    return set()


class Attempt:
    """One case: a run with the response, then a run with a healthy server."""

    def __init__(self, case: Case, place: Workplace, server: CaptureServer) -> None:
        hook = receiver(case.kind, server.url("/hook"), name="case")
        place.configure(hook, notifications={"reminder_hours": 0})
        if case.answer.manner is Manner.SILENT:
            place.deadline = "3s"
        usual = HEALTHY[case.kind]
        server.respond("/hook", lambda _: case.answer)
        self.first = place.evaluate(BAD, at=0)
        self.tried = server.requests()
        server.respond("/hook", lambda _: usual)
        server.forget()
        place.deadline = "20s"
        self.second = place.evaluate(BAD, at=LATER)
        self.delivered = server.requests()
        server.forget()
        self.third = place.evaluate(BAD, at=LATER + 15)
        self.surplus = server.requests()


class AnswerTests(IntegrationTest):
    """Most of the time is waiting, so the cases run in parallel."""

    def test_every_answer(self) -> None:
        with ThreadPoolExecutor(4) as pool:
            attempts = list(pool.map(self.play, CASES))
        for case, attempt in zip(CASES, attempts, strict=True):
            with self.subTest(str(case)):
                self.check_first(case, attempt)
                self.check_next(case, attempt)

    def play(self, case: Case) -> Attempt:
        return Attempt(case, self.workplace(), self.capture())

    def check_first(self, case: Case, attempt: Attempt) -> None:
        fewest, most = case.meaning.requests
        self.assert_code(attempt.first, case.meaning.code)
        self.assert_outcomes(attempt.first, ("case", "firing", case.meaning.outcome))
        self.assertTrue(
            fewest <= len(attempt.tried) <= most, f"{len(attempt.tried)} tries {attempt.first}"
        )
        self.assertEqual({request.path for request in attempt.tried}, {attempt.tried[0].path})

    def check_next(self, case: Case, attempt: Attempt) -> None:
        second = attempt.second
        # Every run posts a firing alert to Alertmanager; the others get one request per repeat.
        repeats = 1 if case.kind == "alertmanager" else 0
        self.assert_code(second, case.meaning.next_code)
        expected = 1 if case.meaning.next_delivers else repeats
        self.assertEqual(len(attempt.delivered), expected, str(second))
        self.assertEqual(len(attempt.surplus), repeats, str(attempt.third))
        if case.meaning.next_delivers:
            self.assert_outcomes(second, ("case", "firing", "delivered"))
            known = identities(attempt.tried + attempt.delivered, case.kind)
            self.assertLessEqual(len(known), 1, f"{case}: not one id")
            self.assertNotIn("", known)


class GitHubAnswerTests(IntegrationTest):
    """GitHub's headers say whether a 403 is a rate limit or a missing permission."""

    limits = [
        ("403", Answer(403, b'{"message": "Resource not accessible"}'), 5),
        ("403 with retry-after", Answer(403, headers={"Retry-After": "3600"}), 0),
        (
            "403 with nothing remaining",
            Answer(403, headers={
                "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": str(int(time()) + 3_600)
            }),
            0,
        ),
        ("401", Answer(401), 5),
        ("404", Answer(404), 5),
        ("410", Answer(410, b'{"message": "Issues are disabled"}'), 5),
        ("502", Answer(502), 0),
    ]  # fmt: skip

    def test_a_failure_at_github_loses_and_duplicates_nothing(self) -> None:
        with ThreadPoolExecutor(4) as pool:
            played = list(pool.map(self.play, self.limits))
        for (name, _, code), (first, second, service) in zip(self.limits, played, strict=True):
            with self.subTest(name):
                self.assert_code(first, code)
                self.assert_outcomes(first, ("github", "firing", "deferred"))
                self.assert_outcomes(second, ("github", "firing", "delivered"))
                self.assert_code(second, 0)
                self.assertEqual(len(service.issues), 1, str(second))

    def play(self, limit: tuple[str, Answer, int]) -> tuple[Run, Run, GitHubService]:
        server, place = self.capture(), self.workplace()
        service = GitHubService(server)
        place.configure(receiver("github", server.url()), notifications={"reminder_hours": 0})
        service.trouble = limit[1]
        first = place.evaluate(BAD, at=0)
        service.trouble = None
        return first, place.evaluate(BAD, at=LATER), service


class OrderTests(IntegrationTest):
    def only(self, server: CaptureServer, kind: str, path: str) -> tuple[Workplace, Receiver]:
        place = self.workplace()
        hook = receiver(kind, server.url(path))
        place.configure(hook)
        return place, hook

    def test_a_transition_is_sent_once(self) -> None:
        server = self.capture()
        place, _ = self.only(server, "webhook", "/hook")
        for at, snapshot in enumerate([GOOD, BAD, BAD, GOOD, GOOD]):
            place.evaluate(snapshot, at=15 * at)
        statuses = [request.json()["status"] for request in server.requests()]
        self.assertEqual(statuses, ["firing", "resolved"])

    def test_a_requested_pause_of_a_second_is_kept(self) -> None:
        server = self.capture()
        server.script("/hook", wait("1"), Answer(200))
        place, _ = self.only(server, "webhook", "/hook")
        run = place.evaluate(BAD, at=0)
        self.assert_outcomes(run, ("webhook", "firing", "delivered"))
        first, second = server.requests()
        self.assertGreaterEqual(second.at - first.at, 0.95)

    def test_a_second_deferral_sets_the_exit_code(self) -> None:
        server = self.capture()
        server.script("/hook", Answer(503))
        place, _ = self.only(server, "webhook", "/hook")
        self.assert_code(place.evaluate(BAD, at=0), 0)
        self.assert_code(place.evaluate(BAD, at=60), 5)
        server.script("/hook", Answer(200))
        self.assert_code(place.evaluate(BAD, at=120), 0)

    def test_an_alert_outranks_a_broken_receiver(self) -> None:
        server = self.capture()
        server.script("/hook", Answer(404))
        place, _ = self.only(server, "webhook", "/hook")
        self.assert_code(place.evaluate(BAD, at=0, fail_on="fail"), 1)

    def test_a_chat_gets_one_message_for_an_alert_that_fired_and_resolved_in_between(self) -> None:
        server = self.capture()
        server.script("/hook", Answer(503))
        place, _ = self.only(server, "slack", "/hook")
        place.evaluate(BAD, at=0)
        server.script("/hook", Answer(200, b"ok"))
        server.forget()
        run = place.evaluate(GOOD, at=60)
        (request,) = server.requests()
        self.assertIn("RESOLVED", request.text, str(run))

    def test_pagerduty_gets_nothing_for_an_alert_that_never_reached_it(self) -> None:
        server = self.capture()
        server.script("/v2/enqueue", Answer(503))
        place, _ = self.only(server, "pagerduty", "")
        run = place.evaluate(BAD, at=0)
        self.assert_outcomes(run, ("pagerduty", "firing", "deferred"))
        server.script("/v2/enqueue", HEALTHY["pagerduty"])
        server.forget()
        self.assert_code(place.evaluate(GOOD, at=60), 0)
        self.assertEqual(server.requests(), [])

    def test_pagerduty_gets_the_resolution_of_an_alert_that_may_have_reached_it(self) -> None:
        server = self.capture()
        server.script("/v2/enqueue", Answer(202, b"half", manner=Manner.RESET))
        place, _ = self.only(server, "pagerduty", "")
        place.evaluate(BAD, at=0)
        server.script("/v2/enqueue", HEALTHY["pagerduty"])
        server.forget()
        run = place.evaluate(GOOD, at=60)
        actions = [request.json()["event_action"] for request in server.requests()]
        self.assertEqual(actions[-1:], ["resolve"], str(run))

    def test_a_dead_letter_is_shown_and_sent_on_request(self) -> None:
        server = self.capture()
        server.script("/hook", Answer(413))
        place, _ = self.only(server, "webhook", "/hook")
        place.evaluate(BAD, at=0)
        shown = place.status()
        self.assertIn("webhook", shown.output, str(shown))
        server.script("/hook", Answer(200))
        first = server.requests()[0].headers["idempotency-key"]
        server.forget()
        again = place.status("--retry-dead")
        self.assert_code(again, 0)
        run = place.evaluate(BAD, at=15)
        self.assert_code(run, 0)
        (request,) = server.requests()
        self.assertEqual(request.headers["idempotency-key"], first)

    def test_a_dead_receiver_does_not_delay_another(self) -> None:
        server = self.capture()
        server.script("/silent", Answer(manner=Manner.SILENT))
        place = self.workplace()
        place.deadline = "3s"
        place.configure(
            receiver("webhook", server.url("/silent"), name="silent"),
            receiver("webhook", server.url("/hook"), name="healthy"),
        )
        run = place.evaluate(BAD, at=0)
        self.assert_outcomes(
            run, ("healthy", "firing", "delivered"), ("silent", "firing", "deferred")
        )
        (healthy,) = server.requests("/hook")
        first = min(request.at for request in server.requests())
        self.assertLess(healthy.at - first, 1)

    def test_no_response_of_a_receiver_affects_another(self) -> None:
        server = self.capture()
        odd = {
            "trailers": (Answer(200, b"ok", manner=Manner.TRAILERS), "delivered", 1),
            "half": (Answer(200, manner=Manner.HALF_A_HEAD), "dead", 2),
            "latin": (Answer(200, b"ok", {"X-Place": "caf\u00e9"}), "dead", 2),
            "reset": (Answer(200, b"ok", manner=Manner.RESET), "delivered", 1),
        }
        for name, (answer, _, _) in odd.items():
            server.script(f"/{name}", answer)
        place = self.workplace()
        names = [*odd, *"abc"]
        place.configure(*[receiver("webhook", server.url(f"/{name}"), name=name) for name in names])
        run = place.evaluate(BAD, at=0)
        for name in names:
            _, outcome, sends = odd.get(name, (None, "delivered", 1))
            requests = server.requests(f"/{name}")
            self.assertEqual(run.outcome(name), [outcome], str(run))
            self.assertEqual(len(requests), sends, name)
            self.assertEqual(len(identities(requests, "webhook")), 1)

    def test_no_deliver_and_dry_run_send_nothing(self) -> None:
        for option in ("--no-deliver", "--dry-run"):
            with self.subTest(option):
                server = self.capture()
                place, _ = self.only(server, "webhook", "/hook")
                run = place.fetch_of(BAD, server, option)
                self.assertEqual(server.requests("/hook"), [], str(run))
                place.fetch_of(BAD, server)
                self.assertEqual(len(server.requests("/hook")), 1)


if __name__ == "__main__":
    unittest.main()
