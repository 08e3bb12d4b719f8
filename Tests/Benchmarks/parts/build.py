"""How long a cold build takes, and how large the executable is."""

import os
import shutil
import subprocess
import sys
import time

from measuring import REPOSITORY
from parts import Context, Part
from rendering import milliseconds
from results import Section

LEFT_OUT = {".git", ".build"}


def measure(context: Context, section: Section) -> None:
    copy = context.folder / "copy"
    shutil.copytree(REPOSITORY, copy, ignore=lambda folder, names: LEFT_OUT & set(names))
    start = time.perf_counter()
    built = subprocess.run(["make", "release"], cwd=copy, capture_output=True, text=True)
    took = (time.perf_counter() - start) * 1_000
    if built.returncode != 0:
        sys.exit(f"benchmark: make release fails: {(built.stdout + built.stderr)[-2_000:]}")
    product = copy / ".build/release/ops-alert-eval"
    stripped = context.folder / "stripped"
    subprocess.run(["strip", "-o", stripped, product], check=True)
    folder = sum(
        each.lstat().st_size
        for each in (copy / ".build").rglob("*")
        if not each.is_symlink() and each.is_file()
    )
    section.say(
        "`make release` in a fresh copy of the sources, with nothing built and nothing to download."
    )
    section.table(
        ["", ""],
        [
            [f"cold build with {os.cpu_count()} cores", milliseconds(took)],
            ["the executable", f"{product.stat().st_size / 1e6:.1f} MB"],
            ["the executable, stripped", f"{stripped.stat().st_size / 1e6:.1f} MB"],
            ["the build's folder", f"{folder / 1e6:,.0f} MB"],
        ],
    )


PART = Part("build", "Build and size", measure, ("swift:", "strip:binutils"))
