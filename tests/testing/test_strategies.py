"""Strategies: what they draw is what they promise, small examples are small, and the kernel agrees with exact runs."""

import importlib.util
import json
from collections import Counter
from fractions import Fraction
from pathlib import Path
from random import Random

import pytest
from hypothesis import Phase, assume, find, given, settings
from hypothesis import strategies as st
from hypothesis.errors import InvalidArgument

from proofcheck.classes import PartialStrongConvexity, SmoothStronglyConvex
from proofcheck.documents import parse, verdict
from proofcheck.errors import InvalidInput, ProofcheckError
from proofcheck.kernel import check, wire
from proofcheck.methods import REGISTRY, GradientDescent
from proofcheck.testing import (
    Function,
    Region,
    certificates,
    claims,
    exact_proofs,
    forged_certificates,
    functions,
    invalid_methods,
    invalid_problem_classes,
    methods,
    points,
    problem_classes,
    quadratic,
    rationals,
    regions,
    relu_network,
)
from proofcheck.testing.strategies_certificates import descents
from proofcheck.testing.strategies_claims import false_claims, recursion
from proofcheck.testing.strategies_forgeries import FORGERIES
from proofcheck.testing.strategies_options import NO_NUMBERS

_spec = importlib.util.spec_from_file_location("exact_checks", Path(__file__).with_name("exact_checks.py"))
checks = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(checks)

F = Fraction
QUICK = settings(database=None, deadline=None, derandomize=True, max_examples=60)


def smallest(strategy, condition=lambda x: True):
    """The minimal example, reproducibly and without the phase that explains it."""
    quick = settings(database=None, phases=(Phase.generate, Phase.shrink), max_examples=200)
    return find(strategy, condition, settings=quick, random=Random(0))


def drawn(strategy, count=60):
    """Examples of a strategy."""
    found = []

    @settings(QUICK, max_examples=count)
    @given(strategy)
    def collect(example):
        found.append(example)

    collect()
    return found


# Numbers, classes, methods.


@given(st.data())
@QUICK
def test_rationals_are_within_their_bounds(data):
    low, below = data.draw(rationals(max_denominator=5)), data.draw(st.integers(5, 9))
    high = low + data.draw(rationals(min_value=0, max_value=2, max_denominator=4))
    x = data.draw(rationals(min_value=low, max_value=high, max_denominator=below))
    assert low <= x <= high
    assert x.denominator <= below


def test_rationals_shrink_to_small_integers():
    assert smallest(rationals()) == 0
    assert smallest(rationals(min_value="7/3")) == 3
    assert smallest(rationals(max_value="-7/3")) == -3
    assert smallest(rationals(min_value="1/3", max_value="3/7")) == F(1, 3)
    assert smallest(rationals(), lambda x: x > 2 and x.denominator > 1).denominator == 2


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (
            lambda: rationals(min_value=3, max_value=2),
            "expected min_value <= max_value but got min_value=3, max_value=2",
        ),
        (lambda: rationals(max_denominator=0), "expected max_denominator >= 1 but got max_denominator=0"),
        (lambda: rationals(max_denominator=1.5), "expected an integer max_denominator but got max_denominator=1.5"),
        (lambda: rationals(min_value=0.5), "expected an exact number but got min_value=0.5 is a float"),
        (lambda: rationals(min_value="1/3", max_value="2/5", max_denominator=2), "expected max_denominator >= 3"),
        (lambda: problem_classes(names=["convex"]), "expected names among .* but got names='convex'"),
        (lambda: problem_classes(names=3), "expected names but got names=3"),
        (lambda: problem_classes(names=[]), r"expected at least one of names but got names=\(\)"),
        (lambda: problem_classes(max_condition_number="1/2"), "expected max_condition_number >= 1 but got"),
        (lambda: problem_classes(max_tau=-1), "expected max_tau >= 0 but got max_tau=-1"),
        (lambda: methods(names="newton"), "expected names among .* but got names='newton'"),
        (lambda: methods(3), "expected a ProblemClass but got problem=3"),
        (lambda: functions(SmoothStronglyConvex(1, 2), kinds="valley"), "among quadratic, huber on .*='valley'"),
        (lambda: functions(kinds="cubic"), "expected kinds among quadratic, .* but got kinds='cubic'"),
        (lambda: functions(max_dimension=0), "expected max_dimension >= 1 but got max_dimension=0"),
        (lambda: functions(3), "expected a problem class with known functions but got problem=3"),
        (lambda: regions(3), "expected an exact Function but got function=3"),
        (lambda: regions(quadratic(), max_radius=0), "expected max_radius >= 1 but got max_radius=0"),
        (lambda: points(3), "expected a Region but got region=3"),
        (lambda: points(Region(x=(0.5,), x_radius=1)), "expected an exact number but got region=0.5"),
        (lambda: claims(kinds="worst_case", formats="proofcheck-claim/2"), "expected kinds that occur in formats"),
        (lambda: claims(max_steps=-1), "expected max_steps >= 0 but got max_steps=-1"),
        (lambda: certificates(words="UNDECIDED"), "expected words among PROVED, REFUTED but got words='UNDECIDED'"),
        (lambda: certificates(words="PROVED", rules="growth"), "expected rules among .* but got rules='growth'"),
        (lambda: forged_certificates(kinds="typo"), "expected kinds among stronger_rate, .* but got kinds='typo'"),
    ],
)
def test_bad_options_are_refused_at_once_and_as_both_kinds_of_error(make, message):
    with pytest.raises(InvalidInput, match=message):
        make()
    with pytest.raises(InvalidArgument, match=message):
        make()


