"""A function seen through a counter: checked numbers, as floats, as exact numbers, or with error bounds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from math import isfinite
from typing import Any

import numpy as np

from proofcheck.errors import InvalidInput
from proofcheck.testing.function import Function
from proofcheck.testing.point import Points
from proofcheck.testing.rounding import EPS, Rounded

_ARGUMENTS = {
    "value": ("x", "u"), "gradient_x": ("x", "u"), "gradient_u": ("x", "u"), "inner": ("x", "u"),
    "outer": ("s",), "outer_gradient": ("s",), "minimiser": ("u",),
}  # fmt: skip
CALLABLES = tuple(_ARGUMENTS)
AGREE = 3
"""So many first calls of an exact callable are made in floats and exactly; where both agree, the rest are in floats."""


class View:
    """The callables of a function, each call through `_call`; missing ones are None."""

    value: Callable[[Any, Any], Any]
    gradient_x: Callable[[Any, Any], Any]
    gradient_u: Callable[[Any, Any], Any]
    inner: Callable[[Any, Any], Any]
    outer: Callable[[Any], Any]
    outer_gradient: Callable[[Any], Any]
    minimiser: Callable[[Any], Any]

    def __init__(self, f: Function) -> None:
        self.f = f
        for name in CALLABLES:
            call = None
            if getattr(f, name) is not None:
                call = self._bound(name)
            setattr(self, name, call)

    def _bound(self, name: str) -> Callable[..., Any]:
        return lambda *given: self._call(name, given)

    def _call(self, name: str, given: tuple[Any, ...]) -> Any:
        raise NotImplementedError


def _shape(f: Function, name: str, given: tuple[Any, ...]) -> int | None:
    """The length of a vector that is known beforehand."""
    known = {"gradient_x": f.dimensions[0], "gradient_u": f.dimensions[1], "minimiser": f.dimensions[0]}
    return len(given[0]) if name == "outer_gradient" else known.get(name)


def _where(name: str, given: tuple[Any, ...]) -> str:
    return str(Points(**dict(zip(_ARGUMENTS[name], given, strict=True))))


def called(f: Function, name: str, given: tuple[Any, ...]) -> Any:
    """Call a callable of a function; whatever it raises becomes one line that names the point.

    Raises
    ------
    InvalidInput
    """
    try:
        return getattr(f, name)(*given)
    except Exception as error:  # noqa: BLE001 - a user's code may raise anything
        line = (str(error).strip() or "no message").splitlines()[0]
        what = f"{name} of {f.name!r} raised {type(error).__name__}: {line}"
        raise InvalidInput(f"{what}, at {_where(name, given)}") from None


class ExactView(View):
    """The callables with Fractions, which is what they must return."""

    def _call(self, name: str, given: tuple[Any, ...]) -> Any:
        found = called(self.f, name, given)
        scalar = name in ("value", "outer")
        entries = (found,) if scalar else tuple(found)
        for entry in entries:
            if not isinstance(entry, Fraction | int):
                what = f"{name} of the exact function {self.f.name!r} is {entry!r}"
                raise InvalidInput(f"{what}, a {type(entry).__name__}, and must be exact, at {_where(name, given)}")
        _fits(self.f, name, given, len(entries))
        exact = tuple(Fraction(entry) for entry in entries)
        return exact[0] if scalar else exact


def _fits(f: Function, name: str, given: tuple[Any, ...], size: int) -> None:
    wanted = _shape(f, name, given)
    if wanted is not None and size != wanted:
        raise InvalidInput(f"{name} of {f.name!r} has {size} entries and must have {wanted}, at {_where(name, given)}")


class Probe(View):
    """The callables in float64, counted; exact functions are evaluated exactly at rounded points.

    Attributes
    ----------
    calls : int
    sizes : dict
        The largest magnitude of an entry that each callable has shown.
    """

    def __init__(self, f: Function) -> None:
        super().__init__(f)
        self.calls = 0
        self.sizes = dict.fromkeys(CALLABLES, 0.0)
        self._exact = ExactView(f) if f.exact else None
        self._agreed = dict.fromkeys(CALLABLES, 0)

    def _call(self, name: str, given: tuple[Any, ...]) -> Any:
        self.calls += 1
        scalar = name in ("value", "outer")
        if self._exact is not None:
            return self._of_exact(name, given)
        found = called(self.f, name, given)
        try:
            numbers: Any = float(_real(found)) if scalar else np.asarray(_real(found), dtype=float).reshape(-1)
        except (TypeError, ValueError):
            kind = f"{name} of {self.f.name!r} gives a {type(found).__name__}"
            raise InvalidInput(f"{kind} and must give {'a number' if scalar else 'numbers'}") from None
        if not scalar:
            _fits(self.f, name, given, numbers.size)
        size = float(np.abs(numbers).max(initial=0.0))
        if not isfinite(size):
            bad = numbers if scalar else numbers[~np.isfinite(numbers)][0]
            raise InvalidInput(f"{name} of {self.f.name!r} is {bad} and must be finite, at {_where(name, given)}")
        if size > self.sizes[name]:
            self.sizes[name] = size
        return numbers

    def _of_exact(self, name: str, given: tuple[Any, ...]) -> Any:
        """An exact callable for the search, which only proposes: in floats where that is known to be the same."""
        scalar, agreed = name in ("value", "outer"), self._agreed[name]
        fast = None
        if agreed >= 0:
            try:
                fast = _floats(getattr(self.f, name)(*(tuple(map(float, vector)) for vector in given)), scalar)
            except Exception:  # noqa: BLE001 - a callable for Fractions need not take floats
                fast = None
            if fast is not None and np.isfinite(fast).all():
                if agreed >= AGREE:
                    return fast
            else:
                self._agreed[name] = -1
        found = _floats(getattr(self._exact, name)(*map(exactly, given)), scalar)
        if fast is not None and self._agreed[name] >= 0:
            size = float(np.abs(found).max(initial=0.0))
            same = np.shape(fast) == np.shape(found) and np.allclose(fast, found, rtol=0, atol=1e-9 * size)
            if size or same:  # where all is 0 there is nothing to compare with
                self._agreed[name] = agreed + 1 if same else -1
        return found


def _real(found: Any) -> Any:
    """What NumPy would turn into real numbers without losing a part of it."""
    if isinstance(found, str) or np.iscomplexobj(found):
        raise TypeError
    return found


def _floats(found: Any, scalar: bool) -> Any:
    return float(found) if scalar else np.array([float(entry) for entry in found])


def exactly(vector: Any) -> tuple[Fraction, ...]:
    """Floats as the Fractions that they are."""
    return tuple(Fraction(float(entry)) for entry in vector)


class RoundedView(View):
    """The callables at float points, each number with the error bound that the allowance gives it.

    Every number that a callable returns may be wrong by `units` of eps times the largest magnitude that this callable
    has shown in the region, and by what rounding its arguments does: `reach` times as much, their distance from the
    origin in radii of the region.
    """

    def __init__(self, probe: Probe, units: float, condition: float, reach: Mapping[str, float]) -> None:
        super().__init__(probe.f)
        self.probe, self.units, self.condition, self.reach = probe, units, condition, reach

    def _call(self, name: str, given: tuple[Any, ...]) -> Any:
        plain = (np.array([entry.value if isinstance(entry, Rounded) else entry for entry in v]) for v in given)
        found = getattr(self.probe, name)(*plain)
        far = sum(self.reach[argument] for argument in _ARGUMENTS[name])
        error = self.units * EPS * self.probe.sizes[name] * (1 + far)
        if name == "minimiser":
            error *= self.condition
        if name in ("value", "outer"):
            return Rounded(found, error)
        return tuple(Rounded(float(entry), error) for entry in found)
