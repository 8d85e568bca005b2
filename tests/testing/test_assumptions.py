"""Assumptions: caught where they fail, quiet where they hold, with witnesses that stand on their own."""

import dataclasses
from fractions import Fraction as Q
from math import inf, nan, sqrt

import numpy as np
import pytest

from proofcheck.errors import InvalidInput, NotSupported
from proofcheck.testing import (
    ASSUMPTIONS,
    AssumptionViolated,
    Function,
    Points,
    Region,
    assert_holds,
    numpy_function,
)

NAMES = list(ASSUMPTIONS)
BOX = Region(x=(0, 0), x_radius=2)


def bowl(exact=True, **constants):
    """x^2/2 + 2 y^2."""
    half = Q(1, 2) if exact else 0.5
    return Function(
        name="bowl", dimensions=(2, 0), exact=exact, constants={"mu": 1, "L1": 4, "f_star": 0, **constants},
        value=lambda x, u: half * x[0] * x[0] + 2 * x[1] * x[1],
        gradient_x=lambda x, u: (x[0], 4 * x[1]) if exact else np.array([x[0], 4 * x[1]]),
    )  # fmt: skip


def violated(name, f, region, **options):
    with pytest.raises(AssumptionViolated) as caught:
        assert_holds(name, f, region, **options)
    return caught.value


def pairs(instances, exact, names=NAMES):
    """For each assumption two families where its constant is sharp."""
    for name in names:
        fitting = [(family, draw) for family, (draw, sharp) in instances.families(exact).items() if name in sharp]
        for family, draw in {fitting[0][0]: fitting[0][1], fitting[-1][0]: fitting[-1][1]}.items():
            yield name, family, draw


@pytest.mark.parametrize("exact", [False, True], ids=["float", "exact"])
@pytest.mark.parametrize("name", [name for name in NAMES if name != "convexity"])
def test_five_percent_are_caught_and_sharp_constants_pass(instances, name, exact):
    for _, family, draw in pairs(instances, exact, [name]):
        f, region = draw(11)
        seen = assert_holds(name, f, region, seed=1, evaluations=300)
        assert seen.status == "OBSERVED"
        assert seen.tried > 20
        for constants in instances.wrong(f, region, name):
            error = violated(name, f, region, constants=constants, seed=1)
            assert error.exact == exact, family
            assert error.left > error.right
            assert error.would_pass is not None
            _stands(name, f, error, {**f.constants, **constants})


def _stands(name, f, error, constants):
    """The witness again, without the search: the sides, and the constant that would have passed."""
    numbers = {key: Q(value) if error.exact else float(value) for key, value in constants.items()}
    form = next(i for i, form in enumerate(ASSUMPTIONS[name].chosen(f)) if form.name == error.form)
    left, right = ASSUMPTIONS[name].sides(f, numbers, error.points, form)
    assert left - right == pytest.approx(error.margin) if not error.exact else left - right == error.margin
    good = {**numbers, error.constant: error.would_pass}
    left, right = ASSUMPTIONS[name].sides(f, good, error.points, form)
    assert left <= right
    if error.constant != "f_star" and error.would_pass > 0:
        factor = Q(99, 100) if error.larger else Q(101, 100)
        bad = {**numbers, error.constant: error.would_pass * (factor if error.exact else float(factor))}
        left, right = ASSUMPTIONS[name].sides(f, bad, error.points, form)
        assert left > right


def test_a_sample_of_the_floors(instances):
    for name in ("A1", "A2", "A3", "A4", "A5", "A6"):
        for family, (draw, sharp) in instances.families(False).items():
            if name not in sharp:
                continue
            f, region = draw(21)
            for constants in instances.wrong(f, region, name):
                assert violated(name, f, region, constants=constants, seed=21), family


def test_convexity():
    assert assert_holds("convexity", bowl(), BOX).ratio is None
    f = Function(name="saddle", dimensions=(2, 0), constants={}, exact=True, value=lambda x, u: x[0] * x[1],
                 gradient_x=lambda x, u: (x[1], x[0]))  # fmt: skip
    error = violated("convexity", f, BOX)
    (x, y), (p, q) = error.points.x, error.points.y
    assert p * q < x * y + y * (p - x) + x * (q - y)
    assert error.constant == ""
    assert violated("convexity", dataclasses.replace(f, gradient_x=None), BOX).form == "midpoint"


