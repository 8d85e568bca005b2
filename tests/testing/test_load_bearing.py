"""Each assumption of each theorem: an exact function breaks it alone and the theorem, or a note says why not."""

import dataclasses
from fractions import Fraction
from pathlib import Path

import pytest

from proofcheck import certify, kept, load, testing
from proofcheck.errors import NotSupported
from proofcheck.testing import breaking
from proofcheck.testing.load_bearing import LoadBearing, examples, failure, missing, notes
from proofcheck.testing.load_bearing_page import page
from proofcheck.testing.piecewise import Profile, Steps, Valley, constant
from proofcheck.testing.shipped import AT_MOST, CONSTANTS, Theorem, keys, theorems

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def shipped():
    return theorems()


@pytest.fixture(scope="module")
def found():
    return list(examples())


@pytest.fixture(scope="module")
def noted():
    return list(notes())


def pick(found, theorem, assumption):
    return next(e for e in found if (e.theorem, e.assumption) == (theorem, assumption))


def test_every_premise_has_an_example_or_a_note(shipped, found, noted):
    assert missing(shipped, [*found, *noted]) == []


def test_a_premise_that_nobody_broke_is_missed(shipped, found, noted):
    """A new line in the kernel's list of premises is a new key."""
    theorem = shipped[1]
    lines = [*theorem.premises.values(), "A7: f is even", "h is even"]
    added = dataclasses.replace(theorem, premises=keys(lines))
    assert missing([added], [*found, *noted]) == [(theorem.name, "A7"), (theorem.name, "h is even")]


def test_the_shipped_theorems_are_all_there(shipped, cases):
    names = {theorem.name for theorem in shipped}
    false = {path.stem for path in cases.glob("*.toml") if load(path).expect == "REFUTED"}
    assert {path.stem for path in cases.glob("*.toml")} - false <= names
    assert len(false) == 2
    assert not false & names
    assert {f"theorems/{path.stem}" for path in (cases / "theorems").glob("*.toml")} <= names
    assert {"network", "liao24a Theorem 6", "liao24a Theorem 7"} <= names
    (network,) = [theorem for theorem in shipped if theorem.kind == "network"]
    assert network.premises == {}


def test_without_the_repository_the_kept_theorems_are_left(tmp_path):
    """No folder of cases: nothing but what the package has."""
    names = {theorem.name for theorem in theorems(tmp_path)}
    assert names == {"network", *(f"theorems/{name}" for name in kept.NAMES)}


def test_a_case_that_asks_for_the_best_must_be_on_record(cases, tmp_path):
    text = (cases / "nesterov_smooth_strongly_convex.toml").read_text()
    (tmp_path / "new.toml").write_text(text)
    with pytest.raises(NotSupported, match=r"cases/new.toml asks for the best: record in AT_MOST"):
        theorems(tmp_path)


def test_every_example_holds_by_all_checks(found):
    assert {(e.theorem, e.assumption, e.instance.q): e.check() for e in found if e.check()} == {}


def test_every_attempt_of_a_note_holds(noted):
    assert {(n.theorem, n.assumption): n.check() for n in noted if n.check()} == {}


def test_open_premises_are_few_and_named(noted):
    assert {(n.theorem, n.assumption) for n in noted if not n.proved} == {
        ("theorems/nesterov_classical_tau_1_8_near_1_2", "start"),
        ("liao24a Theorem 7", "A4"),
    }


def test_families_are_taken_at_two_values_of_q(found, shipped):
    for theorem in shipped:
        for assumption in theorem.premises:
            here = {e.instance.q for e in found if (e.theorem, e.assumption) == (theorem.name, assumption)}
            assert len(here) in ({0, 2} if theorem.family else {0, 1})


def test_the_coupling_of_a_family_is_the_one_that_it_allows(shipped):
    from proofcheck.families import function

    for theorem in shipped:
        if "tau" in theorem.claim.get("class", {}):
            q = Fraction(1, 10)
            inst = theorem.at(q)
            assert function(theorem.claim["class"]["tau"], "tau")(q) * inst.mu == inst.L2 * inst.G1**2


