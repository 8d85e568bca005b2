"""The inequalities of the theorems, and the search for radii."""

import math
from functools import partial

import pytest

torch = pytest.importorskip("torch", reason="PyTorch is not installed (extra torch)")

from proofcheck.empirical import (  # noqa: E402
    Constants,
    PaperCondition,
    TheoremInBalls,
    additive_models,
    applied,
    formula,
    networks,
    norms_of,
    orthogonal,
    paper_conditions,
    sharp,
)
from proofcheck.errors import InvalidInput  # noqa: E402


def test_condition_5_as_printed():
    mu, L1, L2, G1, G2, f0, c = 2.0, 50.0, 3.0, 0.3, 0.7, 5.0, 0.25
    condition = PaperCondition(c, 0.1, 0.02, 36.0, 9.0)
    constants = Constants(mu, L1, L2, G1, G2, 1.0, 1.0)
    kappa, eta = L1 / mu, c / L1
    beta = (4 * math.sqrt(kappa) - math.sqrt(c)) / (4 * math.sqrt(kappa) + 7 * math.sqrt(c))
    b = (1 - beta) / (1 + beta)
    ratios = condition.ratios(constants)
    assert ratios["G1^4 of (5)"] == pytest.approx(G1**4 * L2 * (L2 + 1) ** 2 / (0.1 * mu**2 * b**3))
    right = 0.02 * mu**3 * b**2 / math.sqrt(kappa)
    assert ratios["G1^2 G2^2 of (5)"] == pytest.approx(G1**2 * G2**2 * L2 * (L2 + 1) / right)
    Rx, Ru = condition.radii(constants, f0)
    assert Rx == pytest.approx(36 / c * math.sqrt(kappa * eta * (L2 + 1) / (1 - beta) * f0))
    inner = eta * G1**2 * L2 * (L2 + 1) * (1 + beta) ** 3 / (mu * beta * (1 - beta) ** 3)
    assert Ru == pytest.approx(9 / c * math.sqrt(kappa * inner * f0))


def test_the_theorem_in_balls():
    constants = Constants(2.0, 50.0, 3.0, 0.3, 0.7, 1.0, 1.0)
    found = TheoremInBalls(0.25, 2.0, 5.0)
    assert found.ratios(constants) == {"L2 G1^2 <= tau mu": pytest.approx(3 * 0.09 / 0.5)}
    assert found.radii(constants, 8.0) == pytest.approx((4.0, 5 * 0.3 * math.sqrt(24) / 2))


def test_the_audits_constants():
    first, second = paper_conditions()
    assert (first.C1, first.C2, first.factor_x, first.factor_u) == pytest.approx((4 / 45, 1 / 57, 36, 36))
    assert (second.C1, second.C2, second.factor_x, second.factor_u) == pytest.approx((3, 1 / 7, 12, 4.5))
    with pytest.raises(InvalidInput, match=r"c=0.5 must be in \(0, 4/9\]"):
        paper_conditions(0.5)


@pytest.mark.parametrize("width", [128, 256, 512, 1024])
def test_the_radii_found_are_the_smallest(width):
    (norms,) = norms_of(networks(orthogonal(8, 8), [width], initialisation="zero_last", device="cpu"))
    condition = TheoremInBalls()
    found = applied(condition, partial(sharp, norms), norms.f0)
    assert found.holds == all(value <= 1 for value in found.ratios.values())
    assert found.holds == (width > 128)
    if found.holds:
        assert min(found.ratios["R_x"], found.ratios["R_u"]) > 1 - 1e-6
    base = condition.radii(sharp(norms, 0.0, 0.0), norms.f0)
    some = False
    for i in range(40):
        for j in range(40):  # a grid of radii, without the search
            Rx, Ru = base[0] * 1.1**i, 1e-3 * 1.2**j
            constants = sharp(norms, Rx, Ru)
            if constants.mu > 0 and max(condition.ratios(constants).values()) <= 1:
                needed = condition.radii(constants, norms.f0)
                if needed[0] <= Rx and needed[1] <= Ru:
                    some = True
                    assert Rx >= found.constants.Rx * (1 - 1e-6)
                    assert Ru >= found.constants.Ru * (1 - 1e-6)
    assert some == found.holds


def test_where_it_fails():
    (norms,) = norms_of(networks(orthogonal(8, 8), [64], initialisation="zero_last", device="cpu"))
    found = applied(TheoremInBalls(), partial(sharp, norms), norms.f0)
    name, factor = found.worst
    assert not found.holds
    assert factor > 1
    assert factor == max(found.ratios.values()) == found.ratios[name]
    for Rx in (0.5, 1, 2, 4):  # no radii do better
        for Ru in (0.05, 0.1, 0.2, 0.4):
            constants = sharp(norms, Rx, Ru)
            if constants.mu > 0:
                needed = TheoremInBalls().radii(constants, norms.f0)
                tau = TheoremInBalls().ratios(constants)["L2 G1^2 <= tau mu"]
                assert max(needed[0] / Rx, needed[1] / Ru, tau) >= factor * (1 - 1e-3)
    zero = applied(TheoremInBalls(), lambda Rx, Ru: Constants(0.0, 1.0, 1.0, 1.0, 1.0, Rx, Ru), 1.0)
    assert zero.worst == ("mu > 0", math.inf)


def test_additive_models_depend_on_tau_alone():
    for coupling, holds in ((0.49, True), (0.51, False)):
        (norms,) = norms_of(additive_models([1, 2], [coupling], device="cpu"))
        found = applied(TheoremInBalls(), partial(formula, norms), norms.f0)
        assert found.holds is holds
        if not holds:
            assert found.worst == ("L2 G1^2 <= tau mu", pytest.approx(0.51**2 * 4))


def test_bad_input():
    for values, text in (({"tau": -1}, "tau=-1 must be"), ({"Cx": math.nan}, "Cx=nan"), ({"Cu": math.inf}, "Cu=inf")):
        with pytest.raises(InvalidInput, match=text):
            TheoremInBalls(**values)
    with pytest.raises(InvalidInput, match="C1=0 must be"):
        PaperCondition(0.1, 0, 1)
    with pytest.raises(InvalidInput, match="c=2 must be <= 1"):
        PaperCondition(2, 1, 1)
    with pytest.raises(InvalidInput, match="f0=nan"):
        applied(TheoremInBalls(), lambda Rx, Ru: Constants(1.0, 1.0, 1.0, 1.0, 1.0, Rx, Ru), math.nan)
