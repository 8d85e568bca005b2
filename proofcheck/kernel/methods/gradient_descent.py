"""Gradient descent: x_{k+1} = x_k - eta grad f(x_k)."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from ..outcome import Invalid, require

NAME = "gradient_descent"
COEFFICIENTS = ("eta",)


def domain(c: dict[str, Fraction]) -> None:
    """Refuse coefficients outside the method's domain."""
    require(c["eta"] > 0, Invalid, f"claim: method.eta={c['eta']} must be > 0")


def query(c: dict[str, Fraction], x: Any, x_before: Any) -> Any:
    """y_k = x_k."""
    return x


def advance(c: dict[str, Fraction], x: Any, x_before: Any, y: Any, gradient: Any) -> Any:
    """x_{k+1} = x_k - eta g_k."""
    return x - c["eta"] * gradient


def words(c: dict[str, Fraction]) -> list[str]:
    """The recursion, for a reader."""
    return [f"x_(k+1) = x_k - eta grad f(x_k), eta = {c['eta']}"]
