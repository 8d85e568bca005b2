"""What each statement of a paper rests on, and whether it stands: [[statement]] in paper.toml and the rows' `uses`.

A statement stands if its rows hold (as printed or corrected), if every row and statement that they use does, and
nothing goes around in a circle; or if the rows of a repaired proof do. Nothing here is written by hand but names.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from proofcheck.errors import InvalidInput
from proofcheck.kernel.wire import shorten

from .engine import Outcome, premises
from .entries import Paper

KEYS = ("name", "rows", "uses", "repaired_by", "note")
WORDS = {
    "given": "assumed or defined",
    "printed": "stands as printed",
    "proof": "stands as printed, with corrections in what it rests on",
    "changed": "stands after corrections of the statement",
    "consequential": "stands only in a changed form",
    "repaired": "stands by a repaired proof",
    "open": "does not follow yet",
}


@dataclass(frozen=True)
class Statement:
    """A numbered statement: the rows of its text and printed proof, what it uses, the rows of another proof.

    `covering` are the rows that check the statement itself.
    """

    name: str
    rows: tuple[str, ...]
    uses: tuple[str, ...] = ()
    repaired_by: tuple[str, ...] = ()
    covering: tuple[str, ...] = ()
    note: str = ""
    listed: bool = True


@dataclass
class Ground:
    """Everything that some rows rest on; `repaired` are statements that stand by another proof than the printed one."""

    repaired: dict[str, None] = field(default_factory=dict)
    corrections: dict[str, None] = field(default_factory=dict)
    premises: dict[str, None] = field(default_factory=dict)
    open: dict[str, str] = field(default_factory=dict)

    def add(self, other: Ground) -> None:
        """Rest on this too."""
        self.repaired |= other.repaired
        self.corrections |= other.corrections
        self.premises |= other.premises
        self.open |= other.open


@dataclass(frozen=True)
class Standing:
    """Whether a statement stands: a key of `WORDS`, and what it rests on."""

    statement: Statement
    state: str
    ground: Ground


# reading ------------------------------------------------------------------------------------------------------------


def statements(paper: Paper) -> dict[str, Statement]:
    """The numbered statements in their order, those in the table with what it says.

    Raises
    ------
    InvalidInput
        For unknown names and circles, in one line with file and key.
    """
    path = paper.folder / "paper.toml"
    numbered = [str(name) for name in paper.about.get("numbered", [])]
    covering = {name: tuple(row.id for row in paper.rows if name in row.covers) for name in numbered}
    table = paper.about.get("statement", [])
    _require(isinstance(table, list), path, "statement: expected [[statement]] tables")
    given: dict[str, Statement] = {}
    for entry in table:
        statement = _statement(entry, numbered, covering, paper, path)
        _require(statement.name not in given, path, f"statement {statement.name}: defined twice")
        given[statement.name] = statement
    found = {name: given.get(name) or _unlisted(name, covering[name], not table) for name in numbered}
    _acyclic(found, path)
    return found


def _unlisted(name: str, covering: tuple[str, ...], listed: bool) -> Statement:
    return Statement(name, covering, covering=covering, listed=listed)


def _statement(entry: Any, numbered: list[str], covering: dict[str, Any], paper: Paper, path: Path) -> Statement:
    _require(isinstance(entry, dict), path, "statement: expected a table")
    name = entry.get("name")
    known = isinstance(name, str) and name in numbered
    _require(known, path, f"statement: name={shorten(name)} is not one of numbered")
    where = f"statement {name}"
    for key in entry:
        _require(key in KEYS, path, f"{where}: unknown key {shorten(key)}")
    _require(isinstance(entry.get("note", ""), str), path, f"{where}: note: expected a string")
    rows = _rows(_strings(entry, "rows", where, path), paper, f"{where}: rows", path, printed=True)
    repaired = _rows(_strings(entry, "repaired_by", where, path), paper, f"{where}: repaired_by", path)
    uses = _strings(entry, "uses", where, path)
    for used in uses:
        _require(used in numbered, path, f"{where}: uses: {shorten(used)} is not one of numbered")
    together = tuple(dict.fromkeys([*rows, *covering[name]]))
    return Statement(name, together, tuple(uses), tuple(repaired), covering[name], entry.get("note", ""))


def _strings(entry: dict[str, Any], key: str, where: str, path: Path) -> list[str]:
    listed = entry.get(key, [])
    fits = isinstance(listed, list) and all(isinstance(item, str) for item in listed)
    _require(fits, path, f"{where}: {key}: expected a list of strings")
    return list(listed)


def _rows(patterns: list[str], paper: Paper, where: str, path: Path, printed: bool = False) -> list[str]:
    """The ids that are named, or that start as one that ends with * says (of rows that are `printed`)."""
    found: dict[str, None] = {}
    for pattern in patterns:
        prefix = pattern.removesuffix("*")
        starts = prefix != pattern
        matching = [row for row in paper.rows if row.id == pattern or (starts and row.id.startswith(prefix))]
        _require(bool(matching), path, f"{where}: no row {shorten(pattern)}")
        found |= dict.fromkeys(row.id for row in matching if row.id == pattern or not (printed and row.added))
    return list(found)


def _acyclic(found: dict[str, Statement], path: Path) -> None:
    left = circular({name: set(statement.uses) for name, statement in found.items()})
    if left:
        listed = ", ".join(name for name in found if name in left)
        raise InvalidInput(f"{path}: statement {min(left)}: uses: goes around in a circle ({listed})")


def circular(arrows: dict[str, set[str]]) -> set[str]:
    """What lies on a circle of arrows, or between two."""
    left = set(arrows)
    while True:
        inside = {name for name in left if arrows[name] & left}
        inside &= {target for name in inside for target in arrows[name]}
        if inside == left:
            return left
        left = inside


def _require(condition: bool, path: Path, message: str) -> None:
    if not condition:
        raise InvalidInput(f"{path}: {message}")


# deciding -----------------------------------------------------------------------------------------------------------


class Graph:
    """The rows with their outcomes, and the statements that they make up."""

    def __init__(self, paper: Paper, outcomes: Iterable[Outcome]) -> None:
        self.statements = statements(paper)
        self.rows = {row.id: row for row in paper.rows}
        self.outcomes = {outcome.row.id: outcome for outcome in outcomes}
        used = {row.id: {name for name in row.uses if name in self.rows} for row in paper.rows}
        self.circular = circular(used)
        self.known: dict[str, Standing] = {}
        self.active: set[str] = set()

    def standings(self) -> list[Standing]:
        """Every statement of the table (or every numbered one), and what is assumed or defined."""
        found = [self.standing(name) for name in self.statements]
        return [s for s in found if s.statement.listed or s.state == "given"]

    def standing(self, name: str) -> Standing:
        """Whether a statement stands."""
        if name not in self.known:
            self.active.add(name)
            self.known[name] = self._decided(self.statements[name])
            self.active.discard(name)
        return self.known[name]

    def _decided(self, statement: Statement) -> Standing:
        words = {self.outcomes[row].word if row in self.outcomes else "" for row in statement.rows}
        if words == {"DEFINITION"}:
            return Standing(statement, "given", Ground())
        ground = self.ground(statement.rows, statement.uses)
        if not statement.rows:
            ground.open[statement.name] = "no row checks it"
        if not ground.open:
            return Standing(statement, self._state(statement, ground), ground)
        refuted = [row for row in statement.covering if ground.open.get(row) == "REFUTED"]
        if statement.repaired_by and not refuted:
            repaired = self.ground(statement.repaired_by, ())
            if not repaired.open:
                own = [row for row in statement.covering if row in ground.corrections]
                repaired.corrections = dict.fromkeys([*own, *repaired.corrections])
                repaired.repaired[statement.name] = None
                heavy = self._state(statement, repaired) == "consequential"
                return Standing(statement, "consequential" if heavy else "repaired", repaired)
        return Standing(statement, "open", ground)

    def _state(self, statement: Statement, ground: Ground) -> str:
        own = [row for row in statement.covering if row in ground.corrections]
        if any(self.consequence(row) == "consequential" for row in own):
            return "consequential"
        return "changed" if own else "proof" if ground.corrections or ground.repaired else "printed"

    def ground(self, rows: Iterable[str], uses: Iterable[str]) -> Ground:
        """What some rows and statements rest on, to the end."""
        found, waiting = Ground(), [*rows]
        wanted = dict.fromkeys(uses)
        seen: set[str] = set()
        while waiting:
            name = waiting.pop()
            if name in seen:
                continue
            seen.add(name)
            self._look(name, found)
            waiting += [used for used in self.rows[name].uses if used in self.rows]
            wanted |= dict.fromkeys(used for used in self.rows[name].uses if used not in self.rows)
        for name in wanted:
            if name in self.active:
                found.open[name] = "used in its own proof"
            elif name in self.statements:
                found.add(self.standing(name).ground)
        order = {row: number for number, row in enumerate(self.rows)}
        found.corrections = dict.fromkeys(sorted(found.corrections, key=order.__getitem__))
        return found

    def _look(self, name: str, found: Ground) -> None:
        """Add one row."""
        outcome = self.outcomes.get(name)
        if name in self.circular:
            found.open[name] = "its uses go around in a circle"
        if outcome is None:
            found.open[name] = "not looked at"
            return
        if outcome.word == "OUT OF REACH":
            found.premises[f"{name}: {outcome.row.source or 'not formal'}"] = None
        if outcome.correction is not None:
            found.corrections[name] = None
        elif outcome.word in ("REFUTED", "UNDECIDED"):
            found.open[name] = outcome.word
        for item in outcome.corrected or outcome.printed:
            found.premises |= dict.fromkeys(premises(item.verdict))

    def consequence(self, row: str) -> str:
        """How much the correction of a row matters."""
        correction = self.outcomes[row].correction
        return correction.consequence if correction is not None else ""

    def edges(self) -> list[tuple[str, str]]:
        """(statement, used statement), from the table and from the rows."""
        found: dict[tuple[str, str], None] = {}
        shown = {s.statement.name: s.statement for s in self.standings()}
        owners = {row: name for name, s in shown.items() for row in (*s.repaired_by, *s.rows)}
        for name, statement in shown.items():
            mine = {*statement.rows, *statement.repaired_by}
            used = dict.fromkeys(statement.uses)
            for row in [*statement.rows, *statement.repaired_by]:
                for other in self.rows[row].uses:
                    used[owners.get(other, other) if other not in mine else name] = None
            found |= dict.fromkeys((name, other) for other in used if other in shown and other != name)
        return list(found)


def document(paper: Paper, outcomes: Iterable[Outcome]) -> dict[str, Any]:
    """The graph as JSON data."""
    graph = Graph(paper, outcomes)
    return {
        "statements": [_shown(graph, standing) for standing in graph.standings()],
        "edges": [list(edge) for edge in graph.edges()],
        "circular_rows": [row for row in graph.rows if row in graph.circular],
    }


def _shown(graph: Graph, standing: Standing) -> dict[str, Any]:
    statement, ground = standing.statement, standing.ground
    parts = dict.fromkeys(statement.rows, "proof") | dict.fromkeys(statement.covering, "statement")
    return {
        "name": statement.name,
        "state": standing.state,
        "words": WORDS[standing.state] + (" (under premises)" if ground.premises and standing.state != "open" else ""),
        "rows": list(statement.rows),
        "uses": list(statement.uses),
        "repaired_by": list(statement.repaired_by),
        "repaired": list(ground.repaired),
        "corrections": [
            {"id": row, "part": parts.get(row, "used"), "consequence": graph.consequence(row)}
            for row in ground.corrections
        ],
        "premises": list(ground.premises),
        "open": [{"id": row, "why": why} for row, why in ground.open.items()],
        "note": statement.note,
    }
