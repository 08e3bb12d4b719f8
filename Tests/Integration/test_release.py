"""The scripts and steps that make a release, on sample repositories and on the release that is there."""

from __future__ import annotations

import hashlib
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import unittest
from typing import Any

import cmarkgfm
import yaml
from spdx_tools.spdx.model import RelationshipType
from spdx_tools.spdx.parser.parse_anything import parse_file
from spdx_tools.spdx.validation.document_validator import validate_full_spdx_document

from capture import Answer, CaptureServer
from harness import REPOSITORY, TOOL
from workflow import BASH, Said, git

SCRIPTS = REPOSITORY / ".github/release"
WORKFLOW: dict[str, Any] = yaml.safe_load((REPOSITORY / ".github/workflows/release.yml").read_text())
LINUX, MAC = "ops-alert-eval-Linux-x86_64", "ops-alert-eval-Darwin-arm64"
TOOLCHAIN = "Swift version 6.3 (swift-6.3-RELEASE)\n"


class ReleaseTestCase(unittest.TestCase):
    maxDiff = 4_000

    def setUp(self) -> None:
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="ops-alert-release-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.dist = self.folder / "dist"
        self.dist.mkdir()

    def run_in_folder(self, *command: str | pathlib.Path, **environment: str) -> Said:
        done = subprocess.run(
            command, cwd=self.folder, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            env={"PATH": os.environ["PATH"], "HOME": str(self.folder), "LC_ALL": "C.UTF-8"}
            | environment, timeout=120,
        )  # fmt: skip
        return Said(done.returncode, done.stdout)

    def commit(self, subject: str, *tags: str) -> None:
        git("commit", "--quiet", "--allow-empty", "-m", subject, at=self.folder)
        for tag in tags:
            git("tag", tag, at=self.folder)

    def pack(self, name: str, program: pathlib.Path | bytes, toolchain: str | None = TOOLCHAIN) -> None:
        """An archive as the workflow makes it, with the name of its compiler beside it."""
        stage = self.folder / "stage/bin"
        stage.mkdir(parents=True, exist_ok=True)
        file = stage / "ops-alert-eval"
        if isinstance(program, bytes):
            file.write_bytes(program)
        else:
            shutil.copy(program, file)
        subprocess.run(
            ["tar", "-I", "gzip -1", "-cf", self.dist / f"{name}.tar.gz", "-C", stage.parent, "bin"],
            check=True,
        )
        if toolchain is not None:
            (self.dist / f"{name}.toolchain").write_text(toolchain)


class ChangelogTests(ReleaseTestCase):
    def setUp(self) -> None:
        super().setUp()
        git("init", "--quiet", "--initial-branch=main", at=self.folder)

    def changelog(self, tag: str) -> str:
        said = self.run_in_folder(SCRIPTS / "changelog", tag)
        self.assertEqual(said.code, 0, said.text)
        return said.text

    def subjects(self, tag: str) -> list[str]:
        return re.findall(r"(?m)^- (.*) \([0-9a-f]{7,}\)$", self.changelog(tag))

    def test_it_has_the_subjects_since_the_last_release_newest_first(self) -> None:
        self.commit("Begin")
        self.commit("Go on", "v0.9.0", "nightly")
        self.commit("Mend a leak")
        self.commit("Say more", "v1.0.0")
        self.commit("A change after the release", "vanity")
        self.assertEqual(self.subjects("v1.0.0"), ["Say more", "Mend a leak"])
        self.assertTrue(self.changelog("v1.0.0").startswith("## Changes since v0.9.0\n\n- "))
        self.assertEqual(self.subjects("v0.9.0"), ["Go on", "Begin"])
        self.assertTrue(self.changelog("v0.9.0").startswith("## Changes\n\n- "))

    def test_a_merge_shows_its_commits_instead_of_itself(self) -> None:
        self.commit("Begin", "v1.0.0")
        git("switch", "--quiet", "--create", "aside", at=self.folder)
        self.commit("From aside")
        git("switch", "--quiet", "main", at=self.folder)
        self.commit("From main")
        git("merge", "--quiet", "--no-ff", "-m", "Merge aside", "aside", at=self.folder)
        git("tag", "v1.0.1", at=self.folder)
        self.assertEqual(sorted(self.subjects("v1.0.1")), ["From aside", "From main"])

    def test_a_subject_stays_the_text_that_it_is(self) -> None:
        subjects = [
            "<script>alert(1)</script> & <!-- a comment", "[a link](/x) ![p](q)",
            "*strong* _em_ ~~gone~~ `code` \\ back", "ask @kim about #12 and | tables | {x}",
        ]  # fmt: skip
        for subject in subjects:
            self.commit(subject)
        git("tag", "v1.0.0", at=self.folder)
        html = cmarkgfm.github_flavored_markdown_to_html(self.changelog("v1.0.0"))
        self.assertEqual(set(re.findall(r"</?([a-z0-9]+)", html)), {"h2", "ul", "li"})
        for subject in subjects:
            plain = subject.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
            self.assertIn(plain.replace("@", "@\N{ZERO WIDTH SPACE}"), html)

    def test_a_tag_that_is_not_there_is_named(self) -> None:
        self.commit("Begin")
        said = self.run_in_folder(SCRIPTS / "changelog", "v1.0.0")
        self.assertEqual((said.code, said.text), (1, "changelog: there is no tag v1.0.0 here\n"))


