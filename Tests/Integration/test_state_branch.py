"""The state branch: the workflow's own script against bare repositories on disk."""

from __future__ import annotations

import base64
import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import threading
import unittest

from capture import Answer, CaptureServer, Request
from harness import IntegrationTest
from workflow import DOCUMENT, TOKEN, Remote, Runner, git, quick_sleep

TAG = "refs/tags/ops-alert-state-began"


class StateBranchTests(IntegrationTest):
    def setUp(self) -> None:
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="ops-alert-state-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.remote = Remote(self.folder)
        self.programs = quick_sleep(self.folder)
        self.count = 0

    def program(self, name: str, text: str) -> None:
        """A stand-in that is found before the real program."""
        (self.programs / name).write_text(f"#!/usr/bin/env bash\n{text}")
        (self.programs / name).chmod(0o755)

    def runner(self, server: str = "") -> Runner:
        self.count += 1
        return Runner(
            self.folder / f"runner-{self.count}", server or self.remote.server,
            [self.programs],
        )  # fmt: skip

    def fetch(self, runner: Runner, code: int = 0) -> str:
        said = runner.state_step("fetch")
        self.assertEqual(said.code, code, said.text)
        self.assertNotIn(TOKEN, said.text)
        return said.text

    def save(self, runner: Runner, text: str = "", code: int = 0) -> str:
        if text:
            runner.state.write_text(text)
        said = runner.state_step("save")
        self.assertEqual(said.code, code, said.text)
        self.assertNotIn(TOKEN, said.text)
        return said.text

    def saved_by_a_run(self, text: str) -> Runner:
        runner = self.runner()
        self.fetch(runner)
        self.save(runner, text)
        return runner

    def test_a_first_run_creates_the_branch_and_later_runs_keep_it_at_one_commit(self) -> None:
        first = self.runner()
        said = self.fetch(first)
        self.assertIn("::notice title=First run::", said)
        self.assertNotIn("lost", said.lower())
        self.assertFalse(first.state.exists())
        self.save(first, '{"run": 1}')
        for number in range(2, 5):
            runner = self.runner()
            self.assertNotIn("::", self.fetch(runner))
            self.assertEqual(runner.state.read_text(), f'{{"run": {number - 1}}}')
            self.save(runner, f'{{"run": {number}}}')
            self.assertEqual(self.remote.commits, 1)
            self.assertEqual(self.remote.files, ["state.json"])
            self.assertEqual(self.remote.state, f'{{"run": {number}}}')
        self.assertEqual(git("ls-tree", TAG, at=self.remote.path), "", "the tag has no files")
        refs = git("for-each-ref", "--format=%(refname)", at=self.remote.path).splitlines()
        self.assertEqual(refs, ["refs/heads/ops-alert-state", TAG])

    def test_bytes_are_preserved(self) -> None:
        hostile = '{"text": "\\u0000 ::error::x \r\n $(touch here) é \\ud800"}\r\n\n'
        runner = self.runner()
        self.fetch(runner)
        runner.state.write_bytes(hostile.encode())
        self.save(runner)
        other = self.runner()
        self.fetch(other)
        self.assertEqual(other.state.read_bytes(), hostile.encode())

    def test_the_history_is_kept_beside_the_state(self) -> None:
        runner = self.runner()
        self.fetch(runner)
        runner.history.write_text('{"at": 1}\n')
        self.save(runner, '{"run": 1}')
        self.assertEqual(self.remote.files, ["state-history.jsonl", "state.json"])
        self.assertEqual(self.remote.commits, 1)
        other = self.runner()
        self.fetch(other)
        self.assertEqual(other.history.read_text(), '{"at": 1}\n')
        self.assertIn("State: unchanged", self.save(other))
        with other.history.open("a") as history:
            history.write('{"at": 2}\n')
        self.assertIn("State: saved", self.save(other), "the history alone has changed")
        other.history.unlink()
        self.save(other, '{"run": 2}')
        self.assertEqual(self.remote.files, ["state.json"])
        self.fetch(runner)
        self.assertFalse(runner.history.exists(), "a history that is gone is gone")

    def test_a_history_that_is_no_file_is_left_out(self) -> None:
        self.saved_by_a_run('{"run": 1}')
        self.remote.replace({"state.json": '{"run": 2}', "state-history.jsonl": ""})
        runner = self.runner()
        self.assertNotIn("::", self.fetch(runner))
        self.assertEqual(runner.state.read_text(), '{"run": 2}')
        self.assertFalse(runner.history.exists())
        self.assertEqual([each.name for each in runner.state.parent.iterdir()], ["state.json"])

    def test_a_refused_save_replaces_state_and_history_together(self) -> None:
        one, two = self.runner(), self.runner()
        self.fetch(one)
        self.fetch(two)
        for number, runner in enumerate((one, two)):
            runner.history.write_text(f'{{"by": {number}}}\n')
        self.save(one, '{"run": "one"}')
        self.save(two, '{"run": "two"}', code=75)
        self.assertEqual(two.state.read_text(), '{"run": "one"}')
        self.assertEqual(two.history.read_text(), '{"by": 0}\n')

    def test_an_unchanged_or_absent_state_is_not_pushed(self) -> None:
        runner = self.runner()
        self.fetch(runner)
        self.assertIn("nothing to save", self.save(runner))
        self.assertEqual(self.remote.tip, "")
        self.save(runner, "{}")
        tip = self.remote.tip
        self.assertIn("State: unchanged", self.save(runner))
        self.assertEqual(self.remote.tip, tip)

    def test_a_lost_branch_is_distinguished_from_a_first_run(self) -> None:
        self.saved_by_a_run('{"run": 1}')
        self.remote.lose()
        runner = self.runner()
        said = self.fetch(runner)
        self.assertIn("::error title=State lost::The branch ops-alert-state is gone.", said)
        self.assertIn("lost=true", runner.output.read_text())
        self.assertIn("**State lost.**", runner.summary.read_text())
        self.assertFalse(runner.state.exists())
        self.save(runner, '{"run": 2}')
        self.assertEqual((self.remote.state, self.remote.commits), ('{"run": 2}', 1))
        self.assertNotIn("::", self.fetch(self.runner()))

    def test_a_branch_without_the_file_is_a_lost_state_and_is_replaced(self) -> None:
        self.saved_by_a_run('{"run": 1}')
        self.remote.replace({"README.md": "oops"})
        runner = self.runner()
        self.assertIn("has no state.json", self.fetch(runner))
        self.save(runner, '{"run": 2}')
        self.assertEqual(self.remote.files, ["state.json"])

    def test_an_empty_file_is_a_lost_state(self) -> None:
        self.saved_by_a_run('{"run": 1}')
        self.remote.replace({"state.json": ""})
        self.assertIn("has no state.json", self.fetch(self.runner()))

    def test_a_deleted_tag_is_created_again(self) -> None:
        self.saved_by_a_run('{"run": 1}')
        git("update-ref", "-d", TAG, at=self.remote.path)
        self.saved_by_a_run('{"run": 2}')
        self.assertNotEqual(self.remote.ref(TAG), "")

    def test_branches_whose_names_end_alike_are_ignored(self) -> None:
        blob = git("hash-object", "-w", "-t", "tree", "/dev/null", at=self.remote.path)
        commit = git("commit-tree", "-m", "other", blob, at=self.remote.path)
        for name in ("heads/refs/heads/ops-alert-state", f"heads/{TAG}"):
            git("update-ref", f"refs/{name}", commit, at=self.remote.path)
        self.assertIn("First run", self.fetch(self.runner()))

    def test_a_run_whose_branch_moved_gets_the_newer_state_and_overwrites_nothing(self) -> None:
        for basis in ("", '{"run": 0}'):
            with self.subTest(basis or "a first run"):
                if basis:
                    self.saved_by_a_run(basis)
                one, two = self.runner(), self.runner()
                self.fetch(one)
                self.fetch(two)
                self.save(one, '{"run": "one"}')
                self.save(two, '{"run": "two"}', code=75)
                self.assertEqual(self.remote.state, '{"run": "one"}')
                self.assertEqual(two.state.read_text(), '{"run": "one"}')
                self.save(two, '{"runs": ["one", "two"]}')
                self.assertEqual(self.remote.state, '{"runs": ["one", "two"]}')
                self.assertEqual(self.remote.commits, 1)

    def test_nothing_is_lost_when_many_runs_race(self) -> None:
        def race(runner: Runner, number: int) -> None:
            self.fetch(runner)
            for _ in range(50):
                known = json.loads(runner.state.read_text()) if runner.state.exists() else []
                runner.state.write_text(json.dumps([*known, number]))
                said = runner.state_step("save")
                if said.code == 0:
                    ended.append(number)
                    return
                refused.append(said.code)

        ended: list[int] = []
        refused: list[int] = []
        runners = [self.runner() for _ in range(6)]
        threads = [threading.Thread(target=race, args=(r, n)) for n, r in enumerate(runners)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(sorted(ended), list(range(6)))
        self.assertEqual(sorted(json.loads(self.remote.state)), list(range(6)), refused)
        self.assertGreater(refused.count(75), 0, "otherwise nobody raced")
        self.assertEqual(self.remote.commits, 1)

    def test_a_remote_that_fails_briefly_is_retried(self) -> None:
        real = shutil.which("git")
        # Each kind of call fails twice.
        self.program("git", f"""
            for verb in ls-remote fetch push; do
              if [ "$1" = "$verb" ] && [ "$(cat "$0.$verb" 2>/dev/null)" != xx ]; then
                printf x >>"$0.$verb"; echo "fatal: gone" >&2; exit 128
              fi
            done
            exec {real} "$@"
            """)  # fmt: skip
        self.saved_by_a_run('{"run": 1}')
        self.saved_by_a_run('{"run": 2}')
        self.assertEqual((self.remote.state, self.remote.commits), ('{"run": 2}', 1))
        pauses = (self.programs / "sleep.log").read_text().split()
        self.assertEqual(set(pauses), {"2", "5"})

    def test_a_push_that_succeeded_counts_although_its_response_was_lost(self) -> None:
        real = shutil.which("git")
        self.program("git", f"""
            {real} "$@"; code=$?
            case " $* " in *" push "*) exit 128 ;; esac
            exit $code
            """)  # fmt: skip
        self.assertEqual(self.saved_by_a_run('{"run": 1}').state.read_text(), self.remote.state)

    def test_without_the_remote_nothing_is_evaluated_and_a_save_is_an_error(self) -> None:
        away = self.runner(f"file://{self.folder}/nowhere")
        said = self.fetch(away, code=1)
        self.assertIn("::error title=State unavailable::", said)
        runner = self.saved_by_a_run('{"run": 1}')
        self.remote.path.rename(self.folder / "moved")
        self.assertIn("::error title=State not saved::", self.save(runner, '{"run": 2}', code=1))

    def test_a_protected_branch_is_an_error(self) -> None:
        hook = self.remote.path / "hooks/pre-receive"
        hook.write_text("#!/bin/sh\necho 'protected branch' >&2\nexit 1\n")
        hook.chmod(0o755)
        runner = self.runner()
        self.fetch(runner)
        said = self.save(runner, "{}", code=1)
        self.assertIn("protected branch", said)
        self.assertIn("::error title=State not saved::", said)

    def test_the_token_goes_only_to_the_server(self) -> None:
        server = self.capture()
        serve_git(server, self.remote)
        names: set[str] = set()
        real = shutil.which("git")
        self.program("git", f'printf "%s " "$@" >>{self.folder}/arguments; exec {real} "$@"\n')
        for run in range(2):
            runner = self.runner(server.url(""))
            self.fetch(runner)
            self.save(runner, json.dumps({"run": run}))
            for path in runner.folder.rglob("*"):
                if path.is_file():
                    self.assertNotIn(TOKEN.encode(), path.read_bytes(), path)
                    names.add(path.name)
        self.assertEqual(json.loads(self.remote.state), {"run": 1})
        self.assertNotIn(TOKEN, (self.folder / "arguments").read_text())
        self.assertIn("config", names)
        self.assertTrue(any("authorization" in each.headers for each in server.requests()))


def serve_git(server: CaptureServer, remote: Remote) -> None:
    """Serves the repository through git's own backend, to clients with the token."""
    expected = "Basic " + base64.b64encode(f"x-access-token:{TOKEN}".encode()).decode()

    def respond(request: Request) -> Answer:
        if request.headers.get("authorization") != expected:
            return Answer(401, headers={"WWW-Authenticate": 'Basic realm="git"'})
        backend = subprocess.run(
            ["git", "http-backend"], input=request.body, capture_output=True, timeout=30,
            env={
                "PATH": os.environ["PATH"], "GIT_PROJECT_ROOT": str(remote.root),
                "GIT_HTTP_EXPORT_ALL": "1", "REMOTE_USER": "ci", "PATH_INFO": request.path,
                "QUERY_STRING": request.query, "REQUEST_METHOD": request.method,
                "CONTENT_TYPE": request.headers.get("content-type", ""),
                "CONTENT_LENGTH": str(len(request.body)),
                "HTTP_CONTENT_ENCODING": request.headers.get("content-encoding", ""),
                "GIT_PROTOCOL": request.headers.get("git-protocol", ""),
            },
        )  # fmt: skip
        head, _, body = backend.stdout.partition(b"\r\n\r\n")
        headers = dict(line.split(": ", 1) for line in head.decode().split("\r\n") if line)
        status = int(headers.pop("Status", "200 OK").split()[0])
        return Answer(status, body, headers)

    server.respond("/owner/project.git", respond)


class WorkflowTextTests(unittest.TestCase):
    def test_a_running_evaluation_is_never_cancelled(self) -> None:
        self.assertIs(DOCUMENT["concurrency"]["cancel-in-progress"], False)
        self.assertEqual(DOCUMENT["permissions"], {})


if __name__ == "__main__":
    unittest.main()
