"""Nesterov's momentum with constant coefficients.

y_k = x_k + beta (x_k - x_{k-1}),  x_{k+1} = y_k - eta grad f(y_k),  x_{-1} = x_0.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from ..outcome import Invalid, require

NAME = "nesterov"
COEFFICIENTS = ("eta", "beta")


def domain(c: dict[str, Fraction]) -> None:
    """Refuse coefficients outside the method's domain."""
    require(c["eta"] > 0, Invalid, f"claim: method.eta={c['eta']} must be > 0")
    require(0 <= c["beta"] < 1, Invalid, f"claim: method.beta={c['beta']} must be in [0, 1)")


def query(c: dict[str, Fraction], x: Any, x_before: Any) -> Any:
    """y_k = x_k + beta (x_k - x_{k-1})."""
    return x + c["beta"] * (x - x_before)


def advance(c: dict[str, Fraction], x: Any, x_before: Any, y: Any, gradient: Any) -> Any:
    """x_{k+1} = y_k - eta g_k."""
    return y - c["eta"] * gradient


def words(c: dict[str, Fraction]) -> list[str]:
    """The recursion, for a reader."""
    return [
        f"y_k = x_k + beta (x_k - x_(k-1)), beta = {c['beta']}",
        f"x_(k+1) = y_k - eta grad f(y_k), eta = {c['eta']}",
        "started with x_(-1) = x_0",
    ]
