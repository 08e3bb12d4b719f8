"""How an evaluation grows with the size of the snapshot."""

import workloads
from measuring import Runs, growth, in_turn
from parts import Context, Part
from rendering import growth_in_words, milliseconds, times
from results import Section

LOAD_JSON = """
import json, sys
with open(sys.argv[1]) as file:
    print(json.load(file)["request_metrics"]["errors"]["rate"] > 0.05)
"""
PARSE = """
import sys
from prometheus_client.parser import text_string_to_metric_families
with open(sys.argv[1]) as file:
    for family in text_string_to_metric_families(file.read()):
        for sample in family.samples:
            if sample.name == "node_cpu_seconds_total" and sample.labels == {"cpu": "0", "mode": "idle"}:
                print(sample.value > 1e15)
"""


def measure(context: Context, section: Section) -> None:
    workloads.write_snapshots(context.folder)
    section.say(
        "One rule against a saved snapshot. The peers read the same file, from start to exit: `jq` and Python's `json` for JSON, "
        "`prometheus_client`'s parser for the Prometheus text format."
    )
    for kind, title, peers in [
        (
            "json",
            "JSON",
            {
                "`jq`": ["jq", ".request_metrics.errors.rate > 0.05"],
                "Python's `json`": [context.python, "-c", LOAD_JSON],
            },
        ),
        ("prom", "Prometheus text", {"`prometheus_client`": [context.python, "-c", PARSE]}),
    ]:
        rows, costs = [], []
        for size in workloads.SIZES:
            file = context.folder / f"{kind}-{size}"
            mine = Runs(context.evaluation(f"{kind}-rules.json", "--snapshot", file))
            count = 15 if size < 1_000_000 else 7 if kind == "json" or size < 10_000_000 else 4
            mine, *theirs = in_turn(
                count, mine, *[Runs([*command, str(file)]) for command in peers.values()]
            )
            costs.append(mine.median)
            row = [f"{size / 1_000:,.0f} kB", milliseconds(mine.median), f"{mine.peak:.0f} MB"]
            for runs in theirs:
                row += [milliseconds(runs.median), times(mine.share_of(runs))]
            rows.append(row)
        head = [title, "evaluation", "peak memory"]
        for name in peers:
            head += [name, f"evaluation / {name}"]
        section.table(head, rows)
        section.say(growth_in_words("byte", growth(workloads.SIZES, costs)))
        if kind == "json":
            section.goal("JSON of 16 MB: largest process", mine.peak, 120, "MB")
        section.goal(
            f"{title} of 16 MB: evaluation / {list(peers)[0]}", mine.share_of(theirs[0]), 0.5, "×"
        )


PART = Part("snapshots", "Snapshots", measure, ("jq:jq", "time:time"))
