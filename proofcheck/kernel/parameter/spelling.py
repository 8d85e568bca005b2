"""Polynomials for a reader."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction


def polynomial(coefficients: Iterable[Fraction | int]) -> str:
    """A polynomial in q such as "1 - 1/4 q"."""
    shown = ""
    for power, c in enumerate(coefficients):
        if c:
            name = ("", "q", f"q^{power}")[min(power, 2)]
            size = str(abs(c)) if abs(c) != 1 or not power else ""
            joint = ("-" if c < 0 else "") if not shown else " - " if c < 0 else " + "
            shown += joint + f"{size} {name}".strip()
    return shown or "0"