def test_exact_witness_is_short_and_inside():
    error = violated("A2", bowl(L1=3), BOX)
    for vector in (error.points.x, error.points.y):
        assert sum(entry * entry for entry in vector) <= 4
        assert all(isinstance(entry, Q) and entry.denominator <= 100 for entry in vector)
    x, y = error.points.x, error.points.y
    step = [b - a for a, b in zip(x, y, strict=True)]
    right = x[0] ** 2 / 2 + 2 * x[1] ** 2 + x[0] * step[0] + 4 * x[1] * step[1] + Q(3, 2) * sum(s * s for s in step)
    assert error.left == y[0] ** 2 / 2 + 2 * y[1] ** 2
    assert error.right == right
    assert error.left > right


def test_message_names_everything():
    message = str(violated("A1", bowl(mu=2), BOX))
    assert message.startswith("A1 (first order) fails for 'bowl' at x = (")
    for part in ("left = ", " must be <= right = ", "violated by", "in exact numbers", "largest mu that would have",
                 "declared 2"):  # fmt: skip
        assert part in message
    assert "OBSERVED; rounding explains at most" in str(violated("A1", bowl(False, mu=2), BOX))


def test_no_constant_would_do():
    f = Function(name="concave", dimensions=(1, 0), constants={"L1": 1}, exact=True,
                 value=lambda x, u: -x[0] * x[0] / 2, gradient_x=lambda x, u: (-x[0],))  # fmt: skip
    error = violated("interpolation", f, Region(x=(0,), x_radius=1))
    assert error.would_pass is None
    assert "no L1 would have passed" in str(error)


def test_reproducible():
    first, second = (violated("A2", bowl(False, L1=3.5), BOX, seed=4) for _ in range(2))
    assert str(first) == str(second)
    quiet = [assert_holds("A2", bowl(False), BOX, seed=seed) for seed in (4, 4, 5)]
    assert (quiet[0].ratio, quiet[0].tried) == (quiet[1].ratio, quiet[1].tried)
    assert np.array_equal(quiet[0].points.y, quiet[1].points.y)
    assert not np.array_equal(quiet[0].points.y, quiet[2].points.y)


def test_ratio_is_relative_to_what_is_declared():
    assert assert_holds("A2", bowl(False, L1=8), BOX).ratio == pytest.approx(0.5, rel=1e-6)
    assert assert_holds("A1", bowl(False, mu=0.5), BOX).ratio == pytest.approx(0.5, rel=1e-6)


def test_rounding_is_no_violation_and_a_thousandth_is():
    """Declared constants within rounding of the sharp ones, and an offset that swamps small differences."""
    rng = np.random.default_rng(3)
    basis = np.linalg.qr(rng.standard_normal((6, 6)))[0]
    matrix = basis @ np.diag([1.0, 2, 3, 5, 80, 1e4]) @ basis.T
    low, *_, high = np.linalg.eigvalsh(matrix)
    for offset in (0.0, 1e8):
        f = numpy_function(
            lambda x, u, offset=offset: 0.5 * x @ matrix @ x + offset, gradient_x=lambda x, u: matrix @ x,
            dimensions=(6, 0), constants={"mu": low, "L1": high, "f_star": offset}, name="ill",
        )  # fmt: skip
        region = Region(x=(1,) * 6, x_radius=3)
        for name in ("A1", "A2", "PL", "A6", "interpolation", "cocoercivity"):
            assert_holds(name, f, region, evaluations=400)
    for name, constants in (("A1", {"mu": low * 1.001}), ("A2", {"L1": high * 0.999})):
        small = numpy_function(lambda x, u: 0.5 * x @ matrix @ x, gradient_x=lambda x, u: matrix @ x,
                               dimensions=(6, 0), constants=constants)  # fmt: skip
        assert violated(name, small, region).allowance > 0


