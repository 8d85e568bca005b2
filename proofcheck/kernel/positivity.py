"""Exact positive semidefiniteness of a rational symmetric matrix, singular ones included."""

from __future__ import annotations

from fractions import Fraction
from math import gcd, lcm

from .outcome import Declined, require

MAX_WORK = 3 * 10**14  # about a quarter of a minute


def semidefinite_defect(matrix: list[list[Fraction]]) -> str | None:
    """None if the symmetric matrix is positive semidefinite, else one line saying why not.

    Fraction-free (Bareiss) elimination on an integer multiple of the matrix: a symmetric matrix is
    positive semidefinite exactly if every pivot is nonnegative and a zero pivot has a zero row.
    """
    size = len(matrix)
    scale = lcm(*(entry.denominator for row in matrix for entry in row))
    rows = [[int(entry * scale) for entry in row] for row in matrix]
    content = gcd(*(entry for row in rows for entry in row)) or 1
    rows = [[entry // content for entry in row] for row in rows]
    bits = max((entry.bit_length() for row in rows for entry in row), default=0)
    fits = size**5 * bits**2 <= MAX_WORK
    require(fits, Declined, f"matrix of size {size} with entries of {bits} bits is too large to decide")
    previous = 1
    for step in range(size):
        pivot = rows[step][step]
        if pivot < 0:
            return f"pivot {step} is negative"
        if pivot == 0:
            if any(rows[step][column] for column in range(step + 1, size)):
                return f"pivot {step} is zero but its row is not"
            continue
        for i in range(step + 1, size):
            for j in range(i, size):
                rows[i][j] = (pivot * rows[i][j] - rows[step][i] * rows[step][j]) // previous
        previous = pivot
    return None
