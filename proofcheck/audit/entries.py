"""Reading the files of an audit: paper.toml, contexts and rows. docs/audit.md specifies every key."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from proofcheck.case import read_document
from proofcheck.errors import InvalidInput, NotSupported
from proofcheck.kernel import Refusal
from proofcheck.kernel.obligations import claim as obligations
from proofcheck.kernel.outcome import Declined
from proofcheck.kernel.wire import shorten

from . import shapes
from .scales import linear_claim

KINDS = ("identity", "scalar", "hilbert", "scale", "counterexample", "definition", "fact")
SILENT = ("definition", "fact")
CORRECTIONS = ("typo", "constant", "exponent", "direction", "hypothesis")
CONSEQUENCES = ("harmless", "repaired", "consequential")
MAX_BYTES = 1_000_000
MAX_ROWS = 500
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,60}", re.ASCII)
_QUANTIFIED = re.compile(r"\s*([A-Za-z][A-Za-z0-9_]*)\s*:\s*(?:for\s+(.*?)\s*:(?=[^:]*$))?(.*)", re.ASCII | re.DOTALL)
_VARIABLE = re.compile(r"([A-Za-z][A-Za-z0-9_]*)\s*:\s*([A-Za-z][A-Za-z0-9_]*)(?:\s+in\s+([A-Za-z][A-Za-z0-9_]*))?")


@dataclass(frozen=True)
class Correction:
    """What an entry proposes where the print fails."""

    kind: str
    words: str
    consequence: str
    why: str
    claims: tuple[dict[str, Any], ...]
    hints: dict[str, Any]


@dataclass(frozen=True)
class Row:
    """One statement or step: what is printed, and the claims it stands for."""

    id: str
    kind: str
    page: int
    place: str
    printed: str
    note: str
    source: str
    covers: tuple[str, ...]
    uses: tuple[str, ...]
    claims: tuple[dict[str, Any], ...]
    hints: dict[str, Any]
    corrections: tuple[Correction, ...]
    file: str
    entry: dict[str, Any] = field(repr=False, default_factory=dict)
    restated: bool = False  # the print was not at hand

    @property
    def added(self) -> bool:
        """Whether the row says something that is not printed."""
        return self.printed.startswith("(not printed)")


@dataclass(frozen=True)
class Paper:
    """A paper: its data and its rows in order."""

    folder: Path
    title: str
    source: str
    about: dict[str, Any]
    rows: tuple[Row, ...]
    contexts: dict[str, Any]


def load(folder: Path) -> Paper:
    """Read a folder of cases.

    Raises
    ------
    InvalidInput, NotSupported
        With one line that names file, key and value.
    """
    if not folder.is_dir():
        raise InvalidInput(f"{folder}: not a folder with paper.toml")
    files = sorted(path for path in folder.glob("*.toml") if path.name != "paper.toml")
    about = dict(read_document(folder / "paper.toml", MAX_BYTES))
    shapes.PAPER(about, str(folder / "paper.toml"))
    documents = {path: read_document(path, MAX_BYTES) for path in files}
    contexts: dict[str, Any] = {}
    for path, document in documents.items():
        for key in document:
            _require(key in ("row", "context"), path, f"unknown key {shorten(key)}")
        _require(isinstance(document.get("context", {}), dict), path, "context: expected tables")
        for name, context in document.get("context", {}).items():
            shapes.record(shapes.CONTEXT)(context, f"{path}: context.{shorten(name)}")
            _require(name not in contexts, path, f"context.{name}: defined twice")
            contexts[name] = context
    rows: list[Row] = []
    for path, document in documents.items():
        _require(isinstance(document.get("row", []), list), path, "row: expected [[row]] tables")
        for entry in document.get("row", []):
            rows.append(_row(entry, contexts, path))
    if len(rows) > MAX_ROWS:
        raise NotSupported(f"{folder}: {len(rows)} rows, the limit is {MAX_ROWS}")
    seen: set[str] = set()
    for row in rows:
        if row.id in seen:
            raise InvalidInput(f"{row.file}: row id {row.id!r} is used twice")
        seen.add(row.id)
    _require("title" in about, folder / "paper.toml", "title is missing")
    if about.get("restated", False):
        rows = [replace(row, restated=True) for row in rows]
    return Paper(folder, about["title"], about.get("source", ""), about, tuple(rows), contexts)


def _require(condition: bool, path: Path, message: str) -> None:
    if not condition:
        raise InvalidInput(f"{path}: {message}")


def _row(entry: Any, contexts: dict[str, Any], path: Path) -> Row:
    _require(isinstance(entry, dict), path, "row: expected a table")
    name, kind = entry.get("id"), entry.get("kind")
    _require(isinstance(name, str) and bool(_ID.fullmatch(name)), path, f"row: id={shorten(name)} is not a short name")
    _require(not name.endswith(".corrected"), path, f"row: id={shorten(name)} is taken by the corrections' files")
    where = f"row {name}"
    _require(kind in KINDS, path, f"{where}: kind={shorten(kind)} must be one of {', '.join(KINDS)}")
    shapes.record(shapes.ROW | shapes.claim_keys(kind))(entry, f"{path}: {where}")
    _require(kind != "fact" or bool(entry.get("source")), path, f"{where}: source: a fact needs one")
    claims = () if kind in SILENT else tuple(_claims(entry, contexts, path, where))
    corrections = tuple(
        _correction(entry, proposed, contexts, path, f"{where}: correction {number}")
        for number, proposed in enumerate(entry.get("correction", []), 1)
    )
    texts = {key: entry.get(key, "") for key in ("place", "printed", "note", "source")}
    return Row(
        id=name, kind=kind, page=entry.get("page", 0), **texts, covers=tuple(entry.get("covers", [])),
        uses=tuple(entry.get("uses", [])), claims=claims, hints=entry.get("hints", {}), corrections=corrections,
        file=str(path), entry=entry,
    )  # fmt: skip


def _correction(
    entry: dict[str, Any], proposed: dict[str, Any], contexts: dict[str, Any], path: Path, where: str
) -> Correction:
    """The row with what the correction replaces in it."""
    keys = shapes.claim_keys(entry["kind"])
    shapes.record(shapes.CORRECTION | keys)(proposed, f"{path}: {where}")
    for key, allowed in (("kind", CORRECTIONS), ("consequence", CONSEQUENCES)):
        given = proposed.get(key)
        _require(given in allowed, path, f"{where}: {key}={shorten(given)} must be one of {', '.join(allowed)}")
    merged = {**entry, **{key: proposed[key] for key in keys if key in proposed}}
    for key in ("scalars", "vectors", "members"):
        merged[key] = {**entry.get(key, {}), **proposed.get(key, {})}
    hints = {k: v for k, v in entry.get("hints", {}).items() if k != "model"} | proposed.get("hints", {})
    claims = tuple(_claims(merged, contexts, path, where))
    return Correction(
        proposed["kind"], proposed.get("words", ""), proposed["consequence"], proposed.get("why", ""), claims, hints
    )


def _claims(entry: dict[str, Any], contexts: dict[str, Any], path: Path, where: str) -> list[dict[str, Any]]:
    """The claims of an entry in the kernel's format, one for each relation shown."""
    shown = entry.get("show")
    shown = [shown] if isinstance(shown, str) else shown
    _require(isinstance(shown, list) and bool(shown), path, f"{where}: show: expected relations")
    try:
        base = linear_claim(entry) if entry["kind"] == "scale" else _claim(entry, contexts)
        texts = base.pop("shown") if entry["kind"] == "scale" else shown
    except ValueError as error:
        raise InvalidInput(f"{path}: {where}: {str(error)[:160]}") from None
    claims = [{**base, "show": text} for text in texts or []]
    for claim in claims:
        try:
            obligations.read(claim)
        except Refusal as refusal:
            declined = isinstance(refusal, Declined)
            raise (NotSupported if declined else InvalidInput)(f"{path}: {where}: {refusal}") from None
    return claims


