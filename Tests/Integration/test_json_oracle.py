"""A document is JSON for the tool exactly where it is JSON for Python's strict reader.

OPS_JSON_DOCUMENTS sets how many documents are made, OPS_JSON_SEED how.
"""

from __future__ import annotations

import json
import os
import pathlib
import random
import re
import unittest
from typing import Any

from harness import IntegrationTest, Run, Workplace, rule

SEED = int(os.environ.get("OPS_JSON_SEED", "1"))
DOCUMENTS = int(os.environ.get("OPS_JSON_DOCUMENTS", "3000"))
# A run lists at most this many of the lines that it skips.
LINES = 20
LINE = b'{"observed_at":"2026-11-21T10:15:00Z","target":"t","snapshot":[', b"]}"
STATE = b'{"format":3,"notifications":[],"outbox":{},"targets":{},"x":', b"}"
PIECES = [
    b"{", b"}", b"[", b"]", b",", b":", b'"', b"\\", b"-", b"+", b".", b"e", b"E", b"0", b"00", b"1",
    b"1e400", b"-1E-999", b"0x1", b"1_0", b"9" * 30, b"NaN", b"-Infinity", b"nul", b"true", b"\\u",
    b"\\ud83d", b"\\ude00", b"\\uD800\\u0041", b"\\x", b"\\/", b"'", b"/**/", b"#", b"\t", b"\r", b"\x0b",
    b"\x0c", b"\x00", b"\x1f", b"\x7f", b"\xc2\xa0", b"\xe2\x80\xa8", b"\xef\xbb\xbf", b"\xff", b"\xc3",
    b"\xed\xa0\x80", b"\xf5\x80\x80\x80", b"\xc0\xaf", b" ", b'"a":1,', b'"a"', b"\xc3\xa9",
]  # fmt: skip


