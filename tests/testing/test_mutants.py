"""Planted errors in inequalities: the false ones are caught by true functions, the others are true by an identity."""

from collections import Counter
from dataclasses import replace
from fractions import Fraction

import pytest

import proofcheck as pc
from proofcheck import testing
from proofcheck.kernel.forms import combine
from proofcheck.kernel.positivity import semidefinite_defect
from proofcheck.testing import class_conformance, mutants
from proofcheck.testing.classes_under_test import form_of, instances, table_of, under_test
from proofcheck.testing.conformance import run_checks
from proofcheck.testing.implied import Known, identity
from proofcheck.testing.mutants import KINDS, in_differences, inequality_mutants, judge
from proofcheck.testing.witness import Samples

CLASSES = [pc.SmoothStronglyConvex, pc.PartialStrongConvexity]


@pytest.fixture(scope="module")
def samples():
    return {cls: Samples(under_test(instances(cls)[0])) for cls in CLASSES}


@pytest.fixture(scope="module")
def judged(samples):
    return {cls: [judge(m, samples[cls].subject, samples[cls]) for m in inequality_mutants(cls)] for cls in CLASSES}


@pytest.mark.parametrize("cls", CLASSES)
def test_every_mutant_is_false_or_proved_true(judged, cls):
    verdicts = Counter(found.verdict for found in judged[cls])
    assert verdicts["OPEN"] == 0
    assert verdicts["FALSE"] >= 20
    assert verdicts["WEAKER"] > 0


AWKWARD = {
    "irrational roots": ({"mu": 6, "L1": 40, "L2": "2/3", "G1": "9/2"}, "value_root"),
    "no coupling": ({"mu": "3/4", "L1": "43/4", "L2": "9/7", "G1": 0, "G2": "1/10"}, "strong_convexity"),
    "no coupling, roots": ({"mu": "3/4", "L1": "43/4", "L2": "9/7", "G1": 0}, "value_root"),
}


@pytest.mark.parametrize("case", AWKWARD)
def test_every_mutant_is_false_or_proved_true_at_awkward_parameters(case):
    given, name = AWKWARD[case]
    subject = under_test(pc.PartialStrongConvexity(**given))
    samples = Samples(subject)
    planted = [m for m in inequality_mutants(subject.problem) if m.statement.name == name]
    verdicts = Counter(judge(mutant, subject, samples).verdict for mutant in planted)
    assert verdicts["OPEN"] == 0
    assert verdicts["FALSE"] > 0


@pytest.mark.parametrize("cls", CLASSES)
def test_every_kind_of_error_is_planted_in_every_inequality(judged, cls):
    names = under_test(instances(cls)[0]).statements
    planted = {(found.mutant.statement.name, found.mutant.kind) for found in judged[cls]}
    assert planted == {(name, kind) for name in names for kind in KINDS}
    false = {found.mutant.statement.name for found in judged[cls] if found.verdict == "FALSE"}
    assert false == set(names)


@pytest.mark.parametrize("cls", CLASSES)
def test_witnesses_are_exact(judged, cls):
    """Each again, from the function's numbers; the original inequality holds where the mutant does not."""
    statements = under_test(instances(cls)[0]).statements
    for found in judged[cls]:
        if found.verdict != "FALSE":
            continue
        pair, form = found.witness.pair, found.mutant.statement.form
        value = sum(c * pair.product(term) for term, c in table_of(form).items())
        assert isinstance(value, Fraction)
        assert value == found.witness.value < 0
        assert pair.value(statements[found.mutant.statement.name].form) >= 0
        assert str(value) in str(found)


@pytest.mark.parametrize("cls", CLASSES)
def test_identities_are_exact(judged, cls):
    """Each again: the mutant minus a nonnegative combination of what is true is a semidefinite form."""
    subject = under_test(instances(cls)[0])
    for found in judged[cls]:
        if found.verdict != "WEAKER":
            continue
        known = {item.name: item for item in mutants._known(subject, found.mutant.statement)}
        assert all(c >= 0 or known[name].equation for name, c in found.identity.items())
        parts = [(-c, in_differences(known[name].form)) for name, c in found.identity.items()]
        rest = combine([(1, in_differences(found.mutant.statement.form)), *parts])
        assert not rest.values
        assert all(semidefinite_defect(rest.matrix(space)[1]) is None for space in rest.gram if rest.gram[space])


@pytest.mark.parametrize("cls", CLASSES)
def test_the_comparison_catches_what_is_not_equal(judged, cls):
    subject = under_test(instances(cls)[0])
    definitions = {name: table_of(s.form) for name, s in subject.statements.items()}
    for found in judged[cls]:
        statement = found.mutant.statement
        defects = class_conformance.table_defects(table_of(statement.form), definitions[statement.name])
        assert bool(defects) == (found.verdict != "EQUAL")


@pytest.mark.parametrize("cls", CLASSES)
def test_conformance_catches_false_mutants_by_sampling_and_all_by_comparison(judged, samples, cls):
    """Some of each inequality, through the checks that a user runs."""
    for name in samples[cls].subject.statements:
        of_name = [found for found in judged[cls] if found.mutant.statement.name == name]
        for verdict in ("FALSE", "WEAKER"):
            for found in [found for found in of_name if found.verdict == verdict][:2]:
                statement = found.mutant.statement
                with pytest.raises(AssertionError, match="the coefficient of"):
                    class_conformance.check_definition(samples[cls], statement)
                if verdict == "FALSE":
                    with pytest.raises(AssertionError, match="false: f = "):
                        class_conformance.check_holds(samples[cls], statement)
                else:
                    class_conformance.check_holds(samples[cls], statement)


def test_a_mutant_class_fails_with_its_inequality_named():
    subject = under_test(pc.SmoothStronglyConvex(mu=1, L1=5))
    statement = subject.statements["smoothness"]
    changed = replace(statement, form=Fraction(-1) * statement.form)
    with pytest.raises(testing.ConformanceError) as caught:
        run_checks("mutant", class_conformance.checks_of([replace(subject, statements={"smoothness": changed})]))
    assert set(caught.value.failures) == {
        "inhabited",
        "holds[smoothness]",
        "definition[smoothness]",
        "units[smoothness]",
    }


def test_an_identity_that_is_not_there_is_not_found():
    one = Fraction(1)
    square = form_of({("g_i", "g_i"): one})
    product = form_of({("g_i", "x_i"): one})
    assert identity(product, [Known("square", square)]) is None
    assert identity(-1 * square, [Known("square", square)]) is None
    assert identity(-1 * square, [Known("square", square, equation=True)]) == {"square": -1}


def test_a_square_root_may_be_used_in_an_identity():
    """F_i >= 0 follows from F_i = R_i^2 alone."""
    one = Fraction(1)
    equation = form_of({("F_i",): one, ("R_i", "R_i"): -one})
    assert identity(form_of({("F_i",): one}), [Known("root", equation, equation=True)]) == {"root": 1}
