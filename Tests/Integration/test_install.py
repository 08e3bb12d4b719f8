"""What make install writes, and that make uninstall removes it all and nothing else."""

from __future__ import annotations

import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

from harness import REPOSITORY, TOOL

# What the shells and man look for, below the prefix, with the files' modes.
FILES = {
    "bin/ops-alert-eval": 0o755,
    "share/man/man1/ops-alert-eval.1": 0o644,
    "share/bash-completion/completions/ops-alert-eval": 0o644,
    "share/zsh/site-functions/_ops-alert-eval": 0o644,
    "share/fish/vendor_completions.d/ops-alert-eval.fish": 0o644,
}
# A space, since people have those in their paths.
PREFIX = "/opt/some tools"


class InstallTests(unittest.TestCase):
    def setUp(self) -> None:
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="ops-alert-install-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.stage = self.folder / "stage"
        self.place = pathlib.Path(f"{self.stage}{PREFIX}")
        self.make("install")

    def make(self, target: str, umask: int = 0o077) -> None:
        """Runs make with the release that is there, in place of building one."""
        command = [
            "make", "--silent", "--old-file=release", target, f"TOOL={TOOL}",
            f"DESTDIR={self.stage}", f"PREFIX={PREFIX}",
        ]  # fmt: skip
        done = subprocess.run(
            command, cwd=REPOSITORY, capture_output=True, text=True, umask=umask, timeout=120
        )
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def files(self, below: pathlib.Path) -> dict[str, int]:
        return {
            str(path.relative_to(below)): path.stat().st_mode & 0o777
            for path in below.rglob("*") if not path.is_dir()
        }  # fmt: skip

    def said(self, *command: str, **environment: str) -> str:
        done = subprocess.run(
            command, cwd=self.folder, capture_output=True, text=True, timeout=60,
            env={"PATH": os.environ["PATH"], "HOME": str(self.folder), "LC_ALL": "C.UTF-8"}
            | environment,
        )  # fmt: skip
        self.assertEqual((done.returncode, done.stderr), (0, ""), done.stdout)
        return done.stdout

    def test_everything_is_below_destdir_and_prefix_and_everybody_can_read_it(self) -> None:
        self.assertEqual(self.files(self.place), FILES)
        self.assertEqual(set(self.files(self.stage)), {f"{PREFIX[1:]}/{name}" for name in FILES})
        self.assertRegex(
            self.said(str(self.place / "bin/ops-alert-eval"), "--version"), r"^ops-alert-eval \d"
        )

    def test_uninstall_removes_exactly_these_files(self) -> None:
        other = self.place / "share/man/man1/other.1"
        other.write_text("another program's")
        self.make("uninstall")
        self.assertEqual(list(self.files(self.stage)), [f"{PREFIX[1:]}/share/man/man1/other.1"])
        self.make("uninstall")

    def test_man_renders_the_manual_and_no_linter_objects_to_it(self) -> None:
        manual = str(self.place / "share/man/man1/ops-alert-eval.1")
        shown = self.said("man", "--warnings=w", "-l", manual, MANPAGER="cat", MANWIDTH="100")
        for word in ("NAME", "SYNOPSIS", "ops-alert-eval"):
            self.assertIn(word, shown)
        lint = subprocess.run(
            ["mandoc", "-T", "lint", "-W", "warning", manual], capture_output=True, text=True
        )
        # It has no date: that of a build would make each executable another one.
        found = [line for line in lint.stdout.splitlines() if "WARNING: missing date" not in line]
        self.assertEqual((found, lint.stderr), ([], ""))
        # apropos and whatis find a program by this line.
        self.assertRegex(self.said("lexgrog", manual), r"ops-alert-eval - \w")

    def test_each_shell_finds_the_completions_by_the_name_of_the_command(self) -> None:
        share = self.place / "share"
        bash = (
            "source /usr/share/bash-completion/bash_completion; _completion_loader ops-alert-eval; "
            "complete -p ops-alert-eval"
        )
        found = self.said("bash", "--norc", "-c", bash, XDG_DATA_DIRS=str(share))
        self.assertRegex(found, r"^complete .*-F _ops_alert_eval ops-alert-eval\n$")
        zsh = "fpath=($SITE $fpath); autoload -Uz compinit; compinit -u -D; print $_comps[ops-alert-eval]"
        found = self.said("zsh", "-f", "-c", zsh, SITE=str(share / "zsh/site-functions"))
        self.assertEqual(found, "_ops-alert-eval\n")
        fish = "complete -C 'ops-alert-eval silence ad'"
        site = str(share / "fish/vendor_completions.d/ops-alert-eval.fish")
        found = self.said("fish", "--no-config", "-c", f"source $SITE; {fish}", SITE=site)
        self.assertIn("add", found)


if __name__ == "__main__":
    unittest.main()
