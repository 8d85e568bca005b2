"""Rule lyapunov_in_balls: the rate, where the assumptions hold in balls around the start only.

A second Lyapunov function U shows that the run stays in the balls. With r = rate, K = constant, s = weight,
p = path, `combine` proves (base: from rest; the others: from an arbitrary state, k >= 1), each of them at
points only that are known to be in the balls by then:

    base      s|w_0|^2 + p mu|y_1 - y_0|^2 + U_1 <= r K F_0
    query     mu|y_k - x*(v_k)|^2 <= query^2 U_k                before y_k is known
    early     s (1 - r)|w_k|^2 <= r U_k                         before x_{k+1}, u_{k+1} are
    next      mu|x_{k+1} - x*(v_k)|^2 <= next^2 U_k             before x_{k+1}, u_{k+1} are
    move      mu|x_{k+1} - y_k|^2 <= move^2 U_k                 the same, if share > 0
    decrease  s|w_k|^2 + p mu|y_{k+1} - y_k|^2 + U_{k+1} <= r U_k

Then sqrt(U_k) + a sqrt(s (1-r)/r) sum_{i<k} |w_i| + b sqrt(p (1-r)/r) sum_{i<k} sqrt(mu)|y_{i+1} - y_i| is at
most sqrt(K F_0) whenever a^2 + b^2 <= 1. The sums bound u_k - u_0, v_k - u_0 and y_k - x_0; minimisers and
iterates follow. Where the balls have a `start`, it bounds |x_0 - x*(u_0)|, else A1 does. docs/theory.md has the proof.
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
from .radii import fit, goals, known

FIELDS = (*lyapunov.FIELDS, "radii")
LENGTHS = ("path", "share", "part_u", "part_x", "moved", "query", "next", "move", "root_of_2", "root_of_constant")
NUMBERS = ("rate", "constant", "weight", *LENGTHS)
PARTS = ("base", "query", "early", "next", "move", "decrease")


def apply(claim: Claim, found: dict[str, Any]) -> tuple[str, str]:
    """Check the radii, then the rate with all points in the balls."""
    if not isinstance(claim.statement, LinearRate) or not claim.problem.balls:
        raise Rejected("certificate: rule lyapunov_in_balls proves statements of kind linear_rate with balls only")
    stay_in(claim, claim.problem.balls, found["radii"], "certificate: radii")
    word, reason = lyapunov.prove_rate(claim, claim.statement, found)
    return word, f"{reason}, and the run stays in the balls"


def stay_in(claim: Claim, balls: dict[str, Any], value: Any, where: str) -> None:
    """Raise a Refusal unless the run stays in the balls."""
    names = (*NUMBERS, "lyapunov", *(f"{name}_proof" for name in PARTS))
    radii, read = wire.fields(value, names, where), claim.field.number
    n = {key: read(radii[key], f"{where}.{key}") for key in NUMBERS}
    bounds = [("rate", 0 < n["rate"] < 1, "in (0, 1)"), ("weight", n["weight"] > 0, "> 0")]
    bounds.append(("query", n["query"] > 0, "> 0"))  # so that U_k >= 0
    bounds += [(key, n[key] >= 0, ">= 0") for key in LENGTHS]
    bounds.append(("share", n["share"] <= 1, "<= 1"))
    bounds += [("root_of_2", n["root_of_2"] ** 2 >= 2, ">= sqrt(2)")]
    bounds += [("root_of_constant", n["root_of_constant"] ** 2 >= n["constant"], ">= sqrt(constant)")]
    for key, holds, bound in bounds:
        require(holds, Rejected, f"{where}.{key}={n[key]} must be {bound}")
    fit(claim, n, balls, where)
    potential = Lyapunov(radii["lyapunov"], claim.problem.partial, read, where)
    for name, (run, goal, ahead) in goals(claim, n, potential).items():
        prove(claim, run, goal, radii[f"{name}_proof"], f"{where}.{name}_proof", known(ahead))
