"""The oracles against one another, against planted errors in them, and proved bounds against exact runs."""

import ast
import dataclasses
import random
from fractions import Fraction
from pathlib import Path

import pytest

from proofcheck import (
    GradientDescent,
    HeavyBall,
    NesterovMomentum,
    PartialStrongConvexity,
    SmoothStronglyConvex,
    TripleMomentum,
    prove_bound,
)
from proofcheck.errors import InvalidInput, NotSupported
from proofcheck.testing import Function, Textbook, closed_form, obstruction, simulate, slowest_within
from proofcheck.testing import oracles_roots as roots

METRICS = ("objective_gap", "squared_distance", "squared_gradient_norm")
ONE = Fraction(1)


def huber(mu, bend, width):
    """mu x^2/2 plus bend times the Huber function: a member of the smooth strongly convex class with L1 = mu + bend."""

    def value(x, u):
        (s,) = x
        curved = s**2 / 2 if abs(s) <= width else width * abs(s) - width**2 / 2
        return mu * s**2 / 2 + bend * curved

    return Function(
        name="huber",
        dimensions=(1, 0),
        constants={"mu": mu, "L1": mu + bend, "f_star": Fraction(0)},
        value=value,
        gradient_x=lambda x, u: (mu * x[0] + bend * max(-width, min(width, x[0])),),
        minimiser=lambda u: (Fraction(0),),
        exact=True,
    )


def quadratic(curvature):
    return huber(curvature, Fraction(0), ONE)


def coupled(curvature, strength, slope, average):
    """(x + average u)^2/2 in scaled units, its derivative in u that of slope: a staircase at its visited points."""
    gap = lambda x, u: x[0] + strength * average * u[0]  # noqa: E731
    return Function(
        name="coupled",
        dimensions=(1, 1),
        constants={"f_star": Fraction(0)},
        value=lambda x, u: gap(x, u) ** 2 / 2,
        gradient_x=lambda x, u: (curvature * gap(x, u),),
        gradient_u=lambda x, u: (slope * gap(x, u),),
        minimiser=lambda u: (-strength * average * u[0],),
        exact=True,
    )


def drawn(rng):
    mu = Fraction(rng.randint(1, 9), 4)
    big = mu * Fraction(rng.randint(4, 60), 4)
    return SmoothStronglyConvex(mu=mu, L1=big), Fraction(rng.randint(1, 8), 4) / big


@pytest.mark.parametrize("metric", METRICS)
def test_gradient_descent_attains_its_closed_form(metric):
    """On the quadratics of curvature mu and L1, and nothing that was drawn is worse."""
    rng = random.Random(1)
    for _ in range(40):
        f, eta = drawn(rng)
        known = closed_form(f, GradientDescent(eta), 3, metric=metric).value
        runs = [simulate(quadratic(c), GradientDescent(eta), (ONE,), 3) for c in (f.mu, f.L1)]
        assert max(run[-1][metric] / run[0][metric] for run in runs) == known
        for width in (Fraction(rng.randint(1, 20), 20), Fraction(1, 50)):
            run = simulate(huber(f.mu, f.L1 - f.mu, width), GradientDescent(eta), (ONE,), 3)
            assert run[-1][metric] <= known * run[0][metric]


@pytest.mark.parametrize("wrong", [lambda e, m, b: (1 - e * m) ** 2, lambda e, m, b: (1 - e * b) ** 2,
                                   lambda e, m, b: max(1 - e * m, abs(1 - e * b)),
                                   lambda e, m, b: ((b - m) / (b + m)) ** 2])  # fmt: skip
def test_a_wrong_formula_is_noticed_by_simulation(wrong):
    """The maximum forgotten, the square forgotten, the optimal step taken for any step."""
    rng, noticed = random.Random(2), 0
    for _ in range(40):
        f, eta = drawn(rng)
        claimed = wrong(eta, f.mu, f.L1)
        runs = [simulate(quadratic(c), GradientDescent(eta), (ONE,), 1) for c in (f.mu, f.L1)]
        noticed += max(run[1]["squared_distance"] for run in runs) != claimed
    assert noticed > 5


def wrong_sign(self, x, before, gradient):
    return [a - (b - a) for a, b in zip(x, right(self, x, before, gradient), strict=True)]


def gradient_at_the_iterate(self, x, before, gradient):
    """Nesterov's momentum that asks at x_k where it should ask ahead: the heavy ball."""
    move = self.coefficients.get("beta", Fraction(0))
    slope = gradient(list(x))
    return [a + move * (a - b) - self.coefficients["eta"] * g for a, b, g in zip(x, before, slope, strict=True)]


right = Textbook.step


MISTAKES = [
    (wrong_sign, GradientDescent("1/10")),
    (gradient_at_the_iterate, NesterovMomentum("1/9", "1/2")),
]


