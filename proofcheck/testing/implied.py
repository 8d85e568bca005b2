"""Whether a form follows from others: an exact identity, found with floats, rounded and checked exactly.

The identity: form = sum of coefficients times known inequalities + a positive semidefinite form. A coefficient is
nonnegative unless what it multiplies is an equation.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from scipy.optimize import linprog

from proofcheck.kernel.forms import Form, combine
from proofcheck.kernel.positivity import semidefinite_defect
from proofcheck.testing.classes_under_test import form_of, table_of

ROUNDS = 60
TOLERANCE = 1e-6
"""Above what the linear program guarantees; what is returned is checked exactly."""
DENOMINATORS = (1, 2, 6, 20, 120, 10_000, 10**7)
LARGEST = 1_000


@dataclass(frozen=True)
class Known:
    """A form that is >= 0, or = 0 if it is an equation, and how to call it."""

    name: str
    form: Form
    equation: bool = False


def substituted(form: Form, vectors: Mapping[str, Mapping[str, int]]) -> Form:
    """The form with vectors replaced by linear combinations of others.

    Examples
    --------
    >>> form = form_of({("x_i", "x_i"): Fraction(1)})
    >>> table_of(substituted(form, {"x_i": {"x_j": 1, "x_d": 1}}))[("x_d", "x_j")]
    Fraction(2, 1)
    """
    table: dict[tuple[str, ...], Fraction] = {}
    for term, coefficient in table_of(form).items():
        if len(term) == 1:
            table[term] = table.get(term, Fraction(0)) + coefficient
            continue
        for a, p in vectors.get(term[0], {term[0]: 1}).items():
            for b, q in vectors.get(term[1], {term[1]: 1}).items():
                pair = (a, b) if a <= b else (b, a)
                table[pair] = table.get(pair, Fraction(0)) + coefficient * p * q
    return form_of({term: c for term, c in table.items() if c})


def identity(form: Form, known: Sequence[Known]) -> dict[str, Fraction] | None:
    """The coefficients of an identity that proves form >= 0, or None if none was found.

    Examples
    --------
    >>> square, value = form_of({("g_i", "g_i"): Fraction(1)}), form_of({("F_i",): Fraction(1)})
    >>> identity(2 * value + square, [Known("F_i >= 0", value)])
    {'F_i >= 0': Fraction(2, 1)}
    >>> identity(2 * value - square, [Known("F_i >= 0", value)]) is None
    True
    """
    program = _Program(form, known)
    for point in program.points():
        for bound in DENOMINATORS:
            found = program.rounded(point, bound)
            if found is not None:
                return {item.name: c for item, c in zip(known, found, strict=True) if c}
    return None


class _Program:
    """A linear program over the coefficients, with a cut for each direction in which the rest was negative."""

    def __init__(self, form: Form, known: Sequence[Known]) -> None:
        self.form, self.known = form, known
        self.names = sorted(
            {n for item in (form, *(k.form for k in known)) for t in table_of(item) for n in t if len(t) > 1}
        )
        self._tables = [table_of(item) for item in (form, *(k.form for k in known))]
        self.equations = self._equations()
        self._blocks = [self._matrix(table) for table in self._tables]

    def _equations(self) -> list[list[Fraction]]:
        """Rows of [A | b], A c = b: values cancel, and so do the products of a vector whose square nobody has."""
        squares = {t[0] for table in self._tables for t in table if len(t) == 2 and t[0] == t[1]}
        terms = {t for table in self._tables for t in table if len(t) == 1 or not set(t) <= squares}
        zero = Fraction(0)
        return [
            [*(table.get(t, zero) for table in self._tables[1:]), self._tables[0].get(t, zero)] for t in sorted(terms)
        ]

    def _matrix(self, table: Mapping[tuple[str, ...], Fraction]) -> Any:
        place = {name: n for n, name in enumerate(self.names)}
        matrix = np.zeros((len(place), len(place)))
        for term, c in table.items():
            if len(term) == 2:
                a, b = place[term[0]], place[term[1]]
                matrix[a, b] += float(c) / 2
                matrix[b, a] += float(c) / 2
        return matrix

    def points(self) -> Iterator[Any]:
        """Coefficients for which the rest is semidefinite up to rounding: small ones, and some deep inside."""
        found = (self._point(deep) for deep in (False, True))
        return (point for point in found if point is not None)

    def _point(self, deep: bool) -> Any:
        count, size = len(self.known), len(self.names)
        squares = [n for n in range(size) if any(block[n, n] for block in self._blocks)]
        cuts = [np.eye(size)[n] for n in squares]
        signs = [(None, None) if item.equation else (0, LARGEST) for item in self.known]
        cost = np.array([0.0 if deep else float(not k.equation) for k in self.known] + [-1.0 if deep else 0.0])
        rows = np.array([[*map(float, row[:-1]), 0.0] for row in self.equations]) if self.equations else None
        right = np.array([float(row[-1]) for row in self.equations]) if self.equations else None
        for _ in range(ROUNDS):
            above = [[*(v @ block @ v for block in self._blocks[1:]), 1.0] for v in cuts]
            limit = [v @ self._blocks[0] @ v for v in cuts]
            result = linprog(
                cost,
                A_ub=np.array(above) if cuts else None,
                b_ub=np.array(limit) if cuts else None,
                A_eq=rows,
                b_eq=right,
                bounds=[*signs, (0, 1)],
            )
            if result.status != 0:
                return None
            point = result.x[:count]
            rest = self._blocks[0] - sum(
                (c * b for c, b in zip(point, self._blocks[1:], strict=True)), np.zeros((size, size))
            )
            rest = rest[np.ix_(squares, squares)]
            if not squares:
                return point
            values, vectors = np.linalg.eigh(rest)
            if values[0] >= result.x[count] - TOLERANCE:
                return point
            direction = np.zeros(size)
            direction[squares] = vectors[:, 0]
            cuts.append(direction)
        return None

    def rounded(self, point: Any, bound: int) -> list[Fraction] | None:
        """Exact coefficients near a point that make the identity true, or None."""
        numbers = [Fraction(float(c)).limit_denominator(bound) for c in point]
        exact = _solved(self.equations, numbers)
        if exact is None or any(c < 0 and not item.equation for c, item in zip(exact, self.known, strict=True)):
            return None
        parts = [(Fraction(1), self.form), *((-c, item.form) for c, item in zip(exact, self.known, strict=True))]
        rest = combine(parts)
        if rest.values or any(semidefinite_defect(rest.matrix(space)[1]) for space in rest.gram if rest.gram[space]):
            return None
        return exact


def _solved(equations: Sequence[Sequence[Fraction]], near: Sequence[Fraction]) -> list[Fraction] | None:
    """The solution of A c = b whose free coefficients are those given; large coefficients become the dependent ones."""
    rows = [list(row) for row in equations]
    order = sorted(range(len(near)), key=lambda n: -abs(near[n]))
    pivots: list[tuple[int, list[Fraction]]] = []
    for column in order:
        row = next((r for r in rows if r[column]), None)
        if row is None:
            continue
        rows = [r for r in rows if r is not row]
        row = [entry / row[column] for entry in row]
        rows = [[a - r[column] * b for a, b in zip(r, row, strict=True)] for r in rows]
        pivots = [(k, [a - r[column] * b for a, b in zip(r, row, strict=True)]) for k, r in pivots]
        pivots.append((column, row))
    if any(row[-1] for row in rows):
        return None
    found = list(near)
    for column, row in pivots:
        free = (c * near[n] for n, c in enumerate(row[:-1]) if n != column)
        found[column] = row[-1] - sum(free, Fraction(0))
    return found
