"""Rates and bounds on somebody else's classes and methods, against closed forms and the shipped ones."""

from fractions import Fraction

import pytest

import proofcheck as pc

DISTANCE = "squared_distance"


def test_a_rate_that_is_attained(own):
    """Gradient descent with eta = mu/L^2: |x - eta g|^2 <= (1 - mu^2/L^2) |x|^2, and not less."""
    for mu, big in ((1, 2), (1, 10), ("3/7", 1), (2, 2000)):
        f = own.RestrictedSecant(mu=mu, L=big)
        rate = 1 - f.mu**2 / f.L**2
        method = pc.GradientDescent(eta=f.mu / f.L**2)
        result = pc.prove_rate(f, method, performance_metric=DISTANCE, rate=rate, constant=1)
        assert (result.status, result.exit_code) == ("PROVED_UNDER_2", 10)
        assert result.check().word == "PROVED_UNDER_2"
        assert set(result.multipliers["decrease"]) == {"secant(x[k])", "error_bound(x[k])"}
        assert result.multipliers["decrease"]["secant(x[k])"] == 2 * method.eta


def test_the_best_rate_and_the_best_bound(own):
    f = own.RestrictedSecant(mu=1, L=2)
    method = own.Momentum(eta="1/4")
    best = pc.prove_rate(f, method, performance_metric=DISTANCE)
    assert best.status == "PROVED_UNDER_2"
    assert Fraction(3, 4) <= best.rate <= Fraction(3, 4) + Fraction(1, 10**5)
    assert best.constant == 1
    bound = pc.prove_bound(f, method, 3, performance_metric=DISTANCE)
    assert bound.status == "PROVED_UNDER_2"
    assert Fraction(27, 64) <= bound.bound <= Fraction(27, 64) + Fraction(1, 10**6)
    assert pc.prove_bound(f, method, 3, performance_metric=DISTANCE, bound="1/2").status == "PROVED_UNDER_2"


def test_what_is_false_on_a_quadratic_is_refuted(own):
    f, method = own.RestrictedSecant(mu=1, L=2), own.Momentum(eta="1/4")
    refuted = pc.prove_rate(f, method, performance_metric=DISTANCE, rate="1/2")
    assert (refuted.status, refuted.exit_code) == ("REFUTED", 11)
    assert refuted.certificate["rule"] == "growth"
    assert pc.prove_rate(f, method, performance_metric=DISTANCE, rate="1/2", constant=1).status == "REFUTED"
    assert pc.prove_bound(f, method, 2, performance_metric=DISTANCE, bound="1/4").status == "REFUTED"
    too_long = pc.prove_rate(f, own.Momentum(eta=3), performance_metric=DISTANCE)
    assert too_long.status == "REFUTED"


def test_between_the_quadratics_and_the_class_nothing_is_said(own):
    f = own.RestrictedSecant(mu=1, L=2)
    result = pc.prove_rate(f, pc.GradientDescent(eta="1/4"), performance_metric=DISTANCE, rate="74/100")
    assert (result.status, result.exit_code) == ("UNDECIDED", 12)


@pytest.mark.parametrize("kappa", [10, 100])
@pytest.mark.parametrize("metric", ["objective_gap", DISTANCE])
def test_interpolation_as_a_premise_gives_the_same_numbers(own, kappa, metric):
    shipped, mine = pc.SmoothStronglyConvex(mu=1, L1=kappa), own.Interpolated(mu=1, L1=kappa)
    for method in (pc.GradientDescent.classical(shipped), pc.NesterovMomentum(eta=Fraction(1, kappa), beta="1/2")):
        first, second = (pc.prove_rate(f, method, performance_metric=metric) for f in (shipped, mine))
        assert (first.status, second.status) == ("PROVED", "PROVED_UNDER_1")
        assert abs(second.rate - first.rate) <= Fraction(1, 10**4) * (1 - first.rate)
    first, second = (pc.prove_bound(f, method, 2, performance_metric=metric) for f in (shipped, mine))
    assert (first.status, second.status) == ("PROVED", "PROVED_UNDER_1")
    assert second.bound == pytest.approx(first.bound, rel=1e-7)


def test_nesterov_as_a_linear_method_has_the_same_certificates(own):
    f = pc.SmoothStronglyConvex(mu=1, L1=9)
    shipped = pc.NesterovMomentum(eta="1/9", beta="1/2")
    mine = own.Momentum(eta="1/9", beta="1/2", gamma="1/2")
    for ask in (
        lambda m: pc.prove_rate(f, m),
        lambda m: pc.prove_bound(f, m, 3),
        lambda m: pc.prove_rate(f, m, rate="1/4"),
    ):
        first, second = ask(shipped), ask(mine)
        assert first.status == second.status in ("PROVED", "REFUTED")
        apart = ("claim",)
        assert {k: v for k, v in first.certificate.items() if k not in apart} == {
            k: v for k, v in second.certificate.items() if k not in apart
        }


def test_a_linear_method_on_the_partial_class(own):
    f = pc.PartialStrongConvexity(mu=1, L1=4, L2="1/4", G1=1)
    shipped, mine = pc.NesterovMomentum(eta="1/4", beta="1/3"), own.Momentum(eta="1/4", beta="1/3", gamma="1/3")
    first, second = (pc.prove_rate(f, method, rate="9/10") for method in (shipped, mine))
    assert first.status == second.status == "PROVED"
    assert first.constant == second.constant


def test_queries_at_the_iterate_before(own):
    """x_{k+1} = x_{k-1} - eta grad f(x_{k-1}), where x[k-1] has no part in x[k]: two runs of gradient descent."""
    swap = own.Momentum(eta="1/4", beta=-1, gamma=-1)
    result = pc.prove_rate(own.Interpolated(mu=1, L1=4), swap, performance_metric=DISTANCE, rate="77/100")
    assert result.status == "PROVED_UNDER_1"  # sqrt(9/16) = 3/4 a step
    assert (
        pc.prove_rate(own.Interpolated(mu=1, L1=4), swap, performance_metric=DISTANCE, rate="74/100").status
        == "REFUTED"
    )


def test_saved_and_checked_from_the_command_line(own, command, tmp_path):
    f = own.RestrictedSecant(mu=1, L=2)
    result = pc.prove_rate(f, pc.GradientDescent(eta="1/4"), performance_metric=DISTANCE, rate="3/4", constant=1)
    result.save(tmp_path)
    code, out, _ = command("check", tmp_path / "claim.json", tmp_path / "cert.json")
    assert (code, out[-1]) == (10, "PROVED_UNDER_2")
    assert any("secant, for every point i: 1 <g_i, x_i> - 1 |x_i|^2 >= 0" in line for line in out)
    assert sum("a premise: not discharged by the kernel" in line for line in out) == 2
    assert repr(result).startswith("<Result PROVED_UNDER_2 rate=3/4")
    assert r"\Bigl(\frac{3}{4}\Bigr)^{k}" in result._repr_latex_()
