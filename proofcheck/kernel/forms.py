"""Vectors over a named basis, and the forms that inequalities are made of.

A `Form` is a linear combination of function values and of inner products of basis vectors, one
symmetric Gram matrix for each space:

    form = sum_p c_p F_p  +  sum_space sum_(a,b) q_(a,b) <a, b>.

Spaces: "x" (the strongly convex part), "u" (the rest), "r" (square roots of values, a line).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction

Pair = tuple[str, str]
SPACES = ("x", "u", "r")


class Vector:
    """An exact linear combination of basis vectors of one space."""

    __slots__ = ("space", "terms")

    def __init__(self, space: str, terms: Mapping[str, Fraction]) -> None:
        self.space = space
        self.terms = {name: value for name, value in terms.items() if value}

    @property
    def key(self) -> frozenset[tuple[str, Fraction]]:
        """Equal keys mean equal vectors."""
        return frozenset(self.terms.items())

    def __add__(self, other: Vector) -> Vector:
        terms = dict(self.terms)
        for name, value in other.terms.items():
            terms[name] = terms.get(name, Fraction(0)) + value
        return Vector(self.space, terms)

    def __rmul__(self, factor: Fraction | int) -> Vector:
        return Vector(self.space, {name: factor * value for name, value in self.terms.items()})

    def __sub__(self, other: Vector) -> Vector:
        return self + (-1) * other


class Form:
    """An exact linear combination of values and inner products."""

    __slots__ = ("gram", "values")

    def __init__(self, values: Mapping[str, Fraction], gram: Mapping[str, Mapping[Pair, Fraction]]) -> None:
        self.values = dict(values)
        self.gram = {space: dict(gram.get(space, {})) for space in SPACES}

    def __add__(self, other: Form) -> Form:
        return combine([(Fraction(1), self), (Fraction(1), other)])

    def __sub__(self, other: Form) -> Form:
        return combine([(Fraction(1), self), (Fraction(-1), other)])

    def __rmul__(self, factor: Fraction | int) -> Form:
        return combine([(factor, self)])

    def matrix(self, space: str) -> tuple[list[str], list[list[Fraction]]]:
        """Names and the symmetric matrix of the part in one space."""
        pairs = self.gram[space]
        names = sorted({name for pair in pairs for name in pair})
        position = {name: index for index, name in enumerate(names)}
        rows = [[Fraction(0)] * len(names) for _ in names]
        for (a, b), coefficient in pairs.items():
            half = coefficient if a == b else coefficient / 2
            rows[position[a]][position[b]] = half
            rows[position[b]][position[a]] = half
        return names, rows


ZERO = Form({}, {})


def value(name: str) -> Form:
    """The form F_name."""
    return Form({name: Fraction(1)}, {})


def combine(parts: Iterable[tuple[Fraction | int, Form]]) -> Form:
    """The linear combination of forms with the given coefficients."""
    values: dict[str, Fraction] = {}
    gram: dict[str, dict[Pair, Fraction]] = {space: {} for space in SPACES}
    for factor, form in parts:
        for name, coefficient in form.values.items():
            term = factor * coefficient
            values[name] = values[name] + term if name in values else term
        for space in SPACES:
            target = gram[space]
            for pair, coefficient in form.gram[space].items():
                term = factor * coefficient
                target[pair] = target[pair] + term if pair in target else term
    return Form(
        {name: coefficient for name, coefficient in values.items() if coefficient},
        {space: {pair: c for pair, c in pairs.items() if c} for space, pairs in gram.items()},
    )


def inner(a: Vector, b: Vector) -> Form:
    """The form <a, b> for two vectors of one space."""
    pairs: dict[Pair, Fraction] = {}
    for i, p in a.terms.items():
        for j, q in b.terms.items():
            pair = (i, j) if i <= j else (j, i)
            pairs[pair] = pairs.get(pair, Fraction(0)) + p * q
    return Form({}, {a.space: pairs})


def square(a: Vector) -> Form:
    """The form |a|^2."""
    return inner(a, a)