@pytest.mark.parametrize(("mistake", "method"), MISTAKES)
def test_a_wrong_simulation_is_noticed_by_the_closed_forms(mistake, method, monkeypatch):
    """By gradient descent's worst case and by the double root of classical momentum, (1 - q)^2 on curvature mu."""
    f = SmoothStronglyConvex(mu=1, L1=9)

    def agrees():
        if isinstance(method, GradientDescent):
            run = simulate(quadratic(ONE), method, (ONE,), 2)
            return run[-1]["objective_gap"] / run[0]["objective_gap"] == closed_form(f, method, 2).value
        return roots.squared_modulus(*roots.polynomial(method, ONE)).low == (1 - f.q) ** 2

    assert agrees()
    monkeypatch.setattr(Textbook, "step", mistake)
    assert not agrees()


@pytest.mark.parametrize("name", ["heavy_ball", "nesterov", "triple_momentum"])
def test_roots_are_the_growth_of_runs(name):
    """|x_k|^2 <= (k + 1)^2 C rate^k and not less in the long run, for random tunings and curvatures."""
    rng = random.Random(3)
    for _ in range(25):
        c = {"eta": str(Fraction(rng.randint(1, 12), 12)), "beta": str(Fraction(rng.randint(0, 11), 12))}
        c |= {"gamma": str(Fraction(rng.randint(0, 12), 12))} if name == "triple_momentum" else {}
        method, curvature = {"name": name, **c}, Fraction(rng.randint(1, 16), 8)
        found = roots.squared_modulus(*roots.polynomial(method, curvature))
        assert roots.within(*roots.polynomial(method, curvature), found.high)
        assert found.low == 0 or not roots.within(*roots.polynomial(method, curvature), found.low * Fraction(999, 1000))
        run = simulate(quadratic(curvature), Textbook.of(method).floating(), (1.0,), 60)
        largest = max(run[k]["squared_distance"] for k in (59, 60))
        if found.high:
            assert largest <= 1e4 * float(found.high) ** 59
            assert largest >= 1e-4 * float(found.high) ** 60


def test_the_slowest_curvature_is_at_an_end():
    rng = random.Random(4)
    for _ in range(30):
        f, eta = drawn(rng)
        method = TripleMomentum(eta, Fraction(rng.randint(0, 11), 12), Fraction(rng.randint(0, 12), 12))
        ends = roots.slowest(f, method).high
        inside = [f.mu + (f.L1 - f.mu) * Fraction(i, 12) for i in range(13)]
        assert all(roots.within(*roots.polynomial(method, c), ends) for c in inside)


def test_tunings_with_known_rates():
    for kappa in (4, 9, 100):
        f = SmoothStronglyConvex(mu=3, L1=3 * kappa)
        triple, polyak = closed_form(f, TripleMomentum.standard(f)), closed_form(f, HeavyBall.polyak(f))
        assert (triple.value, triple.meaning) == ((1 - f.q) ** 2, "rate")
        assert (polyak.value, polyak.meaning) == (((1 - f.q) / (1 + f.q)) ** 2, "lower bound")
        assert closed_form(f, NesterovMomentum.classical(f)).value == (1 - f.q) ** 2
        slower = TripleMomentum(*(entry * Fraction(9, 10) for entry in dataclasses.astuple(TripleMomentum.standard(f))))
        assert closed_form(f, slower).meaning == "lower bound"


def test_staircases_approach_gradient_descents_rate_on_the_partial_class():
    f = PartialStrongConvexity(mu=1, L1=10, L2="3/4", G1=1)
    method, (known, before) = GradientDescent.classical(f), (closed_form(f, GradientDescent.classical(f), 4).value, 0)
    for away in (Fraction(1, 10), Fraction(1, 1000), Fraction(1, 10**9)):
        run = simulate(coupled(f.mu, f.L2, ONE, away - 1), method, (ONE, Fraction(0)), 4)
        reached = run[-1]["objective_gap"] / run[0]["objective_gap"]
        assert before < reached < known
        before = reached
    assert known - before < Fraction(1, 10**8)
    for slope in (-1, 0, 1):  # true functions: slope and average agree
        run = simulate(coupled(f.mu, f.L2, Fraction(slope), Fraction(slope)), method, (ONE, Fraction(0)), 4)
        assert run[-1]["objective_gap"] <= known * run[0]["objective_gap"]


@pytest.mark.parametrize(("kappa", "theta", "known"), [(4, "1/4", "0.8298"), (100, "1/4", "0.7821"),
                                                       (10**6, "1/4", "0.7658"), (100, "1/2", "0.5846")])  # fmt: skip
