"""Checks what each service is sent against models written by others."""

from __future__ import annotations

import unittest
import warnings
from typing import Any

from slack_sdk.models.blocks import Block

from capture import Answer, CaptureServer, Request
from github_service import GitHubService
from harness import BAD, GOOD, Document, IntegrationTest, Run, Workplace, receiver, rule

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from githubkit_schemas.latest import models

PLAIN: list[Document] = [BAD, GOOD]
MANY: list[Document] = [{"errors": {"rate": rate}, "sources": {
    f"S{number}": {"age": rate} for number in range(60)
}} for rate in (0.5, 0.01)]  # fmt: skip
LONG = {"summary": "long " * 190, "description": "<&> long " * 100, "owner": "@payments"}


class FormatTests(IntegrationTest):
    def play(self, kind: str, server: CaptureServer, url: str, rules: list[Document],
             snapshots: list[Document]) -> tuple[Workplace, list[Run]]:  # fmt: skip
        place = self.workplace()
        place.configure(receiver(kind, url), rules=rules)
        return place, [
            place.evaluate(snapshot, at=15 * turn) for turn, snapshot in enumerate(snapshots)
        ]

    stories = [
        ("one alert", [rule()], PLAIN),
        ("one alert with everything long", [rule(**LONG)], PLAIN),
        ("a digest", [rule(path="sources.*.age", **LONG)], MANY),
    ]


class SlackTests(FormatTests):
    def test_slack_accepts_the_blocks(self) -> None:
        for name, rules, snapshots in self.stories:
            with self.subTest(name):
                server = self.capture()
                server.script("/hook", Answer(200, b"ok"))
                _, runs = self.play("slack", server, server.url("/hook"), rules, snapshots)
                requests = server.requests("/hook")
                self.assertEqual(len(requests), 2, "".join(map(str, runs)))
                for request in requests:
                    self.check_message(request)

    def check_message(self, request: Request) -> None:
        document = request.json()
        self.assertTrue(document["text"].strip())
        self.assertLessEqual(len(request.text), 10_000)
        self.assertLessEqual(len(document["blocks"]), 50)
        for block in document["blocks"]:
            parsed = Block.parse(dict(block))
            self.assertIsNotNone(parsed, block)
            parsed.validate_json()
            self.assertEqual(parsed.to_dict(), block)
            self.check_limits(block)

    def check_limits(self, block: dict[str, Any]) -> None:
        """Checks the limits that the models do not enforce."""
        text = block.get("text", {}).get("text", "-")
        self.assertTrue(text, block)
        if block["type"] == "header":
            self.assertEqual(block["text"]["type"], "plain_text")
            self.assertLessEqual(len(text), 150)
        self.assertLessEqual(len(text), 3_000)
        fields = block.get("fields", [])
        self.assertLessEqual(len(fields), 10)
        for each in fields:
            self.assertTrue(0 < len(each["text"]) <= 2_000, each)
        if block["type"] == "context":
            self.assertLessEqual(len(block["elements"]), 10)


class GitHubTests(FormatTests):
    def test_github_accepts_the_requests(self) -> None:
        for name, rules, snapshots in self.stories[:2]:
            with self.subTest(name):
                server = self.capture()
                service = GitHubService(server)
                _, runs = self.play("github", server, server.url(), rules, [*snapshots, BAD])
                self.assertEqual([issue["state"] for issue in service.issues], ["open"])
                writes = [each for each in server.requests() if each.method != "GET"]
                for request in writes:
                    self.check_write(request)
                # Opened, closed with a comment, and reopened within a day.
                kinds = {self.kind(request) for request in writes}
                self.assertEqual(kinds, {"create", "comment", "change"}, "".join(map(str, runs)))
                for request in server.requests():
                    self.assertTrue(request.headers["authorization"].startswith("Bearer "))
                    self.assertTrue(request.headers.get("user-agent"))

    def kind(self, request: Request) -> str:
        if request.method == "PATCH":
            return "change"
        return "comment" if request.path.endswith("/comments") else "create"

    def check_write(self, request: Request) -> None:
        model = {
            "create": models.ReposOwnerRepoIssuesPostBody,
            "comment": models.ReposOwnerRepoIssuesIssueNumberCommentsPostBody,
            "change": models.ReposOwnerRepoIssuesIssueNumberPatchBody,
        }[self.kind(request)]
        body = request.json()
        model.model_validate(body)
        known = {field.alias or name for name, field in model.model_fields.items()}
        self.assertLessEqual(body.keys(), known)
        self.assertLessEqual(len(body.get("title", "")), 256)
        self.assertLessEqual(len(body.get("body", "")), 65_536)

    def test_an_issue_is_found_again_after_the_state_is_lost(self) -> None:
        server = self.capture()
        service = GitHubService(server)
        for number in range(120):
            service.add(title=f"other {number}", labels=[{"name": "ops-alert"}])
        service.add(title="a pull request", labels=[{"name": "ops-alert"}], pull_request={})
        place, _ = self.play("github", server, server.url(), [rule()], [BAD])
        (marked,) = [each for each in service.issues if "ops-alert-eval fp=" in each["body"]]
        place.state.unlink()
        run = place.evaluate(BAD, at=15)
        found = [each for each in service.issues if "ops-alert-eval fp=" in each["body"]]
        self.assertEqual(found, [marked], str(run))
        place.state.unlink()
        place.evaluate(GOOD, at=30)
        self.assertEqual(marked["state"], "closed", "the alert is good, so its issue is over")
        others = [each for each in service.issues if each is not marked]
        self.assertEqual({each["state"] for each in others}, {"open"})


if __name__ == "__main__":
    unittest.main()
