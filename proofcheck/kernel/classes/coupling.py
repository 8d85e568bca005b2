"""Inequalities between points with different u: Assumptions 3 to 6 of the partial class. Proofs: docs/theory.md."""

from __future__ import annotations

from ..forms import Form, square
from ..outcome import Rejected, require
from ..run import Point, Run
from .inequalities import Parameters, pair_of


def _same_x(run: Run, at: list[str], what: str) -> tuple[Point, Point]:
    i, j = pair_of(run, at, what)
    require(i.x.key == j.x.key, Rejected, f"{what} needs two points with the same x, got {at[0]} and {at[1]}")
    return i, j


def value_root(p: Parameters, run: Run, at: list[str]) -> Form:
    """(R_i - R_j)^2 <= (L2 G1^2)^2 |u_i - u_j|^2 with R = sqrt(F), same x (Assumptions 3 and 4)."""
    i, j = _same_x(run, at, "value_root")
    return (p["L2"] * p["G1"] ** 2) ** 2 * square(i.u - j.u) - square(i.root - j.root)


def step_bound(p: Parameters, run: Run, at: list[str]) -> Form:
    """|w|^2 <= F at a query, w = grad_2 f / (G1 sqrt(2 L2)) (Assumptions 3 and 4, the proviso)."""
    require(len(at) == 1, Rejected, f"step_bound is about 1 step, got {len(at)}")
    w = run.w_at(at[0])
    return run.point(f"y[{at[0]}]@v[{at[0]}]").value - square(w)


def minimisers(p: Parameters, run: Run, at: list[str]) -> Form:
    """|x*(u) - x*(v)|^2 <= (2/mu) (L2 G1^2)^2 |u - v|^2 (Assumptions 1, 3, 4 and 6)."""
    require(len(at) == 2, Rejected, f"minimisers is about 2 u-positions, got {len(at)}")
    du = run.u_at(at[0]) - run.u_at(at[1])
    dx = run.x_at(f"x*[{at[0]}]") - run.x_at(f"x*[{at[1]}]")
    return 2 / p["mu"] * (p["L2"] * p["G1"] ** 2) ** 2 * square(du) - square(dx)


def gradient_lipschitz(p: Parameters, run: Run, at: list[str]) -> Form:
    """|g_i - g_j|^2 <= 2 L2 (G1 G2)^2 |u_i - u_j|^2, same x (Assumption 5; only where G2 is claimed)."""
    i, j = _same_x(run, at, "gradient_lipschitz")
    return 2 * p["L2"] * (p["G1"] * p["G2"]) ** 2 * square(i.u - j.u) - square(i.gradient - j.gradient)
