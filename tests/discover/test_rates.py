"""Rates found against closed forms, obstructions and exact simulation; every one passed the kernel."""

from fractions import Fraction

import pytest

from proofcheck import (
    GradientDescent,
    HeavyBall,
    NesterovMomentum,
    PartialStrongConvexity,
    SmoothStronglyConvex,
    TripleMomentum,
    prove_rate,
)
from proofcheck.discover.spectrum import obstruction
from proofcheck.documents import parse
from proofcheck.testing import closed_form
from proofcheck.testing import obstruction as tau_obs


def proved(result):
    """The result, after a fresh check by the kernel."""
    assert result.status == "PROVED", result.reason
    assert result.check().word == "PROVED"
    return result


def partial(kappa, tau):
    return PartialStrongConvexity(mu=1, L1=kappa, L2=tau, G1=1)


@pytest.mark.parametrize("kappa", [4, 9, 25, 100, 10**4, 10**6])
@pytest.mark.parametrize("tau", ["3/4", "19/25"])
def test_partial_class_theta_one_quarter(kappa, tau):
    """The floor is tau = 0.75; the obstruction runs from .830 to .766."""
    f = partial(kappa, tau)
    result = proved(prove_rate(f, NesterovMomentum.classical(f), rate=1 - f.q / 4))
    assert result.constant < 100


def test_partial_class_theta_one_half():
    f = partial(100, "577/1000")  # the floor is .55, the obstruction .5846
    proved(prove_rate(f, NesterovMomentum.classical(f), rate=1 - f.q / 2))


@pytest.mark.parametrize("theta", [Fraction(1, 4), Fraction(1, 2)])
@pytest.mark.parametrize("kappa", [4, 100, 10**4])
def test_nothing_is_proved_above_the_obstruction(kappa, theta):
    """tau_obs = 1 - (1 - z^2/((1+beta) z - beta))/q^2 with z^2 = 1 - theta q, from the staircase."""
    f = partial(kappa, "1/2")
    limit = float(tau_obs(f, NesterovMomentum.classical(f), 1 - theta * f.q).high)
    for excess, word in ((1e-4, "REFUTED"), (1e-2, "REFUTED")):
        g = partial(kappa, Fraction(round((limit + excess) * 10**6), 10**6))
        assert prove_rate(g, NesterovMomentum.classical(g), rate=1 - theta * f.q).status == word


@pytest.mark.parametrize(("tuning", "c", "floor"), [("classical", 1, "1.38"), ("paper", "1/4", "0.67")])
@pytest.mark.parametrize("kind", ["smooth", "G1 = 0"])
def test_without_coupling(tuning, c, floor, kind):
    f = SmoothStronglyConvex(mu=1, L1=100) if kind == "smooth" else PartialStrongConvexity(mu=1, L1=100, L2=1, G1=0)
    result = proved(prove_rate(f, getattr(NesterovMomentum, tuning)(f, c)))
    assert (1 - result.rate) / f.q >= Fraction(floor)


@pytest.mark.parametrize("kappa", [2, 10, 100, 1000, 10**4])
@pytest.mark.parametrize("tau", ["0.1", "0.9"])
def test_gradient_descent_on_the_partial_class(kappa, tau):
    """Within 1e-6 of the exact supremum, on the safe side, with constant 1."""
    f = partial(kappa, tau)
    method = GradientDescent.classical(f)
    exact = closed_form(f, method).value
    result = proved(prove_rate(f, method))
    assert exact <= result.rate <= exact + Fraction(1, 10**6)
    assert result.constant == 1


@pytest.mark.parametrize("metric", ["squared_distance", "objective_gap"])
@pytest.mark.parametrize("step", ["1", "3/2", "9/5"])
def test_gradient_descent_on_smooth_functions(metric, step):
    f = SmoothStronglyConvex(mu=1, L1=10)
    method = GradientDescent(Fraction(step) / 10)
    exact = closed_form(f, method, metric=metric).value
    result = proved(prove_rate(f, method, performance_metric=metric))
    assert exact <= result.rate <= exact + Fraction(1, 10**6)


def test_gradient_norm_metric():
    f = SmoothStronglyConvex(mu=1, L1=10)
    result = proved(prove_rate(f, GradientDescent.classical(f), performance_metric="squared_gradient_norm"))
    assert Fraction(81, 100) <= result.rate <= Fraction(82, 100)


def test_distance_from_objective_gap():
    f = SmoothStronglyConvex(mu=2, L1=50)
    method = NesterovMomentum.classical(f)
    result = proved(
        prove_rate(f, method, performance_metric="squared_distance", initial_condition="objective_gap", rate="0.85")
    )
    assert result.constant >= 1  # at mu x^2/2 the first step already has |x|^2 = (2/mu) f


def test_triple_momentum_is_faster_than_nesterov():
    f = SmoothStronglyConvex(mu=1, L1=100)
    triple = proved(prove_rate(f, TripleMomentum.standard(f)))
    assert closed_form(f, TripleMomentum.standard(f)).value <= triple.rate <= Fraction(812, 1000)


def test_heavy_ball_with_a_step_above_one_over_L():
    f = SmoothStronglyConvex(mu=1, L1=100)
    method = HeavyBall.damped(f, "3/2")
    assert method.eta > 1 / f.L1
    proved(prove_rate(f, method))


