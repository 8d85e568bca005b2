"""N-step bounds against closed forms and exact instances, on the safe side."""

from fractions import Fraction

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
from proofcheck.discover.refutation import lower_bound
from proofcheck.documents import verdict
from proofcheck.testing import closed_form, pepit_bound

MILLIONTH = Fraction(1, 10**6)


def proved(result):
    assert result.status == "PROVED", result.reason
    assert result.check().word == "PROVED"
    return result


@pytest.mark.parametrize("steps", [1, 2, 5, 10, 20])
@pytest.mark.parametrize(("kappa", "step"), [(10, 1), (10, "20/11"), (100, 1), (2, 1), (10, "19/10")])
def test_gradient_descent_distance(steps, kappa, step):
    """Within 1e-6 relative of max((1 - eta mu)^2, (1 - eta L1)^2)^N, down to 9e-13."""
    f = SmoothStronglyConvex(mu=1, L1=kappa)
    method = GradientDescent(Fraction(step) / kappa)
    exact = closed_form(f, method, steps, metric="squared_distance").value
    result = proved(prove_bound(f, method, steps, performance_metric="squared_distance"))
    assert exact <= result.bound <= exact * (1 + MILLIONTH)


@pytest.mark.parametrize(
    ("kappa", "tau", "steps", "ceiling"),
    [(25, "1/4", 6, "0.4475"), (100, "1/2", 6, "0.8530"), (25, "1/4", 3, "1"), (100, "3/4", 4, "1")],
)
def test_nesterov_on_the_partial_class(kappa, tau, steps, ceiling):
    """Within 1e-3 of an exact instance, which the bound must not undercut."""
    f = PartialStrongConvexity(mu=1, L1=kappa, L2=tau, G1=1)
    result = proved(prove_bound(f, NesterovMomentum.classical(f), steps))
    instance = lower_bound(result.claim)
    assert instance.reached <= result.bound <= instance.reached * Fraction(1001, 1000)
    assert result.bound <= Fraction(ceiling)


@pytest.mark.slow
def test_nesterov_eight_steps():
    f = PartialStrongConvexity(mu=1, L1=25, L2="1/4", G1=1)
    result = proved(prove_bound(f, NesterovMomentum.classical(f), 8))
    instance = lower_bound(result.claim)
    assert instance.reached <= result.bound <= instance.reached * Fraction(1001, 1000)


@pytest.mark.parametrize("method", ["nesterov", "triple momentum"])
def test_momentum_on_smooth_functions(method):
    f = SmoothStronglyConvex(mu=1, L1=25)
    tuned = NesterovMomentum.classical(f) if method == "nesterov" else TripleMomentum.standard(f)
    result = proved(prove_bound(f, tuned, 4))
    assert lower_bound(result.claim).reached <= result.bound < 1


def test_no_steps():
    f = SmoothStronglyConvex(mu=1, L1=10)
    result = proved(prove_bound(f, GradientDescent.classical(f), 0))
    assert 1 <= result.bound <= 1 + MILLIONTH


def test_what_needs_no_search():
    f = SmoothStronglyConvex(mu=1, L1=10)
    assert proved(prove_bound(f, GradientDescent.classical(f), 0, bound=1)).certificate["proof"] == []
    one = SmoothStronglyConvex(mu=1, L1=1)  # gradient descent stops at once
    assert proved(prove_bound(one, GradientDescent(1), 3)).bound < MILLIONTH


def test_gradient_norm_from_objective_gap():
    """|grad f(x_N)|^2 <= bound (f(x_0) - f*): at N = 0 the bound is 2 L1."""
    f = SmoothStronglyConvex(mu=1, L1=10)
    result = proved(prove_bound(f, GradientDescent.classical(f), 0, performance_metric="squared_gradient_norm"))
    assert 20 <= result.bound <= 20 * (1 + 10 * MILLIONTH)


def test_a_bound_below_an_instance_is_refuted():
    f = PartialStrongConvexity(mu=1, L1=25, L2="1/4", G1=1)
    method = NesterovMomentum.classical(f)
    result = prove_bound(f, method, 6, bound="0.447")
    assert result.status == "REFUTED"
    assert result.certificate["rule"] == "instance"
    assert prove_bound(f, method, 6, bound="0.448").status == "PROVED"


def test_an_instance_attains_what_it_says():
    """The kernel, run on the instance, refutes every bound below `reached` and none above."""
    from proofcheck.documents import certificate_document, claim_document, worst_case

    f = PartialStrongConvexity(mu=1, L1=25, L2="1/4", G1=1)
    method = NesterovMomentum.classical(f)
    for factor, word in ((1 - MILLIONTH, "REFUTED"), (Fraction(1), "REJECTED")):
        claim = claim_document(f, method, worst_case("objective_gap", "objective_gap", 5, Fraction(1)))
        instance = lower_bound(claim)
        claim["statement"]["bound"] = "1/2"
        claim = claim_document(f, method, worst_case("objective_gap", "objective_gap", 5, factor * instance.reached))
        if len(claim["statement"]["bound"]) > 100:
            short = Fraction(round(instance.reached * 10**12) + (1 if word == "REJECTED" else -1), 10**12)
            claim["statement"]["bound"] = str(short)
        certificate = certificate_document(claim, "instance", {"function": instance.function, "steps": 5})
        assert verdict(claim, certificate).word == word


def test_against_a_peer():
    """PEPit's floating-point worst case, where it is installed, agrees to its own accuracy."""
    pytest.importorskip("PEPit", reason="PEPit is not installed")
    f = SmoothStronglyConvex(mu=1, L1=10)
    for method in (GradientDescent.classical(f), HeavyBall("1/10", "1/4"), NesterovMomentum("1/10", "1/2")):
        ours = proved(prove_bound(f, method, 4, initial_condition="squared_distance"))
        peer = pepit_bound(f, method, 4, initial="squared_distance")
        assert float(ours.bound) == pytest.approx(peer, rel=1e-3)


@pytest.mark.parametrize("metric", ["objective_gap", "squared_distance", "squared_gradient_norm"])
def test_a_peer_agrees_with_the_closed_form(metric):
    """A wrong formula, or a peer that is asked something else, would show here."""
    pytest.importorskip("PEPit", reason="PEPit is not installed")
    f = SmoothStronglyConvex(mu=1, L1=10)
    for eta in ("1/10", "2/11", "19/100"):
        known = closed_form(f, GradientDescent(eta), 2, metric=metric).value
        assert pepit_bound(f, GradientDescent(eta), 2, metric=metric) == pytest.approx(float(known), rel=1e-3)
