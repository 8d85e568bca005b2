"""Piecewise constant functions on the line, and their exact integrals."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from typing import Any

from .. import wire
from ..outcome import Rejected, require

MAX_PIECES = 1_000


class Pieces:
    """The function with `slopes[i]` between `breakpoints[i - 1]` and `breakpoints[i]`, all in [low, high]."""

    def __init__(self, found: dict[str, Any], where: str, low: Fraction, high: Fraction) -> None:
        listed = wire.sequence(found["breakpoints"], f"{where}.breakpoints", MAX_PIECES)
        self.breakpoints = [wire.rational(number, f"{where}.breakpoints") for number in listed]
        listed = wire.sequence(found["slopes"], f"{where}.slopes", MAX_PIECES)
        self.slopes = [wire.rational(number, f"{where}.slopes") for number in listed]
        increasing = all(left < right for left, right in pairwise(self.breakpoints))
        require(increasing, Rejected, f"{where}.breakpoints: not increasing")
        fits = len(self.slopes) == len(self.breakpoints) + 1
        require(fits, Rejected, f"{where}.slopes: expected one more than breakpoints")
        inside = all(low <= slope <= high for slope in self.slopes)
        require(inside, Rejected, f"{where}.slopes: must be in [{low}, {high}]")

    def after(self, x: Fraction) -> Fraction:
        """The value just right of x."""
        return self.slopes[sum(1 for point in self.breakpoints if point <= x)]

    def integrals(self, x: Fraction) -> tuple[Fraction, Fraction]:
        """The integral from 0 to x, and the integral of that integral."""
        once = twice = here = zero = Fraction(0)
        between = [point for point in self.breakpoints if min(x, zero) < point < max(x, zero)]
        for there in [*(between if x > 0 else reversed(between)), x]:
            step, slope = there - here, self.after(min(here, there))
            twice += once * step + slope * step**2 / 2
            once += slope * step
            here = there
        return once, twice
