"""The triple momentum method (Van Scoy, Freeman, Lynch 2018), as a recursion on its state.

y_k = x_k + gamma (x_k - x_{k-1}),  x_{k+1} = x_k + beta (x_k - x_{k-1}) - eta grad f(y_k),
x_{-1} = x_0. The paper's separate output sequence is not used: metrics are taken at x_k.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from ..outcome import Invalid, require

NAME = "triple_momentum"
COEFFICIENTS = ("eta", "beta", "gamma")


def domain(c: dict[str, Fraction]) -> None:
    """Refuse coefficients outside the method's domain."""
    require(c["eta"] > 0, Invalid, f"claim: method.eta={c['eta']} must be > 0")
    require(0 <= c["beta"] < 1, Invalid, f"claim: method.beta={c['beta']} must be in [0, 1)")
    require(0 <= c["gamma"] <= 1, Invalid, f"claim: method.gamma={c['gamma']} must be in [0, 1]")


def query(c: dict[str, Fraction], x: Any, x_before: Any) -> Any:
    """y_k = x_k + gamma (x_k - x_{k-1})."""
    return x + c["gamma"] * (x - x_before)


def advance(c: dict[str, Fraction], x: Any, x_before: Any, y: Any, gradient: Any) -> Any:
    """x_{k+1} = x_k + beta (x_k - x_{k-1}) - eta g_k."""
    return x + c["beta"] * (x - x_before) - c["eta"] * gradient


def words(c: dict[str, Fraction]) -> list[str]:
    """The recursion, for a reader."""
    return [
        f"y_k = x_k + gamma (x_k - x_(k-1)), gamma = {c['gamma']}",
        f"x_(k+1) = x_k + beta (x_k - x_(k-1)) - eta grad f(y_k), eta = {c['eta']}, beta = {c['beta']}",
        "started with x_(-1) = x_0",
    ]
