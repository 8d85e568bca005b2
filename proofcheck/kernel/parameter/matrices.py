"""Exact positive semidefiniteness, for every q in (0, 1], of a symmetric matrix of functions of q.

Elimination decides: pivots that are nonnegative on (0, 1] and not identically zero have finitely many
roots, between which the matrix is positive definite on the indices kept; so it is positive semidefinite
everywhere, by continuity. An identically zero pivot needs an identically zero row, and is dropped.

The entries are brought to integer polynomials by factors that are positive on (0, 1], and evaluated at
q = 2^bits. Every minor is a polynomial whose coefficients are below 2^(bits - 1) in absolute value, so
its value there determines it (Kronecker's substitution): integer elimination yields all leading minors.
"""

from __future__ import annotations

from math import factorial, gcd

from ..outcome import Declined, require
from . import polynomials as poly
from .polynomials import Polynomial, trimmed
from .ratio import Ratio, common_divisor, of
from .signs import nonnegative

MAX_WORK = 10**12


def semidefinite_defect(matrix: list[list[Ratio]]) -> str | None:
    """None if the symmetric matrix is positive semidefinite for every q in (0, 1], else one line saying why not."""
    rows = _integral(matrix)
    size = len(rows)
    bits = 2 + factorial(size).bit_length() + sum(max(map(_weight, row)).bit_length() for row in rows)
    degree = sum(max(map(len, row)) for row in rows)
    fits = size**3 * (degree * bits) ** 1.6 <= MAX_WORK
    require(fits, Declined, f"matrix of size {size} with minors of {degree} coefficients of {bits} bits is too large")
    values = [[_packed(entry, bits) for entry in row] for row in rows]
    previous = 1
    for step in range(size):
        pivot = values[step][step]
        if not nonnegative(_unpacked(pivot, bits)):
            return f"pivot {step} is negative somewhere in (0, 1]"
        if pivot == 0:
            if any(values[step][column] for column in range(step + 1, size)):
                return f"pivot {step} is identically zero but its row is not"
            continue
        for i in range(step + 1, size):
            for j in range(i, size):
                values[i][j] = (pivot * values[i][j] - values[step][i] * values[step][j]) // previous
        previous = pivot
    return None


def _integral(matrix: list[list[Ratio]]) -> list[list[Polynomial]]:
    """The matrix times a common denominator, divided by the common content: factors positive on (0, 1]."""
    entries = [[of(entry) for entry in row] for row in matrix]
    common: Polynomial = (1,)
    for row in entries:
        for entry in row:
            shared = common_divisor(common, entry.denominator)
            common = poly.multiply(common, poly.quotient(entry.denominator, shared))
    if sum(common) < 0:
        common = poly.scale(-1, common)
    rows = [[poly.multiply(e.numerator, poly.quotient(common, e.denominator)) for e in row] for row in entries]
    content = gcd(*(x for row in rows for entry in row for x in entry)) or 1
    return [[tuple(x // content for x in entry) for entry in row] for row in rows]


def _weight(p: Polynomial) -> int:
    """A bound on the coefficients of p; that of a product is at most the product of the weights."""
    return sum(map(abs, p))


def _packed(p: Polynomial, bits: int) -> int:
    """The value at 2^bits."""
    return sum(x << (i * bits) for i, x in enumerate(p))


def _unpacked(value: int, bits: int) -> Polynomial:
    """The polynomial with coefficients below 2^(bits - 1) in absolute value that has this value at 2^bits."""
    found, half, mask = [], 1 << (bits - 1), (1 << bits) - 1
    while value:
        digit = ((value + half) & mask) - half
        found.append(digit)
        value = (value - digit) >> bits
    return trimmed(found)
