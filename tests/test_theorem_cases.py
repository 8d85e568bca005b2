"""Every shipped case about all condition numbers ends in its documented word, and its claim survives a fresh check."""

import functools
from fractions import Fraction

import pytest

from proofcheck import theorem_case
from proofcheck.documents import verdict
from proofcheck.kernel.parameter.ratio import of
from proofcheck.testing.shipped import CONSTANTS as RECORDED
from proofcheck.theorems import certify_theorem

LOWER = (
    "gradient_descent_tau_1_4_lower_bound",
    "gradient_descent_tau_1_lower_bound",
    "nesterov_classical_tau_1_4_lower_bound",
    "nesterov_classical_tau_1_lower_bound",
)
RATES = (
    "gradient_descent_tau_1_4",
    "gradient_descent_tau_3_4",
    "nesterov_classical_tau_0",
    "nesterov_classical_tau_1_4",
    "nesterov_classical_tau_1_8",
    "nesterov_classical_tau_2_5",
    "nesterov_classical_tau_3_4",
    "nesterov_paper_tau_1_4",
    "nesterov_smooth_strongly_convex",
)
CONSTANTS = RECORDED | {  # as the README has them
    "nesterov_classical_tau_3_4": "20",
    "nesterov_paper_tau_1_4": "7/4",
    "gradient_descent_tau_1_4": "1",
    "gradient_descent_tau_3_4": "1",
}


@functools.cache
def certified(cases, name):
    """The outcome of a search, which two tests look at for some of the cases."""
    case = theorem_case.load(cases / "theorems" / f"{name}.toml")
    return certify_theorem(
        case.problem, case.method, case.request, balls=case.balls, start=case.start, best=False
    ).nicest


def test_every_case_is_listed(cases):
    """Those with radii in tests/test_theorem_radii.py."""
    stems = {path.stem for path in (cases / "theorems").glob("*.toml")}
    others = {stem for stem in stems if not {"balls", "near"} & {*stem.split("_")}}
    assert others == {*LOWER, *RATES}


@pytest.mark.slow
@pytest.mark.parametrize("name", [*LOWER, *RATES])
def test_case(name, cases):
    result = certified(cases, name)
    assert result.status == result.check().word == "PROVED"
    if name in CONSTANTS:
        assert result.constant <= of(Fraction(CONSTANTS[name]))


@pytest.mark.slow
def test_a_proof_for_one_tau_is_refused_for_a_larger_one(cases):
    result = certified(cases, "nesterov_classical_tau_2_5")
    claim = {**result.claim, "class": {**result.claim["class"], "tau": ["3/4"]}}
    from proofcheck.kernel.wire import digest

    certificate = {**result.certificate, "claim": digest(claim)}
    assert verdict(claim, certificate).word == "REJECTED"


def test_the_upper_and_the_lower_bound_of_gradient_descent_match(cases):
    upper = theorem_case.load(cases / "theorems" / "gradient_descent_tau_1_4.toml").request.rate
    lower = certified(cases, "gradient_descent_tau_1_4_lower_bound").rate
    assert of(0) < upper - lower
    assert upper - lower <= of(Fraction(1, 10**9))
