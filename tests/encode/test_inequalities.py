"""Class inequalities: exact members of the class attain or satisfy them, and some follow from others."""

import itertools
import random

import pytest
import sympy as sp

from proofcheck import encode
from proofcheck.encode.inequalities import UNIT
from proofcheck.encode.symbols import G1, G2, L1, L2, mu
from proofcheck.encode.trajectory import Point
from proofcheck.errors import NotSupported

SMOOTH, PARTIAL = encode.CLASSES
ONE_BLOCK = tuple(encode.INEQUALITIES[SMOOTH])


def at_quadratic(c, x):
    """The point x of f = c x^2/2."""
    value = c * x**2 / 2
    return Point(x, sp.S.Zero, value, sp.sqrt(value), c * x, sp.S.Zero, None)


@pytest.mark.parametrize(("name", "tight"), [(n, t) for n in ONE_BLOCK for t in (mu, L1)])
def test_extreme_quadratics_attain_equality(name, tight):
    """On curvature mu and on L1 each is an equality, except the bound on the other side."""
    inequality = encode.class_inequality(SMOOTH, name)
    x, y = sp.symbols("x y")
    points = (at_quadratic(tight, x), at_quadratic(tight, y))[: 1 if inequality.about == "point" else 2]
    value = sp.factor(inequality.at(*points))
    slack = {
        ("strong_convexity", L1): (L1 - mu) * (x - y) ** 2 / 2,
        ("smoothness", mu): (L1 - mu) * (x - y) ** 2 / 2,
        ("nonnegative_value", mu): mu * x**2 / 2,
        ("nonnegative_value", L1): L1 * x**2 / 2,
    }
    assert sp.expand(value - slack.get((name, tight), 0)) == 0


def coupled(curvature, slope, x, u):
    """A point of f = t^2, t = sqrt(curvature/2) x + slope L2 G1^2 u: the member of the partial class, scaled."""
    t = sp.sqrt(curvature / 2) * x + slope * L2 * G1**2 * u
    minimiser = -slope * L2 * G1**2 * u / sp.sqrt(curvature / 2)
    return Point(x, u, t**2, t, sp.sqrt(2 * curvature) * t, minimiser, slope * t)


@pytest.mark.parametrize("name", encode.INEQUALITIES[PARTIAL])
def test_a_member_of_the_partial_class_satisfies_all(name):
    source = random.Random(name)
    inequality = encode.class_inequality(PARTIAL, name)
    for _ in range(40):
        values = {
            mu: sp.Integer(2),
            L1: sp.Integer(18),
            L2: sp.Rational(3, 2),
            G1: sp.Rational(source.randint(1, 9), 4),
        }
        values[G2] = sp.sqrt(18 * values[L2]) * values[G1]  # what curvature 18 needs
        curvature, slope = sp.Integer(source.choice((2, 8, 18))), sp.Rational(source.randint(-4, 4), 4)
        (x, y), (u, v) = ([sp.Rational(source.randint(-9, 9), 3) for _ in range(2)] for _ in range(2))
        x, y = {"same x": (x, x), "same u": (x, y)}.get(inequality.about, (x, y))
        u, v = {"same u": (u, u)}.get(inequality.about, (u, v))
        points = [coupled(curvature, slope, x, u), coupled(curvature, slope, y, v)]
        form = inequality.at(*(points if inequality.about not in ("point", "step") else points[:1]))
        assert form.xreplace(values) >= 0


@pytest.mark.parametrize("name", ["value_root", "step_bound", "minimisers", "gradient_lipschitz"])
def test_the_extreme_member_attains_the_bounds_in_u(name):
    x, y, u, v = sp.symbols("x y u v")
    inequality = encode.class_inequality(PARTIAL, name)
    if inequality.about == "same x":
        y = x
    points = [coupled(mu, 1, x, u), coupled(mu, 1, y, v)]
    form = inequality.at(*(points if name != "step_bound" else points[:1]))
    assert sp.expand(form.xreplace({G2: sp.sqrt(mu * L2) * G1})) == 0


