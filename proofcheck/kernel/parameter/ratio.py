"""The field of rational functions of q whose denominators have no root in (0, 1], with its partial order.

A `Ratio` takes the place of a `Fraction` as a coefficient. Comparisons are about every q in (0, 1]:
a >= b means that a(q) >= b(q) for all of them, so "not a >= b" does not mean a < b.
"""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache
from math import gcd
from typing import Any

from .. import wire
from ..outcome import Declined, Rejected, require
from . import polynomials as poly
from .polynomials import Polynomial
from .signs import nonnegative, rootless
from .spelling import polynomial

MAX_DEGREE = 128  # sums of fractions with many denominators grow without end, and common factors take long to find

is_rootless = lru_cache(maxsize=4096)(rootless)
common_divisor = lru_cache(maxsize=4096)(poly.common_divisor)


class Coefficients(tuple[int, ...]):
    """The coefficients of a polynomial; a format specification applies to each."""

    def __format__(self, spec: str) -> str:
        return "+".join(format(x, spec) for x in self) or format(0, spec)


@lru_cache(maxsize=4096)
def cofactors(a: Polynomial, b: Polynomial) -> tuple[Polynomial, Polynomial, Polynomial]:
    """Polynomials l and r with a l = b r, and this least common multiple, contents included."""
    shared = poly.scale(gcd(*a, *b), common_divisor(a, b))
    left, right = poly.quotient(b, shared), poly.quotient(a, shared)
    return left, right, poly.multiply(a, left)


class Ratio:
    """numerator / denominator, the denominator positive on (0, 1]; common factors are taken out when asked for."""

    __slots__ = ("_above", "_below", "_lowest")

    def __init__(self, numerator: Polynomial, denominator: Polynomial = (1,)) -> None:
        degree = max(len(numerator), len(denominator)) - 1
        if degree > MAX_DEGREE:
            raise Declined(f"function of degree {degree}, the limit is {MAX_DEGREE}")
        sign = -1 if sum(denominator) < 0 else 1
        self._above, self._below = (numerator, denominator) if sign > 0 else (
            poly.scale(-1, numerator), poly.scale(-1, denominator)
        )  # fmt: skip
        self._lowest = False

    def _reduce(self) -> None:
        """Take out common factors, once."""
        above, below = self._above, self._below if self._above else (1,)
        if len(below) > 1:
            shared = common_divisor(above, below)
            above, below = poly.quotient(above, shared), poly.quotient(below, shared)
        content = gcd(*above, *below)
        sign = -1 if sum(below) < 0 else 1
        self._above, self._below = (Coefficients(sign * x // content for x in p) for p in (above, below))
        self._lowest = True

    @property
    def numerator(self) -> Coefficients:
        """The numerator in lowest terms."""
        if not self._lowest:
            self._reduce()
        return Coefficients(self._above)

    @property
    def denominator(self) -> Coefficients:
        """The denominator in lowest terms."""
        if not self._lowest:
            self._reduce()
        return Coefficients(self._below)

    def __add__(self, other: Any) -> Ratio:
        b = of(other)
        if self._below == b._below:
            return Ratio(poly.add(self._above, b._above), self._below)
        left, right, below = cofactors(self._below, b._below)
        return Ratio(poly.add(poly.multiply(self._above, left), poly.multiply(b._above, right)), below)

    def __mul__(self, other: Any) -> Ratio:
        if not isinstance(other, (Ratio, int, Fraction)):
            return NotImplemented  # a form or a vector, which knows how to be multiplied
        b = of(other)
        return Ratio(poly.multiply(self._above, b._above), poly.multiply(self._below, b._below))

    def __neg__(self) -> Ratio:
        return Ratio(poly.scale(-1, self._above), self._below)

    def __sub__(self, other: Any) -> Ratio:
        return self + -of(other)

    def __rsub__(self, other: Any) -> Ratio:
        return of(other) - self

    def __truediv__(self, other: Any) -> Ratio:
        b = of(other)
        require(is_rootless(b.numerator), Rejected, f"division by {wire.shorten(str(b))}, which has a root in (0, 1]")
        return self * Ratio(b._below, b._above)

    def __rtruediv__(self, other: Any) -> Ratio:
        return of(other) / self

    def __pow__(self, exponent: int) -> Ratio:
        return self * self ** (exponent - 1) if exponent else of(1)

    __radd__, __rmul__ = __add__, __mul__

    def __bool__(self) -> bool:
        return bool(self._above)

    def __eq__(self, other: object) -> bool:
        b = of(other)
        return self.numerator == b.numerator and self.denominator == b.denominator

    def __hash__(self) -> int:
        constant = len(self.numerator) <= 1 and len(self.denominator) == 1
        return hash(self(Fraction(1))) if constant else hash((self.numerator, self.denominator))

    def __ge__(self, other: Any) -> bool:
        return nonnegative((self - other)._above)

    def __gt__(self, other: Any) -> bool:
        return self >= other and is_rootless((self - other).numerator)

    def __le__(self, other: Any) -> bool:
        return of(other) >= self

    def __lt__(self, other: Any) -> bool:
        return of(other) > self

    def __call__(self, q: Fraction) -> Fraction:
        """The value at q."""
        above, below = (sum(x * q**i for i, x in enumerate(p)) for p in (self.numerator, self.denominator))
        return Fraction(above) / below

    def __str__(self) -> str:
        """The function for a reader, such as "1 - 1/4 q" or "(1 - q)/(1 + q)"."""
        if len(self.denominator) == 1:
            return polynomial([Fraction(x, self.denominator[0]) for x in self.numerator])
        return f"({polynomial(self.numerator)})/({polynomial(self.denominator)})"


def of(value: Any) -> Ratio:
    """A number as a constant function; a function as it is."""
    if isinstance(value, Ratio):
        return value
    return Ratio((value.numerator,) if value else (), (value.denominator,))