def _claim(entry: dict[str, Any], contexts: dict[str, Any]) -> dict[str, Any]:
    names = entry.get("context", [])
    names = [names] if isinstance(names, str) else list(names)
    claim: dict[str, Any] = {
        "format": "proofcheck-obligation/1", "spaces": [], "sets": {}, "scalars": {}, "vectors": {}, "functions": {},
        "let": [], "members": {}, "domain": [], "hypotheses": [],
    }  # fmt: skip
    for name in names:
        if name not in contexts:
            raise ValueError(f"context={name!r} is not defined")
        context = contexts[name]
        claim["spaces"] += [space for space in context.get("spaces", []) if space not in claim["spaces"]]
        claim["sets"] |= context.get("sets", {})
        claim["scalars"] |= context.get("scalars", {})
        for function, signature in context.get("functions", {}).items():
            claim["functions"][function] = _signature(signature)
        claim["let"] += [list(pair) for pair in context.get("let", [])]
        claim["domain"] += context.get("domain", [])
        for text in context.get("hypotheses", []):
            hypothesis = quantified(text)
            hypothesis["premise"] = hypothesis["name"] in context.get("premises", [])
            claim["hypotheses"].append(hypothesis)
    if "only" in entry:
        known = [h["name"] for h in claim["hypotheses"]]
        for name in entry["only"]:
            if name not in known:
                raise ValueError(f"only: {name!r} is not a hypothesis of the context")
        claim["hypotheses"] = [h for h in claim["hypotheses"] if h["name"] in entry["only"]]
    claim["scalars"] |= entry.get("scalars", {})
    claim["vectors"] = dict(entry.get("vectors", {}))
    for space in claim["vectors"].values():
        if space not in claim["spaces"]:
            claim["spaces"].append(space)
    claim["members"] = {name: list(listed) for name, listed in entry.get("members", {}).items()}
    claim["let"] += [list(pair) for pair in entry.get("let", [])]
    claim["domain"] += entry.get("domain", [])
    for text in entry.get("assume", []):
        claim["hypotheses"].append({**quantified(text), "premise": False})
    defined = {name for name, _ in claim["let"]}
    claim["scalars"] = {name: sign for name, sign in claim["scalars"].items() if name not in defined}
    return _needed(claim, str(entry.get("show", "")) + str(entry.get("members", "")))