def test_polyaks_tuning_is_not_provable():
    """On quadratics it is the fastest; on some functions it cycles (Lessard, Recht and Packard 2016)."""
    f = SmoothStronglyConvex(mu=1, L1=100)
    assert prove_rate(f, HeavyBall.polyak(f), rate="0.7", constant="some").status == "UNDECIDED"
    assert prove_rate(f, HeavyBall.polyak(f)).status == "UNDECIDED"
    refuted = prove_rate(f, HeavyBall.polyak(f), rate="0.9", constant=1000)
    assert refuted.status == "REFUTED"
    assert refuted.certificate["function"]["name"] == "piecewise_quadratic"


@pytest.mark.parametrize(
    ("method", "rate"),
    [(GradientDescent("1/2"), "1/1000"), (GradientDescent("1/4"), "1/3"), (NesterovMomentum("1/4", "1/3"), "1/2")],
)
def test_mu_equals_L1(method, rate):
    for f in (SmoothStronglyConvex(mu=2, L1=2), PartialStrongConvexity(mu=2, L1=2, L2=1, G1="1/100")):
        proved(prove_rate(f, method, rate=rate))


def test_assumption_five_is_used_and_enough():
    f = PartialStrongConvexity(mu="1/2", L1=40, L2="1/5", G1=1, G2="2/5")
    proved(prove_rate(f, NesterovMomentum("0.02", "4/5"), rate="0.94"))


@pytest.mark.parametrize("tau", ["1", "5/4", "40"])
def test_tau_at_least_one_is_refuted(tau):
    f = partial(100, tau)
    for method in (NesterovMomentum.classical(f), GradientDescent.classical(f)):
        for rate in ("0.9", "0.99999", None):
            assert prove_rate(f, method, rate=rate, constant="some").status == "REFUTED"


def test_best_rate_beyond_the_search_is_not_refuted():
    """A rate exists (the supremum is below 1), so that failing to find it must not read as REFUTED."""
    f = partial(10**7, "1/4")
    assert prove_rate(f, GradientDescent.classical(f)).status in ("PROVED", "UNDECIDED")


def test_just_above_the_obstruction_is_refuted():
    f = partial(100, "0.78213")
    assert prove_rate(f, NesterovMomentum.classical(f), rate=1 - f.q / 4).status == "REFUTED"


def test_impossible_rates():
    f = SmoothStronglyConvex(mu=1, L1=10)
    method = GradientDescent.classical(f)
    assert prove_rate(f, method, rate=0, constant=1).status == "REFUTED"
    assert prove_rate(f, method, rate="0.8099", constant="some").status == "REFUTED"
    assert prove_rate(f, method, rate="0.82", constant="1/2").status == "REFUTED"  # fails at k = 0
    assert prove_rate(f, GradientDescent("1/4"), rate="0.99").status == "REFUTED"  # diverges


@pytest.mark.parametrize("scale", [Fraction(1, 1000), Fraction(1000)])
def test_units_do_not_matter(scale):
    """f -> scale f: mu, L1 and L2 scale, eta scales inversely, the claim is the same."""
    f = PartialStrongConvexity(mu=scale, L1=100 * scale, L2=scale * Fraction(3, 4), G1=1)
    proved(prove_rate(f, NesterovMomentum.classical(f), rate=1 - f.q / 4))
    g = PartialStrongConvexity(mu=1, L1=100, L2=Fraction(3, 4) / scale**2, G1=scale)
    assert g.tau == Fraction(3, 4)
    proved(prove_rate(g, NesterovMomentum.classical(g), rate=1 - g.q / 4))


def test_a_claimed_constant_is_kept():
    f = partial(100, "1/4")
    result = proved(prove_rate(f, NesterovMomentum.paper(f), rate=1 - f.q / 4, constant=2))
    assert result.claim["statement"]["constant"] == "2"
    assert prove_rate(f, NesterovMomentum.paper(f), rate="0.9", constant="1.0001").status in ("UNDECIDED", "REFUTED")


def test_best_rate_lies_between_obstruction_and_one():
    f = partial(25, "1/4")
    result = proved(prove_rate(f, NesterovMomentum.classical(f)))
    assert obstruction(parse(result.claim)).rate <= result.rate < 1
    worse = prove_rate(f, NesterovMomentum.classical(f), rate=(1 + result.rate) / 2)
    assert proved(worse).constant <= result.constant


def test_solver_trouble_is_undecided(monkeypatch):
    """A solver that fails, or that lies about feasibility, never leads to PROVED."""
    from proofcheck.discover import program

    f = partial(100, "3/4")
    claim = {"rate": 1 - f.q / 4}
    monkeypatch.setitem(program.OPTIONS, "max_iter", 1)
    assert prove_rate(f, NesterovMomentum.classical(f), **claim).status == "UNDECIDED"
    monkeypatch.undo()

    def lie(self, **_):
        names = [*self._unknown]
        return program.Solution("optimal", 1.0, dict.fromkeys(names, 1.0), {b.name: {} for b in self.blocks})

    monkeypatch.setattr(program.Program, "solve", lie)
    assert prove_rate(f, NesterovMomentum.classical(f), **claim).status == "UNDECIDED"
