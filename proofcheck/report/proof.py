"""The parts of an accepted proof: their inequalities with multipliers, and their slack matrices.

Forms are the kernel's own. The factorisation here repeats the kernel's decision, so that the report can show
the pivots; a report whose pivots contradict the verdict is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from math import lcm
from typing import Any

from proofcheck.encode import class_inequality
from proofcheck.errors import ProofcheckError
from proofcheck.kernel.claim import Claim
from proofcheck.kernel.classes.premise import Premise
from proofcheck.kernel.forms import SPACES, Form
from proofcheck.kernel.rules import combine, lyapunov
from proofcheck.kernel.run import Run
from proofcheck.kernel.statements import LinearRate, WorstCase

from . import notation, premises
from .escape import Tex, text

WIDE = 36
SPACE_NAMES = {"x": Tex("$x$"), "u": Tex("$u$"), "r": Tex("roots")}
TAGS = {
    "interpolation": "I",
    "scaled_interpolation": "SI",
    "strong_convexity": "SC",
    "smoothness": "S",
    "cocoercivity": "C",
    "nonnegative_value": "P",
    "value_root": "R",
    "step_bound": "W",
    "minimisers": "M",
    "gradient_lipschitz": "A5",
    "start_distance": "D",
}
TITLES = {"nonnegative_value": "nonnegative value", "value_root": "value root", "step_bound": "step bound"}
ABOUT = {
    "same u": r"any two points $i$, $j$ with the same $u$",
    "same x": r"any two points $i$, $j$ with the same $x$",
    "two u": r"any two positions $u_i$, $u_j$",
    "point": r"any point $i$",
    "step": r"any point $i$ at which the method takes its gradient",
}


@dataclass(frozen=True)
class Row:
    """One inequality of a proof: its number, the points it is about, its multiplier."""

    number: int
    first: Tex
    second: Tex
    exact: Tex
    decimal: Tex


@dataclass(frozen=True)
class Group:
    """The rows of one inequality."""

    tag: Tex
    title: Tex
    source: Tex
    rows: list[Row]


@dataclass(frozen=True)
class Pivot:
    """A diagonal entry of D in L D L^T, with the vector it belongs to; `exact` is empty where it is too long."""

    number: int
    vector: Tex
    decimal: Tex
    exact: Tex


@dataclass(frozen=True)
class Slack:
    """The slack of a part in one space; `shape` is its size, and its rank where that is smaller."""

    part: Tex
    space: Tex
    size: int
    shape: Tex
    smallest: Tex
    pivots: list[Pivot]


@dataclass(frozen=True)
class Part:
    """One form that a certificate proves nonnegative; `wide` where a multiplier needs more than a line."""

    key: Tex
    wide: bool
    groups: list[Group]
    slacks: list[Slack]


@dataclass(frozen=True)
class Legend:
    """An inequality of the class, stated."""

    tag: Tex
    title: Tex
    about: Tex
    statement: Tex
    source: Tex


def goals(claim: Claim, certificate: dict[str, Any]) -> dict[str, tuple[Run, Form]]:
    """The forms that the parts of an accepted certificate prove nonnegative, as the kernel's rules build them."""
    s = claim.statement
    if isinstance(s, WorstCase):
        run = claim.run(0, s.steps, generic=False)
        return {"proof": (run, s.bound * claim.measure(run, s.initial, 0) - claim.measure(run, s.metric, s.steps))}
    assert isinstance(s, LinearRate)
    number = claim.field.number
    constant = number(certificate["constant"], "constant")
    v = lyapunov.Lyapunov(certificate["lyapunov"], claim.problem.partial, number)
    return lyapunov.goals(claim, s, v, constant)


def parts(claim: Claim, certificate: dict[str, Any]) -> dict[str, Part]:
    """Every part of an accepted certificate."""
    found = {}
    for key, (run, goal) in goals(claim, certificate).items():
        terms = combine.read_terms(certificate[key], key)
        rest = combine.slack(claim, run, goal, terms, key)
        slacks = [_slack(key, run, space, *rest.matrix(space)) for space in SPACES]
        wide = any(len(str(multiplier)) > WIDE for _, _, multiplier in terms)
        found[key] = Part(Tex(key), wide, groups_of(claim, terms, _shown), [slack for slack in slacks if slack.size])
    return found


def legends(claim: Claim, groups: Iterable[Group]) -> list[Legend]:
    """The inequalities that a proof uses, each once."""
    used = {group.tag for group in groups}
    stated = [legend_of(claim, name) for name in claim.problem.inequalities]
    return [entry for entry in stated if entry.tag in used]


def groups_of(claim: Claim, terms: combine.Terms, shown: Callable[[Any], tuple[Tex, Tex]]) -> list[Group]:
    """The inequalities with their multipliers, exactly and nearly as `shown` prints them, grouped by name."""
    groups: dict[str, Group] = {}
    for number, (name, at, multiplier) in enumerate(terms, 1):
        if name not in groups:
            stated = legend_of(claim, name)
            groups[name] = Group(stated.tag, stated.title, stated.source, [])
        first, second = points(name, at, claim.problem.partial)
        groups[name].rows.append(Row(number, first, second, *shown(multiplier)))
    return list(groups.values())


