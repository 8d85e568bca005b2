"""Rates that are attained: slack matrices that are singular for every q, and their exact null vectors.

Where a function of the class attains the rate, every slack matrix vanishes on what the method does on it.
The null vectors are found at some q in floating point, fitted by polynomials with small rational
coefficients, and imposed exactly; one row and column of the matrix is then redundant.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

import numpy as np

from proofcheck.discover.elimination import Equalities, Row
from proofcheck.discover.functions import power
from proofcheck.discover.parametric_program import Matrix, Program, solve_at
from proofcheck.kernel.parameter import polynomials as poly
from proofcheck.kernel.parameter.ratio import Ratio, common_divisor, of

POINTS = np.array([0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8])
SINGULAR = 1e-5
LARGEST = 720  # of the denominators tried
FIT = 1e-4

Vector = list[Ratio]


def impose(program: Program, bounds: Mapping[int, tuple[float, float]]) -> bool:
    """Impose the null vectors that can be found; False if there are none."""
    equalities = program.equalities()
    slacks = [] if equalities is None else [_slacks(program, equalities, bounds, q) for q in POINTS]
    found = False
    for number, matrix in enumerate(program.matrices):
        at_points = [slack[number] for slack in slacks if slack is not None]
        fitted = _null_vectors(at_points) if len(at_points) == len(POINTS) else []
        for pivot, vector in fitted:
            exact = _unscaled(matrix, vector)
            if exact is not None:
                program.equations += _equations(matrix, exact)
                program.reduce(number, matrix.names[pivot])
                found = True
    return found


def _slacks(
    program: Program, equalities: Equalities, bounds: Mapping[int, tuple[float, float]], q: float
) -> list[np.ndarray] | None:
    """The slack matrices of a solution of highest rank at one q."""
    solution = solve_at(program, equalities, bounds, q)
    return None if solution is None else [slack[0] for slack in program.slacks(solution, np.array([q]))]


def _null_vectors(slacks: list[np.ndarray]) -> list[tuple[int, Vector]]:
    """A basis of the common null space, one pivot entry 1 and the other pivots 0 in each vector."""
    spaces = []
    for slack in slacks:
        lowest, vectors = np.linalg.eigh(slack)
        spaces.append(vectors[:, lowest < SINGULAR * max(1.0, lowest[-1])].T)
    nullity = {len(space) for space in spaces}
    if len(nullity) > 1 or nullity == {0}:
        return []
    echelons = [_echelon(space) for space in spaces]
    pivots = echelons[0][0]
    if any(found != pivots for found, _ in echelons):
        return []
    fitted = []
    for row, pivot in enumerate(pivots):
        entries = [_fit(np.array([vectors[row, j] for _, vectors in echelons])) for j in range(slacks[0].shape[0])]
        if all(entry is not None for entry in entries):
            fitted.append((pivot, [entry for entry in entries if entry is not None]))
    return fitted


def _echelon(space: np.ndarray) -> tuple[list[int], np.ndarray]:
    """Reduced row echelon form with the last columns as pivots."""
    rows, pivots = space.copy(), []
    for step in range(len(rows)):
        for column in reversed(range(rows.shape[1])):
            best = step + int(np.abs(rows[step:, column]).argmax())
            if column not in pivots and abs(rows[best, column]) > 1e-3:
                rows[[step, best]] = rows[[best, step]]
                rows[step] /= rows[step, column]
                for other in range(len(rows)):
                    if other != step:
                        rows[other] -= rows[other, column] * rows[step]
                pivots.append(column)
                break
    return pivots, rows


def _fit(found: np.ndarray) -> Ratio | None:
    """The polynomial of lowest degree with small rational coefficients that has these values at the points."""
    for degree in range(len(POINTS) - 2):
        coefficients = np.polynomial.polynomial.polyfit(POINTS, found, degree)
        exact = [Fraction(float(x)).limit_denominator(LARGEST) for x in coefficients]
        exact = [x if abs(x) > FIT else Fraction(0) for x in exact]
        values = np.polynomial.polynomial.polyval(POINTS, [float(x) for x in exact])
        if np.abs(values - found).max() < FIT:
            return sum((x * power(i) for i, x in enumerate(exact)), of(0))
    return None


def _unscaled(matrix: Matrix, vector: Vector) -> Vector | None:
    """The vector in the coordinates of the form itself."""
    least = min(matrix.exponents)
    shifts = [least - exponent for exponent in matrix.exponents]
    if any(shift.denominator > 1 for shift in shifts):
        return None
    return [power(int(shift)) * x for shift, x in zip(shifts, vector, strict=True)]


def _equations(matrix: Matrix, vector: Vector) -> list[Row]:
    """Each row of the matrix times the vector vanishes identically."""
    rows = []
    for i in range(len(vector)):
        sums: dict[int, Ratio] = {}
        for j, x in enumerate(vector):
            for column, function in matrix.entries.get((min(i, j), max(i, j)), {}).items():
                sums[column] = sums.get(column, of(0)) + function * x
        rows += _identity(sums)
    return rows


def _identity(sums: Mapping[int, Ratio]) -> list[Row]:
    """A combination of functions vanishes: one equation for each power of q in the common numerator."""
    common: tuple[int, ...] = (1,)
    for function in sums.values():
        below = tuple(function.denominator)
        common = poly.multiply(common, poly.quotient(below, common_divisor(common, below)))
    found: dict[int, Row] = {}
    for column, function in sums.items():
        whole = function * Ratio(common)
        for p, x in enumerate(whole.numerator):
            if x:
                found.setdefault(p, {})[column] = Fraction(x, whole.denominator[0])
    return [found[p] for p in sorted(found)]
