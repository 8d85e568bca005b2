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
from ..outcome import Rejected, require
from . import polynomials as poly
from .polynomials import Polynomial
from .signs import nonnegative, rootless
from .spelling import polynomial

is_rootless = lru_cache(maxsize=4096)(rootless)
common_divisor = lru_cache(maxsize=4096)(poly.common_divisor)


class Coefficients(tuple[int, ...]):
    """The coefficients of a polynomial; a format specification applies to each."""

    def __format__(self, spec: str) -> str:
        return "+".join(format(x, spec) for x in self) or format(0, spec)


class Ratio:
    """numerator / denominator without common factor, the denominator positive on (0, 1]."""

    __slots__ = ("denominator", "numerator")

    def __init__(self, numerator: Polynomial, denominator: Polynomial = (1,)) -> None:
        if len(denominator) > 1 and numerator:
            common = common_divisor(numerator, denominator)
            numerator, denominator = poly.quotient(numerator, common), poly.quotient(denominator, common)
        if not numerator:
            denominator = (1,)
        content = gcd(*numerator, *denominator)
        sign = -1 if sum(denominator) < 0 else 1
        self.numerator = Coefficients(sign * x // content for x in numerator)
        self.denominator = Coefficients(sign * x // content for x in denominator)

    def __add__(self, other: Any) -> Ratio:
        b = of(other)
        if self.denominator == b.denominator:
            return Ratio(poly.add(self.numerator, b.numerator), self.denominator)
        left, right = (poly.multiply(x.numerator, y.denominator) for x, y in ((self, b), (b, self)))
        return Ratio(poly.add(left, right), poly.multiply(self.denominator, b.denominator))

    def __mul__(self, other: Any) -> Ratio:
        if not isinstance(other, (Ratio, int, Fraction)):
            return NotImplemented  # a form or a vector, which knows how to be multiplied
        b = of(other)
        return Ratio(poly.multiply(self.numerator, b.numerator), poly.multiply(self.denominator, b.denominator))

    def __neg__(self) -> Ratio:
        return Ratio(poly.scale(-1, self.numerator), self.denominator)

    def __sub__(self, other: Any) -> Ratio:
        return self + -of(other)

    def __rsub__(self, other: Any) -> Ratio:
        return of(other) - self

    def __truediv__(self, other: Any) -> Ratio:
        b = of(other)
        require(is_rootless(b.numerator), Rejected, f"division by {wire.shorten(str(b))}, which has a root in (0, 1]")
        return self * Ratio(b.denominator, b.numerator)

    def __rtruediv__(self, other: Any) -> Ratio:
        return of(other) / self

    def __pow__(self, exponent: int) -> Ratio:
        return self * self ** (exponent - 1) if exponent else of(1)

    __radd__, __rmul__ = __add__, __mul__

    def __bool__(self) -> bool:
        return bool(self.numerator)

    def __eq__(self, other: object) -> bool:
        b = of(other)
        return self.numerator == b.numerator and self.denominator == b.denominator

    def __hash__(self) -> int:
        constant = len(self.numerator) <= 1 and len(self.denominator) == 1
        return hash(self(Fraction(1))) if constant else hash((self.numerator, self.denominator))

    def __ge__(self, other: Any) -> bool:
        return nonnegative((self - other).numerator)

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
