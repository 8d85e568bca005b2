"""The referee report on a paper: from the data of an audit to LaTeX.

The input is what `proofcheck.audit.summary.document` returns. Every verdict in it is the kernel's; what a row says
about the print is printed as mathematics where it can be read as such (see `maths`), and as its source where not.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import proofcheck

from . import audit_rows as rows
from .audit_rows import COLOURS, Entry, Names
from .compile import save
from .document import ENVIRONMENT
from .drawing import layout, reduced
from .escape import Tex, code, text
from .maths import mixed

STATES = {
    "given": ("faint", "assumed or defined"),
    "printed": ("proved", "stands as printed"),
    "proof": ("mended", "stands as printed, after corrections in its proof or in what it uses"),
    "changed": ("changed", "stands after corrections of the statement itself"),
    "consequential": ("refuted", "stands only in a form that changes what the paper says"),
    "repaired": ("repaired", "stands by a repaired proof, not by the printed one"),
    "open": ("open", "does not follow yet"),
}
ORDER = {"consequential": 0, "refuted": 1, "repaired": 2, "undecided": 3}
PAGE_LINES, LINE = 60, 95
WIDTH, HEIGHT = 16.4, 19.0


@dataclass(frozen=True)
class Finding:
    """One line of the page of findings."""

    row: Tex
    colour: Tex
    where: Tex
    word: Tex
    words: Tex


def write(directory: Path, document: Mapping[str, Any], pdf: bool = True) -> list[Path]:
    """Write report.tex, and report.pdf where latexmk is on the PATH; return what was written."""
    return save(Path(directory), render(document), pdf)


def render(document: Mapping[str, Any]) -> str:
    """Return the LaTeX source of the referee report."""
    listed = document["rows"]
    names = Names({row["id"]: number for number, row in enumerate(listed, 1)}, ambiguous(document["hypotheses"]))
    found, more = findings(listed, names)
    entries = [rows.entry(row, names) for row in listed]
    context: dict[str, Any] = {
        "title": mixed(document["title"]),
        "source": text(document["source"]),
        "about": {key: text(document["about"].get(key, "")) for key in ("authors", "url", "note")},
        "folder": text(document["folder"]),
        "version": text(proofcheck.__version__),
        "complete": document["complete"],
        "counts": counts(listed),
        "corrections": corrections(listed),
        "total": len(listed),
        "printed": sum(not row["printed"].startswith(rows.ADDED) for row in listed),
        "uncovered": text(ranges(document["equations_without_a_row"])),
        "countered": sum("correction" in row and row["print"] == "REFUTED" for row in listed),
        "findings": found,
        "more": more,
        "graph": drawing(document["graph"]) if document["graph"] else None,
        "statements": statements(document["graph"], names) if document["graph"] else [],
        "circular": [names.link(row) for row in (document["graph"] or {}).get("circular_rows", [])],
        "constants": [e for e in entries if e.name.startswith(tuple(document["constants"]))],
        "hypotheses": hypotheses(document["hypotheses"]),
        "entries": entries,
        "colours": {Tex(key): Tex(value) for key, value in COLOURS.items()},
    }
    return ENVIRONMENT.get_template("audit.tex").render(context)


def ranges(listed: list[str]) -> str:
    """Names, with runs of equation numbers shortened.

    Examples
    --------
    >>> ranges(["Lemma 1", "(3)", "(4)", "(5)", "(7)"])
    'Lemma 1, (3) to (5), (7)'
    """
    runs: list[list[str]] = []
    for name in listed:
        last = runs[-1][-1].strip("()") if runs else ""
        if name.startswith("(") and last.isdigit() and name == f"({int(last) + 1})":
            runs[-1].append(name)
        else:
            runs.append([name])
    return ", ".join(f"{run[0]} to {run[-1]}" if len(run) > 2 else ", ".join(run) for run in runs)


def counts(listed: list[dict[str, Any]]) -> list[tuple[Tex, int, int]]:
    """(verdict, rows of the print, rows that are not in it)."""
    found: Counter[tuple[str, bool]] = Counter()
    for row in listed:
        word = "PROVED after correction" if row.get("correction") else row["print"]
        if word == "PROVED" or word.startswith("PROVED_UNDER"):
            word += row["verdict"].removeprefix("PROVED") if " as " in row["verdict"] else ""
        found[word, row["printed"].startswith(rows.ADDED)] += 1
    words = sorted({word for word, _ in found}, key=lambda word: (_rank(word), word))
    return [(text(word), found[word, False], found[word, True]) for word in words]


def _rank(word: str) -> int:
    order = ("PROVED as", "PROVED_UNDER", "PROVED after", "REFUTED", "UNDECIDED", "DEFINITION", "OUT")
    return next((number for number, start in enumerate(order) if word.startswith(start)), len(order))


def corrections(listed: list[dict[str, Any]]) -> list[tuple[Tex, int, int, int]]:
    """(kind, how many are harmless, repaired, consequential)."""
    found = Counter(
        (row["correction"]["kind"], row["correction"]["consequence"]) for row in listed if "correction" in row
    )
    kinds = sorted({kind for kind, _ in found})
    return [(text(k), found[k, "harmless"], found[k, "repaired"], found[k, "consequential"]) for k in kinds]


# the page of findings -----------------------------------------------------------------------------------------------


def weight(row: Mapping[str, Any]) -> str:
    """Why a row belongs on the page of findings: a key of `ORDER`, or nothing."""
    if "correction" in row:
        return str(row["correction"]["consequence"])
    if row["print"] == "REFUTED" and row["printed"].startswith(rows.ADDED):
        return ""  # a question of the audit, not of the paper
    return {"REFUTED": "refuted", "UNDECIDED": "undecided"}.get(row["print"], "")


def findings(listed: list[dict[str, Any]], names: Names) -> tuple[list[Finding], list[Tex]]:
    """The findings that fit on one page, and the rows of those that do not."""
    chosen = sorted((row for row in listed if weight(row) in ORDER), key=lambda row: ORDER[weight(row)])
    shown: list[Finding] = []
    more: list[Tex] = []
    room = float(PAGE_LINES)
    for row in chosen:
        words = _words(row)
        room -= 1.4 + len(_seen(words)) // LINE
        if room < 0:
            more.append(names.link(row["id"]))
            continue
        where = mixed(rows.place(row))
        kind = {"refuted": "REFUTED", "undecided": "UNDECIDED"}.get(weight(row), weight(row))
        shown.append(Finding(names.link(row["id"]), rows.colour(row), where, text(kind), mixed(words)))
    return shown, more


def _seen(words: str) -> str:
    """About as many characters as are printed."""
    return re.sub(r"[$^_{}]", "", re.sub(r"\\\\(?:[A-Za-z]+|.)", "x", words))


def _words(row: Mapping[str, Any]) -> str:
    if "correction" in row:
        return f"{row['correction']['words'].rstrip('.')}. {row['correction']['why']}".strip()
    if row["print"] == "REFUTED":
        return f"{row['printed']}: fails at the point given with the row. {row['note']}".strip()
    return f"{row['printed']}: neither a proof nor a counterexample was found. {row['note']}".strip()


# the graph ----------------------------------------------------------------------------------------------------------


def drawing(graph: Mapping[str, Any]) -> dict[str, Any]:
    """Nodes and arrows of the picture, in centimetres."""
    states = {entry["name"]: entry for entry in graph["statements"]}
    arrows = reduced((start, end) for start, end in graph["edges"])
    found = layout(arrows)
    right = max((x for x, _ in found.places.values()), default=0.0) or 1.0
    top = max((y for _, y in found.places.values()), default=0.0) or 1.0
    across, up = min(1.0, WIDTH / (right + 2.0)), min(2.1, HEIGHT / top)

    def at(point: tuple[float, float]) -> Tex:
        return Tex(f"({point[0] * across:.2f},{point[1] * up:.2f})")

    nodes = []
    numbers = {name: number for number, name in enumerate(found.places)}
    for name, point in found.places.items():
        entry = states[name]
        count = f"{len(entry['rows'])} row{'s' if len(entry['rows']) != 1 else ''}"
        shown = Tex(rf"\textbf{{{text(name)}}}\\[-1pt]\tiny {text(count)}")
        if entry["state"] == "given":
            shown = Tex(r"\\[-1pt]".join(text(part) for part in name.split(" ", 1)))
        colour = Tex(STATES[entry["state"]][0])
        dashed = Tex(",dashed") if entry["premises"] else Tex("")
        nodes.append((numbers[name], at(point), shown, colour, dashed))
    paths = []
    for (start, end), points in found.paths.items():
        paths.append((numbers[start], [at(point) for point in points[1:-1]], numbers[end]))
    used = {entry["state"] for entry in states.values()}
    legend = [(Tex(colour), text(words)) for state, (colour, words) in STATES.items() if state in used]
    size = Tex(r"\scriptsize" if across < 0.95 else r"\footnotesize")
    bend = Tex(f"{0.45 * up:.2f}")
    return {"nodes": nodes, "paths": paths, "legend": legend, "size": size, "bend": bend}


def statements(graph: Mapping[str, Any], names: Names) -> list[dict[str, Any]]:
    """Which statements stand, and on what."""
    found = []
    for entry in graph["statements"]:
        if entry["state"] == "given":
            continue
        of = {part: [c for c in entry["corrections"] if c["part"] == part] for part in ("statement", "proof", "used")}
        heavy = [c for c in of["used"] if c["consequence"] != "harmless"]
        found.append(
            {
                "name": text(entry["name"]),
                "colour": Tex(STATES[entry["state"]][0]),
                "words": text(entry["words"]),
                "statement": [_marked(c, names) for c in of["statement"]],
                "proof": [_marked(c, names) for c in of["proof"]],
                "used": [*_others(entry), *(_marked(c, names) for c in heavy)],
                "harmless": len(of["used"]) - len(heavy),
                "premises": [text(premise) for premise in entry["premises"]],
                "open": [(names.link(item["id"]), text(item["why"])) for item in entry["open"]],
                "repaired": [names.link(row) for row in entry["repaired_by"]]
                if entry["name"] in entry["repaired"]
                else [],
                "note": mixed(entry["note"]),
            }
        )
    return found


def _others(entry: Mapping[str, Any]) -> list[Tex]:
    """The other statements that stand by a repaired proof."""
    return [Tex(f"{text(name)} (repaired proof)") for name in entry["repaired"] if name != entry["name"]]


def _marked(correction: Mapping[str, str], names: Names) -> Tex:
    mark = "" if correction["consequence"] == "harmless" else f" ({text(correction['consequence'])})"
    return Tex(names.link(correction["id"]) + mark)


def ambiguous(listed: list[dict[str, Any]]) -> frozenset[str]:
    """The names that stand for more than one text."""
    found = Counter(h["name"] for h in listed)
    return frozenset(name for name, count in found.items() if count > 1)


def hypotheses(listed: list[dict[str, Any]]) -> list[tuple[Tex, Tex, bool]]:
    """(name, text, whether it is a premise) of what holds for all vectors."""
    return [(text(h["name"]), code(h["text"]), h["premise"]) for h in listed]


__all__ = ["Entry", "render", "write"]