@given(problem_classes(max_condition_number=9, max_tau="1/2"))
@QUICK
def test_problem_classes_have_consistent_parameters(problem):
    assert 1 <= problem.kappa <= 9
    if problem.partial:
        assert 0 <= problem.tau <= F(1, 2)
        assert problem.G2 is None or problem.G2**2 >= problem.L1 * problem.L2 * problem.G1**2


def test_problem_classes_shrink_to_one():
    assert smallest(problem_classes()) == SmoothStronglyConvex(1, 1)
    assert smallest(problem_classes(), lambda p: p.partial and p.tau > 0) == PartialStrongConvexity(1, 1, 1, 1)
    assert smallest(problem_classes(), lambda p: p.kappa > 7) == SmoothStronglyConvex(1, 8)


def test_every_name_is_drawn_and_none_that_was_not_asked_for():
    assert len({type(problem) for problem in drawn(problem_classes())}) == 2
    assert {type(method).name for method in drawn(methods())} == set(REGISTRY)
    assert {type(method) for method in drawn(methods(names=["gradient_descent"]), 10)} == {GradientDescent}
    assert GradientDescent(F(1, 4)) in drawn(methods(SmoothStronglyConvex(1, 4)))
    assert smallest(methods()) == GradientDescent(1)
    assert smallest(methods(SmoothStronglyConvex(1, 3))) == GradientDescent(F(1, 3))


@pytest.mark.parametrize("strategy", [invalid_problem_classes(), invalid_methods()])
def test_invalid_parameters_are_refused(strategy):
    wrong = drawn(strategy, 150)
    for cls, fields in wrong:
        with pytest.raises(ProofcheckError):
            cls(**fields)
    assert len({(cls, key) for cls, fields in wrong for key in fields}) >= 6
    assert sum(any(value is no for value in fields.values() for no in NO_NUMBERS) for _, fields in wrong) > 5


def test_a_valid_parameter_would_not_be_refused():
    for problem in drawn(problem_classes(), 30):
        assert type(problem)(**vars(problem)) == problem
    for method in drawn(methods(), 30):
        assert type(method)(**vars(method)) == method


# Functions, regions, points.


@given(st.data())
@QUICK
def test_functions_are_members_of_their_class_and_attain_its_constants(data):
    problem = data.draw(problem_classes(max_condition_number=9))
    f = data.draw(functions(problem, max_dimension=8 if problem.partial else 3))
    c = f.constants
    assert problem.mu == c["mu"]
    assert c["L1"] == problem.L1
    assert max(f.dimensions) <= 8
    if problem.partial:
        assert c["L2"] == problem.L2
        assert c["G1"] == problem.G1
        assert problem.G2 is None or c.get("G2", 0) <= problem.G2


