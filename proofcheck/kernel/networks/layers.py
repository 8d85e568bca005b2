"""The layers of a network at its start: integers, how far they are from the true numbers, and their norms.

Every number is replaced by the nearest multiple of 2^-bits. Frobenius norms of what is left out are carried along:
with F' and W' the rounded matrices, relu being 1-Lipschitz,

    |F_l - F'_l| <= |F_(l-1) - F'_(l-1)| sigma(W_l) + sigma(F'_(l-1)) |W_l - W'_l| + sqrt(n d_l) 2^-(bits+1).

(A bound of sigma(F_(l-1)), which is not smaller than that of sigma(F'_(l-1)), takes its place.)
"""

from __future__ import annotations

import sys
from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from math import isfinite
from operator import mul
from typing import Any

from .. import wire
from ..outcome import Declined, Invalid, Rejected, require
from .claim import Network
from .matrices import SAFE, Gram, largest, lowest, product, root_down, root_up, square_sum

MAX_BITS, MAX_SPECTRAL = 40, 512
KEPT = 1 << 22  # entries of a matrix that is read once only
MAX_SIZE = 2.0**40


@dataclass(frozen=True)
class Start:
    """Bounds of the start, each in the direction that is safe.

    `weights` are upper bounds of sigma_max(W_l), l = 1, ..., L; `layers` of sigma_max(F_l), l = 0, ..., L - 2;
    `lowest` and `highest` bound the singular values of F_(L-1); `value` encloses f; `distance` is an upper bound
    of the distance from W_L to the nearest last layer that interpolates.
    """

    weights: list[Fraction]
    layers: list[Fraction]
    lowest: Fraction
    highest: Fraction
    value: tuple[Fraction, Fraction]
    distance: Fraction


def rounding(scale: float, count: int) -> Fraction:
    """At least the Frobenius norm of what rounding leaves out of so many numbers: half a unit of each."""
    return root_up(count) / (2 * Fraction(scale))


class Reader:
    """The matrices of a file, their numbers as multiples of 2^-bits."""

    def __init__(self, data: bytes, bits: int, what: str, shapes: Sequence[tuple[int, int]]) -> None:
        self.numbers, self.scale, self.shapes = array("d", data), 2.0**bits, shapes
        if sys.byteorder == "big":
            self.numbers.byteswap()
        good = all(map(isfinite, self.numbers))
        require(good, Invalid, f"{what}: a number that is not finite")
        most = max(map(abs, self.numbers))
        require(most <= MAX_SIZE, Declined, f"{what}: a number above 2^40")
        require(most * self.scale < SAFE, Declined, f"{what}: bits={bits}: a number needs more than 62 bits")

    def columns(self, index: int) -> Iterator[list[int]]:
        """The columns of one matrix, which is stored row by row."""
        first = sum(rows * columns for rows, columns in self.shapes[:index])
        rows, columns = self.shapes[index]
        block, scale = self.numbers[first : first + rows * columns], self.scale
        # a power of two: the product is exact, and round gives the nearest integer
        return ([round(x * scale) for x in block[column::columns]] for column in range(columns))

    def lost(self, index: int) -> Fraction:
        """At least the Frobenius norm of what rounding leaves out of one matrix: 0 where it leaves out nothing."""
        first = sum(rows * columns for rows, columns in self.shapes[:index])
        rows, columns = self.shapes[index]
        scaled = (x * self.scale for x in self.numbers[first : first + rows * columns])
        return Fraction(0) if all(x == round(x) for x in scaled) else rounding(self.scale, rows * columns)


class Scale:
    """Norms of integer matrices in units of 2^-bits."""

    def __init__(self, bits: int) -> None:
        self.bits, self.one = bits, 1 << bits

    def norm(self, columns: Iterable[Sequence[int]], rows: int, many: int) -> Fraction:
        """An upper bound of the largest singular value: by the smaller Gram matrix, or the Frobenius norm."""
        if min(rows, many) > MAX_SPECTRAL:
            return root_up(sum(map(square_sum, columns))) / self.one
        gram = Gram(min(rows, many))
        for column in columns if rows <= many else zip(*columns, strict=True):
            gram.add(column)
        return root_up(largest(gram.read()[0])) / self.one

    def relu(self, column: Sequence[int]) -> list[int]:
        """Negative entries become 0, the others go from units of 2^-2bits to the nearest of 2^-bits."""
        half, bits = self.one >> 1, self.bits
        return [(entry + half) >> bits if entry > 0 else 0 for entry in column]