def test_allowance_can_be_raised():
    """Float32 code: an error of 2^-24 relative is not a violation if one says so."""

    def gradient(x, u):
        return np.float64(np.float32(3 * x))

    f = numpy_function(lambda x, u: float(np.float32(1.5 * x @ x)), gradient_x=gradient, dimensions=(1, 0),
                       constants={"L1": 3.0})  # fmt: skip
    region = Region(x=(1,), x_radius=1)
    assert_holds("A2", f, region, allowance=72 * 2.0**29)
    assert violated("A2", f, region, constants={"L1": 2.7}, allowance=72 * 2.0**29)


def test_no_absolute_tolerance():
    f = numpy_function(lambda x, u: 1e-30 * x @ x, gradient_x=lambda x, u: 2e-30 * x, dimensions=(2, 0),
                       constants={"L1": 1.9e-30})  # fmt: skip
    assert violated("A2", f, BOX).would_pass == pytest.approx(2e-30)


@pytest.mark.parametrize(
    ("call", "kind", "line"),
    [
        (lambda: assert_holds("A7", bowl(), BOX), NotSupported, "assumption='A7' must be one of A1, A2"),
        (lambda: assert_holds("A4", bowl(), BOX), NotSupported, "A4 needs inner of the function 'bowl'"),
        (lambda: assert_holds("A3A4", bowl(), BOX), NotSupported, "A3A4 is about u, and the function 'bowl' has none"),
        (lambda: assert_holds("A2", bowl(), Region(x=(0,), x_radius=1)), InvalidInput,
         r"region has the dimensions \(1, 0\) and the function 'bowl' has \(2, 0\)"),
        (lambda: assert_holds("A1", bowl(False), BOX, constants={"mu": inf}), InvalidInput,
         "mu=inf must be a finite number"),
        (lambda: assert_holds("A2", bowl(False), BOX, constants={"L1": inf}), InvalidInput,
         "L1=inf must be a finite number"),
        (lambda: assert_holds("A2", bowl(False), BOX, constants={"L1": "1"}), InvalidInput,
         "L1='1' must be a finite number"),
        (lambda: bowl(False, mu=10**400), InvalidInput, "mu=10+ must be a finite number"),
        (lambda: bowl(mu=nan), InvalidInput, "mu=nan must be a finite number"),
        (lambda: bowl(mu=None), InvalidInput, "mu=None must be a finite number"),
        (lambda: Region(x=(0, nan), x_radius=1), InvalidInput, r"x\[1\]=nan must be a finite number"),
        (lambda: Region(x=((0, 0),), x_radius=1), InvalidInput, r"x\[0\]=\(0, 0\) must be a finite number"),
        (lambda: Region(x=0, x_radius=1), InvalidInput, "x=0 must be a sequence of numbers"),
        (lambda: Region(x=(0,), x_radius=inf), InvalidInput, "x_radius=inf must be a finite number"),
        (lambda: Region(x=(0,), x_radius="1"), InvalidInput, "x_radius='1' must be a finite number"),
        (lambda: assert_holds("A1", bowl(mu=-1), BOX), InvalidInput, "mu=-1 must be >= 0"),
        (lambda: assert_holds("interpolation", bowl(mu=5), BOX), InvalidInput, "mu=5 must be <= L1=4"),
        (lambda: assert_holds("A1", bowl(), BOX, constants={"m": 1}), InvalidInput, "constants: 'm' is not one of"),
        (lambda: assert_holds("A1", bowl(), BOX, evaluations=0), InvalidInput, "evaluations=0 must be >= 1"),
        (lambda: assert_holds("A1", bowl(), BOX, allowance=nan), InvalidInput, "allowance=nan must be >= 0"),
    ],
)  # fmt: skip
def test_what_is_missing_is_one_line(call, kind, line):
    with pytest.raises(kind, match=line) as caught:
        call()
    assert "\n" not in str(caught.value)


def test_missing_constant():
    f = Function(name="f", dimensions=(1, 0), constants={}, value=lambda x, u: x[0])
    with pytest.raises(InvalidInput, match="A2 needs the constant L1 of the function 'f'"):
        assert_holds("A2", f, Region(x=(0,), x_radius=1))


