"""Integer matrices: products, and rational bounds of their singular values. Nothing here is rounded but roots.

n small integers travel as one large one, entry i in the bits from 64 i on: one multiplication does n of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from math import isqrt
from operator import mul
from struct import Struct

from ..outcome import Declined, Rejected, require

SLOT = 64
HALF = 1 << (SLOT - 1)
SAFE = 1 << (SLOT - 2)  # entries are below this, and so below HALF
SQUARINGS = 8
FINE = 26  # bits that a matrix keeps when it is squared
ROOT_BITS = 96


class Slots:
    """Columns of n integers below HALF in absolute value, each as one integer."""

    def __init__(self, n: int) -> None:
        self.codec = Struct(f"<{n}Q")
        self.bias = sum(HALF << (SLOT * i) for i in range(n))

    def pack(self, entries: Iterable[int]) -> int:
        """Return sum_i entries[i] 2^(64 i)."""
        return int.from_bytes(self.codec.pack(*(entry + HALF for entry in entries)), "little") - self.bias

    def unpack(self, number: int) -> list[int]:
        """The entries of a packed column."""
        data = (number + self.bias).to_bytes(self.codec.size, "little")
        return [entry - HALF for entry in self.codec.unpack(data)]


def square_sum(entries: Iterable[int]) -> int:
    """The sum of the squares."""
    return sum(entry * entry for entry in entries)


def product(left: Sequence[Sequence[int]], columns: Iterable[Sequence[int]]) -> Iterator[list[int]]:
    """The columns of left @ right, for the columns of right."""
    slots = Slots(len(left))
    packed = [slots.pack(column) for column in zip(*left, strict=True)]
    longest = max(square_sum(row) for row in left)
    for column in columns:
        # Cauchy-Schwarz: every entry of this column is below SAFE
        require(longest * square_sum(column) < SAFE**2, Declined, "a matrix product needs more than 62 bits")
        yield slots.unpack(sum(map(mul, column, packed)))


class Gram:
    """The sums over columns c of c c^T and of c w^T, for columns c and rows w given one after the other."""

    def __init__(self, n: int, outputs: int = 0) -> None:
        self.slots, self.square = Slots(n), 0
        self.rows, self.others, self.other_square = [0] * n, [0] * outputs, 0

    def add(self, column: Sequence[int], weights: Sequence[int] = ()) -> None:
        """Add one column, and the row that it meets."""
        packed = self.slots.pack(column)
        self.rows = [row + entry * packed if entry else row for row, entry in zip(self.rows, column, strict=True)]
        self.square += square_sum(column)
        if any(weights):
            self.others = [row + w * packed for row, w in zip(self.others, weights, strict=True)]
            self.other_square += square_sum(weights)

    def read(self) -> tuple[list[list[int]], list[list[int]]]:
        """The two matrices; the second one as a list of columns."""
        # Cauchy-Schwarz again: the entries of c c^T add up to at most the squares, those of c w^T to their mean
        fits = self.square < SAFE and self.square * self.other_square < SAFE**2
        require(fits, Declined, "a Gram matrix needs more than 62 bits")
        return [self.slots.unpack(row) for row in self.rows], [self.slots.unpack(row) for row in self.others]


def root_up(number: Fraction | int) -> Fraction:
    """At least the square root, and hardly more."""
    return -_root(number, -1)


def root_down(number: Fraction | int) -> Fraction:
    """At most the square root, and hardly less."""
    return _root(number, 1)


def _root(number: Fraction | int, sign: int) -> Fraction:
    """The root times sign, rounded down."""
    x = Fraction(number)
    length = x.numerator.bit_length() - x.denominator.bit_length()
    bits = max(0, ROOT_BITS - length // 2)
    scaled = (x.numerator << (2 * bits)) // x.denominator
    root = isqrt(scaled)
    exact = root * root == scaled and scaled * x.denominator == x.numerator << (2 * bits)
    return Fraction(root if sign > 0 else -(root if exact else root + 1), 1 << bits)


def largest(matrix: list[list[int]]) -> Fraction:
    """An upper bound of the largest absolute eigenvalue of a symmetric matrix, from traces of its powers.

    |A|^2 = |A A|, and |A| <= 2^s (|B| + n) where B is A / 2^s, every entry rounded down: the difference has n^2
    entries in [0, 1). The last power is bounded by its Frobenius norm.
    """
    n, shifts = len(matrix), []
    power = matrix
    for _ in range(SQUARINGS):
        shift = max(0, max(abs(entry) for row in power for entry in row).bit_length() - FINE)
        shifts.append(shift)
        power = [[entry >> shift for entry in row] for row in power]
        power = list(product(power, power))
    bound = root_up(sum(square_sum(row) for row in power))
    for shift in reversed(shifts):
        bound = (root_up(bound) + (n if shift else 0)) * (1 << shift)
    return bound


def lowest(matrix: list[list[int]], wanted: int) -> Fraction:
    """A lower bound near `wanted` of the smallest eigenvalue of a symmetric matrix; refuses where it is not near.

    With T a rounded Cholesky factor of A - wanted I, A = wanted I + T T^T + R, so that the smallest eigenvalue
    is at least wanted - |R|_F whatever T is.
    """
    scale = FINE
    shifted = [
        [(row[j] - (wanted if i == j else 0)) << (2 * scale) for j in range(i + 1)] for i, row in enumerate(matrix)
    ]
    factor: list[list[int]] = []
    for i, row in enumerate(shifted):
        found: list[int] = []
        for j in range(i + 1):
            rest = row[j] - sum(map(mul, found, found if i == j else factor[j]))
            if i == j:
                require(rest > 0, Rejected, f"the smallest eigenvalue of a Gram matrix is not above {wanted}")
                found.append(isqrt(rest))
            else:
                found.append(rest // factor[j][j])
        factor.append(found)
    error = 0
    for i, row in enumerate(shifted):
        for j in range(i + 1):
            error += (1 if i == j else 2) * (row[j] - sum(map(mul, factor[i], factor[j]))) ** 2
    return wanted - root_up(error) / (1 << (2 * scale))
