"""Quotients of polynomials whose denominators stay factored, and vectors with such coefficients.

A quotient is numerator / product of factor^power. The factors are variables and primitive polynomials;
whoever reads a sign off a quotient has to know that each factor is positive.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction

from ..outcome import Declined, Invalid, require
from .polynomials import MAX_DEGREE, ONE, ZERO, Polynomial, number, variable

Factors = dict[frozenset[tuple[tuple[tuple[str, int], ...], Fraction]], tuple[Polynomial, int]]


class Quotient:
    """A polynomial over a product of factors."""

    __slots__ = ("factors", "numerator")

    def __init__(self, numerator: Polynomial, factors: Factors | None = None) -> None:
        self.numerator = numerator
        self.factors: Factors = factors or {}
        power = max((power for _, power in self.factors.values()), default=0)
        require(power <= MAX_DEGREE, Declined, f"a divisor to the power {power}, the limit is {MAX_DEGREE}")

    def __add__(self, other: Quotient) -> Quotient:
        common = dict(self.factors)
        for key, (factor, power) in other.factors.items():
            common[key] = (factor, max(power, common[key][1] if key in common else 0))
        total = self.numerator * _excess(common, self.factors) + other.numerator * _excess(common, other.factors)
        return _reduced(total, common)

    def __sub__(self, other: Quotient) -> Quotient:
        return self + Quotient(number(-1)) * other

    def __mul__(self, other: Quotient) -> Quotient:
        factors = dict(self.factors)
        for key, (factor, power) in other.factors.items():
            factors[key] = (factor, power + (factors[key][1] if key in factors else 0))
        return _reduced(self.numerator * other.numerator, factors)

    def __truediv__(self, other: Quotient) -> Quotient:
        require(bool(other.numerator.terms), Invalid, "division by zero")
        content, monomial, rest = other.numerator.split()
        below = Quotient(number(1 / content), {})
        for name, power in monomial:
            factor = variable(name)
            below.factors[factor.key] = (factor, power)
        if rest.constant is None:
            below.factors[rest.key] = (rest, 1)
        elif rest.constant < 0:
            below.numerator = number(-1 / content)
        above = ONE
        for key, (factor, power) in other.factors.items():
            both = min(power, self.factors[key][1] if key in self.factors else 0)
            above = above * factor ** (power - both)
        left = {
            key: (factor, power - min(power, other.factors[key][1] if key in other.factors else 0))
            for key, (factor, power) in self.factors.items()
        }
        return Quotient(self.numerator * above, {k: v for k, v in left.items() if v[1]}) * below

    def __pow__(self, power: int) -> Quotient:
        factors = {key: (factor, power * p) for key, (factor, p) in self.factors.items() if power}
        return Quotient(self.numerator**power, factors)

    @property
    def length(self) -> int:
        """At least the number of characters that `str` writes."""
        return self.numerator.length + 10 + sum(factor.length + 10 for factor, _ in self.factors.values())

    def __str__(self) -> str:
        below = "*".join(f"({factor})^{power}" for factor, power in _ordered(self.factors))
        return f"({self.numerator})" + (f"/({below})" if below else "")


def _ordered(factors: Factors) -> list[tuple[Polynomial, int]]:
    return sorted(factors.values(), key=lambda entry: str(entry[0]))


def _excess(common: Factors, factors: Factors) -> Polynomial:
    result = ONE
    for key, (factor, power) in common.items():
        result = result * factor ** (power - (factors[key][1] if key in factors else 0))
    return result


def _reduced(numerator: Polynomial, factors: Factors) -> Quotient:
    """Cancel variables that divide the numerator."""
    if not numerator.terms:
        return Quotient(ZERO)
    if not factors:
        return Quotient(numerator)
    content, monomial, rest = numerator.split()
    kept, left = dict(factors), dict(monomial)
    for name, power in monomial:
        key = variable(name).key
        if key in kept:
            factor, below = kept.pop(key)
            both = min(power, below)
            left[name] -= both
            if below > both:
                kept[key] = (factor, below - both)
    back = Polynomial({tuple((n, p) for n, p in sorted(left.items()) if p): content})
    return Quotient(back * rest, kept)


class Vector:
    """A linear combination of named vectors of one space."""

    __slots__ = ("parts", "space")

    def __init__(self, space: str, parts: Mapping[str, Quotient]) -> None:
        self.space = space
        self.parts = {name: c for name, c in parts.items() if c.numerator.terms}

    def __add__(self, other: Vector) -> Vector:
        require(self.space == other.space, Invalid, f"a vector of {self.space} plus one of {other.space}")
        parts = dict(self.parts)
        for name, c in other.parts.items():
            parts[name] = parts[name] + c if name in parts else c
        return Vector(self.space, parts)

    def scaled(self, factor: Quotient) -> Vector:
        """The multiple."""
        return Vector(self.space, {name: factor * c for name, c in self.parts.items()})

    @property
    def length(self) -> int:
        """At least the number of characters that `str` writes."""
        return sum(len(name) + c.length + 4 for name, c in self.parts.items()) + 1

    def __str__(self) -> str:
        return " + ".join(f"{c}*{name}" for name, c in sorted(self.parts.items())) or "0"


def total(quotients: Iterable[Quotient]) -> Quotient:
    """The sum."""
    result = Quotient(ZERO)
    for quotient in quotients:
        result = result + quotient
    return result
