"""Proposals of the search: at a base, the pair of points that a matrix of differences says is worst.

Differences of gradients give the curvature in x (small dimensions: the whole matrix; large ones: Lanczos), differences
of h or grad_1 f a Jacobian in u, differences of gradients around x*(u) the quotients of the lemmas. All of it only
proposes: what counts is the inequality at the points.
"""

from __future__ import annotations

from collections.abc import Callable
from math import inf
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.linalg import eigh
from scipy.optimize import minimize

from proofcheck.errors import InvalidInput
from proofcheck.testing.point import Points

if TYPE_CHECKING:
    from proofcheck.testing.probing import Probe
    from proofcheck.testing.searching import Ball, Base, Search, Vector

SMALL = 12
"""Up to this dimension whole matrices of differences are always formed; beyond it while the evaluations allow, then in
a subspace of about this dimension: the worst directions of the last one, and random ones."""
FLOOR = 1e-300


def axes(search: Search, dimension: int, cost: int) -> Vector:
    """Orthonormal rows to take differences along; cost: the calls that a whole matrix takes."""
    if dimension <= SMALL or search.whole(cost):
        identity: Vector = np.eye(dimension)
        return identity
    drawn = search.source.standard_normal((SMALL, dimension))
    columns = np.linalg.qr(np.array([*search.known.get(dimension, []), *drawn]).T)[0]
    rows: Vector = np.array(columns.T)
    return rows


def _inside(ball: Ball, point: Vector, scale: float) -> Vector:
    return ball.into(point, 1 - scale)


def curvature(search: Search, base: Base, scale: float) -> float:
    """Extreme eigenvectors of the Hessian in x."""
    x, u = _inside(search.x, base[0], scale), base[1]
    step = scale * search.x.radius
    worst = -inf
    for w in _extremes(search, lambda p: search.probe.gradient_x(p, u), x, step):
        far = x + step * w
        near = x - step * w
        for p, q in ((x, far), (far, x), (near, far), (far, near)):
            worst = max(worst, search.consider(Points(x=p, y=q, u=u)))
    return worst


def outer_curvature(search: Search, base: Base, scale: float) -> float:
    """Extreme eigenvectors of the Hessian of g at an output."""
    s = _inside(search.outputs, search.probe.inner(*base), scale)
    step = scale * search.outputs.radius
    worst = -inf
    for w in _extremes(search, search.probe.outer_gradient, s, step):
        for p, q in ((s, s + step * w), (s + step * w, s)):
            worst = max(worst, search.consider(Points(s=p, t=q)))
    return worst


def _extremes(search: Search, gradient: Callable[[Vector], Vector], x: Vector, step: float) -> list[Vector]:
    """Eigenvectors of the smallest and the largest eigenvalue of a Hessian, from differences of gradients."""
    start = gradient(x)
    if len(x) <= SMALL or search.whole(len(x)):
        rows = np.array([gradient(x + step * e) - start for e in np.eye(len(x))])
        vectors = np.linalg.eigh((rows + rows.T) / 2)[1]
        search.known[len(x)] = [vectors[:, -1], vectors[:, 0]]
        return search.known[len(x)]
    basis = [_unit(search.source.standard_normal(len(x)))]
    images: list[Vector] = []
    for _ in range(SMALL):  # Lanczos with full orthogonalisation
        images.append((gradient(x + step * basis[-1]) - start) / step)
        rest = images[-1].copy()
        for _ in range(2):
            for b in basis:
                rest -= (rest @ b) * b
        if np.linalg.norm(rest) <= 1e-12 * np.linalg.norm(images[-1]):
            break
        basis.append(_unit(rest))
    rows = np.array(basis[: len(images)])
    small = rows @ np.array(images).T
    vectors = np.linalg.eigh((small + small.T) / 2)[1]
    return [_unit(rows.T @ vectors[:, -1]), _unit(rows.T @ vectors[:, 0]), *search.known.get(len(x), [])]


def _unit(vector: Vector) -> Vector:
    length = np.linalg.norm(vector)
    return vector / length if length else vector


