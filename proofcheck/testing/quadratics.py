"""Quadratics decided exactly: on one, a form is a quadratic form in the positions of its points.

The form in several dimensions is a sum of those of the eigen-directions, so one dimension decides all of them.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from proofcheck.kernel.forms import Form
from proofcheck.numbers import rational_sqrt
from proofcheck.testing.classes_under_test import ClassUnderTest, table_of
from proofcheck.testing.members import (
    ZERO,
    Bent,
    Coordinates,
    Member,
    Path,
    State,
    quadratic_member,
    separable,
    steepest,
    valley,
    valley_curvatures,
)

Row = list[Fraction]


def negative_direction(matrix: Sequence[Sequence[Fraction]]) -> Row | None:
    """Return v with v'Mv < 0 for a symmetric rational matrix, or None if it is positive semidefinite.

    Lagrange's completion of squares, exactly: the change of variables is kept, so v is rational.

    Examples
    --------
    >>> one, two = Fraction(1), Fraction(2)
    >>> negative_direction([[one, two], [two, one]])
    [Fraction(-2, 1), Fraction(1, 1)]
    >>> negative_direction([[one, one], [one, one]]) is None
    True
    """
    size = len(matrix)
    rows = [list(row) for row in matrix]
    basis = [[Fraction(int(a == b)) for b in range(size)] for a in range(size)]  # rows: conjugate vectors
    for k in range(size):
        pivot = rows[k][k]
        if pivot < 0:
            return basis[k]
        for i in range(k + 1, size):
            cross = rows[k][i]
            if not cross:
                continue
            if not pivot:  # 2 cross t + rows[i][i] = -1 in direction t e_k + e_i
                t = -(rows[i][i] + 1) / (2 * cross)
                return [t * a + b for a, b in zip(basis[k], basis[i], strict=True)]
            factor = cross / pivot
            basis[i] = [b - factor * a for a, b in zip(basis[k], basis[i], strict=True)]
            for j in range(k + 1, size):
                rows[i][j] -= factor * rows[k][j]
    return None


@dataclass(frozen=True)
class Family:
    """One quadratic and its points: every vector as a row in the positions, and how to build the points from these."""

    member: Callable[[Row], Member]
    points: Callable[[Row], tuple[Coordinates, Coordinates, Coordinates, Coordinates]]
    vectors: dict[str, Row]
    curvature: Fraction
    products: dict[tuple[str, ...], dict[tuple[int, int], Fraction]] = field(default_factory=dict)

    def matrix(self, form: Form) -> list[Row]:
        """The form as a symmetric matrix in the positions."""
        size = len(next(iter(self.vectors.values())))
        matrix = [[ZERO] * size for _ in range(size)]
        for term, coefficient in table_of(form).items():
            for (k, n), entry in self._product(term).items():
                matrix[k][n] += coefficient * entry
        return matrix

    def _product(self, term: tuple[str, ...]) -> dict[tuple[int, int], Fraction]:
        """The entries of one product that are not 0; F = c/2 y^2."""
        if term not in self.products:
            a, b = self.vectors[term[0]], self.vectors[term[-1]]
            half = (self.curvature if len(term) == 1 else 1) / Fraction(2)
            if len(term) == 1:
                half /= 2
            places = [(k, n) for k in range(len(a)) for n in range(len(a))]
            found = {(k, n): half * (a[k] * b[n] + a[n] * b[k]) for k, n in places}
            self.products[term] = {place: entry for place, entry in found.items() if entry}
        return self.products[term]

    def negative(self, form: Form) -> tuple[str, State, State] | None:
        """The name of the function and two points where the form is negative, if it is."""
        found = negative_direction(self.matrix(form))
        if found is None:
            return None
        member, (x, u, y, v) = self.member(found), self.points(found)
        return member.name, member.at(x, u), member.at(y, v)


def families(subject: ClassUnderTest, about: str, rooted: bool) -> list[Family]:
    """The quadratics of a class, for statements of one kind; `rooted`: with square roots of values."""
    if subject.partial:
        return _partial(subject.parameters, about, rooted)
    if not subject.shipped:
        return [_centred(Fraction(subject.problem.member))]
    p = subject.parameters
    return [_free(c) for c in dict.fromkeys((p["mu"], (p["mu"] + p["L1"]) / 2, p["L1"]))]


def _centred(c: Fraction) -> Family:
    """c/2 x^2 with its points in (x_i, x_j)."""
    vectors: dict[str, Row] = {}
    for label, x in (("i", [Fraction(1), ZERO]), ("j", [ZERO, Fraction(1)])):
        vectors |= {f"x_{label}": x, f"g_{label}": [c * a for a in x], f"F_{label}": x}
    return Family(lambda t: quadratic_member(c), lambda t: ((t[0],), (), (t[1],), ()), vectors, c)


def _free(c: Fraction) -> Family:
    """c/2 (x - z)^2 with its points in (x_i, x_j, z)."""
    unit = [[Fraction(int(a == b)) for b in range(3)] for a in range(3)]
    vectors: dict[str, Row] = {}
    for label, x in (("i", unit[0]), ("j", unit[1])):
        y = [a - b for a, b in zip(x, unit[2], strict=True)]
        vectors |= {f"x_{label}": x, f"g_{label}": [c * a for a in y], f"F_{label}": y, f"z_{label}": unit[2]}
    return Family(lambda t: separable((Bent((c,)),), (t[2],)), lambda t: ((t[0],), (), (t[1],), ()), vectors, c)


def _partial(p: dict[str, Fraction], about: str, rooted: bool) -> list[Family]:
    """c/2 (x + s u + t)^2 in (x_i, x_j, u_i, u_j, t); with roots, once for their signs alike and once not."""
    reach = p["L2"] * p["G1"] ** 2
    other_x, other_u = (0 if about == "same x" else 1), (2 if about == "same u" else 3)
    found = []
    for c in valley_curvatures(p["mu"], p["L1"]):
        root = rational_sqrt(c / 2)
        if rooted and root is None:
            continue
        top = steepest(c, p) if reach else ZERO
        for slope in dict.fromkeys((top, -top, ZERO)):
            for sign in (1, -1) if rooted else (1,):
                vectors = _vectors((other_x, other_u), c, slope, (root or ZERO) * sign, reach)
                build = functools.partial(_shifted, c, slope, reach)
                found.append(
                    Family(
                        build,
                        lambda t: ((t[0],), (t[2],), (t[other_x],), (t[other_u],)),
                        vectors,
                        c,
                    )
                )
    return found


def _shifted(c: Fraction, slope: Fraction, reach: Fraction, positions: Row) -> Member:
    return valley((c, c), Path((slope,)), reach, positions[4])


def _vectors(other: tuple[int, int], c: Fraction, slope: Fraction, root_j: Fraction, reach: Fraction) -> dict[str, Row]:
    """Every vector as a row in (x_i, x_j, u_i, u_j, t); sqrt(F_i) has the sign of x + s u + t."""
    unit = [[Fraction(int(a == b)) for b in range(5)] for a in range(5)]
    vectors: dict[str, Row] = {}
    places = (("i", unit[0], unit[2], abs(root_j)), ("j", unit[other[0]], unit[other[1]], root_j))
    for label, x, u, root in places:
        low = [-slope * a - b for a, b in zip(u, unit[4], strict=True)]
        y = [a - b for a, b in zip(x, low, strict=True)]
        step = c * slope / (2 * reach) if reach else ZERO
        vectors |= {f"x_{label}": x, f"u_{label}": u, f"F_{label}": y, f"g_{label}": [c * a for a in y]}
        vectors |= {f"z_{label}": low, f"w_{label}": [step * a for a in y]}
        vectors[f"R_{label}"] = [root * a for a in y]
    return vectors
