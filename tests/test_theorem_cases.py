"""Every shipped case about all condition numbers ends in its documented word, and its claim survives a fresh check."""

from fractions import Fraction
from pathlib import Path

import pytest

from proofcheck import kept, theorem_case
from proofcheck.documents import parse, verdict
from proofcheck.kernel.parameter.ratio import of
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
CONSTANTS = {  # as the README has them
    "nesterov_classical_tau_0": "2",
    "nesterov_classical_tau_1_4": "2",
    "nesterov_classical_tau_1_8": "2",
    "nesterov_classical_tau_2_5": "7/4",
    "nesterov_classical_tau_3_4": "20",
    "nesterov_paper_tau_1_4": "7/4",
    "gradient_descent_tau_1_4": "1",
    "gradient_descent_tau_3_4": "1",
}
FLOORS = {  # C_x and C_u
    "nesterov_classical_tau_1_4_in_balls": ("36/5", "77/10"),
    "nesterov_classical_tau_1_8_in_balls": ("29/5", "61/10"),
    "nesterov_paper_tau_1_4_in_balls": ("23/2", "106/5"),
}


NEAR = {  # the near ones; kept in the package, tests/test_networks.py asks the kernel
    "nesterov_classical_tau_1_4_near_1_2": False,
    "nesterov_classical_tau_1_4_near_1_4": False,
    "nesterov_classical_tau_1_4_near_1_8": True,  # searched here
    "nesterov_classical_tau_1_4_near_3_4": False,
    "nesterov_classical_tau_1_8_near_1_2": False,
}


def certified(cases, name):
    case = theorem_case.load(cases / "theorems" / f"{name}.toml")
    return certify_theorem(
        case.problem, case.method, case.request, balls=case.balls, start=case.start, best=False
    ).nicest


def printed(name):
    """The radii of a case in docs/theorem.md, which the README repeats."""
    root = Path(__file__).parents[1]
    (row,) = [line for line in (root / "docs/theorem.md").read_text().splitlines() if f"`{name}`" in line]
    x, u = (entry.strip() for entry in row.split("|")[4:6])
    assert f"| {x}, {u} |" in (root / "README.md").read_text()
    return {"x": Fraction(x), "u": Fraction(u)}


def test_every_case_is_listed(cases):
    assert {path.stem for path in (cases / "theorems").glob("*.toml")} == {*LOWER, *RATES, *FLOORS, *NEAR}


@pytest.mark.slow
@pytest.mark.parametrize("name", [*LOWER, *RATES])
def test_case(name, cases):
    result = certified(cases, name)
    assert result.status == result.check().word == "PROVED"
    if name in CONSTANTS:
        assert result.constant <= of(Fraction(CONSTANTS[name]))


@pytest.mark.slow
@pytest.mark.parametrize("name", FLOORS)
def test_radii(name, cases):
    result = certified(cases, name)
    assert result.status == result.check().word == "PROVED"
    for key, floor in zip(("x", "u"), FLOORS[name], strict=True):
        (radius,) = result.claim["class"]["balls"][key]
        assert Fraction(radius) < Fraction(floor)
        assert Fraction(radius) <= printed(name)[key]


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name, searched in NEAR.items() if searched])
def test_radii_from_a_near_start(name, cases):
    """Found again, and not larger than what is kept."""
    result = certified(cases, name)
    assert result.status == result.check().word == "PROVED"
    found, kept_ones = (parse(claim).problem.balls for claim in (result.claim, kept.theorem(name)[0]))
    assert all(found[key] <= kept_ones[key] for key in ("x", "u"))
    assert found["start"] == kept_ones["start"]


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
