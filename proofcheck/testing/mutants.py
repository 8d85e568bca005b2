"""Planted errors in the inequalities of a class, and what becomes of each.

Kinds: a sign, a factor 2, a swapped index, a missing term. A term is a coefficient of the form as it stands ("entry"),
or as it is written in differences of the two points ("term"). Each mutant is FALSE, WEAKER, EQUAL or OPEN.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from proofcheck.kernel.forms import Form
from proofcheck.testing.classes_under_test import (
    ONE_POINT,
    ClassUnderTest,
    Statement,
    form_of,
    instances,
    renamed,
    table_of,
    under_test,
)
from proofcheck.testing.implied import Known, identity, substituted
from proofcheck.testing.witness import Samples, Witness

KINDS = ("sign", "factor 2", "swapped index", "missing term")
SWAP = {f"{letter}_{a}": f"{letter}_{b}" for letter in "xguwzRF" for a, b in ("ij", "ji")}
_ALONE = {f"{letter}_j": f"{letter}_i" for letter in "RgFz"}
_DIFFERENCES = {f"{letter}_i": {f"{letter}_j": 1, f"{letter}_d": 1} for letter in "xguzR"}
_POINTS = {f"{letter}_d": {f"{letter}_i": 1, f"{letter}_j": -1} for letter in "xguzR"}


@dataclass(frozen=True)
class Mutant:
    """An inequality with one planted error.

    Attributes
    ----------
    statement
        The changed inequality: its form, and what its points share.
    kind
        One of `KINDS`.
    term
        The term that was changed; d stands for a difference, such as dx = x_i - x_j.
    """

    statement: Statement
    kind: str
    term: str

    def __str__(self) -> str:
        return f"{self.statement.name}: {self.kind} at {self.term}"


@dataclass(frozen=True)
class Judged:
    """What became of a mutant.

    Attributes
    ----------
    mutant
        The mutant.
    verdict
        "FALSE": broken by a true function, exactly. "WEAKER": it follows from the class's inequalities, by an exact
        identity. "EQUAL": the form is unchanged. "OPEN": neither was found.
    witness
        Of FALSE.
    identity
        Of WEAKER: what is multiplied by what; the rest is a positive semidefinite form.
    """

    mutant: Mutant
    verdict: str
    witness: Witness | None = None
    identity: Mapping[str, Fraction] | None = None

    def __str__(self) -> str:
        if self.identity is not None:
            shown = " + ".join(f"{c} [{name}]" for name, c in self.identity.items())
            return f"{self.mutant}: WEAKER, = {shown or 0} + a semidefinite form"
        return f"{self.mutant}: {self.verdict}" + (f", {self.witness}" if self.witness else "")


def inequality_mutants(cls: Any, *, parameters: Mapping[str, Any] | None = None) -> list[Mutant]:
    """Every planted error in every inequality of a class, each form once.

    Parameters
    ----------
    cls : problem class or instance of one
    parameters : mapping, optional
        Of the class; without it, a shipped class is taken at those where it is tested first.

    Examples
    --------
    >>> from proofcheck import SmoothStronglyConvex
    >>> found = inequality_mutants(SmoothStronglyConvex)
    >>> [str(mutant) for mutant in found if mutant.statement.name == "strong_convexity"][0]
    'strong_convexity: sign at F_i'
    """
    subject = under_test(instances(cls, parameters)[0])
    return [mutant for statement in subject.statements.values() for mutant in _mutants(statement)]


def judge_mutants(cls: Any, *, parameters: Mapping[str, Any] | None = None, seed: int = 0) -> list[Judged]:
    """Every planted error with its verdict.

    Examples
    --------
    >>> from proofcheck import SmoothStronglyConvex
    >>> found = judge_mutants(SmoothStronglyConvex)
    >>> sorted({judged.verdict for judged in found})
    ['EQUAL', 'FALSE', 'WEAKER']
    """
    subject = under_test(instances(cls, parameters)[0])
    samples = Samples(subject, seed)
    return [judge(mutant, subject, samples) for mutant in inequality_mutants(subject.problem)]


def judge(mutant: Mutant, subject: ClassUnderTest, samples: Samples) -> Judged:
    """The verdict on one mutant: sampling first, then a proof."""
    original = subject.statements[mutant.statement.name]
    if table_of(mutant.statement.form) == table_of(original.form):
        return Judged(mutant, "EQUAL")
    witness = samples.violation(mutant.statement)
    if witness is not None:
        return Judged(mutant, "FALSE", witness)
    form, known = mutant.statement.form, _known(subject, mutant.statement)
    if subject.partial and not subject.parameters["G1"]:
        form = _uncoupled(form, mutant.statement.about)
        known = [replace(item, form=_uncoupled(item.form, mutant.statement.about)) for item in known]
    known = [replace(item, form=in_differences(item.form)) for item in known]
    found = identity(in_differences(form), known)
    return Judged(mutant, "WEAKER", identity=found) if found is not None else Judged(mutant, "OPEN")


def _uncoupled(form: Form, about: str) -> Form:
    """The form where f does not depend on u: no step in u; at one x one value and one gradient; and one minimiser."""
    still = form_of({term: c for term, c in table_of(form).items() if not term[0].startswith("w")})
    return renamed(still, _ALONE) if about in ("same x", "two u") else still


def in_differences(form: Form) -> Form:
    """The form written in x_d = x_i - x_j and x_j, and so on for every vector.

    Examples
    --------
    >>> table_of(in_differences(form_of({("g_j", "x_i"): Fraction(1), ("g_j", "x_j"): Fraction(-1)})))
    {('g_j', 'x_d'): Fraction(1, 1)}
    """
    return substituted(form, _DIFFERENCES)


def _mutants(statement: Statement) -> Iterator[Mutant]:
    seen: set[frozenset[tuple[tuple[str, ...], Fraction]]] = set()
    forms = [statement.form] if statement.about in ONE_POINT else [in_differences(statement.form), statement.form]
    for written in forms:
        for term, coefficient in table_of(written).items():
            for kind, change in _changes(term, coefficient):
                form = substituted(written + change, _POINTS)
                key = frozenset(table_of(form).items())
                if key not in seen:
                    seen.add(key)
                    yield Mutant(replace(statement, form=form), kind, _shown(term))


def _changes(term: tuple[str, ...], coefficient: Fraction) -> Iterator[tuple[str, Form]]:
    """What each error at a term adds to the form."""
    own = form_of({term: coefficient})
    yield KINDS[0], -2 * own
    yield KINDS[1], own
    for turned in dict.fromkeys(_turned(term)):
        sign, other = turned
        yield KINDS[2], form_of({other: sign * coefficient}) - own
    yield KINDS[3], -1 * own


def _turned(term: tuple[str, ...]) -> Iterator[tuple[int, tuple[str, ...]]]:
    """The term with the index of one factor swapped, or of all: (sign, term); a difference changes its sign."""
    choices = [(n,) for n in range(len(term))] + ([tuple(range(len(term)))] if len(term) > 1 else [])
    for places in choices:
        names, sign = list(term), 1
        for n in places:
            if names[n].endswith("_d"):
                sign = -sign
            else:
                names[n] = SWAP[names[n]]
        yield sign, tuple(sorted(names))


def _shown(term: tuple[str, ...]) -> str:
    names = [f"d{name[0]}" if name.endswith("_d") else name for name in term]
    if len(names) == 1:
        return names[0]
    return f"|{names[0]}|^2" if names[0] == names[1] else f"<{names[0]}, {names[1]}>"


def _known(subject: ClassUnderTest, statement: Statement) -> list[Known]:
    """What is true at the two points: the class's inequalities both ways, f >= f*, and what square roots satisfy."""
    found = []
    own = subject.statements[statement.name]
    others = [other for other in subject.statements.values() if other.about in (statement.about, "point")]
    for other in [own, *(other for other in others if other.name != own.name)]:
        one = other.about in ONE_POINT
        found.append(Known(f"{other.name}({'i' if one else 'i, j'})", other.form))
        found.append(Known(f"{other.name}({'j' if one else 'j, i'})", renamed(other.form, SWAP)))
    unit = Fraction(1)
    if not subject.shipped:
        found += [Known(f"F_{label} >= 0", form_of({(f"F_{label}",): unit})) for label in "ij"]
        found += [known for other in others if other.about not in ONE_POINT for known in _at_minimiser(other)]
    if subject.partial and statement.about == "same x":
        found.append(Known("R_i R_j >= 0", form_of({("R_i", "R_j"): unit})))
        for label in "ij":
            form = form_of({(f"F_{label}",): unit, (f"R_{label}", f"R_{label}"): -unit})
            found.append(Known(f"F_{label} = R_{label}^2", form, equation=True))
    return found


def _at_minimiser(statement: Statement) -> Iterator[Known]:
    """An inequality between a point and the minimiser, where x - x*, the gradient and F are 0."""
    for gone, kept, places in (("j", "i", "{}, *"), ("i", "j", "*, {}")):
        table = {t: c for t, c in table_of(statement.form).items() if not any(n.endswith(gone) for n in t)}
        for label in "ij":
            names = SWAP if label != kept else {}
            yield Known(f"{statement.name}({places.format(label)})", renamed(form_of(table), names))