@pytest.mark.parametrize(
    ("value", "line"),
    [
        (lambda x, u: nan, r"value of 'bad' is nan and must be finite, at x = \("),
        (lambda x, u: x @ x / 0, "value of 'bad' (raised|is inf)"),
        (lambda x, u: [][0], r"value of 'bad' raised IndexError: list index out of range, at x = \("),
        (lambda x, u: "much", "value of 'bad' gives a str and must give a number"),
    ],
)
@pytest.mark.filterwarnings("ignore:divide by zero", "ignore:invalid value")
def test_callables_that_fail_name_the_point(value, line):
    f = numpy_function(value, dimensions=(2, 0), constants={"L1": 1}, name="bad")
    with pytest.raises(InvalidInput, match=line) as caught:
        assert_holds("A2", f, BOX)
    assert "\n" not in str(caught.value)


def test_vectors_of_a_wrong_length_and_inexact_numbers():
    f = numpy_function(lambda x, u: x @ x, gradient_x=lambda x, u: x[:1], dimensions=(2, 0), constants={"L1": 2})
    with pytest.raises(InvalidInput, match="has 1 entries and must have 2"):
        assert_holds("A2", f, BOX)
    f = dataclasses.replace(bowl(), value=lambda x, u: float(x[0]))
    with pytest.raises(InvalidInput, match="a float, and must be exact"):
        assert_holds("A2", f, BOX)


def test_an_exact_callable_that_lies_in_floats_is_found_out():
    """The search may evaluate in floats; what counts does not."""
    honest = bowl()
    f = dataclasses.replace(
        honest, value=lambda x, u: honest.value(x, u) * (1 if isinstance(x[0], Q) else 7), name="two faces"
    )
    assert assert_holds("A2", f, BOX).status == "OBSERVED"
    assert violated("A2", f, BOX, constants={"L1": 3}).exact


@pytest.mark.parametrize("away", [Q(1), Q(-1)])
def test_minimum_wrong_in_either_direction(away):
    f = Function(name="f", dimensions=(1, 1), constants={"mu": 1, "f_star": away}, exact=True,
                 value=lambda x, u: (x[0] - u[0]) ** 2 / 2, gradient_x=lambda x, u: (x[0] - u[0],))  # fmt: skip
    region = Region(x=(5,), x_radius=1, u=(0,), u_radius=1)  # the minimisers are outside of the ball of x
    error = violated("A6", f, region)
    assert error.would_pass == 0 if away < 0 else error.would_pass < Q(1, 4)
    assert (error.form == "no value below f_star") == (away > 0)
    assert_holds("A6", f, region, constants={"f_star": 0})


def test_minimum_that_depends_on_u():
    f = numpy_function(lambda x, u: 0.5 * (x @ x) + 0.1 * u[0] ** 2, gradient_x=lambda x, u: x, dimensions=(2, 1),
                       constants={"mu": 1, "f_star": 0})  # fmt: skip
    region = Region(x=(0, 0), x_radius=1, u=(0,), u_radius=1)
    assert violated("A6", f, region).constant == "f_star"
    with_minimiser = dataclasses.replace(f, gradient_x=None, minimiser=lambda u: np.zeros(2))
    assert violated("A6", with_minimiser, region).form == "value at the minimiser"


def test_seconds_end_the_search():
    seen = assert_holds("A2", bowl(False), BOX, seconds=1e-9)
    assert seen.tried < assert_holds("A2", bowl(False), BOX).tried


def test_points_show_what_they_are_about():
    assert str(Points(s=(1.5,), t=(Q(1, 3),))) == "s = (1.5), t = (1/3)"
    assert "2 more" in str(Points(x=tuple(range(10))))


def test_every_assumption_is_documented():
    for name, assumption in ASSUMPTIONS.items():
        assert assumption.name == name
        assert assumption.statement
        assert assumption.source
        assert assumption.tight.startswith(("yes", "sufficient only"))


