"""The outcomes of an audit as text and as JSON; equations without a row; what each statement rests on."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

from proofcheck.files import make_directory, write_atomically
from proofcheck.kernel.wire import canonical_bytes, digest

from . import graph
from .coverage import uncovered
from .engine import FORMAT, Checked, Outcome
from .entries import Paper
from .evidence import evidence, in_order, pointed, restated, setting, stated

ABOUT = ("authors", "url", "note")


def document(paper: Paper, outcomes: list[Outcome]) -> dict[str, Any]:
    """Everything about an audit as JSON data; `graph` only where every row was decided."""
    complete = len(outcomes) == len(paper.rows)
    about = {key: str(paper.about[key]) for key in ABOUT if key in paper.about}
    return {
        "format": FORMAT,
        "title": paper.title,
        "source": paper.source,
        "about": about,
        "folder": paper.folder.as_posix(),
        "complete": complete,
        "rows": [_row(outcome) for outcome in outcomes],
        "verdicts": dict(Counter(outcome.verdict for outcome in outcomes)),
        "equations_without_a_row": uncovered(paper),
        "hypotheses": _general(outcomes),
        "graph": graph.document(paper, outcomes) if complete else None,
        "constants": [str(prefix) for prefix in paper.about.get("constants", [])],
        "seconds": round(sum(outcome.seconds for outcome in outcomes), 3),
    }


def _general(outcomes: list[Outcome]) -> list[dict[str, Any]]:
    """The hypotheses that are for all vectors, each text once."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for outcome in outcomes:
        for item in outcome.printed + outcome.corrected:
            for h in item.claim.get("hypotheses", []):
                if h["for"]:
                    entry = {"name": h["name"], "text": stated(h), "premise": h["premise"]}
                    found[h["name"], entry["text"]] = entry
    return list(found.values())


def _row(outcome: Outcome) -> dict[str, Any]:
    row = outcome.row
    found: dict[str, Any] = {
        "id": row.id, "kind": row.kind, "page": row.page, "place": row.place, "printed": row.printed,
        "covers": list(row.covers), "uses": list(row.uses), "verdict": outcome.verdict, "print": outcome.word,
        "claims": [_checked(item) for item in outcome.printed], "note": row.note, "source": row.source,
        "setting": setting(outcome.printed[0]) if outcome.printed else None, "seconds": round(outcome.seconds, 3),
    }  # fmt: skip
    if outcome.correction is not None:
        c = outcome.correction
        found["correction"] = {"kind": c.kind, "words": c.words, "consequence": c.consequence, "why": c.why}
        found["correction"]["claims"] = [_checked(item) for item in outcome.corrected]
        found["correction"]["setting"] = setting(outcome.corrected[0])
    return found


def _checked(item: Checked) -> dict[str, Any]:
    found = {"show": item.claim["show"], "claim": digest(item.claim), "word": item.verdict.word}
    if restated(item.claim):
        found["restates"] = restated(item.claim)
    return {**found, "reason": item.verdict.reason, "stored": item.stored, "evidence": evidence(item)}


def lines(outcomes: list[Outcome]) -> list[str]:
    """One line for each row, and what was counted."""
    width = max(len(outcome.row.id) for outcome in outcomes)
    found = []
    for outcome in outcomes:
        place = f"p. {outcome.row.page}, {outcome.row.place}" if outcome.row.page else outcome.row.place
        found.append(f"{outcome.row.id:<{width}}  {outcome.verdict:<42}  {place}")
        for item in outcome.printed:
            if item.verdict.word == "REFUTED" and item.certificate is not None:
                read = ", in logarithms" if outcome.row.kind == "scale" else ""
                point = ", ".join(pointed(in_order(item.certificate["model"], item.claim)))
                found.append(f"{'':<{width}}    fails{read}: {item.claim['show']}  at {point}")
        if outcome.correction is not None:
            c = outcome.correction
            found.append(f"{'':<{width}}    {c.consequence}: {c.words}")
        for item in outcome.corrected or outcome.printed:
            if restated(item.claim):
                found.append(f"{'':<{width}}    nothing to prove: its hypothesis {restated(item.claim)} says the same")
    counted = Counter(outcome.verdict for outcome in outcomes)
    return [*found, "", *(f"{number:5}  {verdict}" for verdict, number in sorted(counted.items()))]


def standing(found: dict[str, Any]) -> list[str]:
    """Which statements of the paper stand, where all its rows were decided."""
    graph = found.get("graph") or {}
    listed = [s for s in graph.get("statements", []) if s["state"] != "given"]
    width = max((len(s["name"]) for s in listed), default=0)
    return ["", *(f"{s['name']:<{width}}  {s['words']}" for s in listed)] if listed else []


def write_pairs(outcomes: list[Outcome], folder: Path) -> int:
    """Write claim and certificate of every decided claim as files for the kernel alone; how many pairs."""
    make_directory(folder)
    count = 0
    for outcome in outcomes:
        for label, items in (("", outcome.printed), (".corrected", outcome.corrected)):
            for number, item in enumerate(items, 1):
                if item.certificate is None:
                    continue
                name = f"{outcome.row.id}{label}.{number}"
                write_atomically(folder / f"{name}.claim.json", canonical_bytes(item.claim))
                write_atomically(folder / f"{name}.cert.json", canonical_bytes(item.certificate))
                count += 1
    return count
