"""The assumptions of a function at given exact points, written again from their text, and exact runs of the methods."""

from fractions import Fraction


def dot(a, b):
    return sum((p * q for p, q in zip(a, b, strict=True)), Fraction(0))


def minus(a, b):
    return tuple(p - q for p, q in zip(a, b, strict=True))


def plus(a, b, factor=1):
    return tuple(p + factor * q for p, q in zip(a, b, strict=True))


def squared(a):
    return dot(a, a)


def bregman(f, x, y, u):
    """f(y, u) - f(x, u) - <grad_1 f(x, u), y - x>."""
    return f.value(y, u) - f.value(x, u) - dot(f.gradient_x(x, u), minus(y, x))


def margins(f, x, y, u, v):
    """Right side minus left side of every assumption, by name; all are >= 0 if the declared constants are right."""
    c, found = f.constants, {}
    gap = squared(minus(y, x))
    found["mu"] = bregman(f, x, y, u) - c["mu"] / 2 * gap
    found["L1"] = c["L1"] / 2 * gap - bregman(f, x, y, u)
    found["f_star"] = f.value(x, u) - c["f_star"]
    found["minimum"] = -abs(f.value(f.minimiser(u), u) - c["f_star"])
    if f.inner is None:
        return found
    s, t = f.inner(x, u), f.inner(y, v)
    slope = f.outer_gradient(s)
    rise = f.outer(t) - f.outer(s) - dot(slope, minus(t, s))
    found["L2"] = c["L2"] / 2 * squared(minus(t, s)) - abs(rise)
    found["G1"] = c["G1"] ** 2 * squared(minus(u, v)) - squared(minus(s, f.inner(x, v)))
    found["proviso"] = c["G1"] ** 2 * squared(slope) - squared(f.gradient_u(x, u))
    found["value = g(h)"] = -abs(f.value(x, u) - f.outer(s))
    if "G2" in c:
        moved = squared(minus(f.gradient_x(x, u), f.gradient_x(x, v)))
        found["G2"] = c["G2"] ** 2 * squared(minus(u, v)) - moved
    return found


def run(f, method, x, u, steps):
    """The iterates (x_k, u_k), from rest, by the textbook."""
    c = {name: Fraction(value) for name, value in method.items() if name != "name"}
    ahead = {"nesterov": c.get("beta"), "triple_momentum": c.get("gamma")}.get(method["name"], 0)
    kept = c.get("beta", 0)
    before, here, found = (x, u), (x, u), [(x, u)]
    for _ in range(steps):
        moves = [minus(a, b) for a, b in zip(here, before, strict=True)]
        at = [plus(a, m, ahead) for a, m in zip(here, moves, strict=True)]
        slopes = [f.gradient_x(*at), f.gradient_u(*at) if f.gradient_u else ()]
        after = tuple(plus(plus(a, m, kept), g, -c["eta"]) for a, m, g in zip(here, moves, slopes, strict=True))
        before, here = here, after
        found.append(here)
    return found


def metrics(f, point):
    x, u = point
    return {
        "objective_gap": f.value(x, u) - f.constants["f_star"],
        "squared_distance": squared(minus(x, f.minimiser(u))),
        "squared_gradient_norm": squared(f.gradient_x(x, u)),
    }


def worst_excess(f, claim, x, u, steps=3):
    """The largest metric_k / allowed_k; above 1 the claim is false. None where the start is a minimiser."""
    s = claim["statement"]
    steps = s.get("steps", steps)
    found = [metrics(f, point) for point in run(f, claim["method"], x, u, steps)]
    initial = found[0][s["initial"]]
    if not initial:
        return None
    if "bound" in s:
        allowed = {steps: Fraction(s["bound"])}
    else:
        allowed = {k: Fraction(s["constant"]) * Fraction(s["rate"]) ** k for k in range(steps + 1)}
    ratios = [(found[k][s["metric"]] / initial, factor) for k, factor in allowed.items()]
    return max(
        reached / factor if factor else (Fraction(10**9) if reached else Fraction(0)) for reached, factor in ratios
    )
