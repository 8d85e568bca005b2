"""Exact functions: their constants hold at random exact points, and each is attained by a pair that is written down."""

import importlib.util
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from proofcheck.errors import InvalidInput, NotSupported
from proofcheck.testing import (
    Region,
    additive,
    functions,
    huber,
    points,
    quadratic,
    regions,
    relu_network,
    staircase,
    valley,
)
from proofcheck.testing.exact_linear import identity, inverse, product, root_block, rotation, squares_of, transposed
from proofcheck.testing.exact_pieces import ACTIVATIONS, Piecewise
from proofcheck.testing.strategies_functions import KINDS

_spec = importlib.util.spec_from_file_location("exact_checks", Path(__file__).with_name("exact_checks.py"))
checks = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(checks)
margins, bregman, squared, minus, plus, dot = (
    checks.margins,
    checks.bregman,
    checks.squared,
    checks.minus,
    checks.plus,
    checks.dot,
)

F = Fraction
QUICK = settings(database=None, deadline=None, derandomize=True, max_examples=30)


@st.composite
def pairs(draw, kinds):
    """A function, and two points of a region for it."""
    f = draw(functions(kinds=kinds))
    region = draw(regions(f))
    return f, draw(points(region)), draw(points(region))


@pytest.mark.parametrize("kind", KINDS)
def test_the_declared_constants_hold(kind):
    seen = set()

    @QUICK
    @given(pairs(kind))
    def check(drawn):
        f, (x, u), (y, v) = drawn
        found = margins(f, x, y, u, v)
        seen.update(found)
        assert min(found.values()) >= 0, found

    check()
    assert {"mu", "L1", "f_star"} <= seen
    assert ("G2" in seen) == (kind not in ("quadratic", "huber"))


@pytest.mark.parametrize("kind", KINDS)
def test_gradients_are_derivatives(kind):
    """Central differences: the error of a function with an L-Lipschitz gradient is at most L h^2."""
    h = F(1, 10**9)

    @QUICK
    @given(pairs(kind))
    def check(drawn):
        f, (x, u), _ = drawn
        # away from the kinks of h, which lie at numbers of small denominators
        u = tuple(t + F(k + 1, 10**6 + 3) for k, t in enumerate(u)) if kind != "relu_network" else u
        for i in range(len(x)):
            e = tuple(h if i == j else F(0) for j in range(len(x)))
            difference = f.value(plus(x, e), u) - f.value(minus(x, e), u)
            assert abs(difference - 2 * h * f.gradient_x(x, u)[i]) <= f.constants["L1"] * h**2
        for i in range(len(u)):
            e = tuple(h if i == j else F(0) for j in range(len(u)))
            difference = f.value(x, plus(u, e)) - f.value(x, minus(u, e))
            # h is linear in u within the step
            bound = f.constants["L2"] * f.constants["G1"] ** 2
            assert abs(difference - 2 * h * f.gradient_u(x, u)[i]) <= bound * h**2

    check()


def determinant(matrix):
    rows, found = [list(row) for row in matrix], F(1)
    for k in range(len(rows)):
        pivot = next((i for i in range(k, len(rows)) if rows[i][k]), None)
        if pivot is None:
            return F(0)
        if pivot != k:
            rows[k], rows[pivot], found = rows[pivot], rows[k], -found
        found *= rows[k][k]
        for i in range(k + 1, len(rows)):
            rows[i] = [a - rows[i][k] / rows[k][k] * b for a, b in zip(rows[i], rows[k], strict=True)]
    return found


def hessian(f, x, u=()):
    """Exact where f is quadratic between x and x + e_i."""
    rows = [minus(f.gradient_x(plus(x, e), u), f.gradient_x(x, u)) for e in identity(len(x))]
    assert tuple(rows) == transposed(tuple(rows))
    return rows


@pytest.mark.parametrize(
    ("f", "spectrum", "x"),
    [
        (quadratic(spectrum=(1, 4)), (1, 4), (0, 0)),
        (
            quadratic(spectrum=("1/2", 3, 3), reflections=[(1, 2, 2), (0, 1, -3)], centre=(1, 2, 3)),
            ("1/2", 3, 3),
            (0, 0, 0),
        ),
        (huber(mu=1, L1=5, width=9, dimension=2, reflections=[(1, 3)]), (5, 5), (0, 0)),
        (huber(mu=1, L1=5, width=9, dimension=2, reflections=[(1, 3)]), (1, 1), (99, 0)),
        (huber(mu=1, L1=5, width=9, dimension=2), (1, 5), (99, 0)),
        (additive(curvatures=(1, 9), reflections=[(1, 1)], x_reflections=[(2, 1)]), (1, 9), (0, 0)),
        (additive(curvatures=(3, "1/2"), L2=2, reflections=[(1, 1, 0, 2, 1)]), (3, 3, 3, 3, "1/2"), (0,) * 5),
        (additive(curvatures=(4, 9), least="1/4", reflections=[(1, 2)], G1=0), (1, "9/4"), (99, 7)),
    ],
)
def test_the_spectrum_is_the_prescribed_one(f, spectrum, x):
    """det(H - t I) = prod (lambda - t) at more points than the degree."""
    size = f.dimensions[0]
    h = hessian(f, tuple(map(F, x)), (F(0),) * f.dimensions[1])
    for t in range(-2, size + 1):
        expected = F(1)
        for value in spectrum:
            expected *= F(value) - t
        shifted = [minus(row, [t * e for e in unit]) for row, unit in zip(h, identity(size), strict=True)]
        assert determinant(shifted) == expected


