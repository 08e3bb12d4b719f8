"""An in-memory imitation of the part of GitHub's issues API that the tool uses."""

from __future__ import annotations

import json
import re
from typing import Any

from capture import Answer, CaptureServer, Request


class GitHubService:
    """Serves `/repos/owner/project/issues`; `trouble`, if set, answers everything."""

    root = "/repos/owner/project/issues"

    def __init__(self, server: CaptureServer) -> None:
        self.issues: list[dict[str, Any]] = []
        self.comments: list[tuple[int, str]] = []
        self.trouble: Answer | None = None
        server.respond(self.root, self._answer)
        server.respond("/graphql", self._authors)

    def add(self, **fields: Any) -> dict[str, Any]:
        """Adds an existing issue."""
        issue = {
            "number": len(self.issues) + 1, "state": "open", "title": "", "body": "",
            "is_own": False, "labels": [], "updated_at": "2026-01-01T00:00:00Z", "closed_at": None,
        } | fields  # fmt: skip
        self.issues.append(issue)
        return issue

    def _answer(self, request: Request) -> Answer:
        if self.trouble:
            return self.trouble
        comment = re.fullmatch(self.root + r"/(\d+)/comments", request.path)
        single = re.fullmatch(self.root + r"/(\d+)", request.path)
        if request.path == self.root and request.method == "POST":
            return _json(201, self._create(request.json()))
        if request.path == self.root and request.method == "GET":
            return self._list(request)
        if comment and request.method == "POST":
            self.comments.append((int(comment[1]), request.json()["body"]))
            return _json(201, {"id": len(self.comments)})
        if single and request.method in ("GET", "PATCH"):
            issue = self.issues[int(single[1]) - 1]
            if request.method == "PATCH":
                issue |= request.json()
            return _json(200, issue)
        return _json(404, {"message": "Not Found"})

    def _create(self, body: dict[str, Any]) -> dict[str, Any]:
        labels = [{"name": name} for name in body.get("labels", [])]
        return self.add(**body | {"labels": labels, "is_own": True})

    def _authors(self, request: Request) -> Answer:
        if self.trouble:
            return self.trouble
        numbers = re.findall(r"issue\(number: (\d+)\)", request.json()["query"])
        authors = {
            f"i{number}": {"viewerDidAuthor": self.issues[int(number) - 1]["is_own"]}
            for number in numbers
        }
        return _json(200, {"data": {"repository": authors}})

    def _list(self, request: Request) -> Answer:
        options = dict(re.findall(r"([a-z_]+)=([^&]*)", request.query))
        state, page = options.get("state", "open"), int(options.get("page", "1"))
        size = int(options.get("per_page", "30"))
        labels = set(filter(None, options.get("labels", "").replace("%2C", ",").split(",")))
        found = [
            issue
            for issue in reversed(self.issues)
            if state in ("all", issue["state"])
            and labels <= {label["name"] for label in issue["labels"]}
        ]
        answer = _json(200, found[(page - 1) * size : page * size])
        if len(found) > page * size:
            answer.headers["Link"] = '<https://api.example/page>; rel="next"'
        return answer


def _json(status: int, document: Any) -> Answer:
    return Answer(status, json.dumps(document).encode(), {"Content-Type": "application/json"})