def _needed(claim: dict[str, Any], shown: str) -> dict[str, Any]:
    """Without the scalars, functions, sets and abbreviations of the contexts that the claim does not mention."""
    texts = [shown, *claim["domain"], *(h["holds"] for h in claim["hypotheses"])]
    texts += [part for h in claim["hypotheses"] for triple in h["for"] for part in triple[1:]]
    words = set(re.findall(r"[A-Za-z][A-Za-z0-9_]*", " ".join(texts)))
    for name, text in reversed(claim["let"]):
        if name in words:
            words |= set(re.findall(r"[A-Za-z][A-Za-z0-9_]*", str(text)))
    claim["let"] = [pair for pair in claim["let"] if pair[0] in words]
    for key in ("scalars", "functions", "vectors"):
        claim[key] = {name: value for name, value in claim[key].items() if name in words}
    defined = {name for name, _ in claim["let"]} | set(claim["vectors"])
    claim["members"] = {s: [n for n in listed if n in defined] for s, listed in claim["members"].items()}
    used = set(claim["vectors"].values()) | words
    used |= {space for f in claim["functions"].values() for space in [*f["from"], f["to"]]}
    claim["sets"] = {n: s for n, s in claim["sets"].items() if n in words or claim["members"].get(n)}
    claim["members"] = {n: listed for n, listed in claim["members"].items() if listed and n in claim["sets"]}
    used |= set(claim["sets"].values())
    claim["spaces"] = [space for space in claim["spaces"] if space in used]
    return claim


def _signature(text: str) -> dict[str, Any]:
    arguments, arrow, image = text.partition("->")
    if not arrow:
        raise ValueError(f"{text!r} is not like 'X, U -> scalar'")
    return {"from": [part.strip() for part in arguments.split(",")], "to": image.strip()}


def quantified(text: str) -> dict[str, Any]:
    """Read "name: for x: X, u: U in Bu: relation", or "name: relation"."""
    match = _QUANTIFIED.fullmatch(text)
    if match is None:
        raise ValueError(f"{text!r} is not like 'name: relation'")
    variables = []
    for part in match[2].split(",") if match[2] else []:
        found = _VARIABLE.fullmatch(part.strip())
        if found is None:
            raise ValueError(f"{part.strip()!r} is not like 'x: X in B'")
        variables.append([found[1], found[2], found[3] or ""])
    return {"name": match[1], "for": variables, "holds": match[3].strip(), "premise": False}