# Every constant with the pair that attains it: (x, u), (y, v), so that five percent better is false.
Q3 = rotation([(1, 2, 2)], 3)
COLUMN = tuple(row[0] for row in Q3), tuple(row[2] for row in Q3)
Q2 = rotation([(1, 2)], 2)
WITNESSES = [
    ("quadratic mu", quadratic(spectrum=(1, 2, 4), reflections=[(1, 2, 2)]), "mu", (F(0),) * 3, (), COLUMN[0], ()),
    ("quadratic L1", quadratic(spectrum=(1, 2, 4), reflections=[(1, 2, 2)]), "L1", (F(0),) * 3, (), COLUMN[1], ()),
    ("huber mu", huber(mu=1, L1=3, width=2), "mu", (F(2),), (), (F(7),), ()),
    ("huber L1", huber(mu=1, L1=3, width=2), "L1", (F(-2),), (), (F(2),), ()),
    ("huber L1 turned", huber(L1=5, dimension=2, reflections=[(1, 2)]), "L1", (F(0), F(0)), (), Q2[0], ()),
    ("valley G1", valley(), "G1", (F(0),), (F(0),), (F(0),), (F(3),)),
    ("valley G2", valley(curvature=4, L2=1, G1=3), "G2", (F(1),), (F(0),), (F(1),), (F(3),)),
    ("valley L2", valley(curvature=4, L2=5), "L2", (F(1),) * 2, (F(0),), (F(0),) * 2, (F(3),)),
    ("staircase G1", staircase(breakpoints=(0, 1), slopes=(-1, "1/2", 1)), "G1", (F(0),), (F(-1),), (F(0),), (F(-2),)),
    ("flat staircase G1", staircase(slopes=("-1/2", "1/4")), "G1", (F(0),), (F(-1),), (F(0),), (F(-2),)),
    ("steep staircase G2", staircase(slopes=(-3, 2)), "G2", (F(0),), (F(-1),), (F(0),), (F(-2),)),
    ("staircase mu", staircase(curvature=9), "mu", (F(0),), (F(1),), (F(1),), (F(1),)),
    ("additive mu", additive(curvatures=(1, 4)), "mu", (F(0), F(0)), (F(1), F(0)), (F(1), F(0)), (F(1), F(0))),
    ("additive G2", additive(curvatures=(1, 4)), "G2", (F(0), F(0)), (F(0), F(0)), (F(0), F(0)), (F(0), F(1))),
    ("relu G1", additive(activation="relu", G1=2), "G1", (F(0),), (F(1),), (F(0),), (F(2),)),
    ("absolute G1", additive(activation="absolute", G1=2), "G1", (F(0),), (F(-1),), (F(0),), (F(-2),)),
    ("zigzag G2", additive(curvatures=(4,), activation="zigzag"), "G2", (F(0),), (F(-1),), (F(0),), (F(1),)),
    ("huber outer mu", additive(curvatures=(4,), least="1/4", G1=0), "mu", (F(1),), (F(0),), (F(9),), (F(0),)),
    ("huber outer L1", additive(curvatures=(4,), least="1/4", G1=0), "L1", (F(0),), (F(0),), (F(1, 2),), (F(0),)),
    ("huber outer L2", additive(curvatures=(4,), least="1/4"), "L2", (F(0),), (F(0),), (F(1, 2),), (F(0),)),
    ("huber outer G2", additive(curvatures=(4,), least="1/4"), "G2", (F(0),), (F(0),), (F(0),), (F(1),)),
]


def one(name, f, x, u, y, v):
    return margins(f, x, y, u, v)[name]


@pytest.mark.parametrize(("f", "name", "x", "u", "y", "v"), [w[1:] for w in WITNESSES], ids=[w[0] for w in WITNESSES])
def test_every_constant_is_attained(f, name, x, u, y, v):
    assert one(name, f, x, u, y, v) == 0
    better = f.constants[name] * (F(105, 100) if name == "mu" else F(95, 100))
    assert one(name, f.declare(**{name: better}), x, u, y, v) < 0
    assert one("f_star", f.declare(f_star=f.constants["f_star"] + F(1, 20)), f.minimiser(u), u, y, v) < 0


