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


def outside(p: Parameters, curvature: Fraction) -> str | None:
    """None if curvature |x|^2 / 2 is mu-strongly convex and L1-smooth, else why not."""
    inside = p["mu"] <= curvature <= p["L1"]
    return None if inside else f"is outside [mu, L1] = [{p['mu']}, {p['L1']}]"


def pair_of(run: Run, at: list[str], what: str) -> tuple[Point, Point]:
    """The two points that an inequality is about."""
    require(len(at) == 2, Rejected, f"{what} is about 2 points, got {len(at)}")
    return run.point(at[0]), run.point(at[1])


def _same_u(run: Run, at: list[str], what: str) -> tuple[Point, Point]:
    i, j = pair_of(run, at, what)
    require(i.u.key == j.u.key, Rejected, f"{what} needs two points with the same u, got {at[0]} and {at[1]}")
    return i, j


def _bregman(i: Point, j: Point) -> Form:
    """F_i - F_j - <g_j, x_i - x_j>."""
    return i.value - j.value - inner(j.gradient, i.x - j.x)


def interpolation(p: Parameters, run: Run, at: list[str]) -> Form:
    """Smooth strongly convex interpolation (Taylor, Hendrickx, Glineur 2017, Theorem 4); needs mu < L1."""
    mu, big = p["mu"], p["L1"]
    require(mu < big, Rejected, f"interpolation needs mu < L1, got mu={mu}, L1={big}")
    return 1 / (2 * (1 - mu / big)) * scaled_interpolation(p, run, at)


def scaled_interpolation(p: Parameters, run: Run, at: list[str]) -> Form:
    """Return 2 (1 - mu/L1) times `interpolation`: the same where mu < L1, and true for mu = L1 as well."""
    i, j = _same_u(run, at, "interpolation")
    mu, big, dx, dg = p["mu"], p["L1"], i.x - j.x, i.gradient - j.gradient
    bracket = [(-1 / big, square(dg)), (-mu, square(dx)), (2 * mu / big, inner(dg, dx))]
    return combine([(2 * (1 - mu / big), _bregman(i, j)), *bracket])


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