def test_minimisers_follow_from_the_value_root_and_strong_convexity():
    """F(x*(v), u) is at least mu/2 |x*(u) - x*(v)|^2 and, as its root is 0 at v, at most the bound in u."""
    root, strong, moved = (
        encode.class_inequality(PARTIAL, n) for n in ("value_root", "strong_convexity", "minimisers")
    )
    u, v, a, b, F, R = sp.symbols("u v a b F R")
    at_u = Point(a, u, sp.S.Zero, sp.S.Zero, sp.S.Zero, a, None)
    at_v = Point(b, v, sp.S.Zero, sp.S.Zero, sp.S.Zero, b, None)
    across = Point(b, u, F, R, sp.Symbol("g"), a, None)
    total = root.at(across, at_v).xreplace({R**2: F}) + strong.at(across, at_u)
    assert sp.expand(2 / mu * total - moved.at(at_u, at_v)) == 0


def test_cocoercivity_and_convexity_follow_from_interpolation():
    form = {n: encode.class_inequality(SMOOTH, n) for n in ONE_BLOCK}
    i, j = (Point(*sp.symbols(f"x{n} u F{n} R{n} g{n} z{n}"), None) for n in "ij")
    both = form["interpolation"].at(i, j) + form["interpolation"].at(j, i)
    assert sp.simplify((L1 - mu) * both - form["cocoercivity"].at(i, j)) == 0
    square = (i.gradient - j.gradient - mu * (i.x - j.x)) ** 2
    rest = form["strong_convexity"].at(i, j) - square / (2 * (L1 - mu))
    assert sp.simplify(form["interpolation"].at(i, j) - rest) == 0


def test_units_of_u():
    """Unscaled: |sqrt(2 F_i/L2) - sqrt(2 F_j/L2)| <= G1 |U_i - U_j| with U = G1 sqrt(2 L2) u."""
    form = encode.class_inequality(PARTIAL, "value_root").form
    ui, uj, Ui, Uj, Ri, Rj, hi, hj = sp.symbols("u_i u_j U_i U_j R_i R_j h_i h_j")
    unscaled = form.xreplace({ui: Ui / UNIT, uj: Uj / UNIT, Ri: sp.sqrt(L2 / 2) * hi, Rj: sp.sqrt(L2 / 2) * hj})
    assert sp.expand(2 / L2 * unscaled - (G1**2 * (Ui - Uj) ** 2 - (hi - hj) ** 2)) == 0


def test_wrong_use():
    run = encode.Trajectory(encode.recursion("nesterov"), True, 0, 1, generic=False)
    here, after = run.iterate(0), run.iterate(1)
    get = encode.class_inequality
    with pytest.raises(ValueError, match="interpolation is about 'same u'"):
        get(PARTIAL, "interpolation").at(here)
    with pytest.raises(ValueError, match="nonnegative_value is about 'point'"):
        get(PARTIAL, "nonnegative_value").at(here, after)
    with pytest.raises(ValueError, match="step_bound needs a step"):
        get(PARTIAL, "step_bound").at(after)
    with pytest.raises(NotSupported, match=r"expected class_name in .* got class_name='convex'"):
        get("convex", "interpolation")
    with pytest.raises(NotSupported, match=r"expected inequality_name in .* got inequality_name='value_root'"):
        get(SMOOTH, "value_root")


@pytest.mark.parametrize(("class_name", "name"), [(c, n) for c in encode.CLASSES for n in encode.INEQUALITIES[c]])
def test_latex_is_balanced(class_name, name):
    shown = encode.class_inequality(class_name, name).latex()
    assert shown.count("{") == shown.count("}")
    assert shown.count(r"\left") == shown.count(r"\right")
    assert shown.rstrip().removesuffix(r"\end{aligned}").rstrip().endswith(r"\ge 0")


def test_every_inequality_names_its_source():
    for class_name, names in encode.INEQUALITIES.items():
        assert all(encode.class_inequality(class_name, name).source for name in names)
    pairs = itertools.combinations(encode.INEQUALITIES[PARTIAL], 2)
    assert all(encode.class_inequality(PARTIAL, a).form != encode.class_inequality(PARTIAL, b).form for a, b in pairs)
