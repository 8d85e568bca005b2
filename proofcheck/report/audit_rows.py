"""One row of an audit as the referee report prints it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from proofcheck.audit.evidence import pointed

from .escape import Tex, code, text
from .maths import mixed

ADDED = "(not printed)"
COLOURS = {
    "proved": "1B6B3A", "mended": "1F6F8B", "changed": "2B4C9B", "repaired": "8A4B08", "refuted": "9C2A1C",
    "open": "6A3D9A", "faint": "606060",
}  # fmt: skip
CONSEQUENCES = {"harmless": "mended", "repaired": "repaired", "consequential": "refuted"}
WORDS = {"REFUTED": "refuted", "UNDECIDED": "open", "DEFINITION": "faint", "OUT OF REACH": "faint"}
SIGNS = {"positive": "> 0", "nonnegative": ">= 0", "real": "real"}
MOST_FACTS, MOST_DIVISORS = 14, 4


@dataclass(frozen=True)
class Names:
    """The numbers of the rows, for links; names of hypotheses that stand for more than one text."""

    numbers: Mapping[str, int]
    ambiguous: frozenset[str] = frozenset()

    def link(self, name: str) -> Tex:
        """The id of a row, with a link to it; other names as text."""
        if name not in self.numbers:
            return text(name)
        return Tex(rf"\hyperlink{{row.{self.numbers[name]}}}{{\rowid{{{text(name)}}}}}")


@dataclass(frozen=True)
class Claim:
    """A relation that is claimed, the kernel's word where it differs from the row's, and why."""

    show: Tex
    word: Tex | None
    evidence: list[Tex]


@dataclass(frozen=True)
class Entry:
    """A row."""

    name: str
    number: int
    id: Tex
    where: Tex
    verdict: Tex
    colour: Tex
    printed: Tex
    added: bool
    scale: bool
    setting: list[tuple[Tex, Tex]]
    claims: list[Claim]
    note: Tex
    source: Tex
    uses: list[Tex]
    correction: dict[str, Any] | None = field(default=None)


def place(row: Mapping[str, Any]) -> str:
    """Page and place."""
    return f"p. {row['page']}, {row['place']}" if row["page"] else str(row["place"])


def colour(row: Mapping[str, Any]) -> Tex:
    """The colour of a verdict."""
    if "correction" in row:
        return Tex(CONSEQUENCES[row["correction"]["consequence"]])
    return Tex(WORDS.get(row["print"], "proved"))


def entry(row: Mapping[str, Any], names: Names) -> Entry:
    """A row with everything that is printed about it."""
    added = row["printed"].startswith(ADDED)
    settings = row["setting"] or {}
    return Entry(
        name=row["id"],
        number=names.numbers[row["id"]],
        id=text(row["id"]),
        where=mixed(place(row)),
        verdict=text(row["verdict"]),
        colour=colour(row),
        printed=mixed(row["printed"].removeprefix(ADDED).strip()),
        added=added,
        scale=row["kind"] == "scale",
        setting=setting(settings, names.ambiguous),
        claims=[claim(item, row["print"]) for item in row["claims"]],
        note=mixed(row["note"]),
        source=mixed(row["source"]),
        uses=[names.link(name) for name in row["uses"]],
        correction=correction(row["correction"], settings, names.ambiguous) if "correction" in row else None,
    )


def correction(found: Mapping[str, Any], before: Mapping[str, Any], ambiguous: frozenset[str]) -> dict[str, Any]:
    """A correction: what is changed, how much it matters and why, and what is proved then."""
    old = dict(setting(before, ambiguous))
    word = "PROVED" if all(item["word"] == "PROVED" for item in found["claims"]) else ""
    return {
        "kind": text(found["kind"]),
        "consequence": text(found["consequence"]),
        "colour": Tex(CONSEQUENCES[found["consequence"]]),
        "words": mixed(found["words"]),
        "why": mixed(found["why"]),
        "setting": [(head, said) for head, said in setting(found["setting"], ambiguous) if old.get(head) != said],
        "claims": [claim(item, word) for item in found["claims"]],
    }


def setting(found: Mapping[str, Any], ambiguous: frozenset[str]) -> list[tuple[Tex, Tex]]:
    """Declarations and hypotheses as (heading, text); hypotheses for all vectors by name where that says which."""
    if not found:
        return []
    parts: list[tuple[str, str]] = []
    for sign, shown in SIGNS.items():
        listed = [name for name, given in found["scalars"].items() if given == sign]
        if listed:
            parts.append((f"{shown}", ", ".join(listed)))
    scalars = "; ".join(f"{names} {sign}" for sign, names in parts)
    spaces: dict[str, list[str]] = {}
    for name, space in found["vectors"].items():
        spaces.setdefault(space, []).append(name)
    vectors = "; ".join(f"{', '.join(listed)} in {space}" for space, listed in spaces.items())
    members = "; ".join(f"{', '.join(listed)} in {name}" for name, listed in found["members"].items())
    named = [h for h in found["hypotheses"] if h["general"] and h["name"] not in ambiguous]
    plain = [f"{h['name']}: {h['text']}" for h in found["hypotheses"] if h not in named]
    domain = [f"domain{number}: {relation}" for number, relation in enumerate(found["domain"], 1)]
    lines = [
        ("For all", "; ".join(part for part in (scalars, vectors, members) if part)),
        ("Let", "; ".join(f"{name} = {value}" for name, value in found["let"])),
        ("Where", "; ".join(domain)),
        ("Assumed", "; ".join(plain)),
        ("Hypotheses", ", ".join(h["name"] for h in named)),
    ]
    return [(Tex(head), code(said)) for head, said in lines if said]


def claim(item: Mapping[str, Any], word: str) -> Claim:
    """A relation with its certificate."""
    differs = item["word"] != word
    lines = evidence(item["evidence"])
    if "restates" in item:
        lines.append(Tex(rf"Nothing to prove: its hypothesis {code(item['restates'])} says the same."))
    return Claim(code(item["show"]), text(item["word"]) if differs else None, lines)


def evidence(found: Mapping[str, Any] | None) -> list[Tex]:
    """What shows a claim, or where it fails."""
    if found is None:
        return []
    if found["rule"] == "counterexample":
        return [Tex(rf"Fails at {code('; '.join(pointed(found['model'])))}.")]
    lines = [_sum(found)]
    if found["instances"] and found["sum"]:
        lines.append(
            Tex("Here " + "; ".join(code(f"{name}: {said}") for name, said in found["instances"].items()) + ".")
        )
    if found["divisors"]:
        lines.append(_divisors(found["divisors"]))
    return lines


def _divisors(listed: list[str]) -> Tex:
    shown = ", ".join(code(divisor, 400) for divisor in listed[:MOST_DIVISORS])
    more = f" and {len(listed) - MOST_DIVISORS} more" if len(listed) > MOST_DIVISORS else ""
    return Tex(rf"Divisors shown to be positive: {shown}{more}.")


def _sum(found: Mapping[str, Any]) -> Tex:
    """The certificate itself where it is short, or its size."""
    if found["sum"]:
        added = code(" + ".join(found["sum"]).replace("+ -", "- "))
        return Tex(rf"{added} is {'the claim' if found['equation'] else code('0')}.")
    if not found["terms"]:
        return Tex("Both sides are the same.")
    facts, more = found["facts"][:MOST_FACTS], len(found["facts"]) - MOST_FACTS
    named = ", ".join(code(name) for name in facts) + (f" and {more} more" if more > 0 else "")
    cases = f" in {found['cases']} cases" if found["cases"] > 1 else ""
    return Tex(rf"{found['terms']} terms{cases}, made of {named}." if named else rf"{found['terms']} terms{cases}.")
