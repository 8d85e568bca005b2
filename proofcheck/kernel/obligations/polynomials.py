"""Polynomials in several named variables with rational coefficients, of bounded size and at bounded cost."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from fractions import Fraction
from math import gcd, inf, lcm

from ..outcome import Declined, require

Monomial = tuple[tuple[str, int], ...]
MAX_WORK = 8_000_000
MAX_DEGREE = 600
MAX_BITS = 14_000  # fewer than the 4300 digits that Python converts to text
_left: ContextVar[float] = ContextVar("work left", default=inf)


def spend(work: float) -> None:
    """Count work: the letters of the terms that are formed, weighted by the length of their coefficients."""
    left = _left.get() - work
    _left.set(left)
    require(left >= 0, Declined, f"more work than the limit of {MAX_WORK}")


@contextmanager
def limited() -> Iterator[None]:
    """At most MAX_WORK inside; elsewhere work is not limited."""
    token = _left.set(MAX_WORK)
    try:
        yield
    finally:
        _left.reset(token)


class Polynomial:
    """A sum of coefficient times monomial; a monomial lists its variables with their powers in order."""

    __slots__ = ("below", "bits", "size", "terms")

    def __init__(self, terms: Mapping[Monomial, Fraction]) -> None:
        self.terms = {monomial: c for monomial, c in terms.items() if c}
        above = degree = self.size = 0
        self.below = 1
        for monomial, c in self.terms.items():
            self.size += 1 + len(monomial)
            above = max(above, abs(c.numerator))
            if c.denominator != 1:
                self.below = lcm(self.below, c.denominator)
            here = 0
            for _, power in monomial:
                here += power
            degree = max(degree, here)
        self.bits = max(above, self.below).bit_length()
        require(self.bits <= MAX_BITS, Declined, f"coefficients of {self.bits} bits, the limit is {MAX_BITS}")
        require(degree <= MAX_DEGREE, Declined, f"a polynomial of degree {degree}, the limit is {MAX_DEGREE}")
        spend((1 + self.size) * (1 + self.bits**2 / 10**6))

    @property
    def key(self) -> frozenset[tuple[Monomial, Fraction]]:
        """Equal keys mean equal polynomials."""
        return frozenset(self.terms.items())

    @property
    def constant(self) -> Fraction | None:
        """The number that this polynomial is, if it is one."""
        return None if any(self.terms) else self.terms.get((), Fraction(0))

    def __add__(self, other: Polynomial) -> Polynomial:
        terms = dict(self.terms)
        for monomial, c in other.terms.items():
            terms[monomial] = terms[monomial] + c if monomial in terms else c
        return Polynomial(terms)

    def __sub__(self, other: Polynomial) -> Polynomial:
        return self + Polynomial({monomial: -c for monomial, c in other.terms.items()})

    def __mul__(self, other: Polynomial) -> Polynomial:
        products = self.size * len(other.terms) + len(self.terms) * other.size
        spend(products * (1 + (self.bits + other.bits) ** 2 / 10**6))
        terms: dict[Monomial, int] = {}
        right = other._integers()
        for one, c in self._integers():
            for two, d in right:
                monomial = _times(one, two)
                terms[monomial] = terms.get(monomial, 0) + c * d
        below = self.below * other.below
        return Polynomial({monomial: Fraction(c, below) for monomial, c in terms.items()})

    def _integers(self) -> list[tuple[Monomial, int]]:
        """The terms times the common denominator."""
        return [(monomial, c.numerator * (self.below // c.denominator)) for monomial, c in self.terms.items()]

    def __pow__(self, power: int) -> Polynomial:
        result = ONE
        for _ in range(power):
            result = result * self
        return result

    def split(self) -> tuple[Fraction, Monomial, Polynomial]:
        """Coefficient, monomial and primitive polynomial whose product this nonzero polynomial is."""
        above = gcd(*(c.numerator for c in self.terms.values()))
        content = Fraction(above, lcm(*(c.denominator for c in self.terms.values())))
        powers = [dict(monomial) for monomial in self.terms]
        common = tuple((name, min(p.get(name, 0) for p in powers)) for name in sorted(powers[0]))
        common = tuple((name, power) for name, power in common if power)
        return content, common, Polynomial({_over(m, common): c / content for m, c in self.terms.items()})

    @property
    def length(self) -> int:
        """At least the number of characters that `str` writes."""
        digits = len(self.terms) * (self.bits // 3 + 3) * 2
        return digits + sum(len(name) + 5 for monomial in self.terms for name, _ in monomial)

    def __str__(self) -> str:
        if not self.terms:
            return "0"
        shown = ""
        for monomial, c in sorted(self.terms.items()):
            factors = [name if power == 1 else f"{name}^{power}" for name, power in monomial]
            size = [str(abs(c))] if abs(c) != 1 or not factors else []
            shown += (" - " if c < 0 else " + ") if shown else ("-" if c < 0 else "")
            shown += "*".join(size + factors)
        return shown


def _times(one: Monomial, two: Monomial) -> Monomial:
    if not one or not two:
        return one or two
    powers = dict(one)
    for name, power in two:
        powers[name] = powers.get(name, 0) + power
    return tuple(sorted(powers.items()))


def _over(one: Monomial, two: Monomial) -> Monomial:
    """The quotient of monomials, the second a divisor of the first."""
    powers = dict(two)
    return tuple((name, p - powers.get(name, 0)) for name, p in one if p > powers.get(name, 0))


def number(value: Fraction | int) -> Polynomial:
    """A constant."""
    return Polynomial({(): Fraction(value)})


def variable(name: str) -> Polynomial:
    """A variable."""
    return Polynomial({((name, 1),): Fraction(1)})


ZERO, ONE = number(0), number(1)
