"""The kernel's runs, evaluated on true functions, pass through the positions of the textbook method."""

from fractions import Fraction

import numpy as np
import pytest

from proofcheck.kernel import Rejected, methods
from proofcheck.kernel.run import Run

METHODS = {
    "gradient_descent": {"eta": "1/3"},
    "heavy_ball": {"eta": "1/4", "beta": "1/5"},
    "nesterov": {"eta": "1/4", "beta": "1/3"},
    "triple_momentum": {"eta": "1/4", "beta": "1/3", "gamma": "1/7"},
    "linear": {"eta": "1/4", "state_0": "2/3", "state_1": "1/3", "query_0": "9/7", "query_1": "-2/7"},
}
PARTIAL = {"mu": 1.0, "L1": 4.0, "L2": 0.7, "G1": 0.9}
RUNS = [(0, 0, False), (0, 1, False), (0, 3, False), (-1, 1, True), (-1, 0, True)]


def method(name: str) -> methods.Method:
    return methods.read({"name": name, **METHODS[name]})


@pytest.mark.parametrize(("first", "last", "generic"), RUNS)
@pytest.mark.parametrize("name", METHODS)
@pytest.mark.parametrize("is_partial", [False, True])
def test_labels_are_the_textbook_positions(truth, name, first, last, generic, is_partial):
    rng = np.random.default_rng(1)
    for kind in ("quadratic", "huber"):
        function = truth.partial(rng, PARTIAL, f"{kind}-sine", 2) if is_partial else truth.plain(rng, 1.0, 4.0, kind, 3)
        run = Run(method(name), is_partial, first, last, generic)
        path = truth.Trajectory(run, method(name), function, rng, first, last)
        assert set(path.x) == set(run.x)
        for label, position in path.x.items():
            assert path.vector(run.x_at(label)) == pytest.approx(position - path.origin, abs=1e-9)
        assert set(path.u) == set(run.u)
        for label, position in path.u.items() if is_partial else []:
            assert path.vector(run.u_at(label)) * path.unit == pytest.approx(position - path.u_start, abs=1e-9)
        for label in run.w if is_partial else []:
            assert path.vector(run.w_at(label)) == pytest.approx(path.w[f"w[{label}]"], abs=1e-12)
        everywhere = [f"{x}@{u}" for x in run.x for u in run.u] if is_partial else list(run.x)
        for label in everywhere:
            point, (x, u) = run.point(label), path.at(label)
            assert path.vector(point.x) == pytest.approx(x - path.origin, abs=1e-9)
            assert path.form(point.value)[0] == pytest.approx(function.value(x, u), abs=1e-9)
            assert path.vector(point.root) ** 2 == pytest.approx(function.value(x, u), abs=1e-9)
            assert path.vector(point.gradient) == pytest.approx(function.gradient(x, u), abs=1e-9)


def test_a_wrong_method_is_noticed(truth):
    rng = np.random.default_rng(2)
    run = Run(method("heavy_ball"), False, 0, 3, False)
    path = truth.Trajectory(run, method("nesterov"), truth.plain(rng, 1.0, 4.0, "quadratic", 3), rng, 0, 3)
    assert path.vector(run.x_at("x[3]")) != pytest.approx(path.x["x[3]"] - path.origin, abs=1e-9)


def test_labels_by_index():
    rest, generic = Run(method("nesterov"), True, 0, 2, False), Run(method("nesterov"), True, -1, 1, True)
    assert (rest.label(2), rest.query_label(1), rest.minimiser_label(1)) == ("x[2]@u[2]", "y[1]@v[1]", "x*[v[1]]")
    assert generic.label(1) == "x[k+1]@u[k+1]"
    assert (generic.label(0), generic.query_label(-1)) == ("x[k]@u[k]", "y[k-1]@v[k-1]")
    plain = Run(method("nesterov"), False, 0, 2, False)
    assert (plain.label(2), plain.query_label(1), plain.minimiser_label(1)) == ("x[2]", "y[1]", "x*")


def test_two_labels_of_one_position_are_one_point():
    run = Run(method("gradient_descent"), True, 0, 2, False)
    assert run.point("x[1]@u[1]") is run.point("y[1]@v[1]")
    assert run.point("x[1]@u[1]") is not run.point("x[1]@u[0]")
    assert run.point("x*[u[0]]@v[0]").gradient.terms == {}
    assert run.point("x*[u[0]]@u[1]").gradient.terms
    assert run.x_at("x*[u[1]]").key == run.x_at("x*[v[1]]").key != run.x_at("x*[u[2]]").key


def test_minimisers_have_short_names_even_for_long_numbers():
    """A decimal name would be refused by Python itself above 4300 digits."""
    long = methods.read({"name": "nesterov", "eta": "1/3", "beta": f"1/{10**80 + 1}"})
    run = Run(long, True, 0, 60, False)
    terms = run.u_at("v[59]").terms.values()
    assert max(number.denominator for number in terms) > 10**4300
    assert len(run.x_at("x*[v[59]]").terms) == 1


@pytest.mark.parametrize(
    ("label", "message"),
    [("x[5]@u[0]", "x-position 'x[5]'"), ("x[0]@u[5]", "u-position 'u[5]'"), ("x[0]", "u-position ''"), ("", "''")],
)
def test_unknown_labels_are_rejected(label, message):
    run = Run(method("nesterov"), True, 0, 1, False)
    with pytest.raises(Rejected, match="there is no") as caught:
        run.point(label)
    assert message in str(caught.value)
    with pytest.raises(Rejected, match="there is no step '4'"):
        run.w_at("4")


def test_recursion_by_hand():
    """Two steps of heavy ball from rest: x_2 = x_0 - eta g_0 - beta eta g_0 - eta g_1."""
    run = Run(method("heavy_ball"), False, 0, 2, False)
    eta, beta = Fraction(1, 4), Fraction(1, 5)
    first, second = ((-eta * (1 + beta)) * run.point("y[0]").gradient, -eta * run.point("y[1]").gradient)
    assert run.x_at("x[2]").key == (run.x_at("x[0]") + first + second).key
    assert len(run.x_at("x[2]").terms) == 3
