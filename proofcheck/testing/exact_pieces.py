"""Piecewise linear functions on the line, exactly: activations with a prescribed Lipschitz constant."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise
from typing import Any

from proofcheck.errors import InvalidInput
from proofcheck.testing.exact_linear import ZERO, vector

ACTIVATIONS: dict[str, tuple[tuple[int, ...], tuple[int, ...]]] = {
    "linear": ((), (1,)),
    "absolute": ((0,), (-1, 1)),
    "relu": ((0,), (0, 1)),
    "zigzag": ((-1, 1), (-1, 1, -1)),
}


class Piecewise:
    """phi with phi(0) = 0 and `slopes[i]` between `breakpoints[i - 1]` and `breakpoints[i]`.

    At a breakpoint the slope is the one on its right: the chosen element J of the generalised Jacobian.

    Examples
    --------
    >>> phi = Piecewise((0, 1), (-1, 1, -1))
    >>> [str(phi(Fraction(t))) for t in (-2, 1, 3)], str(phi.slope(Fraction(1)))
    (['2', '1', '-1'], '-1')
    """

    def __init__(self, breakpoints: Sequence[Any], slopes: Sequence[Any]) -> None:
        self.breakpoints, self.slopes = vector(breakpoints, "breakpoints"), vector(slopes, "slopes")
        if any(left >= right for left, right in pairwise(self.breakpoints)):
            raise InvalidInput(f"breakpoints=({', '.join(map(str, self.breakpoints))}) must increase")
        if len(self.slopes) != len(self.breakpoints) + 1:
            raise InvalidInput(f"slopes: {len(self.slopes)} numbers, expected one more than {len(self.breakpoints)}")
        self._heights = [ZERO]
        for (left, right), slope in zip(pairwise(self.breakpoints), self.slopes[1:], strict=False):
            self._heights.append(self._heights[-1] + slope * (right - left))
        self._offset = ZERO
        self._offset = self(ZERO)

    @property
    def steepest(self) -> Fraction:
        """The Lipschitz constant."""
        return max(abs(slope) for slope in self.slopes)

    def slope(self, t: Fraction) -> Fraction:
        """The slope at t, at a breakpoint the one on the right."""
        return self.slopes[bisect_right(self.breakpoints, t)]

    def __call__(self, t: Fraction) -> Fraction:
        """phi(t)."""
        if not self.breakpoints:
            return self.slopes[0] * t
        piece = bisect_right(self.breakpoints, t)
        knot = max(piece - 1, 0)
        return self._heights[knot] + self.slopes[piece] * (t - self.breakpoints[knot]) - self._offset


def activation_of(given: Any) -> Piecewise:
    """An activation by name, or a pair (breakpoints, slopes)."""
    if isinstance(given, str):
        if given not in ACTIVATIONS:
            raise InvalidInput(f"activation={given!r} must be one of {', '.join(ACTIVATIONS)}")
        return Piecewise(*ACTIVATIONS[given])
    if not isinstance(given, (tuple, list)) or len(given) != 2:
        raise InvalidInput("activation: expected a name or a pair (breakpoints, slopes)")
    return Piecewise(*given)
