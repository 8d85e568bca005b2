"""Numbers with a bound on what rounding may have done to them, and square roots for every kind of number."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import inf, isqrt, sqrt
from typing import Any

EPS = 2.0**-52
"""The distance from 1 to the next float64."""


@dataclass(frozen=True, slots=True)
class Rounded:
    """A float with a bound of its error; operations add what they round, half a unit in the last place.

    Examples
    --------
    >>> x = Rounded(1.0, 1e-3)
    >>> round((x * x - 1).error, 6)
    0.002001
    """

    value: float
    error: float = 0.0

    @property
    def low(self) -> float:
        """A lower bound of the exact number."""
        return self.value - self.error

    @property
    def high(self) -> float:
        """An upper bound of the exact number."""
        return self.value + self.error

    def __add__(self, other: Any) -> Rounded:
        other = rounded(other)
        return _made(self.value + other.value, self.error + other.error)

    def __sub__(self, other: Any) -> Rounded:
        other = rounded(other)
        return _made(self.value - other.value, self.error + other.error)

    def __mul__(self, other: Any) -> Rounded:
        other = rounded(other)
        spread = abs(self.value) * other.error + abs(other.value) * self.error + self.error * other.error
        return _made(self.value * other.value, spread)

    def __truediv__(self, other: Any) -> Rounded:
        return self.over(rounded(other))

    def over(self, other: Rounded) -> Rounded:
        """The quotient; the error is infinite where the divisor may be 0."""
        least = abs(other.value) - other.error
        if least <= 0:
            return Rounded(self.value / other.value if other.value else inf, inf)
        value = self.value / other.value
        return _made(value, (self.error + abs(value) * other.error) / least)

    def __pow__(self, exponent: int) -> Rounded:
        found: Rounded = Rounded(1.0)
        for _ in range(exponent):
            found = found * self
        return found

    def __radd__(self, other: Any) -> Rounded:
        return self.__add__(other)

    def __rsub__(self, other: Any) -> Rounded:
        return _made(float(other) - self.value, self.error)

    def __rmul__(self, other: Any) -> Rounded:
        return self.__mul__(other)

    def __rtruediv__(self, other: Any) -> Rounded:
        return rounded(other).over(self)

    def __neg__(self) -> Rounded:
        return Rounded(-self.value, self.error)

    def __gt__(self, other: Any) -> bool:
        return self.value > rounded(other).value

    def __lt__(self, other: Any) -> bool:
        return self.value < rounded(other).value

    def __ge__(self, other: Any) -> bool:
        return self.value >= rounded(other).value

    def __le__(self, other: Any) -> bool:
        return self.value <= rounded(other).value

    def __bool__(self) -> bool:
        return bool(self.value)

    def root(self) -> Rounded:
        """The square root; of what is below 0 the root of 0."""
        value = max(self.value, 0.0)
        near = sqrt(value)
        up = sqrt(max(value + self.error, 0.0)) - near
        down = near - sqrt(max(value - self.error, 0.0))
        return _made(near, max(up, down))


def _made(value: float, error: float) -> Rounded:
    return Rounded(value, error + abs(value) * EPS / 2)


def rounded(number: Any) -> Rounded:
    """A number as one with an error bound: an int or float is taken as exact."""
    return number if isinstance(number, Rounded) else Rounded(float(number))


def root(number: Any, *, up: bool = False) -> Any:
    """The square root of a number >= 0 (of what is below: 0); of a Fraction to 128 bits, rounded down or up.

    Examples
    --------
    >>> root(Fraction(9, 4)), root(Fraction(2)) < root(Fraction(2), up=True), root(4.0)
    (Fraction(3, 2), True, 2.0)
    """
    if isinstance(number, Rounded):
        return number.root()
    if not isinstance(number, Fraction | int):
        return sqrt(max(number, 0.0))
    exact = Fraction(number)
    if exact <= 0:
        return Fraction(0)
    shift = max(0, 256 + exact.denominator.bit_length() - exact.numerator.bit_length()) // 2 + 1
    scaled = (exact.numerator << (2 * shift)) * exact.denominator
    floor = isqrt(scaled)
    whole = floor * floor == scaled
    return Fraction(floor + (up and not whole), exact.denominator << shift)
