"""Roots of other distributions, without a Swift toolchain, and programs run in them."""

from __future__ import annotations

import hashlib
import os
import pathlib
import platform
import re
import shutil
import subprocess
from dataclasses import dataclass

from harness import REPOSITORY, TOOL

FOLDER = REPOSITORY / ".build/roots"
CONTAINERFILE = REPOSITORY / "config/container/Containerfile"
# The user of the container image: nobody's, and not root's.
USER = "65532:65532"


def image_packages() -> list[str]:
    """What the container image installs."""
    (line,) = re.findall("apt-get install --yes --no-install-recommends (.*) \\\\\n", CONTAINERFILE.read_text())
    return line.split()


class Unavailable(Exception):
    """A root cannot be made on this machine, for a reason that says nothing about the tool."""


@dataclass(frozen=True)
class Root:
    """A distribution as debootstrap makes it: essential packages, and what a user installs."""

    name: str
    suite: str
    packages: tuple[str, ...]
    # The script of an older release that makes this one too.
    script: str = ""
    # The SHA-256 sum of the suite's Release file, for amd64. Debian has no keyring of Ubuntu's archive,
    # so debootstrap cannot check its signature. The index of a published Ubuntu release never changes,
    # and names the sum of everything below it. These two were checked with the archive's key, whose
    # fingerprint is F6EC B376 2474 EDA9 D21B 7022 8719 20D1 991B C93C.
    release_sum: str = ""

    @property
    def path(self) -> pathlib.Path:
        recipe = hashlib.sha256(repr(self).encode()).hexdigest()[:8]
        return FOLDER / f"{self.suite}-{recipe}"

    def make(self) -> None:
        """Makes the root, unless it is there; nothing of it runs before its index is checked."""
        if self.path.is_dir():
            return
        if os.geteuid() != 0:
            raise Unavailable("only root can make and enter the root of another distribution")
        if shutil.which("debootstrap") is None:
            raise Unavailable("debootstrap is missing; on Debian: apt-get install debootstrap")
        if self.release_sum and platform.machine() != "x86_64":
            raise Unavailable(f"the sum of {self.suite} is known for x86_64 only")
        FOLDER.mkdir(parents=True, exist_ok=True)
        place = self.path.with_suffix(".new")
        shutil.rmtree(place, ignore_errors=True)
        first = ["debootstrap", "--foreign", "--variant=minbase", f"--include={','.join(self.packages)}"]
        if self.release_sum:
            first.append("--no-check-gpg")
        arguments = [self.suite, str(place), *(["", self.script] if self.script else [])]
        self.run([*first, *arguments])
        if self.release_sum:
            (index,) = place.glob(f"var/lib/apt/lists/*_dists_{self.suite}_Release")
            found = hashlib.sha256(index.read_bytes()).hexdigest()
            if found != self.release_sum:
                raise AssertionError(f"the index of {self.suite} has the sum {found}, not {self.release_sum}")
        # A root that a crash leaves behind is made again, so nothing has to wait for the disk.
        (place / "etc/dpkg/dpkg.cfg.d").mkdir(parents=True, exist_ok=True)
        (place / "etc/dpkg/dpkg.cfg.d/unsafe-io").write_text("force-unsafe-io\n")
        self.run(["chroot", str(place), "/debootstrap/debootstrap", "--second-stage"])
        place.rename(self.path)

    def run(self, command: list[str]) -> None:
        # What debootstrap mounts is gone with its namespace, even if it is killed.
        done = subprocess.run(
            ["unshare", "--mount", "--fork", "--pid", "--kill-child", "--mount-proc", *command],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8"} | proxies(),
            timeout=600,
        )  # fmt: skip
        if done.returncode == 0:
            return
        last = (done.stdout.strip().splitlines() or ["nothing"])[-1]
        if re.search("Failed getting release file|No such script|unshare failed", done.stdout):
            raise Unavailable(f"{self.name} cannot be made here: {last}")
        raise AssertionError(f"{' '.join(command)}:\n{done.stdout[-3000:]}")

    def enter(
        self, folder: pathlib.Path, *command: str, before: str = "", **environment: str
    ) -> subprocess.CompletedProcess[str]:
        """Runs a program in the root, as nobody's user, with a folder of the test as its current one.

        What it writes elsewhere is gone afterwards. `before` is a shell script that changes the root
        for this run; the root is its current folder.
        """
        script = f"""
            set -e
            mount -t tmpfs tmpfs /mnt
            mkdir /mnt/over /mnt/work /mnt/root
            mount -t overlay overlay -o lowerdir="$1",upperdir=/mnt/over,workdir=/mnt/work /mnt/root
            cd /mnt/root
            mkdir folder
            touch usr/local/bin/ops-alert-eval
            mount --bind "$2" folder
            mount --bind "$3" usr/local/bin/ops-alert-eval
            mount -t proc proc proc
            {before}
            shift 3
            exec chroot --userspec={USER} . sh -c 'cd /folder && exec "$@"' sh "$@"
        """
        return subprocess.run(
            ["unshare", "--mount", "sh", "-c", script, "sh", self.path, folder, TOOL, *command],
            stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120,
            env={"PATH": "/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/folder"} | environment,
        )  # fmt: skip


def proxies() -> dict[str, str]:
    """The proxies of this machine, through which packages may have to come."""
    return {name: value for name, value in os.environ.items() if name.lower().endswith("_proxy")}


ROOTS = [
    Root("Debian 12", "bookworm", ("ca-certificates", "libcurl4")),
    Root("Debian 13, as the container image", "trixie", tuple(image_packages())),
    Root("Debian testing", "testing", ("ca-certificates", "libcurl4t64")),
    Root(
        "Ubuntu 22.04", "jammy", ("ca-certificates", "libcurl4"),
        release_sum="269a3a900ff8b8bc9bc3c6743f9927d90c4b81ad34b35c2753f8d9aadff926da",
    ),
    Root(
        "Ubuntu 24.04", "noble", ("ca-certificates", "libcurl4t64"), script="jammy",
        release_sum="58716ccd6ce78bf798b0f643bb4d0ebc71b5688cc8871aff81c2363ba9fa5755",
    ),
]  # fmt: skip