@given(st.data())
@QUICK
def test_functions_of_few_dimensions_are_members_still(data):
    problem = data.draw(problem_classes(max_condition_number=9))
    f = data.draw(functions(problem, max_dimension=1))
    c = f.constants
    assert f.dimensions[0] == 1
    assert problem.mu <= c["mu"] <= c["L1"] <= problem.L1
    if problem.partial:
        assert problem.L2 * F(99, 100) <= c["L2"] <= problem.L2
        assert c["G1"] == problem.G1


def test_a_tight_G2_restricts_the_coupling():
    problem = PartialStrongConvexity(mu=1, L1=9, L2=1, G1=1, G2=1)
    found = drawn(functions(problem), 30)
    assert all(f.constants["G2"] <= 1 for f in found)
    assert any(f.constants["L1"] == 9 for f in found)


def test_functions_shrink_to_the_simplest_kind_and_the_smallest_dimension():
    f = smallest(functions())
    assert (f.name, f.dimensions) == ("quadratic", (1, 0))
    assert dict(f.constants) == {"mu": 1, "L1": 1, "f_star": 0}
    f = smallest(functions(), lambda f: f.constants.get("G1", 0) > 0)
    assert (f.name, f.dimensions) == ("valley", (1, 1))
    assert dict(f.constants) == {"mu": 1, "L1": 1, "L2": 1, "G1": 1, "G2": 1, "f_star": 0}
    f = smallest(functions(kinds=["additive", "huber"]), lambda f: f.dimensions[0] > 1)
    assert f.dimensions == (2, 0)


def test_points_and_regions():
    f = relu_network()
    for region in drawn(regions(f), 20):
        assert region.x == f.region.x
        assert region.u_radius <= f.region.u_radius
    region = Region(x=(1, 2), x_radius=2, u=(0,), u_radius=F(1, 2))
    seen = drawn(points(region), 80)
    for x, u in seen:
        assert checks.squared(checks.minus(x, region.x)) <= 4
        assert abs(u[0]) <= F(1, 2)
    assert len(set(seen)) > 30
    assert smallest(points(region)) == ((1, 2), (0,))


# Claims and certificates.


def test_claims_are_read_by_the_kernel_and_are_about_everything():
    seen = Counter()
    for claim in drawn(claims(), 250):
        parse(claim)
        seen[claim["class"]["name"], claim["statement"]["kind"], claim["format"][-1]] += 1
        seen[claim["method"]["name"]] += 1
        seen["balls" in claim["class"], claim["statement"].get("constant") == "some"] += 1
    assert {key for key in seen if isinstance(key, str)} == set(REGISTRY)
    assert len([key for key in seen if len(key) == 3 and isinstance(key, tuple)]) == 8
    assert seen[True, False] > 0
    assert seen[True, True] > 0


def test_claims_shrink_to_numbers():
    claim = smallest(claims())
    assert claim["format"] == "proofcheck-claim/1"
    assert claim["statement"] == {
        "kind": "worst_case",
        "metric": "objective_gap",
        "initial": "objective_gap",
        "steps": 0,
        "bound": "0",
    }
    assert claim["class"] == {"name": "smooth_strongly_convex", "mu": "1", "L1": "1"}


@pytest.mark.parametrize("word", ["PROVED", "REFUTED"])
def test_the_kernel_accepts_every_certificate(word):
    seen = Counter()
    for claim, certificate in drawn(certificates(words=word), 120):
        found = verdict(claim, certificate)
        assert found.word == word, found.reason
        seen[certificate["rule"]] += 1
    assert set(seen) == (
        {"worst_case", "lyapunov", "slow_family"} if word == "PROVED" else {"instance", "growth", "specialise"}
    )