@pytest.mark.parametrize("q", [Fraction(1, 2), Fraction(1, 10), Fraction(1, 50)])
def test_the_instance_of_theorem_7_satisfies_its_conditions(shipped, q):
    """(5) of the paper with the constants of its own induction: c = 4/9, C1 = c/5, C2 = sqrt(c)/38."""
    (theorem,) = [theorem for theorem in shipped if theorem.name == "liao24a Theorem 7"]
    inst = theorem.at(q)
    c, beta = inst.coefficients["eta"] * inst.L1, inst.coefficients["beta"]
    b = (1 - beta) / (1 + beta)
    assert c == Fraction(4, 9)
    assert beta == (4 / q - Fraction(2, 3)) / (4 / q + 7 * Fraction(2, 3))
    assert c / 5 * inst.mu**2 / (inst.L2 * (inst.L2 + 1) ** 2) * b**3 >= inst.G1**4
    assert Fraction(2, 3) / 38 * inst.mu**3 / (inst.L2 * (inst.L2 + 1)) * q * b**2 >= (inst.G1 * inst.G2) ** 2


def test_the_kernel_proves_the_same_without_a5(cases):
    """As the note on A5 says, and not more slowly than is recorded."""
    name = "nesterov_partial_strong_convexity_with_a5"
    case = load(cases / f"{name}.toml")
    result = certify(dataclasses.replace(case.problem, G2=None), case.method, case.request)
    rate, constant = (Fraction(number) for number in AT_MOST[name])
    assert result.status == "PROVED"
    assert Fraction(result.claim["statement"]["rate"]) <= rate
    assert Fraction(result.claim["statement"]["constant"]) <= constant


def test_recorded_constants_are_of_cases_that_ask_for_them(cases):
    for name in CONSTANTS:
        assert (cases / "theorems" / f"{name}.toml").exists()


# Planted errors: each must be seen.


def test_an_example_for_another_assumption_is_refused(found):
    example = pick(found, "theorems/nesterov_classical_tau_1_4", "A2")
    assert "A2 fails by the pieces" in dataclasses.replace(example, assumption="A1").check()


def test_a_second_broken_assumption_is_seen(found):
    example = pick(found, "theorems/nesterov_classical_tau_1_4", "A4")
    pieces = dataclasses.replace(example.draft.pieces, M=example.draft.pieces.M * 2)
    wrong = dataclasses.replace(example, draft=dataclasses.replace(example.draft, pieces=pieces)).check()
    assert "A3 fails by the pieces" in wrong
    assert any(line.startswith("A3 fails: ") for line in wrong)


def test_a_function_of_the_class_is_no_example(found):
    example = pick(found, "theorems/nesterov_classical_tau_1_4", "A4")
    tame = dataclasses.replace(example.draft.pieces, phi=constant(example.instance.G1))
    wrong = dataclasses.replace(example, draft=dataclasses.replace(example.draft, pieces=tame)).check()
    assert "A4 holds by the pieces" in wrong
    assert any(line.startswith("the pair does not break A4") for line in wrong)
    assert "the conclusion does not fail first at k = 1" in wrong


def test_a_wrong_gradient_is_seen_at_the_points(found):
    """The pieces say nothing about the callables; the points do."""
    example = pick(found, "theorems/nesterov_classical_tau_1_4", "A6")

    class Wrong(Valley):
        def function(self, name):
            f = super().function(name)
            return dataclasses.replace(f, gradient_x=lambda x, u: (-f.gradient_x(x, u)[0],))

    pieces = Wrong(**{field.name: getattr(example.draft.pieces, field.name) for field in dataclasses.fields(Valley)})
    wrong = dataclasses.replace(example, draft=dataclasses.replace(example.draft, pieces=pieces)).check()
    assert any(line.startswith("A1 fails: ") for line in wrong)


