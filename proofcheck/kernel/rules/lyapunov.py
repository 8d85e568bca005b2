"""Rule lyapunov: one step implies all steps.

The certificate gives a form V_k and a constant C; `combine` proves, rho being the claimed rate:

    start     metric_0 <= C initial                      (from rest)
    base      V_1 <= C rho initial                       (from rest)
    decrease  V_{k+1} <= rho V_k          for k >= 1     (from an arbitrary state at k - 1)
    bound     metric_k <= V_k             for k >= 1     (from an arbitrary state at k - 1)

Hence metric_k <= V_k <= rho^(k-1) V_1 <= C rho^k initial for k >= 1, and `start` is k = 0.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from .. import wire
from ..claim import Claim, LinearRate
from ..forms import Form, Vector, combine, inner
from ..outcome import Invalid, Rejected, require
from ..run import Run
from .combine import prove

FIELDS = ("constant", "lyapunov", "start", "base", "decrease", "bound")
X_FEATURES, U_FEATURES, VALUES = 3, 2, 2


def features(run: Run, index: int) -> tuple[list[Form], list[Vector], list[Vector]]:
    """Values, x-vectors and u-vectors that V_index may use, for k = index.

    F(x_k, u_k), F(y_{k-1}, v_{k-1}); x_k - x*(v_{k-1}), x_k - x_{k-1}, g_{k-1}; u_k - u_{k-1}, w_{k-1}.
    """
    here, before = run.point(run.label(index)), run.point(run.label(index - 1))
    query = run.point(run.query_label(index - 1))
    in_x = [here.x - run.x_at(run.minimiser_label(index - 1)), here.x - before.x, query.gradient]
    in_u = [here.u - before.u, run.w_at(run.step(index - 1))]
    return [here.value, query.value], in_x, in_u


def matrix(value: Any, size: int, where: str) -> list[list[Fraction]]:
    """A symmetric matrix of rationals."""
    rows = []
    for i, entry in enumerate(wire.sequence(value, where, size)):
        row = wire.sequence(entry, f"{where}[{i}]", size)
        require(len(row) == size, Invalid, f"{where}[{i}]: {len(row)} entries, expected {size}")
        rows.append([wire.rational(number, f"{where}[{i}][{j}]") for j, number in enumerate(row)])
    require(len(rows) == size, Invalid, f"{where}: {len(rows)} rows, expected {size}")
    symmetric = all(rows[i][j] == rows[j][i] for i in range(size) for j in range(i))
    require(symmetric, Invalid, f"{where}: not symmetric")
    return rows


class Lyapunov:
    """V_k = sum_i a_i value_i + sum_ij P_ij <x_i, x_j> + sum_ij B_ij <u_i, u_j>."""

    def __init__(self, value: Any, partial: bool) -> None:
        where = "certificate: lyapunov"
        found = wire.fields(value, ("values", "x", "u"), where)
        numbers = wire.sequence(found["values"], f"{where}.values", VALUES)
        require(len(numbers) == VALUES, Invalid, f"{where}.values: {len(numbers)} entries, expected {VALUES}")
        self.values = [wire.rational(number, f"{where}.values") for number in numbers]
        self.x = matrix(found["x"], X_FEATURES, f"{where}.x")
        self.u = matrix(found["u"], U_FEATURES if partial else 0, f"{where}.u")

    def form(self, run: Run, index: int) -> Form:
        """V_index as a form."""
        values, in_x, in_u = features(run, index)
        parts = list(zip(self.values, values, strict=True))
        for rows, vectors in ((self.x, in_x), (self.u, in_u)):
            for i, row in enumerate(rows):
                parts += [(number, inner(vectors[i], vectors[j])) for j, number in enumerate(row)]
        return combine(parts)


def goals(claim: Claim, s: LinearRate, v: Lyapunov, constant: Fraction) -> dict[str, tuple[Run, Form]]:
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
    constant = wire.rational(found["constant"], "certificate: constant")
    require(
        s.constant in (None, constant), Rejected, f"certificate: constant={constant} is not the claimed {s.constant}"
    )
    v = Lyapunov(found["lyapunov"], claim.problem.partial)
    for name, (run, goal) in goals(claim, s, v, constant).items():
        prove(claim, run, goal, found[name], f"certificate: {name}")
    return "PROVED", f"V contracts by {s.rate} in every step, with constant {constant}"