def second_differences(search: Search, base: Base, scale: float) -> float:
    """The same from function values alone."""
    x, u = _inside(search.x, base[0], scale), base[1]
    step = scale * search.x.radius / 2
    rows = axes(search, len(x), len(x) * (len(x) + 1))
    call = search.probe.value
    form = _polarised(lambda e: call(x + step * e, u) + call(x - step * e, u), rows, 2 * call(x, u))
    vectors = np.linalg.eigh(form)[1]
    worst = -inf
    search.known[len(x)] = [rows.T @ vectors[:, 0], rows.T @ vectors[:, -1]]
    for w in search.known[len(x)]:
        worst = max(worst, search.consider(Points(x=x - 2 * step * w, y=x + 2 * step * w, u=u)))
        worst = max(worst, search.consider(Points(x=x - step * w, y=x + step * w, u=u)))
    return worst


def _polarised(call: Callable[[Vector], float], rows: Vector, offset: float) -> Vector:
    """The matrix of a quadratic form from its values (less an offset) along rows and their sums."""
    size = len(rows)
    single = np.array([call(row) - offset for row in rows])
    found = np.diag(single)
    for i in range(size):
        for j in range(i):
            found[i, j] = found[j, i] = (call(rows[i] + rows[j]) - offset - single[i] - single[j]) / 2
    return found


def jacobian(search: Search, base: Base, scale: float) -> float:
    """The top right singular vector of the Jacobian in u of h, grad_1 f or x*."""
    what = search.form.search.partition(" ")[2]
    call = getattr(search.probe, what)
    x, u = search.x.into(base[0]), _inside(search.u, base[1], scale)
    step = scale * search.u.radius

    def image(v: Vector) -> Vector:
        found: Vector = call(v) if what == "minimiser" else call(x, v)
        return found

    start, rows = image(u), axes(search, len(u), len(u))
    changes = np.array([image(u + step * e) - start for e in rows])
    w = rows.T @ np.linalg.eigh(changes @ changes.T)[1][:, -1]
    search.known[len(u)] = [w]
    return _both_ways(search, x, u, step * w)


def _both_ways(search: Search, x: Vector, u: Vector, step: Vector) -> float:
    worst = -inf
    for v in (u + step, u - step):
        for p, q in ((u, v), (v, u)):
            given = {} if search.form.about == "two u" else {"x": x}
            worst = max(worst, search.consider(Points(**given, u=p, v=q)))
    return worst


