"""The numbers of rule `lyapunov_in_balls` as functions of q: fitted in floating point, exact in the end."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import ceil

import numpy as np

from proofcheck.discover.functions import power
from proofcheck.discover.radii_points import (
    ROOT_OF_2,
    Geometry,
    PointSearch,
    Setting,
    at,
    best_setting,
    move_of,
    start_of,
)
from proofcheck.discover.radii_search import Numbers, PartSearch
from proofcheck.documents import Document
from proofcheck.families import document as written
from proofcheck.kernel.parameter.ratio import Ratio, of
from proofcheck.kernel.rules.radii import coefficients

POINTS = (0.02, 0.2, 0.5, 0.8, 0.99)
START = Setting(0.45, 1.0, 0.7)
DIGITS = 200  # denominators of fitted numbers
SLOPES = np.linspace(0.02, 1.0, 50)
SLACKS = (2e-3, 0.01, 0.02, 0.04)
FINE = np.concatenate([np.logspace(-4, -1, 60), np.linspace(0.1, 1.0, 400)])
Balls = dict[str, Ratio]


@dataclass(frozen=True)
class Plan:
    """What is fixed before U is known.

    Attributes
    ----------
    theta, query, root_path : Ratio
        Polynomials: rate = 1 - theta q^loss, query, and the root of path over its natural power of q.
    numbers : Numbers
        The same as the program needs them.
    """

    theta: Ratio
    query: Ratio
    root_path: Ratio
    numbers: Numbers

    def setting(self, q: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Values of theta, nu and path at some q."""
        return at(self.theta, q), at(self.query, q) ** -2.0, at(self.root_path, q) ** 2


def planned(search: PointSearch, wanted: list[tuple[float, float]]) -> Plan:
    """Good numbers at a few q, joined by parabolas; `wanted` are the radii that matter at these q."""
    settings, start = [], START
    for q, aim in zip(POINTS, wanted, strict=True):
        start = best_setting(search, q, start, aim)
        settings.append(start)
    theta, query = _parabola([s.theta for s in settings]), _parabola([s.nu**-0.5 for s in settings])
    return complete(search, theta, query, _parabola([s.path**0.5 for s in settings]))


def complete(search: PartSearch, theta: Ratio, query: Ratio, root_path: Ratio) -> Plan:
    """The plan with these polynomials."""
    scales = search.scales
    lost = power(scales.loss)
    path = root_path**2 * power(scales.memory - 2)
    move = Fraction(move_of(search)) * power(1)
    return Plan(theta, query, root_path, Numbers(of(1) - theta * lost, lost, path, query, move))


def _parabola(values: list[float]) -> Ratio:
    return polynomial(np.polynomial.polynomial.polyfit(POINTS, values, 2), DIGITS)


def polynomial(found: np.ndarray, denominator: int) -> Ratio:
    """The polynomial with these coefficients, rounded."""
    terms = [Fraction(round(float(x) * denominator), denominator) * power(i) for i, x in enumerate(found)]
    return sum(terms, of(0))


def best_slope(geometry: Geometry, constant: np.ndarray, plan: Plan, u: np.ndarray, wanted: np.ndarray) -> Ratio:
    """The share over the root of path: the best linear function of q."""
    setting = plan.setting(geometry.q)
    root_path = at(plan.root_path, geometry.q)
    best, found = float("inf"), (0.0, 0.0)
    for first in SLOPES:
        for last in SLOPES:
            share = np.clip((first + (last - first) * geometry.q) * root_path, 0.0, 1.0)
            x = float((geometry.x(constant, setting, share, u) / wanted).max())
            if x < best:
                best, found = x, (float(first), float(last - first))
    return polynomial(np.array(found), DIGITS)