def test_obstruction(kappa, theta, known):
    """The README's column; a little more tau and no rate is possible, a little less and the roots allow it."""
    f = PartialStrongConvexity(mu=1, L1=kappa, L2="1/2", G1=1)
    method, rate = NesterovMomentum.classical(f), 1 - Fraction(theta) * f.q
    found = obstruction(f, method, rate)
    assert found.high - found.low < Fraction(1, 10**20)
    assert abs(found.low - Fraction(known)) <= Fraction(1, 10**4)
    for tau, allowed in ((found.low - Fraction(1, 10**9), True), (found.high + Fraction(1, 10**9), False)):
        g = PartialStrongConvexity(mu=1, L1=kappa, L2=tau.limit_denominator(10**12), G1=1)
        assert slowest_within(g, method, rate) is allowed


def test_no_proved_bound_lies_below_a_run():
    """Random methods, classes and steps; every bound passed the kernel, every run is exact."""
    rng, runs, nearest = random.Random(5), 0, Fraction(0)
    for _ in range(6):
        f, eta = drawn(rng)
        eta = min(eta, Fraction(3, 2) / f.L1)
        beta = Fraction(rng.randint(0, 6), 12)
        method = rng.choice([GradientDescent(eta), NesterovMomentum(eta, beta), HeavyBall(eta, beta / 2)])
        steps, metric = rng.randint(1, 3), rng.choice(METRICS[:2])
        result = prove_bound(f, method, steps, performance_metric=metric, initial_condition=metric)
        assert result.status == "PROVED"
        for _ in range(40):
            width = Fraction(rng.randint(1, 40), 30)
            share = Fraction(rng.randint(0, 4), 4)
            function = huber(f.mu + (f.L1 - f.mu) * share * rng.choice((0, 1)), (f.L1 - f.mu) * (1 - share), width)
            run = simulate(function, method, (Fraction(rng.choice((1, -1, 2))),), steps)
            ratio = run[-1][metric] / run[0][metric]
            assert ratio <= result.bound, (f, method, steps, metric)
            nearest, runs = max(nearest, ratio / result.bound), runs + 1
    assert runs == 240
    assert nearest > Fraction(999, 1000), "some runs come close: the comparison says something"


def test_what_is_refused():
    f, g = SmoothStronglyConvex(mu=1, L1=10), PartialStrongConvexity(mu=1, L1=10, L2="1/2", G1=1)
    descent, nesterov = GradientDescent.classical(f), NesterovMomentum("1/10", "1/2")
    for arguments, message in (
        ((f, GradientDescent("1/4")), "eta=1/4 must be <= 2/L1=1/5"),
        ((f, nesterov, 2), "no closed form is known of nesterov after 2 steps"),
        ((g, GradientDescent("1/5")), "eta=1/5 must be <= 1/L1=1/10"),
        ((dataclasses.replace(g, G2=2), nesterov), "G2=2: no closed form"),
        ((f, {"name": "newton", "eta": "1"}), "method.name='newton' is not one of"),
    ):
        with pytest.raises(NotSupported, match=message):
            closed_form(*arguments)
    with pytest.raises(NotSupported, match="Drori and Teboulle 2014"):
        closed_form(f, descent, 2, initial="squared_distance")
    with pytest.raises(NotSupported, match="is irrational here"):
        closed_form(f, NesterovMomentum("1/10", "1/10")).value  # noqa: B018
    with pytest.raises(NotSupported, match="only the objective gap"):
        closed_form(g, descent, metric="squared_distance")
    for call, message in (
        (lambda: closed_form(f, descent, -1), "steps=-1 must be >= 0"),
        (lambda: closed_form(f, descent, metric="gap"), "metric='gap' is not one of"),
        (lambda: simulate(quadratic(ONE), descent, (1, 2), 1), "start has 2 numbers, expected 1 for x and 0 for u"),
        (lambda: simulate(quadratic(ONE), descent, (1,), -1), "steps=-1 must be >= 0"),
        (lambda: simulate(dataclasses.replace(quadratic(ONE), gradient_x=None), descent, (1,), 1), "is needed"),
        (lambda: Textbook.of({"name": "nesterov", "eta": "1"}), "nesterov has the coefficients eta, beta, got eta"),
        (lambda: obstruction(g, nesterov, ONE), "rate=1 must lie between 0 and 1"),
        (lambda: obstruction(g, nesterov, Fraction(1, 100)), "rate=1/100 is too small"),
    ):
        with pytest.raises(InvalidInput, match=message):
            call()


def test_nothing_is_shared_with_what_is_judged():
    """The oracles import each other, the function under test and the errors alone."""
    folder = Path(roots.__file__).parent
    files = sorted(folder.glob("oracles*.py"))
    assert len(files) == 4
    allowed = ("proofcheck.errors", "proofcheck.testing.function", "proofcheck.testing.oracles")
    for path in files:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom) and node.module.startswith("proofcheck"):
                assert node.module.startswith(allowed), f"{path}: {node.module}"
