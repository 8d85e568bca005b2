r"""The inequalities of the catalogue, each as left <= right in numbers that are measured at its points.

A form measures once (function values, inner products, squared lengths) and computes from that both sides and the
constant that would just have passed. The arithmetic is that of the numbers given: floats, Fractions, floats with
error bounds. Lengths are compared squared. Square roots of Fractions are rounded so that left is not too large and
right not too small: an exact left > right is a violation.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from proofcheck.testing.point import Points, dot, middle, minus, square
from proofcheck.testing.rounding import root

Numbers = tuple[Any, ...]
Constants = Mapping[str, Any]


@dataclass(frozen=True)
class Form:
    """One inequality left <= right.

    Attributes
    ----------
    name : str
    about : str
        A key of `proofcheck.testing.point.PARTS`.
    callables, constants : tuples of str
        What of a Function it needs.
    measure : callable (function, points) -> numbers
    compare : callable (numbers, constants) -> (left, right)
    solves : str
        The constant that `needed` gives; empty: none.
    needed : callable (numbers, constants) -> number or None
        The least (mu, f_star from below: the largest) constant with left <= right; None: no constant would do.
    larger : bool
        Whether larger constants pass.
    search : str
        How `proofcheck.testing.proposing` looks for violations.
    optional : tuple of str
        Constants that are 0 where they are not declared.
    """

    name: str
    about: str
    callables: tuple[str, ...]
    constants: tuple[str, ...]
    measure: Callable[[Any, Points], Numbers]
    compare: Callable[[Numbers, Constants], tuple[Any, Any]]
    solves: str
    needed: Callable[[Numbers, Constants], Any]
    larger: bool
    search: str
    optional: tuple[str, ...] = ()


def _bregman(f: Any, p: Points) -> Numbers:
    step = minus(p.y, p.x)
    return f.value(p.y, p.u), f.value(p.x, p.u), dot(f.gradient_x(p.x, p.u), step), square(step)


def _midpoint(f: Any, p: Points) -> Numbers:
    mean = (f.value(p.x, p.u) + f.value(p.y, p.u)) / 2
    return mean, f.value(middle(p.x, p.y), p.u), square(minus(p.y, p.x))


def _outer_bregman(f: Any, p: Points) -> Numbers:
    step = minus(p.t, p.s)
    return f.outer(p.t), f.outer(p.s), dot(f.outer_gradient(p.s), step), square(step)


def _pair(f: Any, p: Points) -> Numbers:
    step, change = minus(p.y, p.x), minus(f.gradient_x(p.y, p.u), g := f.gradient_x(p.x, p.u))
    gap = f.value(p.y, p.u) - f.value(p.x, p.u) - dot(g, step)
    return gap, dot(change, step), square(change), square(step)


def _moved(what: str) -> Callable[[Any, Points], Numbers]:
    def measure(f: Any, p: Points) -> Numbers:
        call = getattr(f, what)
        return square(minus(call(p.x, p.u), call(p.x, p.v))), square(minus(p.u, p.v))

    return measure


def _minimisers(f: Any, p: Points) -> Numbers:
    return square(minus(f.minimiser(p.u), f.minimiser(p.v))), square(minus(p.u, p.v))


def _values(f: Any, p: Points) -> Numbers:
    return f.value(p.x, p.u), f.value(p.x, p.v), square(minus(p.u, p.v))


def _value(f: Any, p: Points) -> Numbers:
    return (f.value(p.x, p.u),)


def _at_minimiser(f: Any, p: Points) -> Numbers:
    return (f.value(f.minimiser(p.u), p.u),)


def _slopes(f: Any, p: Points) -> Numbers:
    return square(f.gradient_u(p.x, p.u)), square(f.gradient_x(p.x, p.u))


def _first(f: Any, p: Points) -> Numbers:
    return f.value(p.x, p.u), square(f.gradient_x(p.x, p.u))


def _second(f: Any, p: Points) -> Numbers:
    return f.value(p.x, p.u), square(f.gradient_u(p.x, p.u))


def over(above: Any, below: Any) -> Any:
    """A quotient; None where the divisor is not positive."""
    return above / below if below > 0 else None


def _length(above: Any, below: Any) -> Any:
    """The root of a quotient, of a Fraction rounded up; None where the divisor is 0 and the rest is not."""
    if not above:
        return above
    found = over(above, below)
    return None if found is None else root(found, up=True)


def _above(value: Any) -> Any:
    return value if value > 0 else value * 0


def _gap_of_roots(a: Any, b: Any) -> Any:
    """(sqrt(a) - sqrt(b))^2, of Fractions a lower bound; what is below 0 counts as 0."""
    a, b = _above(a), _above(b)
    if hasattr(a, "limit_denominator"):
        return _above(a + b - 2 * root(a * b, up=True))
    return (root(a) - root(b)) ** 2


def _shifted(n: Numbers, c: Constants) -> tuple[Any, Any, Any]:
    """Of h = f - mu/2 |x|^2: the gap of its tangent, <dh, dx> and |dh|^2."""
    mu = c.get("mu", 0)
    gap, inner, change, step = n
    return gap - mu * step / 2, inner - mu * step, change - 2 * mu * inner + mu * mu * step


def _interpolation(n: Numbers, c: Constants) -> tuple[Any, Any]:
    gap, _, change = _shifted(n, c)
    return change, 2 * (c["L1"] - c.get("mu", 0)) * gap


def _interpolation_needs(n: Numbers, c: Constants) -> Any:
    gap, _, change = _shifted(n, c)
    found = over(change, 2 * gap)
    return None if found is None else c.get("mu", 0) + found


def _cocoercivity(n: Numbers, c: Constants) -> tuple[Any, Any]:
    _, inner, change = _shifted(n, c)
    return change, (c["L1"] - c.get("mu", 0)) * inner


def _cocoercivity_needs(n: Numbers, c: Constants) -> Any:
    _, inner, change = _shifted(n, c)
    found = over(change, inner)
    return None if found is None else c.get("mu", 0) + found


def _lemma5(n: Numbers, c: Constants) -> tuple[Any, Any]:
    """With the best Q = sqrt(2 L2 (f(x,v) - f_star))/(G1 |u - v|)."""
    up, down, step = n
    L2, G1 = c["L2"], c["G1"]
    return up - down, G1 * root(2 * L2 * _above(down - c["f_star"]) * step, up=True) + L2 * G1 * G1 * step / 2


def _lemma5_needs(n: Numbers, c: Constants) -> Any:
    up, down, step = n
    if up <= down:
        return up * 0
    return _length(_gap_of_roots(up - c["f_star"], down - c["f_star"]) * 2 / c["L2"], step)


STRONG = Form(
    "first order", "same u", ("value", "gradient_x"), ("mu",), _bregman,
    lambda n, c: (n[1] + n[2] + c["mu"] * n[3] / 2, n[0]),
    "mu", lambda n, c: over(2 * (n[0] - n[1] - n[2]), n[3]), False, "curvature",
)  # fmt: skip
STRONG_MIDPOINT = Form(
    "midpoint", "same u", ("value",), ("mu",), _midpoint,
    lambda n, c: (n[1] + c["mu"] * n[2] / 8, n[0]),
    "mu", lambda n, c: over(8 * (n[0] - n[1]), n[2]), False, "second differences",
)  # fmt: skip
SMOOTH = Form(
    "first order", "same u", ("value", "gradient_x"), ("L1",), _bregman,
    lambda n, c: (n[0], n[1] + n[2] + c["L1"] * n[3] / 2),
    "L1", lambda n, c: over(2 * (n[0] - n[1] - n[2]), n[3]), True, "curvature",
)  # fmt: skip
SMOOTH_MIDPOINT = Form(
    "midpoint", "same u", ("value",), ("L1",), _midpoint,
    lambda n, c: (n[0], n[1] + c["L1"] * n[2] / 8),
    "L1", lambda n, c: over(8 * (n[0] - n[1]), n[2]), True, "second differences",
)  # fmt: skip
CONVEX = Form(
    "first order", "same u", ("value", "gradient_x"), (), _bregman,
    lambda n, c: (n[1] + n[2], n[0]), "", lambda n, c: over(2 * (n[0] - n[1] - n[2]), n[3]), False, "curvature",
)  # fmt: skip
CONVEX_MIDPOINT = Form(
    "midpoint", "same u", ("value",), (), _midpoint,
    lambda n, c: (n[1], n[0]), "", lambda n, c: over(8 * (n[0] - n[1]), n[2]), False, "second differences",
)  # fmt: skip
INTERPOLATION = Form(
    "interpolation", "same u", ("value", "gradient_x"), ("L1",), _pair, _interpolation,
    "L1", _interpolation_needs, True, "curvature", ("mu",),
)  # fmt: skip
COCOERCIVE = Form(
    "cocoercivity", "same u", ("value", "gradient_x"), ("L1",), _pair, _cocoercivity,
    "L1", _cocoercivity_needs, True, "curvature", ("mu",),
)  # fmt: skip
OUTER = Form(
    "g is smooth", "outputs", ("outer", "outer_gradient", "inner"), ("L2",), _outer_bregman,
    lambda n, c: (n[0], n[1] + n[2] + c["L2"] * n[3] / 2),
    "L2", lambda n, c: over(2 * (n[0] - n[1] - n[2]), n[3]), True, "outer curvature",
)  # fmt: skip
OUTER_LOWEST = Form(
    "no value of g below f_star", "output", ("outer", "inner"), ("f_star",), lambda f, p: (f.outer(p.s),),
    lambda n, c: (c["f_star"], n[0]), "f_star", lambda n, c: n[0], False, "outer lowest",
)  # fmt: skip
INNER = Form(
    "h in u", "same x", ("inner",), ("G1",), _moved("inner"),
    lambda n, c: (n[0], c["G1"] * c["G1"] * n[1]), "G1", lambda n, c: _length(n[0], n[1]), True, "jacobian inner",
)  # fmt: skip
GRADIENT = Form(
    "grad_1 f in u", "same x", ("gradient_x",), ("G2",), _moved("gradient_x"),
    lambda n, c: (n[0], c["G2"] * c["G2"] * n[1]), "G2", lambda n, c: _length(n[0], n[1]), True, "jacobian gradient_x",
)  # fmt: skip
LOWEST = Form(
    "no value below f_star", "point", ("value",), ("f_star",), _value,
    lambda n, c: (c["f_star"], n[0]), "f_star", lambda n, c: n[0], False, "lowest",
)  # fmt: skip
GAP = Form(
    "by A1 a lower bound of min f(., u)", "point", ("value", "gradient_x"), ("f_star", "mu"), _first,
    lambda n, c: (n[0] - n[1] / (2 * c["mu"]), c["f_star"]),
    "f_star", lambda n, c: n[0] - n[1] / (2 * c["mu"]), True, "gap",
)  # fmt: skip
GAP_AT_MINIMISER = Form(
    "value at the minimiser", "one u", ("value", "minimiser"), ("f_star",), _at_minimiser,
    lambda n, c: (n[0], c["f_star"]), "f_star", lambda n, c: n[0], True, "gap",
)  # fmt: skip
VALUE_ROOT = Form(
    "value_root", "same x", ("value",), ("L2", "G1", "f_star"), _values,
    lambda n, c: (_gap_of_roots(n[0] - c["f_star"], n[1] - c["f_star"]), c["L2"] * c["G1"] * c["G1"] * n[2] / 2),
    "G1", lambda n, c: _length(_gap_of_roots(n[0] - c["f_star"], n[1] - c["f_star"]) * 2 / c["L2"], n[2]), True, "root",
)  # fmt: skip
STEP = Form(
    "step_bound", "point", ("value", "gradient_u"), ("L2", "G1", "f_star"), _second,
    lambda n, c: (n[1], 2 * c["L2"] * c["G1"] * c["G1"] * (n[0] - c["f_star"])),
    "G1", lambda n, c: _length(n[1], 2 * c["L2"] * (n[0] - c["f_star"])), True, "rayleigh step",
)  # fmt: skip
PL = Form(
    "Lemma 4", "point", ("value", "gradient_x"), ("mu", "f_star"), _first,
    lambda n, c: (2 * c["mu"] * (n[0] - c["f_star"]), n[1]),
    "mu", lambda n, c: over(n[1], 2 * (n[0] - c["f_star"])), False, "rayleigh PL",
)  # fmt: skip
LEMMA5 = Form(
    "best Q", "same x", ("value",), ("L2", "G1", "f_star"), _values, _lemma5, "G1", _lemma5_needs, True, "root",
)  # fmt: skip
LEMMA8 = Form(
    "x*(u) by G2", "two u", ("minimiser",), ("G2", "mu"), _minimisers,
    lambda n, c: (n[0], c["G2"] * c["G2"] / (c["mu"] * c["mu"]) * n[1]),
    "G2", lambda n, c: _length(n[0] * c["mu"] * c["mu"], n[1]), True, "jacobian minimiser",
)  # fmt: skip
LEMMA9 = Form(
    "grad_2 f by grad_1 f", "point", ("gradient_x", "gradient_u"), ("G1", "L2", "mu"), _slopes,
    lambda n, c: (n[0], c["G1"] * c["G1"] * c["L2"] / c["mu"] * n[1]),
    "G1", lambda n, c: _length(n[0] * c["mu"] / c["L2"], n[1]), True, "rayleigh Lemma 9",
)  # fmt: skip
MINIMISERS = Form(
    "x*(u) by G1", "two u", ("minimiser",), ("G1", "L2", "mu"), _minimisers,
    lambda n, c: (n[0], c["G1"] * c["G1"] * c["L2"] / c["mu"] * n[1]),
    "G1", lambda n, c: _length(n[0] * c["mu"] / c["L2"], n[1]), True, "jacobian minimiser",
)  # fmt: skip
