"""The scanners and the JSON report alone, on one core, without a process around them."""

import re
import subprocess

import workloads
from measuring import HERE
from parts import Context, Part
from results import Section

PARSE = """
import sys, time
from prometheus_client.parser import text_string_to_metric_families
text = open(sys.argv[1]).read()
times = []
for _ in range(5):
    start = time.process_time()
    samples = sum(len(each.samples) for each in text_string_to_metric_families(text))
    times.append(time.process_time() - start)
print(f"prometheus_client: {samples:,} samples, {len(text) / min(times) / 1e6:.1f} MB/s")
"""


def measure(context: Context, section: Section) -> None:
    workloads.write_typical(context.folder)
    exposition = context.folder / "node.prom"

    def printed(*command: object) -> str:
        return subprocess.run(
            [str(word) for word in command], check=True, stdout=subprocess.PIPE, text=True
        ).stdout

    section.say(
        "MB/s of processor time, of documents in memory: `extract` reads the values of seven rules, `tree` builds the whole document, as "
        "Foundation's parser does. The times in milliseconds are those of `extract` on documents designed to be slow, and of compiling paths."
    )
    section.show(
        printed(HERE / "scan-throughput", exposition)
        + printed(context.python, "-c", PARSE, exposition)
    )
    section.say(
        "The JSON report of a long replay, beside orjson, which writes the same from objects in memory."
    )
    report = printed(HERE / "report-throughput", context.python)
    section.show(report)
    section.goal("JSON report of a long replay", speed(report), 200, "MB/s", at_most=False)


def speed(report: str) -> float:
    """The MB/s in the first line that report-throughput prints."""
    return float(re.match(r".*: ([0-9]+) MB/s\n", report)[1])


PART = Part("scanners", "Scanners and writers", measure, ("swift:",))
