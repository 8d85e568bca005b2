"""Inequalities that hold for every function of a class, as forms that are >= 0.

Each takes the class parameters, a run and the labels it is about; proofs are in docs/theory.md.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from ..forms import Form, combine, inner, square
from ..outcome import Rejected, require
from ..run import Point, Run

Parameters = dict[str, Fraction]
Inequality = Callable[[Parameters, Run, list[str]], Form]


def _pair(run: Run, at: list[str], what: str) -> tuple[Point, Point]:
    require(len(at) == 2, Rejected, f"{what} is about 2 points, got {len(at)}")
    return run.point(at[0]), run.point(at[1])


def _same_u(run: Run, at: list[str], what: str) -> tuple[Point, Point]:
    i, j = _pair(run, at, what)
    require(i.u.key == j.u.key, Rejected, f"{what} needs two points with the same u, got {at[0]} and {at[1]}")
    return i, j


def _same_x(run: Run, at: list[str], what: str) -> tuple[Point, Point]:
    i, j = _pair(run, at, what)
    require(i.x.key == j.x.key, Rejected, f"{what} needs two points with the same x, got {at[0]} and {at[1]}")
    return i, j


def _bregman(i: Point, j: Point) -> Form:
    """F_i - F_j - <g_j, x_i - x_j>."""
    return i.value - j.value - inner(j.gradient, i.x - j.x)


def interpolation(p: Parameters, run: Run, at: list[str]) -> Form:
    """Smooth strongly convex interpolation (Taylor, Hendrickx, Glineur 2017, Theorem 4); needs mu < L1."""
    i, j = _same_u(run, at, "interpolation")
    mu, big = p["mu"], p["L1"]
    require(mu < big, Rejected, f"interpolation needs mu < L1, got mu={mu}, L1={big}")
    dx, dg, c = i.x - j.x, i.gradient - j.gradient, 1 / (2 * (1 - mu / big))
    bracket = [(-c / big, square(dg)), (-c * mu, square(dx)), (2 * c * mu / big, inner(dg, dx))]
    return combine([(Fraction(1), _bregman(i, j)), *bracket])


def strong_convexity(p: Parameters, run: Run, at: list[str]) -> Form:
    """F_i >= F_j + <g_j, x_i - x_j> + mu/2 |x_i - x_j|^2 (the paper's Assumption 1)."""
    i, j = _same_u(run, at, "strong_convexity")
    return _bregman(i, j) - p["mu"] / 2 * square(i.x - j.x)


def smoothness(p: Parameters, run: Run, at: list[str]) -> Form:
    """F_i <= F_j + <g_j, x_i - x_j> + L1/2 |x_i - x_j|^2 (the paper's Assumption 2)."""
    i, j = _same_u(run, at, "smoothness")
    return p["L1"] / 2 * square(i.x - j.x) - _bregman(i, j)


def cocoercivity(p: Parameters, run: Run, at: list[str]) -> Form:
    """|dg|^2 + mu L1 |dx|^2 <= (mu + L1) <dg, dx> (Nesterov 2018, Theorem 2.1.12); also for mu = L1."""
    i, j = _same_u(run, at, "cocoercivity")
    mu, big, dx, dg = p["mu"], p["L1"], i.x - j.x, i.gradient - j.gradient
    return (mu + big) * inner(dg, dx) - square(dg) - mu * big * square(dx)


def nonnegative_value(p: Parameters, run: Run, at: list[str]) -> Form:
    """F_i >= 0: f* is the minimum."""
    require(len(at) == 1, Rejected, f"nonnegative_value is about 1 point, got {len(at)}")
    return run.point(at[0]).value


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
