"""The points that an assumption is about, and sums over their coordinates for any kind of number."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields, replace
from fractions import Fraction
from math import isfinite
from typing import Any

import numpy as np

from proofcheck.errors import InvalidInput

PARTS = {
    "same u": ("x", "y", "u"),
    "same x": ("x", "u", "v"),
    "point": ("x", "u"),
    "two u": ("u", "v"),
    "one u": ("u",),
    "outputs": ("s", "t"),
    "output": ("s",),
}
"""Which vectors each kind of inequality is about."""


@dataclass(frozen=True)
class Points:
    """Where an inequality is evaluated; what it is not about is None.

    Attributes
    ----------
    x, y : vectors in X
    u, v : vectors in U
    s, t : vectors of outputs

    Examples
    --------
    >>> print(Points(x=(1.0, 0.5), u=(2.0,)))
    x = (1, 0.5), u = (2)
    """

    x: Any = None
    y: Any = None
    u: Any = None
    v: Any = None
    s: Any = None
    t: Any = None

    def items(self) -> Iterable[tuple[str, Any]]:
        """Name and vector of what is given."""
        return [
            (field.name, getattr(self, field.name)) for field in fields(self) if getattr(self, field.name) is not None
        ]

    def map(self, change: Callable[[Any], Any]) -> Points:
        """Return the points with every vector changed."""
        return replace(self, **{name: change(vector) for name, vector in self.items()})

    def __str__(self) -> str:
        return ", ".join(f"{name} = {shown(vector)}" for name, vector in self.items() if len(vector))


def shown(vector: Any) -> str:
    """A vector for messages: exact numbers as they are, floats in short; at most eight entries.

    Examples
    --------
    >>> shown((Fraction(1, 3), Fraction(2)))
    '(1/3, 2)'
    """
    entries = [str(entry) if isinstance(entry, Fraction | int) else f"{float(entry):.6g}" for entry in vector[:8]]
    rest = f", ... {len(vector) - 8} more" if len(vector) > 8 else ""
    return f"({', '.join(entries)}{rest})"


def check_finite(number: Any, name: str) -> None:
    """Complain about what is no finite real number.

    Raises
    ------
    InvalidInput
    """
    try:
        fine = isfinite(number)
    except (TypeError, ValueError, OverflowError):
        fine = False
    if not fine:
        raise InvalidInput(f"{name}={number!r} must be a finite number")


def _array(*vectors: Any) -> bool:
    return all(isinstance(vector, np.ndarray) and vector.dtype != object for vector in vectors)


def minus(a: Any, b: Any) -> Any:
    """The difference of two vectors."""
    return a - b if _array(a, b) else tuple(p - q for p, q in zip(a, b, strict=True))


def dot(a: Any, b: Any) -> Any:
    """The inner product; 0 for empty vectors."""
    if _array(a, b):
        return float(a @ b)
    found: Any = 0
    for p, q in zip(a, b, strict=True):
        found = found + p * q
    return found


def square(a: Any) -> Any:
    """The squared length."""
    return dot(a, a)


def middle(a: Any, b: Any) -> Any:
    """The midpoint."""
    if _array(a, b):
        return (a + b) / 2
    return tuple((p + q) / 2 for p, q in zip(a, b, strict=True))
