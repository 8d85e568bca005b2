"""Functions of q at q = sqrt(1/kappa), which is irrational for most kappa: exact there, and rounded to a safe side."""

from __future__ import annotations

from fractions import Fraction
from math import isqrt

from proofcheck.kernel.parameter.ratio import Ratio
from proofcheck.numbers import rational_sqrt

SCALE = 10**60


def at_root(function: Ratio, square: Fraction) -> tuple[Fraction, Fraction]:
    """The numbers (a, b) with function(sqrt(square)) = a + b sqrt(square).

    Examples
    --------
    >>> from proofcheck.families import Q
    >>> at_root((1 - Q) / (1 + Q), Fraction(1, 10))
    (Fraction(11, 9), Fraction(-20, 9))
    """
    root = rational_sqrt(square)
    if root is not None:
        return function(root), Fraction(0)
    (a, b), (c, d) = (_halves(p, square) for p in (function.numerator, function.denominator))
    norm = c**2 - d**2 * square
    return (a * c - b * d * square) / norm, (b * c - a * d) / norm


def _halves(polynomial: tuple[int, ...], square: Fraction) -> tuple[Fraction, Fraction]:
    """The even part and the odd part divided by the root."""
    even, odd = (sum((x * square**i for i, x in enumerate(polynomial[first::2])), Fraction(0)) for first in (0, 1))
    return even, odd


def enclosure(function: Ratio, square: Fraction, *, root: bool = False) -> tuple[Fraction, Fraction]:
    """Rationals around function(sqrt(square)), or with `root` around its square root; equal where that is rational.

    Examples
    --------
    >>> from proofcheck.families import Q
    >>> low, high = enclosure(1 - Q / 4, Fraction(1, 10))
    >>> print(low < high, float(low))
    True 0.9209430584957905
    >>> enclosure(1 / Q, Fraction(1, 16), root=True)
    (Fraction(2, 1), Fraction(2, 1))
    """
    a, b = at_root(function, square)
    ends = sorted(a + b * end for end in _root(square))
    if not root:
        return ends[0], ends[1]
    return _root(max(ends[0], Fraction(0)))[0], _root(ends[1])[1]


def _root(square: Fraction) -> tuple[Fraction, Fraction]:
    """Rationals around a square root."""
    exact = rational_sqrt(square)
    if exact is not None:
        return exact, exact
    scaled = square * SCALE**2
    low = isqrt(scaled.numerator // scaled.denominator)
    return Fraction(low, SCALE), Fraction(low + 1, SCALE)