def start(claim: Network, data: bytes, weights: bytes, hints: dict[str, Any]) -> Start:
    """Compute the layers and bound everything that the theorem asks about the start."""
    bits = wire.integer(hints["bits"], "certificate: bits", 4, MAX_BITS)
    scale, n, widths = Scale(bits), claim.samples, claim.widths
    shapes = list(pairwise(widths))
    inputs = Reader(data, bits, "data", [(n, widths[0]), (n, widths[-1])])
    source = Reader(weights, bits, "weights", shapes)
    layer: Iterable[list[int]] = list(inputs.columns(0))
    error = inputs.lost(0)
    in_weights, in_layers = list[Fraction](), list[Fraction]()
    for number, (rows, many) in enumerate(shapes[:-1]):
        layer, lost = list(layer), source.lost(number)
        in_layers.append(scale.norm(layer, n, rows) + error)
        columns: Iterable[list[int]] = source.columns(number)
        columns = list(columns) if rows * many <= KEPT else columns
        in_weights.append(scale.norm(columns, rows, many) + lost)
        error = error * in_weights[-1] + in_layers[-1] * lost + rounding(scale.one, n * many)
        columns = columns if rows * many <= KEPT else source.columns(number)
        layer = map(scale.relu, product(list(zip(*layer, strict=True)), columns))
    last, lost = list(source.columns(len(shapes) - 1)), source.lost(len(shapes) - 1)
    in_weights.append(scale.norm(last, *shapes[-1]) + lost)
    gram = Gram(n, widths[-1])
    for column, row in zip(layer, zip(*last, strict=True), strict=True):
        gram.add(column, row)
    square, outputs = gram.read()
    residual = [
        [(y << bits) - o for y, o in zip(target, output, strict=True)]
        for target, output in zip(inputs.columns(1), outputs, strict=True)
    ]
    top = root_up(largest(square)) / scale.one
    low = wire.rational(hints["lowest"], "certificate: lowest")
    require(low > 0, Invalid, f"certificate: lowest={low} must be > 0")
    bottom = root_down(max(lowest(square, int(low * scale.one**2)), Fraction(0))) / scale.one - error
    require(bottom > 0, Rejected, f"certificate: the last hidden layer may be singular: bits={bits} are too few")
    unsure = inputs.lost(1) + error * in_weights[-1] + top * lost
    length, unit = sum(map(square_sum, residual)), scale.one**2
    value = max(root_down(length) / unit - unsure, Fraction(0)) ** 2 / 2, (root_up(length) / unit + unsure) ** 2 / 2
    size, rest, across = _solution(square, residual, hints["solution"], unit)
    # any D with F_(L-1) D = residual is at least as long as the shortest; `rest` is mended by the inverse
    distance = across + error * size + (rest + unsure + error * (2 * top + error) * size) / bottom
    return Start(in_weights, in_layers, bottom, top + error, value, distance)


def _solution(
    square: list[list[int]], residual: list[list[int]], hint: Any, unit: int
) -> tuple[Fraction, Fraction, Fraction]:
    """|Z|, |R - G Z| and |F^T Z| for the Gram matrix G = F F^T, the residual R and the hint Z, all rounded up."""
    where, n = "certificate: solution", len(square)
    common = wire.common_denominator(hint)
    small = common < 10**wire.MAX_DIGITS
    require(small, Declined, f"{where}: no common denominator of at most {wire.MAX_DIGITS} digits")
    columns = wire.sequence(hint, where, len(residual))
    require(len(columns) == len(residual), Invalid, f"{where}: {len(columns)} columns, expected {len(residual)}")
    size = rest = across = 0
    for number, (column, wanted) in enumerate(zip(columns, residual, strict=True)):
        entries = wire.sequence(column, f"{where}[{number}]", n)
        require(len(entries) == n, Invalid, f"{where}[{number}]: {len(entries)} entries, expected {n}")
        z = [int(common * wire.rational(entry, f"{where}[{number}]")) for entry in entries]
        image = [sum(map(mul, row, z)) for row in square]
        size += square_sum(z)
        rest += sum((common * y - g) ** 2 for y, g in zip(wanted, image, strict=True))
        across += sum(map(mul, image, z))
    return root_up(size) / common, root_up(rest) / (common * unit), root_up(Fraction(max(across, 0), unit)) / common
