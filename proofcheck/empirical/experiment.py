"""Experiment files ("proofcheck-experiment/1") of `proofcheck validate`. docs/networks.md specifies every key."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from proofcheck import kept
from proofcheck.case import read_document, read_line, read_table, read_text, shorten
from proofcheck.empirical.groups import InstanceGroup, read_instances
from proofcheck.empirical.reading import integer, number, sequence
from proofcheck.empirical.tunings import METHODS
from proofcheck.errors import InvalidInput, NotSupported, ProofcheckError

FORMAT = "proofcheck-experiment/1"
KEPT = "kept:"
SOURCES = ("start", "sharp")
MAX_STEPS, MAX_TUNINGS, MAX_THEOREMS, MAX_GROUPS, MAX_RUNS = 100_000, 12, 12, 200, 20_000


@dataclass(frozen=True)
class Rule:
    """One tuning of one method.

    Attributes
    ----------
    method, tuning : str
        As in `tuned`.
    c : float
        The step size is c/L1.
    """

    method: str
    tuning: str
    c: float

    @property
    def label(self) -> str:
        """What tables and plots call it."""
        return f"{self.method} {self.tuning} c={self.c:g}"


@dataclass(frozen=True)
class Assumed:
    """Which constants the methods are tuned with and the theorems are asked about.

    Attributes
    ----------
    source : str
        "start" or "sharp", see `proofcheck.empirical.given.known`.
    times : dict
        Factors for mu, L1 and G1.
    """

    source: str = "start"
    times: Mapping[str, float] = field(default_factory=lambda: {"mu": 1.0, "L1": 1.0, "G1": 1.0})


@dataclass(frozen=True)
class Experiment:
    """An experiment file.

    Attributes
    ----------
    title, source : str
    steps : int
    groups : tuple of InstanceGroup
        Instances that are run as one batch.
    rules : tuple of Rule
    theorems : tuple of Path or str
        Folders with claim.json and cert.json, and names of kept theorems.
    assumed : Assumed
    """

    title: str
    source: str
    steps: int
    groups: tuple[InstanceGroup, ...]
    rules: tuple[Rule, ...]
    theorems: tuple[Path | str, ...]
    assumed: Assumed


def load(path: str | Path) -> Experiment:
    """Read an experiment file.

    Raises
    ------
    InvalidInput, NotSupported
        With one line that names the file, the key, the value and the bound.
    """
    name = str(path)
    document = read_document(name)
    try:
        return from_document(document, Path(path).parent)
    except ProofcheckError as error:
        raise type(error)(f"{name}: {error}") from None


def from_document(document: Mapping[str, Any], folder: Path) -> Experiment:
    """Build an experiment from a parsed document; theorems are looked for relative to the folder."""
    names = ("format", "title", "steps", "instances", "tunings")
    if "format" in document:  # another format has other keys
        found = read_text(document["format"], "format")
        if found != FORMAT:
            raise NotSupported(f"format={shorten(found)} must be {FORMAT!r}")
    top = read_table(document, "experiment", names, ("source", "theorems", "constants"))
    groups = read_instances(sequence(top["instances"], "instances", MAX_GROUPS))
    if len(groups) > MAX_GROUPS:
        raise NotSupported(f"instances: {len(groups)} combinations of widths and scales, the limit is {MAX_GROUPS}")
    rules = _rules(sequence(top["tunings"], "tunings", MAX_TUNINGS))
    runs = len(rules) * sum(len(group.seeds) for group in groups)
    if runs > MAX_RUNS:
        raise NotSupported(f"instances: {runs} runs (seeds x combinations x tunings), the limit is {MAX_RUNS}")
    return Experiment(
        title=read_line(top["title"], "title"),
        source=read_line(top.get("source", ""), "source"),
        steps=integer(top["steps"], "steps", 1, MAX_STEPS),
        groups=groups,
        rules=rules,
        theorems=_theorems(top.get("theorems", []), folder),
        assumed=_assumed(top.get("constants", {})),
    )


def _rules(entries: Sequence[Any]) -> tuple[Rule, ...]:
    found: list[Rule] = []
    for i, entry in enumerate(entries):
        where = f"tunings[{i}]"
        table = read_table(entry, where, ("method", "tuning"), ("c",))
        method = read_text(table["method"], f"{where}.method")
        if method not in METHODS:
            raise NotSupported(f"{where}.method={shorten(method)} must be one of {', '.join(METHODS)}")
        tuning, known = read_text(table["tuning"], f"{where}.tuning"), METHODS[method].formulas
        if tuning not in known:
            raise NotSupported(f"{where}.tuning={shorten(tuning)} must be one of {', '.join(known)}")
        rule = Rule(method, tuning, number(table.get("c", 1), f"{where}.c", above=0, most=1e6))
        if rule in found:
            raise InvalidInput(f"{where}: the same as tunings[{found.index(rule)}]")
        found.append(rule)
    return tuple(found)


def _theorems(value: Any, folder: Path) -> tuple[Path | str, ...]:
    if value == []:
        return ()
    found: list[Path | str] = []
    for i, entry in enumerate(sequence(value, "theorems", MAX_THEOREMS)):
        line, where = read_line(entry, f"theorems[{i}]"), f"theorems[{i}]={shorten(entry)}"
        name = line.removeprefix(KEPT)
        path: Path | str = name if line.startswith(KEPT) else folder / line
        if path in found:
            raise InvalidInput(f"{where}: named twice")
        if isinstance(path, str) and path not in kept.NAMES:
            raise NotSupported(f"{where}: the kept theorems are {', '.join(kept.NAMES)}")
        if isinstance(path, Path) and not path.is_dir():
            raise InvalidInput(f"{where}: {path} is not a folder (with claim.json, cert.json)")
        found.append(path)
    return tuple(found)


def _assumed(value: Any) -> Assumed:
    table = read_table(value, "constants", (), ("from", "mu_times", "L1_times", "G1_times"))
    source = read_text(table.get("from", "start"), "constants.from")
    if source not in SOURCES:
        raise NotSupported(f"constants.from={shorten(source)} must be one of {', '.join(SOURCES)}")
    times = {
        name: number(table.get(f"{name}_times", 1), f"constants.{name}_times", above=0, most=1e6)
        for name in ("mu", "L1", "G1")
    }
    return Assumed(source, times)
