"""Measures a release beside curl, jq, promtool and Python, and writes docs/benchmarks.md.

Tests/Benchmarks/run EXECUTABLE prints what it finds. With --write, results.json and
docs/benchmarks.md get it too, except for parts that found the machine busy: these keep their earlier
figures. --only PART,… measures these parts alone. --check measures nothing: it fails if
docs/benchmarks.md is not what results.json renders to.

It fails if a command fails, never because of a figure.
"""

import argparse
import concurrent.futures
import datetime
import multiprocessing
import os
import pathlib
import platform
import subprocess
import sys
import tempfile
import time

import measuring
import rendering
import results
from parts import Context, every_part

DOCUMENT = measuring.REPOSITORY / "docs/benchmarks.md"
RESULTS = measuring.HERE / "results.json"
# Programs whose versions matter, with the option that prints them.
VERSIONED = {
    "curl": "--version",
    "jq": "--version",
    "promtool": "--version",
    "nginx": "-v",
    "swift": "--version",
    "strip": "--version",
}


def machine():
    """The processor, its cores, the memory and the system."""
    info = pathlib.Path("/proc/cpuinfo").read_text().splitlines()
    model = next(
        (line.split(":")[1].strip() for line in info if line.startswith("model name")),
        platform.machine(),
    )
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    system = platform.freedesktop_os_release().get("PRETTY_NAME", platform.system())
    return f"{os.cpu_count()} cores ({model}), {memory:.0f} GiB of memory, {system}"


def versions(part, tool, python):
    """The versions of what a part compares."""
    lines = [first_line(tool, "--version")]
    for need in part.needs:
        command = need.split(":")[0]
        if command in VERSIONED:
            lines.append(first_line(command, VERSIONED[command]))
    return [*lines, f"Python {platform.python_version()}", *pinned()]


def pinned():
    lines = (measuring.HERE / "requirements.txt").read_text().splitlines()
    return [line.replace("==", " ") for line in lines if "==" in line]


def first_line(command, option):
    done = subprocess.run(
        [command, option], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    line = done.stdout.splitlines()[0]
    name = line.split(" (")[0].replace(", version", "")
    # GNU programs name their package in parentheses before the version.
    return name if any(map(str.isdigit, name)) else f"{name} {line.split()[-1]}"


def measured(part, tool, python):
    """What a part finds, in a process of its own: it may set variables and limits."""
    context = multiprocessing.get_context("spawn")
    with concurrent.futures.ProcessPoolExecutor(1, context) as pool:
        return pool.submit(measure_here, part.name, tool, python).result()


def measure_here(name, tool, python):
    (part,) = (each for each in every_part() if each.name == name)
    section = results.Section(part.name, part.title)
    used = measuring.used_by_others()
    start = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="benchmark-", dir=tool.parent) as folder:
        part.measure(Context(tool, pathlib.Path(folder), python), section)
    section.seconds = round(time.monotonic() - start, 1)
    section.date = f"{datetime.datetime.now(datetime.UTC):%Y-%m-%d}"
    section.machine = machine()
    section.versions = versions(part, tool, python)
    largest = max(measuring.errors, default=0)
    if used > measuring.MOST_USED:
        section.noise = f"others used {used * 100:.0f} % of its processors"
    elif largest > measuring.LARGEST_ERROR:
        section.noise = f"a median has a standard error of {largest * 100:.0f} %"
    return section


def page(saved, parts):
    sections = [saved.get(part.name) or results.Section(part.name, part.title) for part in parts]
    return rendering.as_page(sections, measuring.MOST_USED, measuring.LARGEST_ERROR)


def check(parts):
    """Whether the page is what the saved results render to; says so if not."""
    saved = results.load(RESULTS)
    unknown = set(saved) - {part.name for part in parts}
    if unknown:
        return f"{RESULTS.name} has results of no part: {', '.join(sorted(unknown))}"
    if DOCUMENT.read_text() != page(saved, parts):
        return f"{DOCUMENT.relative_to(measuring.REPOSITORY)} is not what {RESULTS.name} renders to: run Tests/Benchmarks/run --page"
    return None


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("executable", nargs="?")
    parser.add_argument("--only", metavar="PART,…", default="")
    parser.add_argument(
        "--write", action="store_true", help="write results.json and docs/benchmarks.md"
    )
    parser.add_argument(
        "--page",
        action="store_true",
        help="write docs/benchmarks.md from results.json, and measure nothing",
    )
    parser.add_argument(
        "--check",
        action="store_true",
        help="fail unless docs/benchmarks.md is what results.json renders to",
    )
    options = parser.parse_args()
    parts = every_part()
    if options.check:
        sys.exit(check(parts))
    if options.page:
        DOCUMENT.write_text(page(results.load(RESULTS), parts))
        return
    if not options.executable:
        parser.error("no executable to measure")
    names = [name for name in options.only.replace(",", " ").split() if name]
    if unknown := set(names) - {part.name for part in parts}:
        parser.error(
            f"no such part: {', '.join(sorted(unknown))}; parts are {', '.join(part.name for part in parts)}"
        )
    chosen = [part for part in parts if not names or part.name in names]
    tool = measuring.executable(options.executable)
    os.environ["PATH"] += os.pathsep + "/usr/sbin"
    measuring.require(*{need for part in chosen for need in part.needs})
    python = measuring.python_with_peers()
    # Loopback connections must not go through the machine's proxies.
    for variable in list(os.environ):
        if variable.lower() in ("http_proxy", "https_proxy", "all_proxy"):
            del os.environ[variable]
    busy = []
    for part in chosen:
        section = measured(part, tool, python)
        print(rendering.as_text(section), flush=True)
        if section.noise:
            busy.append(part.name)
        elif options.write:
            keep(section, parts, RESULTS, DOCUMENT)
    if busy and options.write:
        print(notice(busy), file=sys.stderr)


def keep(section, parts, path, document):
    """Saves a section beside those of the other parts, and writes the page."""
    saved = results.load(path) | {section.part: section}
    results.save([saved[part.name] for part in parts if part.name in saved], path)
    document.write_text(page(saved, parts))


def notice(busy):
    names = ",".join(busy)
    return (
        f"benchmark: notice: the machine was busy during {names.replace(',', ', ')}: the page keeps the figures "
        f"that it had; measure again with make bench-report ONLY={names}"
    )
