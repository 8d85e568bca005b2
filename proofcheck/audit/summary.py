"""The outcomes of an audit as text and as JSON; equations without a row; what each statement rests on."""

from __future__ import annotations

from collections import Counter
from typing import Any

from proofcheck.kernel.wire import digest

from .coverage import uncovered
from .engine import FORMAT, Checked, Outcome
from .entries import Paper


def document(paper: Paper, outcomes: list[Outcome]) -> dict[str, Any]:
    """Everything about an audit as JSON data."""
    return {
        "format": FORMAT,
        "title": paper.title,
        "source": paper.source,
        "rows": [_row(outcome) for outcome in outcomes],
        "verdicts": dict(Counter(outcome.verdict for outcome in outcomes)),
        "equations_without_a_row": uncovered(paper),
    }


def _row(outcome: Outcome) -> dict[str, Any]:
    row = outcome.row
    found: dict[str, Any] = {
        "id": row.id, "kind": row.kind, "page": row.page, "place": row.place, "printed": row.printed,
        "covers": list(row.covers), "uses": list(row.uses), "verdict": outcome.verdict, "print": outcome.word,
        "claims": [_checked(item) for item in outcome.printed], "note": row.note, "source": row.source,
    }  # fmt: skip
    if outcome.correction is not None:
        c = outcome.correction
        found["correction"] = {"kind": c.kind, "words": c.words, "consequence": c.consequence, "why": c.why}
        found["correction"]["claims"] = [_checked(item) for item in outcome.corrected]
    return found


def _checked(item: Checked) -> dict[str, Any]:
    found = {"show": item.claim["show"], "claim": digest(item.claim), "word": item.verdict.word}
    return {**found, "reason": item.verdict.reason, "stored": item.stored}


def lines(outcomes: list[Outcome]) -> list[str]:
    """One line for each row, and what was counted."""
    width = max(len(outcome.row.id) for outcome in outcomes)
    found = []
    for outcome in outcomes:
        place = f"p. {outcome.row.page}, {outcome.row.place}" if outcome.row.page else outcome.row.place
        found.append(f"{outcome.row.id:<{width}}  {outcome.verdict:<42}  {place}")
        for item in outcome.printed:
            if item.verdict.word == "REFUTED" and item.certificate is not None:
                found.append(f"{'':<{width}}    fails: {item.claim['show']}  at {model(item.certificate['model'])}")
        if outcome.correction is not None:
            c = outcome.correction
            found.append(f"{'':<{width}}    {c.consequence}: {c.words}")
    counted = Counter(outcome.verdict for outcome in outcomes)
    return [*found, "", *(f"{number:5}  {verdict}" for verdict, number in sorted(counted.items()))]


def model(given: dict[str, Any]) -> str:
    """A counterexample in one line."""
    parts = [f"{name} = {value}" for name, value in given["scalars"].items()]
    parts += [f"{name} = ({', '.join(value)})" for name, value in given["vectors"].items()]
    for name, formula in given["functions"].items():
        letters = ", ".join(", ".join(group) for group in formula["arguments"])
        parts.append(f"{name}({letters}) = {', '.join(formula['values'])}")
    return ", ".join(parts)
