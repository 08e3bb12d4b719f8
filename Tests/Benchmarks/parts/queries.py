"""What a JSONPath query adds to an evaluation."""

import json

import workloads
from measuring import NOISE, Runs, growth, in_turn
from parts import Context, Part
from rendering import growth_in_words, milliseconds, times
from results import Section

ENTRIES = {"typical": 300, "medium": 3_000, "large": 32_000}
LOAD = "import json, sys; document = json.load(open(sys.argv[1]))"
FIND = """
import jsonpath_rfc9535
print(len(jsonpath_rfc9535.find(sys.argv[2], document)))
"""
QUERY = "$.request_metrics.export.audit_recent[?@.duration_ms > 60 && @.cached == true]"


def measure(context: Context, section: Section) -> None:
    workloads.write_typical(context.folder)

    def evaluation(name: str, selector: str, document: str) -> Runs:
        rule = {
            "name": name,
            "metric_path": selector,
            "comparison": "gt",
            "threshold": 1e9,
            "duration_minutes": 0,
        }
        if selector.startswith("$"):
            rule["aggregate"] = "count"
        (context.folder / f"{name}.json").write_text(json.dumps({"rules": [rule]}))
        return Runs(context.evaluation(f"{name}.json", "--snapshot", context.folder / document))

    rows, costs = [], []
    for document, entries in ENTRIES.items():
        file = context.folder / document
        scanned, queried, loaded, found = in_turn(
            9 if document == "large" else 15,
            evaluation("scan", "request_metrics.errors.rate", document),
            evaluation("query", QUERY, document),
            Runs([context.python, "-c", LOAD, str(file)]),
            Runs([context.python, "-c", LOAD + FIND, str(file), QUERY]),
        )
        added, peer = queried.median - scanned.median, found.median - loaded.median
        costs.append(queried.median)
        rows.append(
            [
                f"{entries:,}",
                f"{file.stat().st_size / 1_000:,.0f} kB",
                milliseconds(added) if added >= NOISE else "less than the noise",
                milliseconds(peer),
                times(added / peer) if added >= NOISE else "",
                f"{queried.peak:.0f} MB",
            ]
        )
    section.say(
        "A filter over a list of objects, `"
        + QUERY
        + "`: what it adds to an evaluation of a dotted path in the same document, and what "
        "PyPI's `jsonpath-rfc9535` adds to `json.load`, including its import."
    )
    section.table(
        ["entries", "document", "the query adds", "`jsonpath-rfc9535`", "ratio", "peak memory"],
        rows,
    )
    section.say(
        growth_in_words(
            "entry, with its part of the document,", growth(list(ENTRIES.values()), costs)
        )
    )
    section.goal("a filter over 5 MB adds", added, 60, "ms")
    section.goal("largest process with it", queried.peak, 90, "MB")


PART = Part("queries", "JSONPath queries", measure, ("time:time",))
