"""Runs the steps of .github/workflows/ops-alerts.yml: real scripts, stand-ins for the actions."""

from __future__ import annotations

import os
import pathlib
import re
import shutil
import signal
import subprocess
from dataclasses import dataclass, field
from typing import Any

import yaml

from harness import REPOSITORY, TOOL

WORKFLOW = REPOSITORY / ".github/workflows/ops-alerts.yml"
DOCUMENT: dict[str, Any] = yaml.safe_load(WORKFLOW.read_text())
TOKEN = "ghs_t0kenOfTheStateBranch0123456789"

# How the runner starts bash for `shell: bash`.
BASH = ["bash", "--noprofile", "--norc", "-eo", "pipefail"]


def state_script() -> str:
    """The script that fetches and saves the state, as the workflow writes it."""
    steps = DOCUMENT["jobs"]["evaluate"]["steps"]
    text = next(each["run"] for each in steps if each["name"] == "Fetch the state")
    return re.search(r"<<'END'\n(.*?)\nEND\n", text, re.S)[1] + "\n"


def git(*arguments: str, at: pathlib.Path, check: bool = True) -> str:
    """The output of a git command."""
    command = ["git", "-c", "user.name=t", "-c", "user.email=t@localhost", *arguments]
    done = subprocess.run(command, cwd=at, capture_output=True, text=True, timeout=60)
    if check and done.returncode != 0:
        raise AssertionError(f"{command}: {done.stderr}")
    return done.stdout.strip()


def quick_sleep(folder: pathlib.Path) -> pathlib.Path:
    """A folder with a `sleep` that records the requested time and returns soon."""
    programs = folder / "programs"
    programs.mkdir()
    sleep = programs / "sleep"
    sleep.write_text('#!/bin/sh\necho "$1" >>"$0.log"\nexec /bin/sleep 0.02\n')
    sleep.chmod(0o755)
    return programs


class Remote:
    """A bare repository on disk that stands in for the one on GitHub."""

    def __init__(self, folder: pathlib.Path) -> None:
        self.root = folder / "github"
        self.path = self.root / "owner/project.git"
        self.path.mkdir(parents=True)
        git("init", "--quiet", "--bare", at=self.path)
        self.server = f"file://{self.root}"

    def ref(self, name: str) -> str:
        return git("rev-parse", "--quiet", "--verify", name, at=self.path, check=False)

    @property
    def tip(self) -> str:
        return self.ref("refs/heads/ops-alert-state")

    @property
    def state(self) -> str:
        return git("cat-file", "blob", f"{self.tip}:state.json", at=self.path)

    @property
    def history(self) -> str:
        return git("cat-file", "blob", f"{self.tip}:state-history.jsonl", at=self.path)

    @property
    def commits(self) -> int:
        return int(git("rev-list", "--count", self.tip, at=self.path))

    @property
    def files(self) -> list[str]:
        return git("ls-tree", "-r", "--name-only", self.tip, at=self.path).splitlines()

    @property
    def foreign(self) -> list[str]:
        """The files that are neither the state nor its history, or a state that is missing."""
        return sorted((set(self.files) - {"state-history.jsonl"}) ^ {"state.json"})

    def lose(self) -> None:
        git("update-ref", "-d", "refs/heads/ops-alert-state", at=self.path)

    def replace(self, files: dict[str, str]) -> None:
        """Replaces the branch's files, as a person might."""
        rows = []
        for name, text in files.items():
            blob = subprocess.run(
                ["git", "hash-object", "-w", "--stdin"], cwd=self.path, input=text, text=True,
                capture_output=True, check=True,
            ).stdout.strip()  # fmt: skip
            rows.append(f"100644 blob {blob}\t{name}\n")
        tree = subprocess.run(
            ["git", "mktree"], cwd=self.path, input="".join(rows), text=True,
            capture_output=True, check=True,
        ).stdout.strip()  # fmt: skip
        commit = git("commit-tree", "-m", "by hand", tree, at=self.path)
        git("update-ref", "refs/heads/ops-alert-state", commit, at=self.path)


@dataclass
class Said:
    """A step's exit code and output."""

    code: int
    text: str


