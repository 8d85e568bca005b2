"""Exact linear algebra of a few dimensions: rational rotations, and matrices with prescribed singular values.

Vectors are tuples of Fractions, matrices tuples of rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from functools import lru_cache
from math import isqrt

from proofcheck.errors import InvalidInput, NotSupported
from proofcheck.numbers import exact

Vector = tuple[Fraction, ...]
Matrix = tuple[Vector, ...]
ZERO, ONE = Fraction(0), Fraction(1)
TRIES = 400  # of the three outer loops in `squares_of` together


def vector(values: Iterable[object], name: str) -> Vector:
    """Exact numbers, checked."""
    return tuple(exact(value, f"{name}[{i}]") for i, value in enumerate(values))


def dot(a: Sequence[Fraction], b: Sequence[Fraction]) -> Fraction:
    """<a, b>; most entries of rational rotations of a few dimensions are zero."""
    return sum((p * q for p, q in zip(a, b, strict=True) if p and q), ZERO)


def add(a: Sequence[Fraction], b: Sequence[Fraction]) -> Vector:
    """Return a + b."""
    return tuple(p + q for p, q in zip(a, b, strict=True))


def subtract(a: Sequence[Fraction], b: Sequence[Fraction]) -> Vector:
    """Return a - b."""
    return tuple(p - q for p, q in zip(a, b, strict=True))


def scaled(factor: Fraction, a: Iterable[Fraction]) -> Vector:
    """Return factor * a."""
    return tuple(factor * p for p in a)


def apply(matrix: Matrix, a: Sequence[Fraction]) -> Vector:
    """The matrix times the vector."""
    return tuple(dot(row, a) for row in matrix)


def transposed(matrix: Matrix) -> Matrix:
    """The transpose."""
    if matrix is identity(len(matrix)):
        return matrix
    return tuple(zip(*matrix, strict=True))


def product(a: Matrix, b: Matrix) -> Matrix:
    """The product of two matrices."""
    if a is identity(len(a)) or b is identity(len(b)):
        return b if a is identity(len(a)) else a
    columns = transposed(b)
    return tuple(tuple(dot(row, column) for column in columns) for row in a)


@lru_cache
def identity(size: int) -> Matrix:
    """The identity."""
    return tuple(tuple(ONE if i == j else ZERO for j in range(size)) for i in range(size))


def rotation(reflections: Iterable[Sequence[object]], size: int) -> Matrix:
    """An orthogonal matrix with rational entries: the product of the Householder reflections I - 2 v v^T/|v|^2.

    Every orthogonal matrix over the rationals is such a product (Cartan and Dieudonne).

    Examples
    --------
    >>> rotation([(1, 2)], 2) == ((Fraction(3, 5), Fraction(-4, 5)), (Fraction(-4, 5), Fraction(-3, 5)))
    True
    """
    found = identity(size)
    for number, given in enumerate(reflections):
        v = vector(given, f"reflections[{number}]")
        if len(v) != size or not any(v):
            raise InvalidInput(f"reflections[{number}]={_shown(v)} must be a nonzero vector of length {size}")
        factor = 2 / dot(v, v)
        found = tuple(subtract(row, scaled(factor * dot(row, v), v)) for row in found)
    return found


def _shown(values: Iterable[Fraction]) -> str:
    return f"({', '.join(map(str, values))})"


@lru_cache(maxsize=256)
def squares_of(value: Fraction) -> Vector:
    """One, two or four rationals whose squares add up to a nonnegative rational: as few as possible (Lagrange).

    Raises
    ------
    NotSupported
        If the number is too large for the search.

    Examples
    --------
    >>> squares_of(Fraction(9, 4)), squares_of(Fraction(2)), [int(x) for x in squares_of(Fraction(7))]
    ((Fraction(3, 2),), (Fraction(1, 1), Fraction(1, 1)), [2, 1, 1, 1])
    """
    if value < 0:
        raise InvalidInput(f"value={value} must be >= 0")
    whole, below, factor = value.numerator * value.denominator, value.denominator, 1
    while whole and whole % 4 == 0:  # multiples of 4 have few representations but those of their quarter
        whole, factor = whole // 4, 2 * factor
    for count in (1, 2, 4):
        found = _squares(whole, count, [TRIES])
        if found is not None:
            return tuple(Fraction(factor * part, below) for part in found)
    raise NotSupported(f"value={value} has too many digits to be written as a sum of squares")


def _squares(whole: int, count: int, left: list[int]) -> list[int] | None:
    """Integers whose squares add up to `whole`, the largest first; None if there are none or no tries are left."""
    root = isqrt(whole)
    if count == 1:
        return [root] if root * root == whole else None
    for first in range(root, -1, -1):
        if count * first * first < whole or left[0] <= 0:
            return None
        left[0] -= 1
        rest = _squares(whole - first * first, count - 1, left)
        if rest is not None:
            return [first, *rest]
    return None


def root_block(value: Fraction) -> Matrix:
    """A square matrix A of 1, 2 or 4 rows with A^T A = value * I: a number, a complex number or a quaternion.

    Examples
    --------
    >>> a = root_block(Fraction(7))
    >>> product(transposed(a), a) == tuple(tuple(7 * x for x in row) for row in identity(4))
    True
    """
    parts = squares_of(value)
    if len(parts) == 1:
        return ((parts[0],),)
    if len(parts) == 2:
        a, b = parts
        return ((a, -b), (b, a))
    a, b, c, d = parts
    return ((a, -b, -c, -d), (b, a, -d, c), (c, d, a, -b), (d, -c, b, a))


def diagonal(blocks: Sequence[Matrix]) -> Matrix:
    """The block diagonal matrix."""
    size, rows, here = sum(len(block) for block in blocks), [], 0
    for block in blocks:
        rows += [(ZERO,) * here + row + (ZERO,) * (size - here - len(block)) for row in block]
        here += len(block)
    return tuple(rows)


def inverse(matrix: Matrix) -> Matrix:
    """The inverse, by elimination; raises InvalidInput if there is none."""
    size = len(matrix)
    rows = [list(row) + list(unit) for row, unit in zip(matrix, identity(size), strict=True)]
    for column in range(size):
        pivot = next((i for i in range(column, size) if rows[i][column]), None)
        if pivot is None:
            raise InvalidInput(f"matrix of size {size}: it is singular")
        rows[column], rows[pivot] = rows[pivot], rows[column]
        head = rows[column][column]
        rows[column] = [entry / head for entry in rows[column]]
        for i in range(size):
            if i != column and rows[i][column]:
                factor = rows[i][column]
                rows[i] = [p - factor * q for p, q in zip(rows[i], rows[column], strict=True)]
    return tuple(tuple(row[size:]) for row in rows)


def norm_above(squared: Fraction, digits: int = 6) -> Fraction:
    """A rational at least the square root of `squared`, by less than 10^-digits (exact where it is rational).

    Examples
    --------
    >>> norm_above(Fraction(9, 4)), norm_above(Fraction(2), 2)
    (Fraction(3, 2), Fraction(71, 50))
    """
    p, q = isqrt(squared.numerator), isqrt(squared.denominator)
    if p * p == squared.numerator and q * q == squared.denominator:
        return Fraction(p, q)
    unit = 10**digits
    return Fraction(isqrt(squared.numerator * unit * unit // squared.denominator) + 1, unit)