def test_lipschitz_constant_of_a_tanh_is_found_away_from_the_centre():
    f = numpy_function(lambda x, u: 0.5 * (x[0] + np.tanh(u).sum()) ** 2, dimensions=(1, 6), constants={"G1": 2.3},
                       inner=lambda x, u: np.array([x[0] + np.tanh(u).sum()]))  # fmt: skip
    region = Region(x=(0,), x_radius=1, u=(0.6,) * 6, u_radius=2)
    assert 2.3 < violated("A4", f, region).would_pass <= sqrt(6) * (1 + 1e-9)


def line(A, centre, **constants):
    """|A (x - centre)|^2/2 as people write it: A x - b."""
    b = A @ centre
    return numpy_function(
        lambda x, u: (A @ x - b) @ (A @ x - b) / 2, gradient_x=lambda x, u: A.T @ (A @ x - b),
        dimensions=(len(centre), 0), constants={"f_star": 0, **constants},
    )  # fmt: skip


@pytest.mark.parametrize("far", [1e3, 1e6])
def test_a_function_far_from_the_origin_raises_no_false_alarm(far):
    A = np.array([[2.0, 1.0, 0.3], [0.1, 1.0, 0.7], [0.2, 0.5, 3.0]])
    eigenvalues = np.linalg.eigvalsh(A.T @ A)
    centre = far * np.array([0.6, -0.3, 0.7])
    f = line(A, centre, mu=eigenvalues[0], L1=eigenvalues[-1])
    region = Region(x=tuple(centre), x_radius=1)
    for name, wrong in (("A1", {"mu": 1.05 * eigenvalues[0]}), ("A2", {"L1": 0.95 * eigenvalues[-1]})):
        assert assert_holds(name, f, region, evaluations=800).status == "OBSERVED"
        violated(name, f, region, constants=wrong, evaluations=800)


@pytest.mark.parametrize(
    ("name", "constant"), [("A1", "mu"), ("A2", "L1"), ("A4", "G1"), ("A5", "G2"), ("A6", "f_star")]
)
@pytest.mark.parametrize(("centre", "radius"), [(10**6, Q(1, 10**6)), (10**20, 1)])
def test_exact_functions_are_searched_where_floats_do_not_tell_points_apart(name, constant, centre, radius):
    f = Function(
        name="far", dimensions=(1, 1), exact=True,
        constants={"mu": 4, "L1": 4, "L2": 1, "G1": 3, "G2": 6, "f_star": 0},
        value=lambda x, u: (2 * (x[0] - centre) + 3 * (u[0] - centre)) ** 2 / 2,
        gradient_x=lambda x, u: (2 * (2 * (x[0] - centre) + 3 * (u[0] - centre)),),
        inner=lambda x, u: (2 * (x[0] - centre) + 3 * (u[0] - centre),),
        minimiser=lambda u: (centre - Q(3, 2) * (u[0] - centre),),
    )  # fmt: skip
    region = Region(x=(centre,), x_radius=radius, u=(centre,), u_radius=radius)
    seen = assert_holds(name, f, region, evaluations=200)
    assert seen.tried > 10
    wrong = {"f_star": Q(radius) ** 2 / 100} if name == "A6" else {constant: f.constants[constant] * Q(19, 20)}
    if name == "A1":
        wrong = {"mu": Q(21, 5), "L1": 5}
    error = violated(name, f, region, constants=wrong, evaluations=200)
    assert error.exact
    assert all(abs(entry - centre) <= radius or name == "A6" for _, vector in error.points.items() for entry in vector)


def test_exact_outputs_of_any_size_are_told_apart():
    tiny = Q(1, 10**15)
    f = Function(
        name="tiny", dimensions=(1, 1), exact=True, constants={"L2": 1, "f_star": 0},
        value=lambda x, u: tiny**2 * (x[0] + u[0]) ** 2 / 2, inner=lambda x, u: (tiny * (x[0] + u[0]),),
        outer=lambda s: s[0] ** 2 / 2, outer_gradient=lambda s: s,
    )  # fmt: skip
    region = Region(x=(0,), x_radius=1, u=(0,))
    assert violated("A3", f, region, constants={"L2": Q(19, 20)}).would_pass == 1


