"""What a benchmark found: sections of text and tables, which are saved as JSON and rendered from it."""

from __future__ import annotations

import json
import pathlib
from dataclasses import asdict, dataclass, field


@dataclass
class Goal:
    """A figure, and what it is to be."""

    name: str
    value: float
    limit: float
    unit: str = ""
    at_most: bool = True

    @property
    def is_met(self) -> bool:
        return self.value <= self.limit if self.at_most else self.value >= self.limit


@dataclass
class Block:
    """A paragraph, a table whose first row is its head, or lines as a program printed them."""

    text: str = ""
    rows: list[list[str]] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)


@dataclass
class Section:
    """What one part of the benchmark found, when, and on what machine."""

    part: str
    title: str
    blocks: list[Block] = field(default_factory=list)
    goals: list[Goal] = field(default_factory=list)
    date: str = ""
    machine: str = ""
    versions: list[str] = field(default_factory=list)
    seconds: float = 0
    # Why the figures are not reliable; empty if they are.
    noise: str = ""

    def say(self, text: str) -> None:
        self.blocks.append(Block(text=text))

    def table(self, head: list[str], rows: list[list[str]]) -> None:
        self.blocks.append(Block(rows=[head, *rows]))

    def show(self, text: str) -> None:
        self.blocks.append(Block(lines=text.rstrip("\n").split("\n")))

    def goal(
        self, name: str, value: float, limit: float, unit: str = "", at_most: bool = True
    ) -> None:
        self.goals.append(Goal(name, round(value, 4), limit, unit, at_most))


def load(path: pathlib.Path) -> dict[str, Section]:
    """The saved sections, by their part."""
    if not path.exists():
        return {}
    sections = {}
    for saved in json.loads(path.read_text()):
        saved["blocks"] = [Block(**block) for block in saved["blocks"]]
        saved["goals"] = [Goal(**goal) for goal in saved["goals"]]
        sections[saved["part"]] = Section(**saved)
    return sections


def save(sections: list[Section], path: pathlib.Path) -> None:
    path.write_text(
        json.dumps([asdict(section) for section in sections], indent=1, ensure_ascii=False) + "\n"
    )
