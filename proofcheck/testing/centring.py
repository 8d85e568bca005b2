"""Exact functions around the origin: the search proposes in floats, which far away tell no points apart."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from typing import Any

from proofcheck.testing.function import Function
from proofcheck.testing.point import Points
from proofcheck.testing.region import Region


def centred(f: Function, region: Region) -> tuple[Function, Region]:
    """The same function and region with the centre at the origin; functions of floats as they are.

    Examples
    --------
    >>> f = Function(name="f", dimensions=(1, 0), constants={}, value=lambda x, u: x[0] ** 2, exact=True)
    >>> moved, around = centred(f, Region(x=(10**20,), x_radius=1))
    >>> moved.value((Fraction(1),), ()) == (10**20 + 1) ** 2, around.x
    (True, (0,))
    """
    if not f.exact or not any((*region.x, *region.u)):
        return f, region
    x, u = _shift(region.x), _shift(region.u)
    parts = {name: _moved(getattr(f, name), x, u) for name in ("value", "gradient_x", "gradient_u", "inner")}
    minimiser, back = f.minimiser, _shift([-Fraction(entry) for entry in region.x])
    if minimiser is not None:
        parts["minimiser"] = lambda at: back(minimiser(u(at)))
    return replace(f, **parts), replace(region, x=(0,) * len(region.x), u=(0,) * len(region.u))


def placed(points: Points, region: Region) -> Points:
    """Points around the origin as exact ones around the centre; outputs stay where they are."""
    moves = {"x": _shift(region.x), "y": _shift(region.x), "u": _shift(region.u), "v": _shift(region.u)}
    exact = points.map(lambda vector: tuple(Fraction(entry) for entry in vector))
    return replace(exact, **{name: moves[name](vector) for name, vector in exact.items() if name in moves})


def _shift(centre: Any) -> Callable[[Any], Any]:
    exact = tuple(Fraction(entry) for entry in centre)

    def shift(at: Any) -> Any:
        return tuple(entry + c if c else entry for entry, c in zip(at, exact, strict=True))

    return shift


def _moved(call: Any, x: Callable[[Any], Any], u: Callable[[Any], Any]) -> Any:
    return None if call is None else lambda a, b: call(x(a), u(b))