def roots(search: Search, base: Base, scale: float) -> float:
    """At x*(u), where f - f_star grows from 0: the direction in u along which it grows most."""
    u = _inside(search.u, base[1], scale)
    x = search.x.into(lowest_x(search, u, base[0]))
    step = scale * search.u.radius
    rows = axes(search, len(u), len(u) * (len(u) + 1) // 2)
    lowest = search.probe.value(x, u)
    form = _polarised(lambda e: search.probe.value(x, u + step * e), rows, lowest)
    w = rows.T @ np.linalg.eigh(form)[1][:, -1]
    search.known[len(u)] = [w]
    return _both_ways(search, x, u, step * w)


def rayleigh(search: Search, base: Base, scale: float) -> float:
    """Around x*(u): the direction in x with the extreme quotient of squared gradients and f - f_star."""
    u = search.u.into(base[1])
    x = _inside(search.x, lowest_x(search, u, base[0]), scale)
    step = scale * search.x.radius
    whole = len(x) * ("gradient_x" in search.form.callables) or len(x) * (len(x) + 1) // 2
    rows = axes(search, len(x), whole + len(x) * ("gradient_u" in search.form.callables))
    what, probe = search.form.search.partition(" ")[2], search.probe

    def images(call: Callable[[Vector, Vector], Vector]) -> Vector:
        start = call(x, u)
        return np.array([call(x + step * e, u) - start for e in rows]) / step

    along: dict[str, Vector] = {}
    if "gradient_x" in search.form.callables:
        along["first"] = images(probe.gradient_x)
    if "gradient_u" in search.form.callables:
        along["second"] = images(probe.gradient_u)
    if "first" in along:
        hessian = along["first"] @ rows.T
    else:  # the step bound does not need grad_1 f
        hessian = _polarised(lambda e: probe.value(x + step * e, u), rows, probe.value(x, u)) * 2 / step**2
    hessian = (hessian + hessian.T) / 2
    above, below = {
        "PL": (hessian, along.get("first")),
        "Lemma 9": (along.get("second"), along.get("first")),
        "step": (along.get("second"), hessian),
    }[what]
    worst = -inf
    search.known[len(x)] = _quotient_extremes(_gram(above, what == "PL"), _gram(below, what == "step"), rows)
    for w in search.known[len(x)]:
        for length in (step, -step, step / 10):
            worst = max(worst, search.consider(Points(x=x + length * w, u=u)))
    return worst


def _gram(rows: Any, given: bool) -> Vector:
    found: Vector = rows if given else rows @ rows.T
    return found


def _quotient_extremes(above: Vector, below: Vector, rows: Vector) -> list[Vector]:
    """The direction of the largest quotient of two quadratic forms."""
    size = len(below)
    safe = below + np.eye(size) * (1e-12 * float(np.trace(below)) + FLOOR)
    try:
        vectors = eigh(above, safe)[1]
    except np.linalg.LinAlgError:
        vectors = np.linalg.eigh(above)[1]
    return [_unit(rows.T @ vectors[:, -1])]


def lowest_x(search: Search, u: Vector, start: Vector) -> Vector:
    """A minimiser of f(., u): the declared one, else by descent."""
    probe = search.probe
    if probe.f.minimiser is not None:
        found: Vector = probe.minimiser(u)
        return found
    gradient = None if probe.f.gradient_x is None else (lambda x: probe.gradient_x(x, u))
    return _descended(probe, lambda x: probe.value(x, u), gradient, start, search.x.radius)


def _descended(probe: Probe, value: Callable[[Vector], float], gradient: Any, start: Vector, reach: float) -> Vector:
    """Descend by L-BFGS; a step to where the function cannot be evaluated ends it."""
    best = (inf, start)
    sizes = dict(probe.sizes)  # a step far out says nothing about magnitudes in the region

    def seen(x: Vector) -> float:
        nonlocal best
        found = value(x)
        if found < best[0]:
            best = found, x.copy()
        return found

    slope = float(np.abs(gradient(start)).max(initial=0.0)) if gradient is not None else 0.0
    bounds = [(c - 100 * reach, c + 100 * reach) for c in start]
    try:
        found = minimize(
            seen, start, jac=gradient, method="L-BFGS-B", bounds=bounds,
            options={"maxiter": 60, "maxfun": 90, "ftol": 0, "gtol": 1e-10 * slope},
        )  # fmt: skip
        seen(found.x)
    except InvalidInput:
        if best[0] == inf:
            raise
    finally:
        probe.sizes = sizes
    return best[1]


def lowest(search: Search, base: Base, scale: float) -> float:
    """Where f is least: over x, then from there over both."""
    u = search.u.into(base[1])
    x = lowest_x(search, u, base[0])
    return search.consider(Points(x=x, u=u))


def outer_lowest(search: Search, base: Base, scale: float) -> float:
    """Where g is least."""
    probe = search.probe
    gradient = None if probe.f.outer_gradient is None else probe.outer_gradient
    return search.consider(
        Points(s=_descended(probe, probe.outer, gradient, probe.inner(*base), search.outputs.radius))
    )


def gap(search: Search, base: Base, scale: float) -> float:
    """The lower bound of min f(., u) at a minimiser."""
    u = search.u.into(base[1])
    if search.form.about == "one u":
        return search.consider(Points(u=u))
    return search.consider(Points(x=lowest_x(search, u, base[0]), u=u))


PROPOSALS: dict[str, Callable[[Search, Base, float], float]] = {
    "curvature": curvature,
    "second differences": second_differences,
    "outer curvature": outer_curvature,
    "jacobian": jacobian,
    "root": roots,
    "rayleigh PL": rayleigh,
    "rayleigh Lemma 9": rayleigh,
    "rayleigh step": rayleigh,
    "lowest": lowest,
    "outer lowest": outer_lowest,
    "gap": gap,
}
"""By `Form.search`: each evaluates proposals at a base and returns the worst score seen."""