def test_huber_and_the_coupled_functions_by_their_formulas():
    f = huber(mu=1, L1=3, width=2, centre=(1,), f_star=5)
    assert [f.value((F(1 + d),), ()) for d in (0, 1, 2, 4)] == [5, F(13, 2), 11, 5 + 8 + 2 * (8 - 2)]
    f = valley()
    assert all(f.value((F(x),), (F(u),)) == F(x - u) ** 2 / 2 for x in range(-3, 4) for u in range(-3, 4))
    f = staircase(curvature=4, L2=1, G1=3, breakpoints=(1,), slopes=(1, -1))
    assert f.value((F(5),), (F(2),)) == F(2 * 5 + 3 * 0) ** 2 / 2
    f = additive(curvatures=(1, 4), G1=2, activation="absolute", centre=(1, 1))
    assert f.value((F(2), F(3)), (F(-1), F(-2))) == F((1 + 2) ** 2 + (4 + 4) ** 2) / 2


def test_the_slope_at_a_kink_is_the_one_on_the_right():
    f = additive(activation="absolute")
    assert f.gradient_u((F(3),), (F(0),)) == (3,)
    assert relu_network().gradient_u((F(1), F(1)), (F(0),) * 4) == (0,) * 4


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_activations_vanish_at_zero_and_have_their_slopes(name):
    phi = Piecewise(*ACTIVATIONS[name])
    assert phi(F(0)) == 0
    marks = sorted({F(k, 8) for k in range(-40, 41)})
    for left, right in pairwise(marks):
        assert phi(right) - phi(left) == phi.slope(left) * (right - left)


@given(st.fractions(min_value=0, max_value=1000, max_denominator=60))
@settings(QUICK, max_examples=100)
def test_sums_of_squares(value):
    parts = squares_of(value)
    assert len(parts) in (1, 2, 4)
    assert sum(part**2 for part in parts) == value
    block = root_block(value)
    assert product(transposed(block), block) == tuple(tuple(value * x for x in row) for row in identity(len(block)))


def test_rotations_and_inverses():
    turn = rotation([(1, 2, 3), (2, -1, 5)], 3)
    assert product(transposed(turn), turn) == identity(3)
    matrix = ((F(0), F(2)), (F(3), F(1)))
    assert product(inverse(matrix), matrix) == identity(2)


def test_a_network_has_its_own_region():
    region = Region(x=(1, 0), x_radius=2, u=(2, 1, 1, 2), u_radius=F(1, 100))
    f = relu_network(region=region)
    assert f.region is region
    assert 0 < f.constants["mu"] < f.constants["L1"]
    with pytest.raises(InvalidInput, match="u_radius=9 must be <"):
        relu_network(region=Region(x=(1, 0), x_radius=2, u=(2, 1, 1, 2), u_radius=9))


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: quadratic(spectrum=()), "spectrum must not be empty"),
        (lambda: quadratic(spectrum=(0,)), r"spectrum\[0\]=0 must be > 0"),
        (lambda: quadratic(spectrum=(0.5,)), "is a float"),
        (lambda: quadratic(centre=(1, 2)), "centre has 2 numbers, expected 1"),
        (lambda: quadratic(spectrum=(1, 2), reflections=[(0, 0)]), "must be a nonzero vector of length 2"),
        (lambda: huber(mu=3, L1=2), "mu=3 must be <= L1=2"),
        (lambda: huber(width=0), "width=0 must be > 0"),
        (lambda: huber(dimension=0), "dimension=0 must be >= 1"),
        (lambda: valley(G1=-1), "G1=-1 must be >= 0"),
        (lambda: staircase(breakpoints=(1, 0), slopes=(1, 1, 1)), "must increase"),
        (lambda: staircase(slopes=(1,)), "expected one more than 1"),
        (lambda: additive(curvatures=()), "curvatures must not be empty"),
        (lambda: additive(coupled=2), r"coupled=2 must be in \[1, 1\]"),
        (lambda: additive(least=2), r"least=2 must be in \(0, 1\]"),
        (lambda: additive(activation="tanh"), "must be one of linear"),
        (lambda: additive(activation=3), "expected a name or a pair"),
        (lambda: additive(centre=(1, 2)), "centre has 2 numbers, expected 1"),
        (lambda: relu_network(targets=(1,)), "as many targets, got 1"),
        (lambda: relu_network(inputs=((1, 0, 0), (0, 1, 0))), "region is missing"),
        (lambda: relu_network(inputs=((1, 2), (1, 2))), "singular"),
        (lambda: relu_network(region=Region(x=(1,), x_radius=1)), r"region.dimensions=\(1, 0\) must be \(2, 4\)"),
    ],
)
def test_what_makes_no_sense_is_refused(make, message):
    with pytest.raises(InvalidInput, match=message):
        make()


def test_too_large_a_number_is_declined():
    with pytest.raises(NotSupported, match="too many digits"):
        squares_of(F(10**80 + 7, 3))