def limits(search: PartSearch, plan: Plan, slope: Ratio, balls: Balls) -> list[Ratio]:
    """What the constant must not exceed for the run to stay in the balls."""
    p, n = search.claim.problem.parameters, plan.numbers
    eta, beta, _ = (of(x) for x in coefficients(search.claim))
    q, tau, lost = power(1), of(p["L2"] * p["G1"] ** 2 / p["mu"]), of(1) - n.rate
    share = slope * plan.root_path
    rest = of(1) - share
    moved = balls["x"] - rest * start_of(search)
    in_u = balls["u"] ** 2 * n.weight * lost * (of(1) - beta) ** 2 / (2 * q**4 * eta**2 * n.rate)
    ahead = (moved / (rest * n.query + share * n.move)) ** 2
    across = (moved**2 - (rest * tau * balls["u"]) ** 2) * power(search.scales.memory - 2) * lost
    return [in_u, ahead, across / (slope**2 * n.rate)]


def fitting(search: PartSearch, plan: Plan, constant: Ratio, balls: Balls, free: bool) -> tuple[Balls, Document] | None:
    """The balls for this constant, and all numbers of the certificate but those of U; None if they do not fit.

    Where the balls are free, they are multiples of the given ones that fit, rounded up to two decimals.
    """
    geometry = Geometry(search, FINE)
    k, setting = at(constant, FINE), plan.setting(FINE)
    u = _times(balls["u"], float((geometry.u(k, setting[0]) / at(balls["u"], FINE)).max())) if free else balls["u"]
    wanted = at(balls["x"], FINE)
    slope = best_slope(geometry, k, plan, at(u, FINE), wanted)
    root = _between(np.sqrt(k), np.sqrt(k) + SLACKS[0])
    if root is None:
        return None
    least = float((geometry.x(k, setting, at(slope * plan.root_path, FINE), at(u, FINE)) / wanted).max())
    for x in (
        [_times(balls["x"], least + slack / float(balls["x"](Fraction(1)))) for slack in SLACKS]
        if free
        else [balls["x"]]
    ):
        parts = _parts(geometry, plan, slope, k, {"x": x, "u": u})
        if parts is not None:
            n = plan.numbers
            found = {"rate": n.rate, "weight": n.weight, "path": n.path, "query": n.query, "next": n.query,
                     "move": n.move, "root_of_2": of(ROOT_OF_2), "root_of_constant": root, **parts}  # fmt: skip
            return {"x": x, "u": u}, {name: written(function) for name, function in found.items()}
    return None


def _parts(geometry: Geometry, plan: Plan, slope: Ratio, k: np.ndarray, balls: Balls) -> dict[str, Ratio] | None:
    """How the way of x is shared between the two paths."""
    share = slope * plan.root_path
    rest = of(1) - share
    moved = balls["x"] - rest * geometry.start
    part_u = rest * geometry.ratio * balls["u"] / moved
    theta = at(plan.theta, FINE)
    along = at(slope, FINE) * np.sqrt(k * (1 - theta * geometry.loss) / theta)
    part_x = _between(along / at(moved, FINE), np.sqrt(np.maximum(1 - at(part_u, FINE) ** 2, 0.0)))
    return None if part_x is None else {"share": share, "part_u": part_u, "part_x": part_x, "moved": moved}


def _between(low: np.ndarray, high: np.ndarray) -> Ratio | None:
    """A polynomial between the two; None if none of small degree is."""
    for degree in range(9):
        weight = 1 / np.maximum(high - low, 1e-9)
        found = np.polynomial.Polynomial.fit(FINE, (low + high) / 2, degree, w=weight).convert().coef
        for denominator in (10**3, 10**5, 10**7):
            exact = polynomial(found, denominator)
            values = at(exact, FINE)
            if (values >= low).all() and (values <= high).all():
                return exact
    return None


def _times(line: Ratio, factor: float) -> Ratio:
    """At least the factor times a line with nonnegative coefficients, each rounded up to two decimals."""
    first = line(Fraction(0))
    terms = [Fraction(ceil(100 * factor * float(x) + 1e-4), 100) for x in (first, line(Fraction(1)) - first)]
    return terms[0] + (terms[1] * power(1) if line(Fraction(1)) > first else of(0))
