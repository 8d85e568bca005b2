"""Inequalities at pairs of points of true functions: exact values, and the pair where one is broken.

Floats choose among many pairs; what is reported was decided in exact numbers.
"""

from __future__ import annotations

import functools
import random
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from proofcheck.kernel.forms import Form
from proofcheck.testing.classes_under_test import ClassUnderTest, Statement, table_of
from proofcheck.testing.members import ZERO, Coordinates, Member, State, members_of
from proofcheck.testing.quadratics import Family, families

LINE = tuple(Fraction(n, 2) for n in (-5, -1, 0, 2, 6))


@dataclass(frozen=True)
class Pair:
    """Two points of a true function."""

    function: str
    i: State
    j: State

    def vector(self, name: str) -> Coordinates:
        """A vector by its name, such as x_i."""
        state = self.i if name.endswith("i") else self.j
        if name.startswith("R"):
            return (Fraction(state.R),)  # type: ignore[arg-type]
        return getattr(state, name[0])  # type: ignore[no-any-return]

    def product(self, term: tuple[str, ...]) -> Fraction:
        """A value, or the inner product of two vectors."""
        if len(term) == 1:
            return self.i.F if term[0].endswith("i") else self.j.F
        a, b = map(self.vector, term)
        return sum((p * q for p, q in zip(a, b, strict=True)), ZERO)

    def known(self, form: Form) -> bool:
        """Whether every square root that the form asks for is rational."""
        names = {name for pair in form.gram["r"] for name in pair}
        return not any((self.i if name.endswith("i") else self.j).R is None for name in names)

    def value(self, form: Form) -> Fraction:
        """The form at this pair, exactly."""
        return sum((c * self.product(term) for term, c in table_of(form).items()), ZERO)


@dataclass(frozen=True)
class Witness:
    """A pair of points of a true function where a form is negative: it is not an inequality of the class."""

    pair: Pair
    value: Fraction

    def __str__(self) -> str:
        shown = [f"f = {self.pair.function}"]
        for label, state in (("i", self.pair.i), ("j", self.pair.j)):
            shown += [f"x_{label} = {_text(state.x)}"] + ([f"u_{label} = {_text(state.u)}"] if state.u else [])
        return ", ".join(shown) + f": {self.value} < 0"


def _text(numbers: Coordinates) -> str:
    return str(numbers[0]) if len(numbers) == 1 else f"({', '.join(map(str, numbers))})"