class SBOMTests(ReleaseTestCase):
    def sbom(self, **environment: str) -> Said:
        return self.run_in_folder(SCRIPTS / "sbom", "1.2.3", "dist", **environment)

    def test_it_is_valid_spdx_and_names_what_is_linked_and_what_is_loaded(self) -> None:
        self.pack(LINUX, TOOL)
        self.pack(MAC, b"\xcf\xfa\xed\xfe and so on")
        said = self.sbom(SOURCE_DATE_EPOCH="1764245000")
        self.assertEqual(said.code, 0, said.text)
        self.assertEqual(said, self.sbom(SOURCE_DATE_EPOCH="1764245000"), "reproducible")
        file = self.folder / "release.spdx.json"
        file.write_text(said.text)
        document = parse_file(str(file))
        mistakes = validate_full_spdx_document(document, "SPDX-2.3")
        self.assertEqual([each.validation_message for each in mistakes], [])

        program = TOOL.read_bytes()
        sums = {
            each.name: {sum.algorithm.name: sum.value for sum in each.checksums}
            for each in document.files
        }
        self.assertEqual(set(sums), {f"./{name}.tar.gz/bin/ops-alert-eval" for name in (LINUX, MAC)})
        self.assertEqual(
            sums[f"./{LINUX}.tar.gz/bin/ops-alert-eval"],
            {"SHA1": hashlib.sha1(program).hexdigest(), "SHA256": hashlib.sha256(program).hexdigest()},
        )
        listed = subprocess.run(
            ["readelf", "-d", TOOL], check=True, capture_output=True, text=True
        ).stdout
        needed = set(re.findall(r"\(NEEDED\).*\[(.*)\]", listed))
        self.assertTrue(needed)
        names = {each.spdx_id: each.name for each in document.packages}

        def linked(kind: RelationshipType) -> set[str]:
            return {
                names[each.related_spdx_element_id] for each in document.relationships
                if each.relationship_type == kind
            }  # fmt: skip

        self.assertEqual(linked(RelationshipType.DYNAMIC_LINK), needed)
        self.assertLessEqual(
            {"swift-foundation-icu", "libstdc++"}, linked(RelationshipType.STATIC_LINK)
        )
        self.assertIn("libcurl.so.4", names.values())
        self.assertEqual(
            {each.version for each in document.packages if each.name.startswith("swift")}, {"6.3"}
        )

    def test_what_is_missing_is_named(self) -> None:
        said = self.sbom()
        self.assertEqual((said.code, said.text), (1, "sbom: dist has no archive\n"))
        self.pack(LINUX, b"x", toolchain=None)
        self.assertIn(f"{LINUX}.toolchain is missing", self.sbom().text)
        self.pack(LINUX, b"x", toolchain="clang")
        self.assertIn("does not name a version of Swift", self.sbom().text)
        self.pack(LINUX, b"x")
        with tarfile.open(self.dist / f"{LINUX}.tar.gz", "w:gz"):
            pass
        said = self.sbom()
        self.assertEqual((said.code, said.text.count("\n")), (1, 1), said.text)
        self.assertIn("has no bin/ops-alert-eval", said.text)