def _shown(multiplier: Fraction) -> tuple[Tex, Tex]:
    return notation.digits(multiplier), Tex(f"${notation.near(multiplier)}$")


def points(name: str, at: list[str], partial: bool) -> tuple[Tex, Tex]:
    """The points that an inequality is about."""
    if not at:
        return Tex("the start"), Tex("")
    if name == "step_bound":
        return Tex(f"${notation.point(f'y[{at[0]}]@v[{at[0]}]', partial)}$"), Tex("")
    if name == "minimisers":
        shown = [Tex(f"${notation.position(label)}$") for label in at]
    else:
        shown = [Tex(f"${notation.point(label, partial)}$") for label in at]
    return shown[0], shown[1] if len(shown) > 1 else Tex("")


def legend_of(claim: Claim, name: str) -> Legend:
    """An inequality that a claim offers, stated."""
    premise = claim.problem.inequalities[name]
    if not isinstance(premise, Premise):
        return legend(premises.symbolic(claim)[0], name)
    tag, title = premises.tag(claim, premise), text(name.replace("_", " "))
    return Legend(tag, title, premises.about(premise), premises.statement(premise), premises.source(premise))


_NEAR = r"\mu\lVert x_0-x^\star(u_0)\rVert^2\le C_0^2F_0"


@lru_cache(maxsize=64)
def legend(class_name: str, name: str) -> Legend:
    """An inequality of a class, stated."""
    if name == "start_distance":
        return Legend(Tex(TAGS[name]), text("start distance"), Tex("the start"), Tex(_NEAR), Tex("the premise (N)"))
    known = class_inequality(class_name, name)
    about = ABOUT[known.about] if class_name == "partial_strong_convexity" else "any two points $i$, $j$"
    title = text(TITLES.get(name, name.replace("_", " ")))
    if known.about == "point":
        about = ABOUT["point"]
    return Legend(Tex(TAGS[name]), title, Tex(about), Tex(known.latex()), source(known.source))


def source(citation: str) -> Tex:
    """A citation from `encode`, with its two formulas in symbols."""
    shown = str(text(citation)).replace(r"grad\_2 f", r"$\nabla_2 f$").replace("f*", r"$f^\star$")
    return Tex(shown)


def factorise(matrix: list[list[Fraction]]) -> list[Fraction]:
    """The diagonal D of L D L^T, exactly, by fraction-free elimination in the given order.

    Raises
    ------
    ProofcheckError
        If the matrix is not positive semidefinite.

    Examples
    --------
    >>> factorise([[Fraction(2), Fraction(1)], [Fraction(1), Fraction(1, 2)]])
    [Fraction(2, 1), Fraction(0, 1)]
    """
    size, scale = len(matrix), lcm(*(entry.denominator for row in matrix for entry in row))
    rows = [[int(entry * scale) for entry in row] for row in matrix]
    diagonal, previous = [], 1
    for step, row in enumerate(rows):
        pivot = row[step]
        if pivot < 0 or (pivot == 0 and any(row[step:])):
            raise ProofcheckError(f"a slack matrix of size {size} is not positive semidefinite (pivot {step})")
        diagonal.append(Fraction(pivot, previous * scale))
        if pivot == 0:
            continue
        for i in range(step + 1, size):
            factor, target = row[i], rows[i]
            for j in range(i, size):
                target[j] = (pivot * target[j] - factor * row[j]) // previous
        previous = pivot
    return diagonal


def _slack(key: str, run: Run, space: str, names: list[str], matrix: list[list[Fraction]]) -> Slack:
    diagonal = factorise(matrix)
    positive = [entry for entry in diagonal if entry]
    smallest = Tex(rf"${notation.rounded(min(positive), up=False, figures=4)}$") if positive else Tex("")
    pivots = [_pivot(*entry, run=run, space=space) for entry in enumerate(zip(names, diagonal, strict=True), 1)]
    size, rank = len(names), len(positive)
    shape = Tex(rf"${size}\times{size}$" + (f" (rank {rank})" if rank < size else "") + (":" if rank else ""))
    return Slack(Tex(key), SPACE_NAMES[space], size, shape, smallest, pivots)


def _pivot(number: int, entry: tuple[str, Fraction], run: Run, space: str) -> Pivot:
    name, value = entry
    shown = str(value)
    exact = Tex(rf"\digits{{{shown}}}")
    if len(shown) > notation.LINE:
        lengths = len(str(value.numerator)), len(str(value.denominator))
        exact = Tex(rf"(integers of {lengths[0]} and {lengths[1]} digits)")
    vector = Tex(f"${notation.basis_vector(space, name, run)}$")
    return Pivot(number, vector, Tex(f"${notation.rounded(value, up=False, figures=6)}$"), exact)
