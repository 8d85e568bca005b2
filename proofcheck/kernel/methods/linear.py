"""Any method with two iterates of memory, one gradient a step and constant coefficients.

y_k = query_0 x_k + query_1 x_{k-1},  x_{k+1} = state_0 x_k + state_1 x_{k-1} - eta grad f(y_k),  x_{-1} = x_0.
The coefficients of positions add to 1, so that the method is the same from every origin.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from ..outcome import Invalid, require

NAME = "linear"
COEFFICIENTS = ("state_0", "state_1", "query_0", "query_1", "eta")


def domain(c: dict[str, Fraction]) -> None:
    """Refuse coefficients outside the method's domain."""
    for part in ("state", "query"):
        total = c[f"{part}_0"] + c[f"{part}_1"]
        require(total == 1, Invalid, f"claim: method.{part}_0 + {part}_1={total} must be 1")
    require(c["eta"] > 0, Invalid, f"claim: method.eta={c['eta']} must be > 0")


def query(c: dict[str, Fraction], x: Any, x_before: Any) -> Any:
    """y_k = query_0 x_k + query_1 x_{k-1}."""
    return c["query_0"] * x + c["query_1"] * x_before


def advance(c: dict[str, Fraction], x: Any, x_before: Any, y: Any, gradient: Any) -> Any:
    """x_{k+1} = state_0 x_k + state_1 x_{k-1} - eta g_k."""
    return c["state_0"] * x + c["state_1"] * x_before - c["eta"] * gradient


def words(c: dict[str, Fraction]) -> list[str]:
    """The recursion, for a reader."""
    return [
        f"y_k = ({c['query_0']}) x_k + ({c['query_1']}) x_(k-1)",
        f"x_(k+1) = ({c['state_0']}) x_k + ({c['state_1']}) x_(k-1) - eta grad f(y_k), eta = {c['eta']}",
        "started with x_(-1) = x_0",
    ]