@unittest.skipUnless(shutil.which("swiftc") and sys.platform == "linux", "the toolchain for Linux")
class LinkedTests(unittest.TestCase):
    def test_nothing_but_the_random_device_that_nothing_uses_calls_arc4random(self) -> None:
        """.ci/linker puts a trap in its place."""
        told = subprocess.check_output(["swiftc", "-print-target-info"], text=True)
        runtime = pathlib.Path(json.loads(told)["paths"]["runtimeResourcePath"])
        archives = [*(runtime.parent / "swift_static/linux").glob("*.a")]
        archives.append(REPOSITORY / ".build/linker/libstdc++.a")
        self.assertGreater(len(archives), 10)
        listed = subprocess.check_output(
            ["nm", "-A", "--undefined-only", *archives], text=True, stderr=subprocess.DEVNULL
        )
        callers = [line for line in listed.splitlines() if line.endswith(" arc4random")]
        self.assertEqual([line.split(":")[-2] for line in callers], ["random.o"])


class StepTests(ReleaseTestCase):
    """Steps of release.yml, run as the runner runs them."""

    def step(self, job: str, name: str, tag: str, **environment: str) -> Said:
        steps = WORKFLOW["jobs"][job]["steps"]
        (text,) = (each["run"] for each in steps if each["name"] == name)
        file = self.folder / "step.sh"
        file.write_text(text)
        usual = {"GITHUB_REF_NAME": tag, "RUNNER_TEMP": str(self.folder), "RUNNER_OS": "Linux"}
        return self.run_in_folder(*BASH, str(file), **usual | environment)

    def stage(self) -> None:
        place = self.folder / ".build/stage"
        (place / "bin").mkdir(parents=True)
        (place / "share").mkdir()
        (place / "share/manual").write_text("how to")
        shutil.copy(TOOL, place / "bin/ops-alert-eval")

    def version(self) -> str:
        said = self.run_in_folder(TOOL, "--version").text
        return re.match(r"ops-alert-eval (\S+)\n", said)[1]

    def test_a_release_has_archives_an_sbom_and_the_sums_of_both(self) -> None:
        git("init", "--quiet", at=self.folder)
        shutil.copytree(SCRIPTS, self.folder / ".github/release")
        self.commit("Begin", "v1.2.3")
        self.pack(LINUX, TOOL)
        self.pack(MAC, b"\xcf\xfa\xed\xfe and so on")
        said = self.step("publish", "Describe the release", "v1.2.3")
        self.assertEqual(said.code, 0, said.text)
        sums = subprocess.run(
            ["sha256sum", "--check", "--strict", "SHA256SUMS"], cwd=self.dist, text=True,
            capture_output=True,
        )  # fmt: skip
        self.assertEqual(sums.returncode, 0, sums.stdout)
        published = [f"{MAC}.tar.gz", f"{LINUX}.tar.gz", "ops-alert-eval.spdx.json"]
        self.assertEqual(sums.stdout, "".join(f"{name}: OK\n" for name in published))
        self.assertEqual(
            sorted(each.name for each in self.dist.iterdir()), sorted([*published, "SHA256SUMS"])
        )
        self.assertEqual(json.loads((self.dist / published[2]).read_text())["name"], "ops-alert-eval-1.2.3")
        self.assertIn("- Begin", (self.folder / "changelog.md").read_text())

    def test_only_the_tag_that_the_executable_names_is_released(self) -> None:
        self.stage()
        said = self.step("build", "Try the executable", f"v{self.version()}")
        self.assertEqual(said.code, 0, said.text)
        said = self.step("build", "Try the executable", "v99.0.0")
        self.assertEqual(said.code, 1, said.text)
        self.assertEqual(
            said.text,
            "::error title=Wrong tag::The tag is v99.0.0, and the executable says: "
            f"ops-alert-eval {self.version()}.\n",
        )

    def test_an_archive_unpacks_into_a_prefix(self) -> None:
        self.stage()
        (self.dist / "toolchain").write_text(TOOLCHAIN)
        said = self.step("build", "Pack", "v1.2.3", PLATFORM="Linux-x86_64")
        self.assertEqual((said.code, said.text), (0, ""))
        with tarfile.open(self.dist / f"{LINUX}.tar.gz") as archive:
            files = {each.name for each in archive if each.isfile()}
        self.assertEqual(files, {"bin/ops-alert-eval", "share/manual"})
        self.assertEqual((self.dist / f"{LINUX}.toolchain").read_text(), TOOLCHAIN)

    def test_a_machine_finds_its_archive_by_what_uname_says(self) -> None:
        rows = WORKFLOW["jobs"]["build"]["strategy"]["matrix"]["include"]
        platforms = [row["platform"] for row in rows]
        self.assertEqual(platforms, ["Linux-x86_64", "Linux-aarch64", "Darwin-arm64"])
        self.assertIn(f"{os.uname().sysname}-{os.uname().machine}", platforms)
        images = WORKFLOW["jobs"]["image"]["strategy"]["matrix"]["include"]
        self.assertEqual([row["platform"] for row in images], platforms[:2])