@pytest.mark.parametrize("size", [50, 400])
def test_one_bad_direction_among_many_is_found(size):
    source = np.random.default_rng(size)
    B = source.standard_normal((6, size))
    top = np.linalg.norm(B, 2)
    f = numpy_function(
        lambda x, u: x @ x / 2, inner=lambda x, u: B @ np.sin(u), dimensions=(1, size), constants={"G1": top},
    )  # fmt: skip
    region = Region(x=(0,), x_radius=1, u=(0,) * size)
    assert_holds("A4", f, region)
    violated("A4", f, region, constants={"G1": 0.95 * top})
    curvatures = np.linspace(1, 1e4, size)
    g = numpy_function(
        lambda x, u: curvatures @ (x * x) / 2, gradient_x=lambda x, u: curvatures * x, dimensions=(size, 0),
        constants={"mu": 1},
    )  # fmt: skip
    violated("A1", g, Region(x=(0,) * size, x_radius=1), constants={"mu": 1.05})


@pytest.mark.parametrize("seed", [0, 2])
def test_a5_where_x_decides_how_steep_it_is(seed):
    """(1 + a sin u_i) x_i^2/2: G2 is a times the largest |x_i| of the ball, at one pole of eight."""
    source = np.random.default_rng([seed, 4])
    a, x = source.uniform(0.1, 0.9), source.uniform(-0.5, 0.5, 4)
    f = numpy_function(
        lambda x, u: np.sum((1 + a * np.sin(u)) * x * x) / 2, gradient_x=lambda x, u: (1 + a * np.sin(u)) * x,
        dimensions=(4, 4), constants={"G2": a * (max(abs(x)) + 1)},
    )  # fmt: skip
    region = Region(x=tuple(x), x_radius=1, u=(0,) * 4, u_radius=2)
    assert assert_holds("A5", f, region).ratio > 0.98
    violated("A5", f, region, constants={"G2": 0.95 * f.constants["G2"]})


@pytest.mark.parametrize("number", [nan, float("inf"), "1", None, 1j])
@pytest.mark.parametrize("name", ["mu", "L1", "L2", "G1", "G2", "f_star"])
def test_a_constant_that_is_no_finite_number_is_refused(name, number):
    with pytest.raises(InvalidInput, match=f"{name}=.* must be a finite number"):
        bowl(**{name: number})


def test_negative_constants_endless_regions_and_odd_dimensions_are_refused():
    f = numpy_function(lambda x, u: 0.0, inner=lambda x, u: u, dimensions=(1, 1), constants={"G1": -1})
    with pytest.raises(InvalidInput, match="G1=-1 must be >= 0"):
        assert_holds("A4", f, Region(x=(0,), x_radius=1, u=(0,)))
    for wrong in ({"x": (nan, 0), "x_radius": 1}, {"x": (0, 0), "x_radius": float("inf")}, {"x": "ab", "x_radius": 1}):
        with pytest.raises(InvalidInput, match="must be a finite number"):
            Region(**wrong)
    for dimensions in ((1.5, 0), (True, 0), (1,), (1, 2, 3)):
        with pytest.raises(InvalidInput, match="must be two integers"):
            numpy_function(lambda x, u: 0.0, dimensions=dimensions)


def test_a6_by_gradients_says_that_it_uses_a1():
    f = numpy_function(
        lambda x, u: x @ x / 2, gradient_x=lambda x, u: x, dimensions=(2, 0), constants={"mu": 1.05, "f_star": 0}
    )
    assert "A6 (by A1 a lower bound" in str(violated("A6", f, BOX))


def test_seeds_and_complex_numbers_are_refused():
    with pytest.raises(InvalidInput, match="seed=-1 must be an integer >= 0"):
        assert_holds("A1", bowl(), BOX, seed=-1)
    g = numpy_function(lambda x, u: x @ x, gradient_x=lambda x, u: 2 * x + 1j, dimensions=(2, 0), constants={"mu": 1})
    with pytest.raises(InvalidInput, match=r"gradient_x .* must give numbers"):
        assert_holds("A1", g, BOX)