def test_a_late_or_early_k_is_seen(found):
    example = pick(found, "theorems/nesterov_classical_tau_3_4", "A1")
    for k in (example.k - 1, example.k + 1):
        assert dataclasses.replace(example, k=k).check() == [f"the conclusion does not fail first at k = {k}"]


def test_a_start_that_is_too_far_is_seen(found):
    """From a start that the near theorem does not allow the flat quadratic is no example against A1."""
    example = pick(found, "theorems/nesterov_classical_tau_1_4_near_1_2", "A1")
    flat = dataclasses.replace(example, draft=breaking.flat(example.instance))
    assert "what is said of the start is the other way round" in flat.check()


def test_a_pair_outside_the_balls_is_seen(found):
    example = pick(found, "theorems/nesterov_classical_tau_1_4_in_balls", "A6")
    away = breaking.Point((Fraction(0),), (Fraction(10**6),))
    moved = dataclasses.replace(example, draft=dataclasses.replace(example.draft, pair=(away, away)))
    assert any(line.startswith("u of the pair is outside the ball") for line in moved.check())


def test_a_ball_that_is_large_enough_breaks_nothing(found):
    example = pick(found, "theorems/nesterov_classical_tau_1_4_in_balls", "balls")
    large = dataclasses.replace(example.draft, smaller_ball=Fraction(10**9))
    wrong = dataclasses.replace(example, draft=large).check()
    assert "the smaller ball is not smaller" in wrong
    assert any(line.startswith("A4 fails: ") for line in wrong)


def test_a_note_whose_attempt_breaks_the_theorem_is_refused(noted, found):
    example = pick(found, "nesterov_partial_strong_convexity_with_a5", "A3")
    note = next(n for n in noted if n.assumption == "A5" and n.theorem == example.theorem)
    wrong = dataclasses.replace(note, draft=example.draft).check()
    assert wrong == ["A3 fails, too", "the conclusion fails at k = 43: this is an example"]


# The pieces themselves.


def test_pieces_integrate_exactly():
    steps = Steps((Fraction(-1), Fraction(2)), (Fraction(3), Fraction(-1), Fraction(5)))
    for x in (Fraction(-3), Fraction(-1), Fraction(1, 3), Fraction(4)):
        inside = -max(min(x, 2), -1)
        assert steps.integral(x) == inside + 3 * min(x + 1, 0) + 5 * max(x - 2, 0)
    assert Steps((), (Fraction(2),)).second_integral(Fraction(-3)) == 9
    assert steps.second_integral(Fraction(4)) == -2 - 2 * 2 + Fraction(5, 2) * 4
    assert steps.second_integral(Fraction(-2)) == Fraction(-1, 2) + 1 + Fraction(3, 2) - 2 * 1 * 0 - 2 + Fraction(0)


def test_a_function_that_goes_below_its_value_at_0_has_no_minimum_there():
    dip = Profile(Steps((Fraction(1), Fraction(3)), (Fraction(1), Fraction(-2), Fraction(1))))
    assert dip.structure().outer_minimum < 0


def test_the_package_exports_them_lazily():
    assert testing.load_bearing_examples is examples
    assert testing.LoadBearing is LoadBearing


def test_failure_asks_a_worst_case_theorem_at_its_step_only(found):
    example = pick(found, "nesterov_partial_strong_convexity_6_steps", "A2")
    assert example.k == 6
    tame = dataclasses.replace(example.draft, pieces=Profile(constant(example.instance.L1), spectator=True))
    assert failure(tame.pieces.function("tame"), example.instance, tame, False, 10) is None


def test_the_page_is_in_step(found, noted):
    assert (ROOT / "docs" / "assumptions.md").read_text() == page(found, noted)


def test_a_lower_bound_is_no_theorem_about_all_functions(shipped):
    assert {theorem.kind for theorem in shipped} == {"linear_rate", "worst_case", "rate_lower_bound", "network"}
    assert isinstance(shipped[0], Theorem)
