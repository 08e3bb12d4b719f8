"""Follows docs/ci.md for other repositories and other schedulers."""

from __future__ import annotations

import json
import re
import shutil
import textwrap
import unittest
from typing import Any

import yaml

from harness import REPOSITORY, TOOL, Document, IntegrationTest
from test_workflow import WorkflowTestCase, hurried
from workflow import TOKEN, WORKFLOW, git

DOCUMENT = (REPOSITORY / "docs/ci.md").read_text()


def block(name: str) -> Any:
    """The parsed YAML block below the line that names its file."""
    fenced = rf"^( *)<!-- file: {re.escape(name)} -->\n *```yaml\n(.*?)^ *```$"
    return yaml.safe_load(textwrap.dedent(re.search(fenced, DOCUMENT, re.S | re.M)[2]))


class NameTests(IntegrationTest):
    def test_it_names_the_workflows_messages_and_settings(self) -> None:
        text = WORKFLOW.read_text()
        titles = re.findall(r'annotate \w+ "([^"]+)"|::\w+ title=([A-Z][^:]+)::', text)
        words = {one or other for one, other in titles} | set(
            re.findall(r"(?:secrets|vars|inputs)\.(\w+)", text)
        )
        # Its receiver is only an example.
        words -= {"OPS_ALERT_WEBHOOK_URL", "Dead man's switch"}
        self.assertEqual({each for each in words if each not in DOCUMENT}, set())
        self.assertGreater(len(words), 12)
        pins = set(re.findall(r"uses: (actions/checkout@\S+ # \S+)", text + DOCUMENT))
        self.assertEqual(len(pins), 1, "the document pins the same commit as the workflow")


class OtherRepositoryTests(WorkflowTestCase):
    def test_a_copy_of_the_workflow_evaluates_in_another_repository(self) -> None:
        project = self.folder / "project"
        project.mkdir()
        git("init", "--quiet", at=project)
        git("commit", "--quiet", "--allow-empty", "--message=A project", at=project)
        copy = hurried()
        copy["env"]["SOURCE"] = ".ops-alert-eval"
        steps = copy["jobs"]["evaluate"]["steps"]
        place = next(n for n, each in enumerate(steps) if each["name"] == "Check out")
        steps[place + 1 : place + 1] = block("step.yml")
        run = self.run_of(self.demo(), document=copy, project=project)
        self.play(run)
        self.assertEqual(self.transitions(run), [("many_requests", "firing")], str(run))
        self.assertTrue((run.runner.workspace / ".ops-alert-eval/Package.swift").exists())
        self.assertFalse((run.runner.workspace / "Package.swift").exists())
        self.assertEqual(self.remote.foreign, [])


class GitLabTests(WorkflowTestCase):
    job: Document = block("gitlab-ci.yml")["ops-alerts"]

    def script(self, part: str) -> str:
        return "\n".join(self.job[part]) + "\n"

    def gitlab(self, url: str) -> tuple[int, str]:
        """Runs the job's scripts in a clone of a project with this test's rules."""
        run = self.run_of(url)
        runner = run.runner
        place = runner.workspace / "config/ops_alert_thresholds.json"
        place.parent.mkdir()
        place.write_text(json.dumps({"rules": self.rules}))
        installed = runner.workspace / ".build/installed/bin"
        installed.mkdir(parents=True)
        shutil.copy(TOOL, installed)
        given = {
            "CI_SERVER_URL": self.remote.server, "CI_PROJECT_PATH": "owner/project",
            "CI_PROJECT_DIR": str(runner.workspace), "OPS_STATE_TOKEN": TOKEN,
        }  # fmt: skip
        variables = {
            name: re.sub(r"\$(\w+)", lambda match: given[match[1]], value)
            for name, value in self.job["variables"].items()
        }
        head = git("rev-parse", "HEAD", at=REPOSITORY)
        variables |= {"SOURCE": f"file://{REPOSITORY}", "COMMIT": head, "OPS_METRICS_URL": url}
        variables |= given
        # GitLab's runner sets none of GitHub's variables.
        for name in ("GITHUB_ACTIONS", "GITHUB_RUN_ID", "GITHUB_STEP_SUMMARY"):
            runner.variables[name] = ""
        text = "set -eo pipefail\n" + self.script("before_script") + self.script("script")
        said = runner.bash(["bash", "-c", text], variables)
        self.assertNotIn(TOKEN, said.text)
        kept = [runner.workspace / path for path in self.job["artifacts"]["paths"]]
        self.assertEqual([path.suffix for path in kept], [".json", ".html"])
        self.assertEqual([path for path in kept if not path.is_file()], [], said.text)
        return said.code, said.text

    def test_two_runs_share_their_state(self) -> None:
        url = self.demo()
        code, text = self.gitlab(url)
        self.assertEqual(code, 1, text)
        self.assertIn("First run", text)
        self.assertIn("fires now", text)
        code, text = self.gitlab(url)
        self.assertEqual(code, 1, text)
        self.assertNotIn("fires now", text)
        self.assertEqual((self.remote.foreign, self.remote.commits), ([], 1))


if __name__ == "__main__":
    unittest.main()