class Verdict:
    """What Python's strict reader makes of a document."""

    def __init__(self, document: bytes) -> None:
        self.is_valid = True
        # What the tool takes in a snapshot, but not in its own files.
        self.is_odd = False
        self.keys: list[str] = []
        try:
            # Numbers stay as they are written: Python limits the digits of whole ones.
            value = json.loads(
                document.decode("utf-8"), parse_constant=self.refuse, parse_float=self.number,
                parse_int=self.number, object_pairs_hook=self.members,
            )  # fmt: skip
            self.look(value)
        except ValueError:
            self.is_valid = False

    @staticmethod
    def refuse(word: str) -> None:
        raise ValueError(word)

    def number(self, text: str) -> float:
        self.is_odd |= float(text) in (float("inf"), float("-inf"))
        return float(text)

    def members(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        self.keys = [key for key, _ in pairs]
        self.is_odd |= len(set(self.keys)) < len(pairs)
        return dict(pairs)

    def look(self, value: Any) -> None:
        """Looks for halves of surrogate pairs."""
        if isinstance(value, str):
            self.is_odd |= re.search("[\ud800-\udfff]", value) is not None
        elif isinstance(value, dict):
            for key, member in value.items():
                self.look(key)
                self.look(member)
        elif isinstance(value, list):
            for element in value:
                self.look(element)


class Author:
    """Makes documents, and damages some of them."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def value(self, depth: int = 3) -> Any:
        kind = self.random.randrange(8 if depth else 5)
        if kind < 2:
            text = self.random.choice(["", "a", "b c", "é", "\U0001f600", '"\\/', "\n\x00\x1f", "\u2028"])
            return text * self.random.randrange(1, 4)
        if kind == 2:
            return self.random.choice([None, True, False])
        if kind < 5:
            return self.random.choice([0, -0.0, 1, -17, 0.1, 1e22, 5e-324, 1.7976931348623157e308])
        count = self.random.randrange(4)
        if kind < 7:
            return {f"{self.random.choice('abé')}{index}": self.value(depth - 1) for index in range(count)}
        return [self.value(depth - 1) for _ in range(count)]

    def document(self) -> bytes:
        layout = self.random.choice([{}, {"separators": (",", ":")}, {"separators": (" , ", "\t:\r ")}])
        text = json.dumps(self.value(), ensure_ascii=self.random.random() < 0.5, **layout)
        document = bytearray(text.encode())
        for _ in range(self.random.choice([0, 1, 1, 1, 2, 3])):
            place = self.random.randrange(len(document) + 1)
            end = place + self.random.choice([0, 0, 1, 1, 4])
            document[place:end] = self.random.choice([*PIECES, b""])
        return bytes(document)


class JSONOracleTests(IntegrationTest):
    def skipped(self, place: Workplace, lines: list[bytes]) -> dict[int, str]:
        """The lines of a recording that a replay skips, counted from 0, and why."""
        path = place.folder / "recording.jsonl"
        # A replay needs one sample.
        path.write_bytes(b"\n".join([*lines, LINE[0] + LINE[1]]) + b"\n")
        run = place.run("replay", "--config", str(place.config), "--format", "json", str(path))
        found = re.findall(r"skipped .*?recording\.jsonl:(\d+):\d+: (.*)", run.complaints)
        skipped = {int(number) - 1: reason for number, reason in found}
        self.assertEqual(len(skipped), json.loads(run.output)["recording"]["skipped_lines"], str(run))
        return skipped

    @staticmethod
    def status(place: Workplace, path: pathlib.Path) -> Run:
        return place.run("status", "--config", str(place.config), "--state", str(path))

    def test_snapshots(self) -> None:
        """A snapshot is read if it is JSON, odd or not."""
        place = self.workplace()
        place.configure()
        author = Author(SEED)
        valid = 0
        for begin in range(0, DOCUMENTS, LINES):
            # A line feed would end the line.
            documents = [author.document().replace(b"\n", b" ") for _ in range(LINES)]
            skipped = self.skipped(place, [LINE[0] + document + LINE[1] for document in documents])
            for index, document in enumerate(documents):
                verdict = Verdict(LINE[0] + document + LINE[1])
                if verdict.is_valid and verdict.keys != ["observed_at", "target", "snapshot"]:
                    continue
                valid += verdict.is_valid
                self.assertEqual(
                    index not in skipped, verdict.is_valid,
                    f"seed {SEED}, document {begin + index}: {document!r}: {skipped.get(index)}",
                )  # fmt: skip
        self.assertGreater(valid, DOCUMENTS // 5)
        self.assertLess(valid, DOCUMENTS * 4 // 5)

    def test_own_files(self) -> None:
        """A state is read if it is JSON and not odd: every reader finds the same values."""
        place = self.workplace()
        place.configure()
        path = place.folder / "own.json"
        author = Author(SEED + 1)
        odd = 0
        for index in range(DOCUMENTS // 10):
            document = author.document()
            whole = STATE[0] + document + STATE[1]
            verdict = Verdict(whole)
            if verdict.is_valid and verdict.keys[-1:] != ["x"]:
                continue
            path.write_bytes(whole)
            run = self.status(place, path)
            odd += verdict.is_odd
            self.assertEqual(
                run.code == 0, verdict.is_valid and not verdict.is_odd,
                f"seed {SEED}, document {index}: {document!r}{run}",
            )  # fmt: skip
        self.assertGreater(odd, 0)

    def test_depth(self) -> None:
        """Python reads any depth; the tool 512 levels of snapshots, and 128 of its own files."""
        place = self.workplace()
        place.configure()

        def nested(levels: int) -> bytes:
            return b'{"a":' * (levels // 2) + b"[" * (levels - levels // 2) + (
                b"]" * (levels - levels // 2) + b"}" * (levels // 2)
            )

        # The list of a line and its object are two of the levels, of which the object is free.
        self.assertEqual(
            self.skipped(place, [LINE[0] + nested(levels) + LINE[1] for levels in (511, 512)]).keys(), {1}
        )
        path = place.folder / "own.json"
        for levels, code in ((127, 0), (128, 4)):
            path.write_bytes(STATE[0] + nested(levels) + STATE[1])
            self.assertEqual(self.status(place, path).code, code, levels)

    def test_numbers(self) -> None:
        """A number has the value that it has in Python, to the last bit."""
        place = self.workplace()
        place.configure(rules=[rule(path="numbers.*", threshold=-1e308, comparison="lt", min_request_count=0)])
        author = Author(SEED + 2)
        texts = ["0", "-0", "1e-400", "5e-324", "2.2250738585072011e-308", "9007199254740993",
                 "1.7976931348623157e308", "0.1e1", "100000000000000000000000", "1e22", "1e23"]  # fmt: skip
        while len(texts) < 1_000:
            digits = "".join(author.random.choices("0123456789", k=author.random.randrange(1, 25)))
            point = author.random.randrange(len(digits))
            text = (digits[:point].lstrip("0") or "0") + (f".{digits[point:]}")
            power = author.random.choice(["", f"e{author.random.randrange(-330, 280)}"])
            texts.append(author.random.choice(["", "-"]) + text + power)
        members = ",".join(f'"{index:04}":{text}' for index, text in enumerate(texts))
        path = place.folder / "numbers.json"
        path.write_text(f'{{"numbers":{{{members}}}}}')
        run = place.run(
            "evaluate", "--config", str(place.config), "--no-state", "--format", "json",
            "--snapshot", str(path),
        )  # fmt: skip
        self.assertEqual(run.code, 0, str(run)[:2_000])
        checks = json.loads(run.output)["checks"]
        values = {check["instance"]: check["current_value"] for check in checks}
        for index, text in enumerate(texts):
            self.assertEqual(values[f"{index:04}"], float(text), text)


if __name__ == "__main__":
    unittest.main()
