"""The methods the kernel knows, by name. Their recursions act on vectors and on numbers alike."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .. import wire
from ..outcome import Declined, require
from . import gradient_descent, heavy_ball, linear, nesterov, triple_momentum


@dataclass(frozen=True)
class Method:
    """A first-order method with constant rational coefficients, started with x[-1] = x[0]."""

    name: str
    coefficients: dict[str, Any]
    _query: Callable[..., Any]
    _advance: Callable[..., Any]
    _words: Callable[..., list[str]]

    def query(self, x: Any, x_before: Any) -> Any:
        """The position y_k at which the gradient is taken."""
        return self._query(self.coefficients, x, x_before)

    def advance(self, x: Any, x_before: Any, y: Any, gradient: Any) -> Any:
        """The next iterate x_{k+1}."""
        return self._advance(self.coefficients, x, x_before, y, gradient)

    def words(self, unit: str = "") -> list[str]:
        """The recursion, for a reader; eta in the given unit."""
        eta = self.coefficients["eta"]
        return self._words({**self.coefficients, "eta": f"({eta}) {unit}" if unit else eta})


REGISTRY = {module.NAME: module for module in (gradient_descent, heavy_ball, nesterov, triple_momentum, linear)}


def read(value: Any, number: Callable[[Any, str], Any] = wire.rational) -> Method:
    """The method of a claim."""
    name = wire.text(value.get("name") if isinstance(value, dict) else None, "claim: method.name")
    require(name in REGISTRY, Declined, f"claim: method.name: unknown method {wire.shorten(name)}")
    module = REGISTRY[name]
    found = wire.fields(value, ("name", *module.COEFFICIENTS), "claim: method")
    coefficients = {key: number(found[key], f"claim: method.{key}") for key in module.COEFFICIENTS}
    module.domain(coefficients)
    return Method(name, coefficients, module.query, module.advance, module.words)
