"""What `export prometheus` wrote, and json_exporter's reading of JSON, as its source defines it."""

from __future__ import annotations

import json
import pathlib
import re
import subprocess
from typing import Any

import yaml
from alertmanager_service import program
from harness import LONGEST_RUN, TOOL, Document

FILES = ["rules.yml", "rules.test.yml", "prometheus.yml", "json_exporter.yml", "alertmanager.yml"]
Series = dict[tuple[str, tuple[tuple[str, str], ...]], float]


class Export:
    """An export in a folder of its own."""

    def __init__(
        self, folder: pathlib.Path, configuration: pathlib.Path | Document, *tests: pathlib.Path
    ) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        if not isinstance(configuration, pathlib.Path):
            path = folder / "configuration.json"
            path.write_text(json.dumps(configuration))
            configuration = path
        options = [word for test in tests for word in ("--tests", str(test))]
        run = subprocess.run(
            [TOOL, "export", "prometheus", "--config", configuration, "--output", folder, *options],
            capture_output=True, text=True, timeout=LONGEST_RUN,
        )  # fmt: skip
        if run.returncode != 0:
            raise AssertionError(f"exit code {run.returncode}: {run.stdout}{run.stderr}")
        self.output = run.stdout
        self.texts = {name: (folder / name).read_text() for name in FILES}

    def read(self, name: str) -> Any:
        return yaml.safe_load(self.texts[name])

    @property
    def rules(self) -> list[Document]:
        return self.read("rules.yml")["groups"][0]["rules"]

    def rule(self, name: str) -> Document:
        return next(rule for rule in self.rules if rule["alert"] == name)

    def complaints(self) -> list[str]:
        """What the programs say against the files."""
        for secret in set(re.findall(r"secrets/\w+", "".join(self.texts.values()))):
            (self.folder / "secrets").mkdir(exist_ok=True)
            (self.folder / secret).write_text("x")
        (self.folder / "known.yml").write_text(yaml.safe_dump(known(self.read("alertmanager.yml"))))
        commands = [
            ["promtool", "check", "rules", "rules.yml"],
            ["promtool", "check", "config", "prometheus.yml"],
            ["amtool", "check-config", "known.yml"],
            ["promtool", "test", "rules", "rules.test.yml"],
        ]
        found = []
        for command in commands:
            run = subprocess.run(
                [program(command[0]), *command[1:]], cwd=self.folder, text=True, timeout=60,
                stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            )  # fmt: skip
            if run.returncode != 0 or "FAILED" in run.stdout:
                found.append(f"{' '.join(command)}:\n{run.stdout[:3_000]}")
        return found


# What Debian's amtool (0.25) does not know yet, and a key that it knows for the same.
NEWER = {
    ("webhook_configs", "url_file"): ("url", "http://127.0.0.1/"),
    ("discord_configs", "webhook_url_file"): ("webhook_url", "http://127.0.0.1/"),
}


def known(document: Document) -> Document:
    """Alertmanager's configuration without what is newer than Debian's amtool."""
    for receiver in document["receivers"]:
        if teams := receiver.pop("msteamsv2_configs", None):
            keys = {key for each in teams for key in each}
            if keys != {"webhook_url_file", "send_resolved"}:
                raise AssertionError(f"msteamsv2_configs has the keys {keys}")
        for (kind, key), (older, value) in NEWER.items():
            for each in receiver.get(kind, []):
                if key in each:
                    del each[key]
                    each[older] = value
    return document


# The paths of Kubernetes: util/jsonpath of client-go.