class Samples:
    """Pairs of points of the true functions of a class, for each kind of statement.

    Parameters
    ----------
    subject : ClassUnderTest
    seed : int
        Of the random rationals among the positions; every other position is fixed.
    """

    def __init__(self, subject: ClassUnderTest, seed: int = 0) -> None:
        self.subject = subject
        self.members = members_of(subject)
        self._seed = seed
        self._pairs: dict[str, list[Pair]] = {}
        self._columns: dict[tuple[str, tuple[str, ...]], list[Fraction | None]] = {}
        self._families: dict[tuple[str, bool], list[Family]] = {}
        self._floating: dict[tuple[str, tuple[str, ...]], Any] = {}

    def pairs(self, about: str) -> list[Pair]:
        """Every pair for statements of this kind."""
        if about not in self._pairs:
            rng = random.Random(self._seed)
            self._pairs[about] = [pair for member in self.members for pair in _pairs(member, about, rng)]
        return self._pairs[about]

    def violation(self, statement: Statement) -> Witness | None:
        """Return a pair where the statement's form is negative, searched with floats and decided exactly.

        First quadratics, by an exact decision; then every pair.
        """
        found = self.quadratic_violation(statement)
        if found is not None:
            return found
        pairs, values = self.pairs(statement.about), self._floats(statement)
        for index in np.argsort(values)[:5]:
            if values[index] < 0 and (value := pairs[index].value(statement.form)) < 0:
                return Witness(pairs[index], value)
        return None

    def quadratic_violation(self, statement: Statement) -> Witness | None:
        """The same on quadratics alone, whose points are found by an exact decision."""
        for family in self._quadratics(statement):
            found = family.negative(statement.form)
            if found is not None:
                pair = Pair(*found)
                if pair.known(statement.form) and (value := pair.value(statement.form)) < 0:
                    return Witness(pair, value)
        return None

    def exact_violation(self, statement: Statement) -> Witness | None:
        """The same with every value exact, and no float anywhere."""
        pairs = self.pairs(statement.about)
        columns = [(c, self._column(statement.about, term)) for term, c in table_of(statement.form).items()]
        for index, pair in enumerate(pairs):
            products = [(c, column[index]) for c, column in columns]
            if any(product is None for _, product in products):
                continue
            value = sum((c * product for c, product in products if product), ZERO)
            if value < 0:
                return Witness(pair, value)
        return self.violation(statement)

    def _quadratics(self, statement: Statement) -> list[Family]:
        key = (statement.about, bool(statement.form.gram["r"]))
        if key not in self._families:
            self._families[key] = families(self.subject, *key)
        return self._families[key]

    def _floats(self, statement: Statement) -> Any:
        """The form's value in units of its largest term, at every pair; infinite where it is unknown."""
        total = scale = np.zeros(len(self.pairs(statement.about)))
        for term, coefficient in table_of(statement.form).items():
            part = float(coefficient) * self._rounded(statement.about, term)
            total, scale = total + part, np.maximum(scale, abs(part))
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.where(scale == 0, 0.0, np.nan_to_num(total / scale, nan=np.inf))

    def _column(self, about: str, term: tuple[str, ...]) -> list[Fraction | None]:
        """A value or an inner product at every pair; None where it needs an irrational root."""
        key = (about, term)
        if key not in self._columns:
            roots = term[0].startswith("R")
            found = [None if roots and None in (p.i.R, p.j.R) else p.product(term) for p in self.pairs(about)]
            self._columns[key] = found
        return self._columns[key]

    def _rounded(self, about: str, term: tuple[str, ...]) -> Any:
        key = (about, term)
        if key not in self._floating:
            self._floating[key] = np.array([np.nan if p is None else float(p) for p in self._column(about, term)])
        return self._floating[key]


def _pairs(member: Member, about: str, rng: random.Random) -> Iterator[Pair]:
    """Pairs of points: on a line with each other and with the minimiser, equal ones, and some in general position."""
    in_x, in_u = member.dimensions

    @functools.cache
    def state(x: Coordinates, u: Coordinates) -> State:
        return member.at(x, u)

    def draw(size: int) -> Coordinates:
        return tuple(Fraction(rng.randint(-12, 12), rng.randint(1, 4)) for _ in range(size))

    def minimiser(u: Coordinates) -> Coordinates:
        return state((ZERO,) * in_x, u).z

    def spots(u: Coordinates) -> list[Coordinates]:
        low = minimiser(u)
        line = dict.fromkeys((*LINE, *member.kinks))
        return [(low[0] + a, *(b + a / 2 for b in low[1:])) for a in line]

    us = [(a, *(a,) * (in_u - 1)) for a in (ZERO, Fraction(1), Fraction(-3, 2))] if in_u else [()]
    if about == "same x":
        for x in [*((a, *(a,) * (in_x - 1)) for a in LINE), draw(in_x)]:
            for u, v in [(u, v) for u in [*us, draw(in_u)] for v in us]:
                yield Pair(member.name, state(x, u), state(x, v))
        for u, v in [(u, v) for u in us for v in us]:
            yield Pair(member.name, state(minimiser(u), u), state(minimiser(u), v))
        return
    for u in us[:2]:
        for x in spots(u):
            for y in spots(u):
                yield Pair(member.name, state(x, u), state(y, u))
    for _ in range(15):
        u = draw(in_u)
        v = u if about == "same u" else draw(in_u)
        x = minimiser(u) if rng.random() < 0.15 else draw(in_x)
        yield Pair(member.name, state(x, u), state(draw(in_x), v))
    if about != "same u":
        for u, v in [(u, v) for u in us for v in us]:
            yield Pair(member.name, state(minimiser(u), u), state(minimiser(v), v))
            yield Pair(member.name, state(spots(u)[1], u), state(minimiser(v), v))
