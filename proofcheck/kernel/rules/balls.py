"""Rule lyapunov_in_balls: the rate, where the assumptions hold in balls around the start only.

A second Lyapunov function U with a rate r, a constant K and a weight s shows that the run stays in the
balls. `combine` proves, in this order, so that every point used is known to be in the balls:

    early_start  s|w_0|^2 <= K r F_0                    next_start  mu|x_1 - x*(v_0)|^2 <= next^2 K F_0
    base         s|w_0|^2 + U_1 <= K r F_0              (from rest)
    query        mu|y_k - x*(v_{k-1})|^2 <= query^2 U_k
    early        s|w_k|^2 <= r U_k                      next_step   mu|x_{k+1} - x*(v_k)|^2 <= next^2 U_k
    decrease     s|w_k|^2 + U_{k+1} <= r U_k            (from an arbitrary state, k >= 1)

So sum_{i<=k} s|w_i|^2 / r^(i+1) <= K F_0 before and after each step, hence by Cauchy-Schwarz
(sum |w_i|)^2 <= r/(1-r) K F_0/s; and u_k - u_0, v_k - u_0 are combinations of the w_i with coefficients
in [0, eta/(1-beta)]. Minimisers and iterates follow. docs/theory.md has the proof, Lemma 11.
"""

from __future__ import annotations

from typing import Any

from .. import wire
from ..claim import Claim
from ..outcome import Rejected, require
from ..statements import LinearRate
from . import lyapunov
from .combine import prove
from .lyapunov_form import Lyapunov
from .radii import coefficients, goals, known

FIELDS = (*lyapunov.FIELDS, "radii")
NUMBERS = ("rate", "constant", "weight", "root_of_2", "root_of_constant", "query", "next")
PARTS = ("early_start", "next_start", "base", "query", "early", "next_step", "decrease")


def apply(claim: Claim, found: dict[str, Any]) -> tuple[str, str]:
    """Check the radii, then the rate with all points in the balls."""
    if not isinstance(claim.statement, LinearRate) or not claim.problem.balls:
        raise Rejected("certificate: rule lyapunov_in_balls proves statements of kind linear_rate with balls only")
    _radii(claim, claim.problem.balls, found["radii"], "certificate: radii")
    word, reason = lyapunov.prove_rate(claim, claim.statement, found)
    return word, f"{reason}, and the run stays in the balls"


def _radii(claim: Claim, balls: dict[str, Any], value: Any, where: str) -> None:
    radii, number, p = (
        wire.fields(value, (*NUMBERS, "lyapunov", *PARTS), where),
        claim.field.number,
        claim.problem.parameters,
    )
    n = {key: number(radii[key], f"{where}.{key}") for key in NUMBERS}
    require(0 < n["rate"] < 1, Rejected, f"{where}.rate={n['rate']} must be in (0, 1)")
    require(n["weight"] > 0, Rejected, f"{where}.weight={n['weight']} must be > 0")
    for key, square in (("root_of_2", 2), ("root_of_constant", n["constant"]), ("query", 0), ("next", 0)):
        require(n[key] >= 0 and n[key] ** 2 >= square, Rejected, f"{where}.{key}={n[key]} is too small")
    potential = Lyapunov(radii["lyapunov"], claim.problem.partial, number, where)
    for name, (run, goal, ahead) in goals(claim, n, potential).items():
        prove(claim, run, goal, radii[name], f"{where}.{name}", known(ahead))
    eta, beta, gamma = coefficients(claim)
    require(gamma * (1 - beta) <= beta, Rejected, f"{where}: the query of {claim.method.name} looks too far ahead")
    reach = 2 * p["mu"] ** 2 * eta**2 * n["rate"] * n["constant"]
    fits = reach <= balls["u"] ** 2 * n["weight"] * (1 - n["rate"]) * (1 - beta) ** 2
    require(fits, Rejected, f"{where}: u may leave the ball of radius {balls['u']}")
    moved = n["root_of_2"] + p["L2"] * p["G1"] ** 2 / p["mu"] * balls["u"]
    for key in ("query", "next"):
        fits = moved + n[key] * n["root_of_constant"] <= balls["x"]
        require(fits, Rejected, f"{where}.{key}: x may leave the ball of radius {balls['x']}")
