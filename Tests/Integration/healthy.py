"""How each service responds when it is healthy."""

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
# Every kind of receiver that uses HTTP.
KINDS = [*HEALTHY, "github"]


def serve_all(server: CaptureServer) -> GitHubService:
    """Makes a server act as every service: each at its own path, GitHub at the root."""
    for kind, answer in HEALTHY.items():
        server.respond(path(kind), lambda _, answer=answer: answer)
    return GitHubService(server)


def path(kind: str) -> str:
    """The path prefix of all requests to this service."""
    # The whole path is secret: a path that is only the receiver's name would redact it everywhere.
    return "/repos/" if kind == "github" else f"/services/to-{kind}"


def base(server: CaptureServer, kind: str) -> str:
    """The base URL of this service on the server."""
    return server.url("" if kind == "github" else path(kind))
