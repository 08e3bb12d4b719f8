"""What each service answers when nothing is wrong."""

from __future__ import annotations

import json

from capture import Answer, CaptureServer
from github_service import GitHubService

_PUBLISHED = {"id": "x", "event": "message", "topic": "t", "title": "T", "message": "m"}
HEALTHY = {
    "webhook": Answer(200),
    "alertmanager": Answer(200),
    "slack": Answer(200, b"ok"),
    "teams": Answer(202),
    "discord": Answer(200, b'{"id": "1"}'),
    "pagerduty": Answer(202, b'{"status": "success"}'),
    "ntfy": Answer(200, json.dumps(_PUBLISHED).encode()),
}
# Every kind of receiver that is reached by HTTP.
KINDS = [*HEALTHY, "github"]


def serve_all(server: CaptureServer) -> GitHubService:
    """Lets a server be every service: each at a path of its own, GitHub at the root."""
    for kind, answer in HEALTHY.items():
        server.respond(path(kind), lambda _, answer=answer: answer)
    return GitHubService(server)


def path(kind: str) -> str:
    """What the paths of all requests to this service begin with."""
    # The whole path of an address is secret; a receiver's name alone would be redacted everywhere.
    return "/repos/" if kind == "github" else f"/services/to-{kind}"


def base(server: CaptureServer, kind: str) -> str:
    """Where such a server is this service."""
    return server.url("" if kind == "github" else path(kind))
