"""Runs of the textbook methods, in whatever numbers they are given: exact in Fractions, floats in floats.

Nothing here is taken from the kernel or from the search: a run is an oracle for both.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from proofcheck.errors import InvalidInput, NotSupported
from proofcheck.testing.function import Function

_NEEDED = {
    "gradient_descent": ("eta",),
    "heavy_ball": ("eta", "beta"),
    "linear": ("state_0", "state_1", "query_0", "query_1", "eta"),
    "nesterov": ("eta", "beta"),
    "triple_momentum": ("eta", "beta", "gamma"),
}
METRICS = ("objective_gap", "squared_distance", "squared_gradient_norm")


@dataclass(frozen=True)
class Textbook:
    """A method as a textbook writes it, one block of variables at a time; a position is a list of numbers.

    Attributes
    ----------
    name : str
        One of gradient_descent, heavy_ball, nesterov, triple_momentum, and linear: a method of one's own, as claims
        state it.
    coefficients : mapping
        eta, and where the method has them beta and gamma, in any numbers; state_0, state_1, query_0, query_1 and eta of
        a linear method, y_k = query_0 x_k + query_1 x_{k-1}, x_{k+1} = state_0 x_k + state_1 x_{k-1} - eta g(y_k).

    Source: Nesterov (2018), Sections 2.1.5 and 2.2.1; Polyak (1964); Van Scoy, Freeman and Lynch (2018).

    Examples
    --------
    >>> nesterov = Textbook.of({"name": "nesterov", "eta": "1/4", "beta": "1/2"})
    >>> nesterov.query([Fraction(2)], [Fraction(1)])
    [Fraction(5, 2)]
    >>> nesterov.step([Fraction(2)], [Fraction(1)], lambda at: at)
    [Fraction(15, 8)]
    """

    name: str
    coefficients: Mapping[str, Any]

    @classmethod
    def of(cls, method: Any) -> Textbook:
        """Read a method: an object of `proofcheck.methods` or the `method` field of a claim.

        Raises
        ------
        NotSupported
            If no textbook definition is known for its name.
        InvalidInput
            If a coefficient is missing, or there is one that the definition does not know.
        """
        if isinstance(method, Textbook):
            return method
        if isinstance(method, Mapping):
            name = method["name"]
            found = {key: entry for key, entry in method.items() if key != "name"}
        elif hasattr(method, "recursion"):  # a LinearMethod: its document is the recursion in numbers
            return cls.of(method.document())
        else:
            name = method.name
            found = {field.name: getattr(method, field.name) for field in dataclasses.fields(method)}
        if name not in _NEEDED:
            raise NotSupported(f"method.name={name!r} is not one of {', '.join(_NEEDED)}")
        if set(found) != set(_NEEDED[name]):
            raise InvalidInput(
                f"method: {name} has the coefficients {', '.join(_NEEDED[name])}, got {', '.join(found)}"
            )
        return cls(name, {key: Fraction(entry) for key, entry in found.items()})

    def floating(self) -> Textbook:
        """Return the same method with coefficients in floating point."""
        return Textbook(self.name, {key: float(entry) for key, entry in self.coefficients.items()})

    def query(self, x: Sequence[Any], before: Sequence[Any]) -> list[Any]:
        """Where the gradient is taken, from the iterate and the one before."""
        if self.name == "linear":  # written with the numbers as they are, not with the momentum that they amount to
            return self._weighted("query", x, before)
        ahead = {"nesterov": "beta", "triple_momentum": "gamma"}.get(self.name)
        if ahead is None:
            return list(x)
        weight = self.coefficients[ahead]
        return [a + weight * (a - b) for a, b in zip(x, before, strict=True)]

    def step(self, x: Sequence[Any], before: Sequence[Any], gradient: Callable[[list[Any]], Any]) -> list[Any]:
        """The next iterate; the gradient is a function of the position alone."""
        c = self.coefficients
        at = self.query(x, before)
        slope = gradient(at)
        if self.name == "linear":
            return [a - c["eta"] * g for a, g in zip(self._weighted("state", x, before), slope, strict=True)]
        if self.name == "gradient_descent":
            return [a - c["eta"] * g for a, g in zip(x, slope, strict=True)]
        if self.name == "nesterov":
            return [y - c["eta"] * g for y, g in zip(at, slope, strict=True)]
        return [a + c["beta"] * (a - b) - c["eta"] * g for a, b, g in zip(x, before, slope, strict=True)]

    def _weighted(self, part: str, x: Sequence[Any], before: Sequence[Any]) -> list[Any]:
        here, past = self.coefficients[f"{part}_0"], self.coefficients[f"{part}_1"]
        return [here * a + past * b for a, b in zip(x, before, strict=True)]


def trajectory(method: Any, start: Sequence[Any], gradient: Callable[[list[Any]], Any], steps: int) -> list[list[Any]]:
    """The iterates x_0, ..., x_steps from rest (x_{-1} = x_0), for a gradient of one block of variables.

    Examples
    --------
    >>> trajectory({"name": "gradient_descent", "eta": "1/2"}, [1], lambda at: at, 2)
    [[1], [Fraction(1, 2)], [Fraction(1, 4)]]
    """
    textbook = Textbook.of(method)
    iterates, before = [list(start)], list(start)
    for _ in range(steps):
        after = textbook.step(iterates[-1], before, gradient)
        before = iterates[-1]
        iterates.append(after)
    return iterates


def simulate(function: Function, method: Any, start: Sequence[Any], steps: int) -> tuple[dict[str, Any], ...]:
    r"""Run a method on a function and measure every iterate.

    Parameters
    ----------
    function : Function
        Exact for an exact run. It needs `gradient_x`, and `gradient_u` if it has variables u.
    method : Method or mapping
        An object of `proofcheck.methods`, or the `method` field of a claim.
    start : sequence of numbers
        x_0 and then u_0, one after the other: ``sum(function.dimensions)`` numbers. The run starts from rest.
    steps : int
        At least 0.

    Returns
    -------
    tuple of dict
        For k = 0, ..., steps: ``objective_gap`` (f - f_star; with a declared f_star), ``squared_distance``
        (|x - x*(u)|^2; with a minimiser) and ``squared_gradient_norm`` (of the gradient in x).

    Raises
    ------
    InvalidInput
        If the start does not fit, steps < 0, or a gradient is missing.
    NotSupported
        If no textbook definition of the method is known.

    Source: the definitions in the method's own sources, see `Textbook`. Nothing is shared with the kernel.

    Tight: yes (a run is attained; it bounds the worst case from below, and proves nothing from above).

    Examples
    --------
    >>> from fractions import Fraction
    >>> f = Function(
    ...     name="parabola", dimensions=(1, 0), constants={"mu": 2, "L1": 2, "f_star": 0}, exact=True,
    ...     value=lambda x, u: x[0] ** 2, gradient_x=lambda x, u: (2 * x[0],), minimiser=lambda u: (Fraction(0),),
    ... )
    >>> run = simulate(f, {"name": "gradient_descent", "eta": "1/4"}, (Fraction(1),), 2)
    >>> [str(metrics["objective_gap"]) for metrics in run]
    ['1', '1/4', '1/16']
    """
    in_x, in_u = function.dimensions
    if len(start) != in_x + in_u:
        raise InvalidInput(f"start has {len(start)} numbers, expected {in_x} for x and {in_u} for u")
    if steps < 0:
        raise InvalidInput(f"steps={steps} must be >= 0")
    for name in ("gradient_x", "gradient_u")[: 2 if in_u else 1]:
        if getattr(function, name) is None:
            raise InvalidInput(f"function.{name} is needed for a run of {function.name}")
    blocks = _Blocks(function)
    return tuple(blocks.metrics(state) for state in trajectory(method, start, blocks.gradient, steps))


class _Blocks:
    """A function of (x, u) as one of the list x, u."""

    def __init__(self, function: Function) -> None:
        self.function = function

    def split(self, at: list[Any]) -> tuple[Any, Any]:
        size = self.function.dimensions[0]
        x, u = tuple(at[:size]), tuple(at[size:])
        if self.function.exact:
            return x, u
        import numpy as np  # functions in floating point take arrays

        return np.array(x, dtype=float), np.array(u, dtype=float)

    def gradient(self, at: list[Any]) -> list[Any]:
        x, u = self.split(at)
        assert self.function.gradient_x is not None
        found = list(self.function.gradient_x(x, u))
        return found + list(self.function.gradient_u(x, u)) if self.function.gradient_u and len(u) else found

    def metrics(self, at: list[Any]) -> dict[str, Any]:
        f = self.function
        x, u = self.split(at)
        found: dict[str, Any] = {}
        if "f_star" in f.constants:
            found["objective_gap"] = f.value(x, u) - f.constants["f_star"]
        if f.minimiser is not None:
            found["squared_distance"] = sum((a - b) ** 2 for a, b in zip(x, f.minimiser(u), strict=True))
        assert f.gradient_x is not None
        return found | {"squared_gradient_norm": sum(entry**2 for entry in f.gradient_x(x, u))}
