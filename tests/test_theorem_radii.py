"""The shipped cases with radii: they are found again, not larger than the documents print or the package keeps.

A file of its own beside tests/test_theorem_cases.py, so that two workers can share these searches, the longest of all.
"""

from fractions import Fraction
from pathlib import Path

import pytest

from proofcheck import kept, theorem_case
from proofcheck.documents import parse
from proofcheck.theorems import certify_theorem

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
    """Those without radii in tests/test_theorem_cases.py."""
    stems = {path.stem for path in (cases / "theorems").glob("*.toml")}
    assert {stem for stem in stems if {"balls", "near"} & {*stem.split("_")}} == {*FLOORS, *NEAR}


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