@dataclass
class Runner:
    """A CI machine: fresh for each run, as GitHub's are."""

    folder: pathlib.Path
    server: str
    # Folders with stand-ins for programs, put first in PATH.
    programs: list[pathlib.Path] = field(default_factory=list)
    variables: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.temporary = self.folder / "temporary"
        self.workspace = self.folder / "workspace"
        for each in (self.temporary, self.workspace, self.folder / "home"):
            each.mkdir(parents=True)
        self.summary = self.folder / "summary.md"
        self.script = self.temporary / "ops-state"
        self.script.write_text(state_script())

    @property
    def environment(self) -> dict[str, str]:
        path = ":".join([*map(str, self.programs), os.environ["PATH"]])
        return {
            "PATH": path, "HOME": str(self.folder / "home"), "LC_ALL": "C.UTF-8", "CI": "true",
            "GITHUB_ACTIONS": "true", "GITHUB_REPOSITORY": "owner/project",
            "GITHUB_SERVER_URL": self.server, "GITHUB_RUN_ID": "4711", "GITHUB_RUN_ATTEMPT": "1",
            "GITHUB_WORKSPACE": str(self.workspace), "RUNNER_TEMP": str(self.temporary),
            "GITHUB_STEP_SUMMARY": str(self.summary), "GITHUB_ACTOR": "kim",
        } | DOCUMENT["env"] | self.variables  # fmt: skip

    @property
    def state(self) -> pathlib.Path:
        return self.workspace / DOCUMENT["env"]["STATE"]

    @property
    def history(self) -> pathlib.Path:
        return self.state.with_name("state-history.jsonl")

    def state_step(self, verb: str) -> Said:
        """Runs the state script on its own."""
        self.output = self.folder / "output"
        self.output.touch()
        variables = {"GITHUB_TOKEN": TOKEN, "GITHUB_OUTPUT": str(self.output)}
        return self.bash(["bash", str(self.script), verb], variables)

    def bash(self, command: list[str], variables: dict[str, str], seconds: float = 120) -> Said:
        process = subprocess.Popen(
            command, cwd=self.workspace, env=self.environment | variables, text=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            start_new_session=True,
        )  # fmt: skip
        try:
            text, _ = process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            # As at a step's time limit: kill the whole process group.
            os.killpg(process.pid, signal.SIGKILL)
            text, _ = process.communicate()
            return Said(-9, text)
        return Said(process.returncode, text)


@dataclass
class Done:
    """The result of a step."""

    outcome: str
    text: str = ""
    outputs: dict[str, str] = field(default_factory=dict)


