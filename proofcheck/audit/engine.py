"""Rows to verdicts: a stored certificate re-checked, else a proof, else a counterexample, else a correction."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from proofcheck.errors import InvalidInput
from proofcheck.files import make_directory, write_atomically
from proofcheck.kernel import Refusal, Verdict, check, wire
from proofcheck.kernel.__main__ import load as load_bytes
from proofcheck.kernel.obligations import check as rules
from proofcheck.kernel.obligations import claim as obligations

from . import models
from .entries import SILENT, Correction, Paper, Row
from .prove import Search

FORMAT = "proofcheck-audit/1"
VERSION = 1  # of the search: a higher one searches again what an earlier one did not decide
_PREMISES = "premises used: "


@dataclass(frozen=True)
class Checked:
    """One claim with its certificate and what the kernel says about the two."""

    claim: dict[str, Any]
    certificate: dict[str, Any] | None
    verdict: Verdict
    stored: bool = False


@dataclass(frozen=True)
class Outcome:
    """What the engine found about a row.

    `word` is PROVED, PROVED_UNDER_n, REFUTED, UNDECIDED, DEFINITION or OUT OF REACH; where the print is
    not proved and a correction is, `correction` is that one and `corrected` its claims.
    """

    row: Row
    word: str
    printed: tuple[Checked, ...]
    correction: Correction | None = None
    corrected: tuple[Checked, ...] = ()
    seconds: float = 0.0

    @property
    def verdict(self) -> str:
        """The verdict in the report's words."""
        if self.correction is not None:
            word = joined(self.corrected)
            premises = f" ({word})" if word != "PROVED" else ""
            return f"PROVED after correction ({self.correction.kind}){premises}"
        if self.row.added:
            return f"{self.word} (not in the print)"
        if self.word == "PROVED":
            return "PROVED as restated" if self.row.restated else "PROVED as printed"
        return self.word


def audit(
    paper: Paper,
    store: Path | None = None,
    only: Iterable[str] = (),
    fresh: bool = False,
    tell: Callable[[str, int, int], None] = lambda name, done, total: None,
) -> list[Outcome]:
    """Decide every row, or those whose id starts with one of `only`.

    Certificates are kept in `store` and re-checked the next time, unless `fresh`.
    """
    chosen = [row for row in paper.rows if not only or any(row.id.startswith(prefix) for prefix in only)]
    if not chosen:
        raise InvalidInput(f"{paper.folder}: no row with an id that starts with {', '.join(only) or 'anything'}")
    outcomes = []
    for done, row in enumerate(chosen):
        tell(row.id, done, len(chosen))
        outcomes.append(decide(row, paper, store, fresh))
    tell("", len(chosen), len(chosen))
    return outcomes


def decide(row: Row, paper: Paper, store: Path | None, fresh: bool = False) -> Outcome:
    """The outcome of one row."""
    start = time.perf_counter()
    if row.kind in SILENT:
        return Outcome(row, "DEFINITION" if row.kind == "definition" else "OUT OF REACH", ())
    keeper = Keeper(row, store, fresh)
    contexts = _models(row.entry, paper)
    printed = tuple(keeper.decided(claim, row.hints, contexts) for claim in row.claims)
    word = joined(printed)
    correction: Correction | None = None
    corrected: tuple[Checked, ...] = ()
    if not word.startswith("PROVED"):
        for proposed in row.corrections:
            found = tuple(keeper.decided(claim, proposed.hints, contexts) for claim in proposed.claims)
            if joined(found).startswith("PROVED"):
                correction, corrected = proposed, found
                break
    keeper.save()
    return Outcome(row, word, printed, correction, corrected, time.perf_counter() - start)


def joined(items: Iterable[Checked]) -> str:
    """One word for several claims that have to hold together; premises that they share count once."""
    listed = list(items)
    words = [item.verdict.word for item in listed]
    if "REFUTED" in words:
        return "REFUTED"
    if not words or not all(word.startswith("PROVED") for word in words):
        return "UNDECIDED"
    used = {name for item in listed for name in premises(item.verdict)}
    under = [item.verdict.word for item in listed if item.verdict.word != "PROVED" and not premises(item.verdict)]
    count = len(used) + sum(int(word.removeprefix("PROVED_UNDER_")) for word in under)  # those without names add up
    return f"PROVED_UNDER_{count}" if count else "PROVED"


def premises(verdict: Verdict) -> list[str]:
    """The premises that the kernel says a proof rests on."""
    if not verdict.reason.startswith(_PREMISES):
        return []
    return verdict.reason.removeprefix(_PREMISES).split(", ")


def _models(entry: dict[str, Any], paper: Paper) -> list[dict[str, Any]]:
    names = entry.get("context", [])
    names = [names] if isinstance(names, str) else names
    return [paper.contexts[name]["model"] for name in names if "model" in paper.contexts.get(name, {})]


class Keeper:
    """The certificates of one row, in one file; claims that were searched in vain are remembered too."""

    def __init__(self, row: Row, store: Path | None, fresh: bool = False) -> None:
        self.path = store / f"{row.id}.json" if store is not None else None
        self.known: dict[str, Any] = {}
        self.used: dict[str, Any] = {}
        if self.path is not None and self.path.is_file() and not fresh:
            try:
                found = wire.read_json(load_bytes(str(self.path)), str(self.path))
                self.known = found if isinstance(found, dict) else {}
            except Refusal:
                self.known = {}  # found anew and written again

    def decided(self, document: dict[str, Any], hints: dict[str, Any], contexts: list[dict[str, Any]]) -> Checked:
        """A claim with the kernel's word on its stored certificate, or on a new one."""
        data = wire.canonical_bytes(document)
        name = wire.digest(document)
        in_vain = {"searched": VERSION, "hints": wire.digest([hints, contexts])}
        open_ = Checked(document, None, Verdict("UNDECIDED", "neither a proof nor a counterexample was found"))
        if self.known.get(name) == in_vain:
            self.used[name] = in_vain
            return open_
        if name in self.known:
            verdict = check(data, wire.canonical_bytes(self.known[name]))
            if verdict.accepted:
                self.used[name] = self.known[name]
                return Checked(document, self.known[name], verdict, True)
        claim = obligations.read(document)  # it was read before, with the row
        for parts in _candidates(claim, hints, contexts):
            certificate = {"format": rules.FORMAT, "claim": name, **parts}
            verdict = check(data, wire.canonical_bytes(certificate))
            if verdict.accepted:
                self.used[name] = certificate
                return Checked(document, certificate, verdict)
        self.used[name] = in_vain
        return open_

    def save(self) -> None:
        """Write the certificates in use, unless the file has them already."""
        if self.path is not None and self.used and self.used != self.known:
            make_directory(self.path.parent)
            write_atomically(self.path, (json.dumps(self.used, sort_keys=True, indent=1) + "\n").encode())


def _candidates(
    claim: obligations.Obligation, hints: dict[str, Any], contexts: list[dict[str, Any]]
) -> Iterator[dict[str, Any]]:
    """Certificates worth asking the kernel about."""
    model = models.proposed(claim, hints["model"], contexts) if "model" in hints else None
    if model is not None:
        yield {"rule": "counterexample", "model": model}
    world = models.inhabitant(claim, hints, contexts)
    if world is not None:
        try:
            found = Search(claim, hints).certificate()
        except Refusal:
            found = None
        if found is not None:
            yield {"rule": "positivity", "inhabitant": world, **found}
    model = models.counterexample(claim)
    if model is not None:
        yield {"rule": "counterexample", "model": model}
