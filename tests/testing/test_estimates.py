"""Estimates are attained, on the safe side, and say OBSERVED."""

from fractions import Fraction as Q

import pytest

from proofcheck.errors import InvalidInput
from proofcheck.testing import ASSUMPTIONS, estimate_constants

HOMES = {"mu": "A1", "L1": "A2", "L2": "A3", "G1": "A4", "G2": "A5", "f_star": "A6"}


@pytest.mark.parametrize("exact", [False, True], ids=["float", "exact"])
@pytest.mark.parametrize("family", ["valley", "additive relu", "staircase"])
def test_estimates_are_attained_and_safe(instances, family, exact):
    f, region = instances.families(exact)[family][0](5)
    found = estimate_constants(f, region, evaluations=500)
    for name, sharp in f.constants.items():
        row = found[name]
        upper = name in ("mu", "f_star")
        assert row.relation == ("<=" if upper else ">=")
        assert row.bound >= sharp if upper else row.bound <= sharp, name
        assert abs(row.bound - sharp) <= 0.05 * max(float(sharp), 1e-2), name
        again = ASSUMPTIONS[HOMES[name]].needed(f, {"mu": f.constants["mu"]}, row.points)
        assert again >= row.bound if not upper else again <= row.bound
        if exact:
            assert isinstance(row.bound, Q)


def test_says_observed_and_what_is_missing(instances):
    f, region = instances.families(False)["quadratic"][0](1)
    found = estimate_constants(f, region, evaluations=200)
    assert found.status == "OBSERVED"
    assert "OBSERVED" in repr(found)
    assert "OBSERVED" in found.table()
    assert "no bound: the function has no u" in found.table()
    assert set(found.bounds) == {"mu", "L1", "f_star"}
    with pytest.raises(InvalidInput, match="constant='G1': the function has no u"):
        found["G1"]


def test_without_h_the_value_root_bounds_g1(instances):
    f, region = instances.families(False)["values alone"][0](2)
    found = estimate_constants(f, region, evaluations=800)
    assert 0.9 * f.constants["G1"] < found["G1"].bound <= f.constants["G1"]
    assert found.missing["L2"] == "needs outer and outer_gradient and inner"


def test_reproducible(instances):
    f, region = instances.families(False)["valley"][0](3)
    first, second = (estimate_constants(f, region, seed=2, evaluations=100) for _ in range(2))
    assert first.bounds == second.bounds