def select(path: str, root: Any) -> list[Any]:
    """What a path in braces selects; raises `LookupError` for a key or index that is not there."""
    if not (path.startswith("{") and path.endswith("}")):
        raise ValueError(f"{path} is not in braces")
    rest, found = path[1:-1].removeprefix("$"), [root]
    while rest:
        if step := re.match(r"\[\?\(@((?:\.[^=!<>\[\]]+)?)(?:(==|!=|<=|>=|<|>)(.+?))?\)\]", rest):
            inner, comparison, literal = step.groups()
            found = [
                each for element in found for each in elements(element)
                if holds(each, inner, comparison, literal)
            ]  # fmt: skip
        elif step := re.match(r"\[(-?\d+)\]", rest):
            found = [element[int(step[1])] for element in lists(found)]
        elif step := re.match(r"\[(-?\d*):(-?\d*):(\d+)\]", rest):
            begin, end = (int(word) if word else None for word in step.groups()[:2])
            found = [each for element in lists(found) for each in element[begin:end:int(step[3])]]
        elif step := re.match(r"\.\.?\*", rest):
            if step[0] == "..*":
                raise ValueError("descendants are not read here")
            found = [each for element in found for each in children(element)]
        elif step := re.match(r"\.((?:\\.|[^.,\[\]$@{}\s\\])+)", rest):
            key = re.sub(r"\\(.)", r"\1", step[1])
            for element in found:
                if not isinstance(element, dict) or key not in element:
                    raise LookupError(f"{key} is not found")
            found = [element[key] for element in found]
        else:
            raise ValueError(f"{rest} is not a step of a path")
        rest = rest[step.end() :]
    return found


def elements(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise LookupError("a filter needs a list")
    return value


def lists(values: list[Any]) -> list[list[Any]]:
    return [elements(value) for value in values]


def children(value: Any) -> list[Any]:
    return list(value.values()) if isinstance(value, dict) else elements(value)


def holds(element: Any, inner: str, comparison: str | None, literal: str | None) -> bool:
    try:
        value = select("{" + inner + "}", element)[0]
    except LookupError:
        return False
    if comparison is None or literal is None:
        return True
    if re.fullmatch(r"-?\d+", literal):
        raise ValueError(f"{literal}: a whole number equals no number of JSON")
    other = json.loads(literal)
    # Numbers of JSON are floats to Go.
    if isinstance(value, int) and not isinstance(value, bool):
        value = float(value)
    if type(value) is not type(other):
        raise ValueError(f"incompatible types for comparison: {value!r} and {other!r}")
    return {
        "==": value == other, "!=": value != other, "<": value < other, "<=": value <= other,
        ">": value > other, ">=": value >= other,
    }[comparison]  # fmt: skip


def printed(values: list[Any]) -> str:
    """As Go prints them, without the quotes of texts."""
    words = [{True: "true", False: "false", None: "<nil>"}.get(v, v) if not isinstance(v, float | int)
             or isinstance(v, bool) else repr(v) for v in values]  # fmt: skip
    return " ".join(str(word) for word in words)


def number(text: str) -> float | None:
    words = {"true": 1.0, "false": 0.0, "<nil>": float("nan")}
    try:
        return words[text] if text in words else float(text)
    except ValueError:
        return None


def scraped(module: Document, snapshot: Any) -> Series:
    """The series that json_exporter makes of a snapshot; two with the same labels are an error."""
    found: Series = {}

    def add(name: str, data: Any, labels: Document, path: str) -> None:
        try:
            text = printed(select(path, data)) if path.startswith("{") else path
        except LookupError:
            return
        value = number(text)
        if value is None:
            return
        texts = {}
        for label, place in labels.items():
            try:
                texts[label] = printed(select(place, data))
            except LookupError:
                texts[label] = ""
        key = (name, tuple(sorted(texts.items())))
        if key in found:
            raise AssertionError(f"{key} was collected before with the same name and label values")
        found[key] = value

    for metric in module["metrics"]:
        unknown = set(metric) - {"name", "type", "help", "path", "labels", "values"}
        if unknown or not re.fullmatch("[a-zA-Z_][a-zA-Z0-9_]*", metric["name"]):
            raise AssertionError(f"{metric}: unknown keys {unknown}, or no name of a metric")
        if metric.get("type", "value") == "value":
            add(metric["name"], snapshot, metric.get("labels", {}), metric["path"])
            continue
        try:
            objects = select(metric["path"], snapshot)
        except LookupError:
            continue
        for each in objects:
            for suffix, path in metric["values"].items():
                add(f"{metric['name']}_{suffix}", each, metric.get("labels", {}), path)
    return found
