"""Integer matrices: exact products, and rational bounds of singular values, rounded in the direction that is safe.

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
BATCH, BLOCK = 1024, 16  # columns that are multiplied together, and rows
FINE = 26  # bits that a matrix keeps when it is squared
ROOT_BITS = 96


class Slots:
    """Columns of n integers below HALF in absolute value, each as one integer."""

    def __init__(self, n: int) -> None:
        self.codec = Struct(f"<{n}Q")
        self.bias = sum(HALF << (SLOT * i) for i in range(n))

    def raised(self, entries: Iterable[int]) -> int:
        """Return sum_i (entries[i] + HALF) 2^(64 i)."""
        return int.from_bytes(self.codec.pack(*[entry + HALF for entry in entries]), "little")

    def pack(self, entries: Iterable[int]) -> int:
        """Return sum_i entries[i] 2^(64 i)."""
        return self.raised(entries) - self.bias

    def unpack(self, number: int) -> list[int]:
        """The entries of a packed column."""
        data = (number + self.bias).to_bytes(self.codec.size, "little")
        return [entry - HALF for entry in self.codec.unpack(data)]


def square_sum(entries: Iterable[int]) -> int:
    """The sum of the squares."""
    found = list(entries)
    return sum(map(mul, found, found))


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
    """The sums over columns c of c c^T and of w c^T, for columns c and rows w given one after the other."""

    def __init__(self, n: int, outputs: int = 0) -> None:
        self.n, self.slots = n, Slots(n)
        self.sums, self.squares = [0] * (n + outputs), [0] * (n + outputs)
        self.waiting: list[tuple[int, ...]] = []
        self.raised: list[int] = []

    def add(self, column: Sequence[int], weights: Sequence[int] = ()) -> None:
        """Add one column, and the row that it meets."""
        self.waiting.append((*column, *weights))
        self.raised.append(self.slots.raised(column))
        if len(self.waiting) == BATCH:
            self._work()

    def _first(self, i: int) -> int:
        """Where row i starts: c c^T is symmetric, so a block of rows needs no entries before its own."""
        return i - i % BLOCK if i < self.n else 0

    def _work(self) -> None:
        """Multiply what is waiting, row by row: this is where the time goes."""
        tails: dict[int, list[int]] = {}
        for i, row in enumerate(zip(*self.waiting, strict=True)):
            first = self._first(i)
            if first not in tails:
                bias = self.slots.bias >> (SLOT * first)
                tails[first] = [(number >> (SLOT * first)) - bias for number in self.raised]
            self.sums[i] += sum(map(mul, row, tails[first]))
            self.squares[i] += square_sum(row)
        self.waiting.clear()
        self.raised.clear()

    def read(self) -> tuple[list[list[int]], list[list[int]]]:
        """The two matrices."""
        self._work()
        # Cauchy-Schwarz: every entry is below SAFE
        fits = max(self.squares) * max(self.squares[: self.n]) < SAFE**2
        require(fits, Declined, "a Gram matrix needs more than 62 bits")
        rows: list[list[int]] = []
        for i, total in enumerate(self.sums):
            first = self._first(i)
            before = [rows[j][i] for j in range(first)] if i < self.n else []
            rows.append(before + Slots(self.n - first).unpack(total))
        return rows[: self.n], rows[self.n :]


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
