"""Quadratics decided exactly: on one, a form is a quadratic form in the positions of its points.

The form in several dimensions is a sum of those of the eigen-directions, so one dimension decides all of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from proofcheck.numbers import rational_sqrt
from proofcheck.testing.classes_under_test import ClassUnderTest, Statement, table_of
from proofcheck.testing.members import (
    ZERO,
    Bent,
    Path,
    State,
    quadratic_member,
    separable,
    steepest,
    valley,
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


def quadratic_pairs(subject: ClassUnderTest, statement: Statement) -> Iterator[tuple[str, State, State]]:
    """Pairs of points on quadratics of the class where the form is negative: one for each that breaks it."""
    if subject.partial:
        yield from _partial_pairs(subject, statement)
        return
    p = subject.parameters
    centred = not subject.shipped
    if centred:
        curvatures = [Fraction(subject.problem.member)]
    else:
        curvatures = list(dict.fromkeys((p["mu"], (p["mu"] + p["L1"]) / 2, p["L1"])))
    for c in curvatures:
        star = [ZERO, ZERO, Fraction(int(not centred))]
        vectors: dict[str, Row] = {"z_i": star, "z_j": star}
        for index, label in enumerate("ij"):
            position = [Fraction(int(index == n)) for n in range(3)]
            y = [a - b for a, b in zip(position, star, strict=True)]
            vectors |= {f"x_{label}": position, f"g_{label}": [c * a for a in y], f"F_{label}": y}
        found = negative_direction(_matrix(statement, vectors, c))
        if found is not None:
            member = quadratic_member(c) if centred else separable((Bent((c,)),), (found[2],))
            yield member.name, member.at((found[0],), ()), member.at((found[1],), ())


def _partial_pairs(subject: ClassUnderTest, statement: Statement) -> Iterator[tuple[str, State, State]]:
    """On c/2 (x + s u)^2: four positions; where square roots are asked for, one form for each pair of their signs."""
    p = subject.parameters
    reach = p["L2"] * p["G1"] ** 2
    for c in dict.fromkeys((p["mu"], (p["mu"] + p["L1"]) / 2, p["L1"])):
        top = steepest(c, p) if reach else ZERO
        root = rational_sqrt(c / 2)
        rooted = bool(statement.form.gram["r"])
        if rooted and root is None:
            continue
        for slope in dict.fromkeys((top, -top, ZERO)):
            for signs in ((1, 1), (1, -1)) if rooted else ((1, 1),):
                vectors = _vectors(statement.about, c, slope, root or ZERO, signs, reach)
                found = negative_direction(_matrix(statement, vectors, c))
                if found is None:
                    continue
                member = valley((c, c), Path((slope,)), reach)
                x = found[0], (found[0] if statement.about == "same x" else found[1])
                u = found[2], (found[2] if statement.about == "same u" else found[3])
                yield member.name, member.at((x[0],), (u[0],)), member.at((x[1],), (u[1],))


def _vectors(
    about: str, c: Fraction, slope: Fraction, root: Fraction, signs: tuple[int, int], reach: Fraction
) -> dict[str, Row]:
    """Every vector as a row in (x_i, x_j, u_i, u_j)."""
    unit = [[Fraction(int(a == b)) for b in range(4)] for a in range(4)]
    xs = unit[0], unit[0 if about == "same x" else 1]
    us = unit[2], unit[2 if about == "same u" else 3]
    vectors: dict[str, Row] = {}
    for label, x, u, sign in zip("ij", xs, us, signs, strict=True):
        y = [a + slope * b for a, b in zip(x, u, strict=True)]
        step = c * slope / (2 * reach) if reach else ZERO
        vectors |= {f"x_{label}": x, f"u_{label}": u, f"F_{label}": y, f"g_{label}": [c * a for a in y]}
        vectors |= {f"z_{label}": [-slope * b for b in u], f"w_{label}": [step * a for a in y]}
        vectors[f"R_{label}"] = [sign * root * a for a in y]
    return vectors


def _matrix(statement: Statement, vectors: dict[str, Row], curvature: Fraction) -> list[Row]:
    """The form as a symmetric matrix in the positions; F = c/2 y^2."""
    size = len(next(iter(vectors.values())))
    matrix = [[ZERO] * size for _ in range(size)]
    for term, coefficient in table_of(statement.form).items():
        a, b = vectors[term[0]], vectors[term[-1]]
        factor = coefficient * curvature / 2 if len(term) == 1 else coefficient
        for k in range(size):
            for n in range(size):
                matrix[k][n] += factor * (a[k] * b[n] + a[n] * b[k]) / 2
    return matrix