@st.composite
def proved_and_run(draw):
    """A proved claim about numbers, a function of its class and a start."""
    claim, _ = draw(certificates(words="PROVED", rules=["worst_case", "lyapunov"]))
    assume(claim["format"] == "proofcheck-claim/1")
    fields = {key: value for key, value in claim["class"].items() if key != "name"}
    problem = (PartialStrongConvexity if "L2" in fields else SmoothStronglyConvex)(**fields)
    f = draw(functions(problem, max_dimension=2))
    return (f, claim, *draw(points(draw(regions(f)))))


def test_no_proved_claim_is_violated_by_a_function_of_its_class():
    excesses = [checks.worst_excess(*case) for case in drawn(proved_and_run(), 100)]
    excesses = [excess for excess in excesses if excess is not None]
    assert len(excesses) > 60
    assert max(excesses) <= 1
    # the runs have teeth: so many claims would be broken by them if they were a tenth stronger
    assert sum(excess > F(9, 10) for excess in excesses) > 10


@given(descents())
@settings(QUICK, max_examples=30)
def test_tight_claims_are_attained_at_the_ends_of_the_spectrum(case):
    """After one and two steps, exactly; so the kernel's bound cannot be made smaller."""
    problem, eta, metric, initial = case
    assume(metric == initial and not problem.partial)
    for steps in (1, 2):
        claim, _ = exact_proofs.descent_bound(problem, eta, steps, metric, initial)
        ends = (quadratic(spectrum=(c,)) for c in (problem.mu, problem.L1))
        assert max(checks.worst_excess(f, claim, (F(1),), ()) for f in ends) == 1


@given(false_claims())
@QUICK
def test_refuted_rates_are_too_small_for_their_recursion(case):
    """The textbook's (a, b) again, from two steps of an exact run; and the roots outgrow the rate."""
    claim, curvature, slope = case
    p = {key: F(value) for key, value in claim["class"].items() if key != "name"}
    effective = curvature + (slope * p["L2"] * p["G1"] ** 2 if "L2" in p else 0)
    f = Function(
        name="quadratic", dimensions=(1, 0), constants={}, value=None, gradient_x=lambda x, u: (effective * x[0],)
    )
    (s0,), (s1,), (s2,) = (x for x, _ in checks.run(f, claim["method"], (F(1),), (), 2))
    fields = {key: value for key, value in claim["method"].items() if key != "name"}
    a, b = recursion(REGISTRY[claim["method"]["name"]](**fields), effective)
    assert s1 == (a + b) * s0
    assert s2 == a * s1 + b * s0
    rate = F(claim["statement"]["rate"])
    assert abs(b) > rate or a**2 * rate > (rate - b) ** 2 or (rate == 0 and a)


# Forgeries.


@pytest.mark.parametrize("kind", FORGERIES)
def test_no_forgery_is_accepted(kind):
    for forged in drawn(forged_certificates(kinds=kind), 12):
        found = check(forged.claim, forged.certificate)
        assert not found.accepted, found
        assert found.word in ("REJECTED", "DECLINED", "INVALID")
        assert forged.what == FORGERIES[kind][0]


def test_there_are_many_kinds_and_all_three_refusals():
    assert len(FORGERIES) >= 30
    words = Counter(check(forged.claim, forged.certificate).word for forged in drawn(forged_certificates(), 100))
    assert set(words) == {"REJECTED", "DECLINED", "INVALID"}


@pytest.mark.parametrize("kind", ["stronger_rate", "larger_class", "another_step"])
def test_forged_claims_are_false_by_exact_runs(kind):
    """Signed for, well-formed, and broken by a quadratic: only the proof can be wrong."""
    for forged in drawn(forged_certificates(kinds=kind), 12):
        claim = json.loads(forged.claim)
        assert json.loads(forged.certificate)["claim"] == wire.digest(claim)
        ends = (quadratic(spectrum=(claim["class"][name],)) for name in ("mu", "L1"))
        assert max(checks.worst_excess(f, claim, (F(1),), ()) for f in ends) > 1


def test_a_forgery_starts_from_a_pair_that_is_accepted(monkeypatch):
    monkeypatch.setitem(FORGERIES, "nothing", ("nothing is wrong", lambda draft: draft))
    for forged in drawn(forged_certificates(kinds="nothing"), 20):
        assert check(forged.claim, forged.certificate).word == "PROVED"
