"""Every shipped case ends in its documented word, and its claim survives a fresh check."""

from fractions import Fraction

import pytest

from proofcheck import certify, load
from proofcheck.testing.shipped import AT_MOST

WORDS = {
    "gradient_descent_partial_strong_convexity": "PROVED",
    "gradient_descent_smooth_strongly_convex": "PROVED",
    "gradient_descent_smooth_strongly_convex_20_steps": "PROVED",
    "heavy_ball_damped_smooth_strongly_convex": "PROVED",
    "heavy_ball_smooth_strongly_convex": "REFUTED",
    "nesterov_partial_strong_convexity": "PROVED",
    "nesterov_partial_strong_convexity_6_steps": "PROVED",
    "nesterov_partial_strong_convexity_paper_tuning": "PROVED",
    "nesterov_partial_strong_convexity_tau_1": "REFUTED",
    "nesterov_partial_strong_convexity_with_a5": "PROVED",
    "nesterov_smooth_strongly_convex": "PROVED",
    "nesterov_smooth_strongly_convex_paper_tuning": "PROVED",
    "triple_momentum_smooth_strongly_convex": "PROVED",
}


def test_every_case_is_listed(cases):
    assert {path.stem for path in cases.glob("*.toml")} == set(WORDS)


@pytest.mark.parametrize("name", WORDS)
def test_case(name, cases):
    case = load(cases / f"{name}.toml")
    seen = []
    result = certify(case.problem, case.method, case.request, lambda message, fraction: seen.append(fraction))
    assert result.status == WORDS[name]
    assert result.check().word == WORDS[name]
    assert all(0 <= fraction <= 1 for fraction in seen)
    assert result.status == (case.expect or "PROVED")
    reached = (result.bound,) if result.rate is None else (result.rate, result.constant)
    assert all(found <= Fraction(most) for found, most in zip(reached, AT_MOST.get(name, ()), strict=False))
