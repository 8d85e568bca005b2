"""Theorems about every condition number, from Python: the words, the numbers, and who decides."""

from fractions import Fraction

import pytest

from proofcheck.errors import InvalidInput, NotSupported
from proofcheck.families import ClassFamily, MethodFamily, Q
from proofcheck.kernel.parameter.ratio import of
from proofcheck.theorem_case import TheoremRequest
from proofcheck.theorems import certify_theorem, prove_theorem

CLASSICAL = MethodFamily.tuned("nesterov", "classical")
PAPER = MethodFamily.tuned("nesterov", "paper")
DESCENT = MethodFamily.tuned("gradient_descent", "classical")


def partial(tau):
    return ClassFamily("partial_strong_convexity", tau=tau)


@pytest.mark.slow
@pytest.mark.parametrize(("tau", "theta"), [("2/5", "1/4"), ("1/4", "1/2"), ("1/8", "3/4"), ("0", "19/20")])
def test_classical_momentum(tau, theta):
    result = prove_theorem(partial(tau), CLASSICAL, theta=theta).nicest
    assert result.status == result.check().word == "PROVED"
    assert result.rate == 1 - Fraction(theta) * Q
    assert result.constant is not None
    assert result.constant <= of(2)


@pytest.mark.slow
def test_the_papers_tuning_with_a_constant_below_2():
    result = prove_theorem(partial("1/4"), PAPER, theta="1/4", constant="7/4").nicest
    assert result.status == result.check().word == "PROVED"


@pytest.mark.parametrize(
    ("method", "tau", "rate"),
    [
        (DESCENT, "1/4", (1 - Q**2 * Fraction(3, 4)) ** 2),
        (DESCENT, "0", (1 - Q**2) ** 2),
        (CLASSICAL, "0", (1 - Q) ** 2),
        (DESCENT, "1", of(1)),
        (CLASSICAL, "1", of(1)),
        (PAPER, "1", of(1)),
    ],
)
def test_exact_lower_bounds(method, tau, rate):
    result = certify_theorem(partial(tau), method, TheoremRequest("rate_lower_bound")).nicest
    assert result.status == result.check().word == "PROVED"
    assert result.rate == rate


def test_a_lower_bound_where_the_root_is_irrational():
    """With w = (1 - tau) q^2 the largest root is (1 - w + q sqrt(tau (1 - w)))/(1 + q); the claim is just below."""
    result = certify_theorem(partial("1/4"), CLASSICAL, TheoremRequest("rate_lower_bound")).nicest
    assert result.status == "PROVED"
    for q in (0.05, 0.3, 0.9):
        w = q * q * 3 / 4
        root = ((1 - w) + (w / 3 * (1 - w)) ** 0.5) / (1 + q)
        claimed = float(result.rate(Fraction(q)))
        assert claimed <= root**2
        assert 1 - claimed <= 1.001 * (1 - root**2)


def test_too_large_a_lower_bound_stays_undecided():
    request = TheoremRequest("rate_lower_bound", rate=(1 - Q**2 * Fraction(3, 4)) ** 2 + Q**2 / 1000)
    assert certify_theorem(partial("1/4"), DESCENT, request).nicest.status == "UNDECIDED"


@pytest.mark.parametrize(("tau", "theta"), [("4/5", "1/4"), ("1/2", "4/5"), ("1", "1/1000")])
def test_refuted_at_one_condition_number(tau, theta):
    result = prove_theorem(partial(tau), CLASSICAL, theta=theta).nicest
    assert result.status == result.check().word == "REFUTED"
    assert 0 < Fraction(result.certificate["q"]) <= 1


def test_bad_arguments():
    with pytest.raises(InvalidInput, match="either theta or rate"):
        prove_theorem(partial("1/4"), CLASSICAL)
    with pytest.raises(InvalidInput, match="rate=1 - 2 q must be in"):
        prove_theorem(partial("1/4"), CLASSICAL, theta=2)
    with pytest.raises(NotSupported, match="name='convex' must be one of"):
        ClassFamily("convex")
    with pytest.raises(InvalidInput, match="tau is missing"):
        ClassFamily("partial_strong_convexity")
    with pytest.raises(InvalidInput, match="not defined on the class"):
        ClassFamily("smooth_strongly_convex", tau="1/4")
    with pytest.raises(InvalidInput, match="balls: expected the two radii"):
        ClassFamily("partial_strong_convexity", tau="1/4", balls={"x": 1})


def test_a_constant_that_is_a_sum_is_a_factor():
    """1 + q (...)^k would read as a sum."""
    from proofcheck.families import document
    from proofcheck.symbols import claim_latex, claim_text

    result = prove_theorem(ClassFamily("smooth_strongly_convex"), CLASSICAL, theta="1/2", constant=["2", "1"]).nicest
    assert result.status == "PROVED"
    assert result.claim["statement"]["constant"] == document(2 + Q)
    assert "<= (2 + q) * (1 - 1/2 q)^k" in result.explain()
    assert "<= (2 + q) (1 - 1/2 q)^k" in claim_text(result.claim)
    assert r"\bigl(2+q\bigr)" in claim_latex(result.claim)