class InstallingTests(ReleaseTestCase):
    """The commands of docs/installing.md, against a server on loopback."""

    def setUp(self) -> None:
        super().setUp()
        self.name = f"ops-alert-eval-{os.uname().sysname}-{os.uname().machine}"
        self.pack(self.name, TOOL)
        self.archive = (self.dist / f"{self.name}.tar.gz").read_bytes()
        self.server = CaptureServer(Answer(404))
        self.addCleanup(self.server.close)

    def install(self, archive: bytes) -> Said:
        """Publishes an archive beside the sum of the right one, and installs that as the document says."""
        at = "/example/ops-alert-eval/releases/download/v0.1.0"
        sums = f"{hashlib.sha256(self.archive).hexdigest()}  {self.name}.tar.gz\n{'0' * 64}  other.tar.gz\n"
        self.server.script(f"{at}/{self.name}.tar.gz", Answer(200, archive))
        self.server.script(f"{at}/SHA256SUMS", Answer(200, sums.encode()))
        document = (REPOSITORY / "docs/installing.md").read_text()
        (text,) = re.findall(r"```sh\n(repository=.*?)```", document, re.S)
        for said, here in [
            ("https://github.com", self.server.url()), ("sudo tar", "tar"),
            ("/usr/local", '"$HOME/local"'),
        ]:  # fmt: skip
            self.assertEqual(text.count(said), 1, said)
            text = text.replace(said, here)
        for place in ("local", "programs", "download"):
            (self.folder / place).mkdir(exist_ok=True)
        stand_in = self.folder / "programs/gh"
        stand_in.write_text('#!/bin/sh\necho "gh $*" >>"$HOME/gh.log"\n')
        stand_in.chmod(0o755)
        path = f"{self.folder}/programs:{self.folder}/local/bin:{os.environ['PATH']}"
        # As in a terminal, where a command that fails does not stop what follows.
        shell = ["bash", "--noprofile", "--norc", "-c"]
        return self.run_in_folder(*shell, f"cd download\n{text}", PATH=path)

    def test_the_commands_of_the_document_install_a_release(self) -> None:
        said = self.install(self.archive)
        self.assertEqual(said.code, 0, said.text)
        self.assertIn(f"{self.name}.tar.gz: OK\n", said.text)
        self.assertRegex(said.text, r"\nops-alert-eval \d\S*\n$")
        self.assertTrue((self.folder / "local/bin/ops-alert-eval").is_file())
        verified = (self.folder / "gh.log").read_text().splitlines()
        self.assertEqual([f"gh attestation verify {self.name}.tar.gz"] * 2, [
            line.partition(" --repo")[0] for line in verified
        ])  # fmt: skip

    def test_they_stop_at_an_archive_whose_sum_is_wrong(self) -> None:
        said = self.install(self.archive[:-1])
        self.assertNotEqual(said.code, 0, said.text)
        self.assertIn(f"{self.name}.tar.gz: FAILED\n", said.text)
        self.assertEqual(list((self.folder / "local").iterdir()), [])


if __name__ == "__main__":
    unittest.main()
