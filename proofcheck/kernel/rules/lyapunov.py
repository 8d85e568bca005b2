"""Rule lyapunov: one step implies all steps.

The certificate gives a form V_k and a constant C; `combine` proves, rho being the claimed rate:

    start     metric_0 <= C initial                      (from rest)
    base      V_1 <= C rho initial                       (from rest)
    decrease  V_{k+1} <= rho V_k          for k >= 1     (from an arbitrary state at k - 1)
    bound     metric_k <= V_k             for k >= 1     (from an arbitrary state at k - 1)

Hence metric_k <= V_k <= rho^(k-1) V_1 <= C rho^k initial for k >= 1, and `start` is k = 0.
"""

from __future__ import annotations

from typing import Any

from ..claim import Claim
from ..forms import Form
from ..outcome import Rejected, require
from ..run import Run
from ..statements import LinearRate
from .combine import prove
from .lyapunov_form import U_FEATURES, VALUES, X_FEATURES, Lyapunov, features

FIELDS = ("constant", "lyapunov", "start", "base", "decrease", "bound")


def goals(claim: Claim, s: LinearRate, v: Lyapunov, constant: Any) -> dict[str, tuple[Run, Form]]:
    """The four forms to be proved nonnegative, each with its run."""
    rest, generic = claim.run(0, 1, generic=False), claim.run(-1, 1, generic=True)
    initial, metric = (claim.measure(rest, name, 0) for name in (s.initial, s.metric))
    return {
        "start": (rest, constant * initial - metric),
        "base": (rest, constant * s.rate * initial - v.form(rest, 1)),
        "decrease": (generic, s.rate * v.form(generic, 0) - v.form(generic, 1)),
        "bound": (generic, v.form(generic, 0) - claim.measure(generic, s.metric, 0)),
    }


def apply(claim: Claim, found: dict[str, Any]) -> tuple[str, str]:
    """Check the four inequalities."""
    s = claim.statement
    if not isinstance(s, LinearRate):
        raise Rejected("certificate: rule lyapunov proves statements of kind linear_rate only")
    require(not claim.problem.balls, Rejected, "certificate: the claim has balls: rule lyapunov_in_balls proves them")
    return prove_rate(claim, s, found)


def prove_rate(claim: Claim, s: LinearRate, found: dict[str, Any]) -> tuple[str, str]:
    """The four inequalities, on the whole space or where all points of the run are in the balls."""
    constant = claim.field.number(found["constant"], "certificate: constant")
    claimed = s.constant is None or s.constant == constant
    require(claimed, Rejected, f"certificate: constant={constant} is not the claimed {s.constant}")
    v = Lyapunov(found["lyapunov"], claim.problem.partial, claim.field.number)
    for name, (run, goal) in goals(claim, s, v, constant).items():
        prove(claim, run, goal, found[name], f"certificate: {name}")
    return "PROVED", f"V contracts by {s.rate} in every step, with constant {constant}"


__all__ = ["FIELDS", "U_FEATURES", "VALUES", "X_FEATURES", "Lyapunov", "apply", "features", "goals", "prove_rate"]