class WorkflowRun:
    """One run of the workflow: its steps in order, in a clean clone."""

    def __init__(
        self, runner: Runner, *, variables: dict[str, str], secrets: dict[str, str] | None = None,
        inputs: dict[str, bool | str] | None = None, is_warm: bool = True,
        document: dict[str, Any] = DOCUMENT, project: pathlib.Path = REPOSITORY,
    ) -> None:  # fmt: skip
        self.runner = runner
        self.steps: list[dict[str, Any]] = document["jobs"]["evaluate"]["steps"]
        self.env: dict[str, str] = document["env"]
        runner.variables = self.env | runner.variables
        self.project = project
        self.vars = variables
        self.secrets = secrets or {}
        self.inputs = inputs or {}
        self.is_warm = is_warm
        self.limits: dict[str, float] = {}
        self.done: dict[str, Done] = {}
        # The files in the artifact, by name.
        self.artifact: dict[str, pathlib.Path] = {}
        self.saved_cache = False

    def play(self, before: Any = None) -> WorkflowRun:
        for each in self.steps:
            if before:
                before(self, each["name"])
            self.done[each["name"]] = self._do(each)
        return self

    @property
    def is_green(self) -> bool:
        return not self._failed

    @property
    def log(self) -> str:
        return "".join(
            f"--- {name}: {done.outcome}\n{done.text}" for name, done in self.done.items()
        )

    def __str__(self) -> str:
        return "\n" + self.log

    @property
    def _failed(self) -> bool:
        tolerated = {each["name"] for each in self.steps if each.get("continue-on-error")}
        return any(
            done.outcome == "failure" and name not in tolerated for name, done in self.done.items()
        )

    # Expressions.

    def text(self, template: Any) -> str:
        if isinstance(template, bool):
            return "true" if template else "false"
        return re.sub(
            r"\$\{\{(.*?)\}\}", lambda match: self._shown(self.value(match[1])), str(template)
        )

    @staticmethod
    def _shown(value: Any) -> str:
        if isinstance(value, bool):
            return str(value).lower()
        return "" if value is None else str(value)

    def value(self, expression: str) -> Any:
        """Evaluates the few kinds of expressions that the workflow uses; any other is an error."""
        words = re.findall(r"'[^']*'|&&|\|\||[!=]=|[()!,]|[\w.-]+", expression)
        python = []
        for index, word in enumerate(words):
            called = words[index + 1 : index + 2] == ["("]
            plain = {"&&": "and", "||": "or", "!": "not", "true": "True", "false": "False"}
            if word in plain:
                python.append(plain[word])
            elif re.match(r"[A-Za-z]", word) and not called:
                python.append(f"look('{word}')")
            else:
                python.append(word)
        functions = {"look": self._look, "always": lambda: True}
        return eval(" ".join(python), {"__builtins__": {}}, functions)  # noqa: S307

    def _look(self, name: str) -> Any:
        first, _, rest = name.partition(".")
        if first == "steps":
            key, kind, *more = rest.split(".")
            done = next(
                (self.done.get(each["name"]) for each in self.steps if each.get("id") == key), None
            )
            if kind == "outcome":
                return done.outcome if done else None
            return done.outputs.get(more[0]) if done else None
        known = {
            "github.token": TOKEN, "github.run_attempt": "1", "runner.os": "Linux",
            "github.event_name": "workflow_dispatch" if self.inputs else "schedule",
            "runner.arch": "X64", "github.repository": "owner/project",
        }  # fmt: skip
        if first in ("vars", "secrets", "inputs", "env"):
            table = {"vars": self.vars, "secrets": self.secrets, "inputs": self.inputs}
            # A name that is not set is the same as an empty text, when compared.
            return (table | {"env": self.env})[first].get(rest, "" if first == "vars" else None)
        return known[name]

    # Steps.

    def _do(self, each: dict[str, Any]) -> Done:
        condition = each.get("if", "")
        if self._failed and "always()" not in condition:
            return Done("skipped")
        if condition and not self.value(condition):
            return Done("skipped")
        if "uses" in each:
            return self._stand_in(each["uses"].partition("@")[0], each.get("with", {}))
        variables = {name: self.text(value) for name, value in each.get("env", {}).items()}
        output = self.runner.folder / f"output-{len(self.done)}"
        output.touch()
        file = self.runner.folder / f"step-{len(self.done)}.sh"
        file.write_text(each["run"])
        said = self.runner.bash(
            [*BASH, str(file)], variables | {"GITHUB_OUTPUT": str(output)},
            self.limits.get(each["name"], 600),
        )  # fmt: skip
        pairs = (line.partition("=") for line in output.read_text().splitlines())
        outputs = {name: value for name, _, value in pairs if "<<" not in name}
        return Done("failure" if said.code else "success", said.text, outputs)

    def _stand_in(self, action: str, settings: dict[str, Any]) -> Done:
        workspace = self.runner.workspace
        match action:
            case "actions/checkout":
                # A checkout by repository and commit means this repository.
                source = REPOSITORY if "repository" in settings else self.project
                place = settings.get("path", ".")
                git("clone", "--quiet", "--depth=1", f"file://{source}", place, at=workspace)
                return Done("success")
            case "actions/cache/restore":
                outputs = {"cache-primary-key": self.text(settings["key"])}
                if self.is_warm:
                    place = workspace / settings["path"] / "bin"
                    place.mkdir(parents=True)
                    shutil.copy(TOOL, place)
                    outputs["cache-hit"] = "true"
                return Done("success", outputs=outputs)
            case "actions/cache/save":
                assert settings["key"] == "${{ steps.cache.outputs.cache-primary-key }}"
                self.saved_cache = (workspace / settings["path"]).is_dir()
                return Done("success")
            case "actions/upload-artifact":
                paths = [workspace / line for line in self.text(settings["path"]).split()]
                self.artifact = {path.name: path for path in paths if path.exists()}
                return Done("success")
        raise AssertionError(f"{action} has no stand-in")
