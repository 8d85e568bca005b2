"""The sparse program of N steps: matrices as the kernel has them, true values, certificates that are accepted."""

from fractions import Fraction

import numpy as np
import pytest

from proofcheck import (
    GradientDescent,
    HeavyBall,
    InvalidInput,
    NesterovMomentum,
    PartialStrongConvexity,
    SmoothStronglyConvex,
    TripleMomentum,
    prove_bound,
    worst_case_estimate,
)
from proofcheck.discover.refutation import lower_bound
from proofcheck.discover.steps import best_bound, estimate, search
from proofcheck.discover.steps_program import Program, Steps, both_ways, chain, everything, with_last
from proofcheck.discover.worst_case import WorstCaseSearch
from proofcheck.documents import claim_document, parse, verdict, worst_case

MILLIONTH = 1e-6
METRICS = ("objective_gap", "squared_distance", "squared_gradient_norm")
METHODS = {
    "gradient descent": GradientDescent("3/25"),
    "Nesterov": NesterovMomentum("1/10", "1/2"),
    "heavy ball": HeavyBall("1/10", "1/3"),
    "triple momentum": TripleMomentum("1/11", "2/5", "1/4"),
}
F = SmoothStronglyConvex(mu=1, L1=10)


def document(method, metric, initial, steps, f=F):
    return claim_document(f, method, worst_case(metric, initial, steps, Fraction(1)))


class Sample:
    """Any iterates and function values, given to the kernel's forms and to the program's rows alike."""

    def __init__(self, claim, steps):
        random = np.random.default_rng(steps.count)
        self.run = claim.run(0, steps.count, generic=False)
        self.scaled = random.normal(size=(steps.size, 3))  # the basis of the program, in its own units
        gradients = steps.gradients @ self.scaled
        self.scaled_values = random.normal(size=steps.star)
        self.vectors = {"x[0]": self.scaled[0] * steps.units[0]}
        self.values = {}
        for point in range(steps.star):
            own = self.run.point(steps.label(point))
            ((name, _),) = own.gradient.terms.items()
            self.vectors[name] = gradients[point]
            ((label, _),) = own.value.values.items()
            self.values[label] = self.scaled_values[point] * steps.value_units[point]

    def vector(self, vector):
        return sum((float(c) * self.vectors[name] for name, c in vector.terms.items()), np.zeros(3))

    def form(self, form):
        gram = form.gram["x"].items()
        return sum(float(c) * self.values[name] for name, c in form.values.items()) + sum(
            float(c) * (self.vectors[a] @ self.vectors[b]) for (a, b), c in gram
        )


@pytest.mark.parametrize("name", METHODS)
@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize("steps", [1, 2, 3, 7])
def test_rows_are_the_forms_of_the_kernel(name, metric, steps):
    """On any iterates, values, bound and multipliers the program's equations say what the kernel's forms say."""
    for initial in ("objective_gap", "squared_distance"):
        claim = parse(document(METHODS[name], metric, initial, steps))
        model = Steps(claim, 0.8)
        sample = Sample(claim, model)
        for k in range(steps + 1):
            assert np.allclose(sample.vector(sample.run.x_at(f"x[{k}]")), sample.scaled[k] * model.units[k])
        for family in (
            (chain, both_ways, everything) if metric == "squared_distance" else (chain, with_last, everything)
        ):
            program = Program(model, family(model))
            random = np.random.default_rng(1)
            bound, multipliers = 0.7, random.uniform(size=len(program.pairs))
            goal = bound * sample.form(claim.measure(sample.run, initial, 0))
            expected = goal - sample.form(claim.measure(sample.run, metric, steps))
            inequality = claim.problem.inequalities["interpolation"]
            for (i, j), multiplier in zip(program.pairs.tolist(), multipliers, strict=True):
                form = inequality(claim.problem.parameters, sample.run, [model.label(i), model.label(j)])
                expected -= multiplier * sample.form(form)
            z = np.concatenate([[program.relative(bound)], multipliers / program.scale / program.goal_unit])
            row = program.matrix[: program.equations, : len(z)] @ z - program.goal
            gram = sample.scaled @ sample.scaled.T
            known = program.place >= 0
            entries = np.concatenate([sample.scaled_values, np.zeros(program.inside)])
            entries[program.place[known]] = gram[known]
            assert row @ entries * program.goal_unit == pytest.approx(expected, rel=1e-9, abs=1e-9)


def test_the_windows_add_up_to_the_slack():
    """The remaining columns are the windows of the slack, with the solver's scaling of the triangle."""
    model = Steps(parse(document(METHODS["Nesterov"], "squared_gradient_norm", "objective_gap", 6)))
    program = Program(model, with_last(model))
    width = program.cones[-1].__class__
    columns = program.matrix[: program.equations, 1 + len(program.pairs) :].toarray()
    assert width.__name__ == "PSDTriangleConeT"
    assert set(np.round(columns[columns != 0] ** 2, 12)) == {1.0, 2.0}
    diagonal = np.diagonal(program.place)
    assert (columns[diagonal].sum(1) < 0).all()
    assert not columns[: model.star].any()


@pytest.mark.parametrize("steps", [1, 2, 5, 10, 20, 50])
@pytest.mark.parametrize(("kappa", "step"), [(10, 1), (10, "19/10"), (2, 1), (1000, 1)])
def test_gradient_descent_in_closed_form(steps, kappa, step):
    """The estimate has the closed form of gaps and distances, down to 8e-31."""
    f = SmoothStronglyConvex(mu=1, L1=kappa)
    eta = Fraction(step) / kappa
    exact = float(max((1 - eta) ** 2, (1 - kappa * eta) ** 2) ** steps)
    for metric in ("objective_gap", "squared_distance"):
        seen = worst_case_estimate(f, GradientDescent(eta), steps, performance_metric=metric)
        assert seen.status == "OBSERVED"
        assert seen.value == pytest.approx(exact, rel=MILLIONTH)
        assert seen.tight


@pytest.mark.parametrize("metric", ["objective_gap", "squared_distance"])
@pytest.mark.parametrize("steps", [5, 20])
def test_certificates_close_to_the_closed_form(metric, steps):
    exact = Fraction(81, 100) ** steps
    result = prove_bound(F, GradientDescent("1/10"), steps, performance_metric=metric)
    assert result.status == result.check().word == "PROVED"
    assert exact <= result.bound <= exact * (1 + Fraction(1, 10**6))
    assert all(multiplier > 0 for multiplier in result.multipliers["proof"].values())


def test_a_tiny_bound_is_proved():
    """2^-100 after 50 steps, within 1e-6 of itself."""
    f = SmoothStronglyConvex(mu=1, L1=2)
    exact = Fraction(1, 4) ** 50
    result = prove_bound(f, GradientDescent("1/2"), 50, performance_metric="squared_distance")
    assert result.status == "PROVED"
    assert exact <= result.bound <= exact * (1 + Fraction(1, 10**6))


def test_tiny_values_of_momentum_do_not_depend_on_units():
    """No tolerance is absolute: scaling the function and the space changes the estimate by its accuracy only."""
    values = []
    for scale in (Fraction(1), Fraction(1, 10**6), Fraction(10**6)):
        f = SmoothStronglyConvex(mu=scale, L1=10 * scale)
        values.append(worst_case_estimate(f, NesterovMomentum(Fraction(1, 10) / scale, "1/2"), 50).value)
    assert 1e-13 < values[0] < 1e-11
    assert values[1:] == pytest.approx([values[0]] * 2, rel=1e-5)
    claim = document(NesterovMomentum("1/10", "1/2"), "objective_gap", "objective_gap", 50)
    assert float(lower_bound(claim).reached) <= values[0]


@pytest.mark.parametrize("name", METHODS)
@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize("initial", ["objective_gap", "squared_distance"])
def test_agrees_with_the_general_search(name, metric, initial):
    """The general search, with all inequalities of the class, finds no smaller bound, nor a larger one."""
    claim = document(METHODS[name], metric, initial, 3)
    general = WorstCaseSearch(claim)
    other = general.best().unknowns["B"] * float(general.scale_initial / general.scale)
    found = estimate(parse(claim))
    assert found.answer.bound == pytest.approx(other, rel=1e-5)
    assert found.tight
    assert (found.answer.multipliers > -1e-9 * found.answer.multipliers.max()).all()
    quick = best_bound(claim)
    assert verdict(quick.claim, quick.certificate) == quick.answer
    assert quick.answer.word == "PROVED"
    bound = float(Fraction(quick.claim["statement"]["bound"]))
    assert other * (1 - 1e-5) <= bound <= other * (1 + 1e-5)
    assert float(lower_bound(claim).reached) <= bound


def test_more_pairs_only_where_they_help():
    """Neighbours and x* are enough for gradient descent and Nesterov; the heavy ball needs all pairs."""
    few = search(parse(document(METHODS["Nesterov"], "objective_gap", "objective_gap", 10)))
    assert len(few) == 1
    assert len(few[0].program.pairs) == 2 * few[0].program.steps.star - 1
    f = SmoothStronglyConvex(mu=1, L1=100)
    levels = search(parse(document(HeavyBall("1/100", "1/2"), "objective_gap", "squared_distance", 7, f)))
    bounds = [found.answer.bound for found in levels]
    assert bounds == sorted(bounds, reverse=True)
    assert len(bounds) > 1
    assert levels[-1].name == "all pairs of points"
    assert levels[-1].tight


def test_momentum_slower_than_on_quadratics():
    """Where the worst function is no quadratic the units are found again from short runs."""
    f = SmoothStronglyConvex(mu=1, L1=9)
    seen = worst_case_estimate(f, NesterovMomentum("1/9", "1/2"), 50)
    shorter = worst_case_estimate(f, NesterovMomentum("1/9", "1/2"), 20)
    assert 1.2e-13 < seen.value < 1.25e-13
    assert shorter.value == pytest.approx(1.17331337e-5, rel=1e-6)
    assert shorter.tight


def test_a_given_bound():
    method = NesterovMomentum("1/10", "1/2")
    result = prove_bound(F, method, 5, bound="0.1575")
    assert (result.status, result.bound) == ("PROVED", Fraction(1575, 10**4))
    assert prove_bound(F, method, 5, bound="0.157").status != "PROVED"


def test_what_the_program_does_not_describe():
    """No steps, mu = L1 and two blocks go to the general search."""
    partial = PartialStrongConvexity(mu=1, L1=25, L2="1/4", G1=1)
    equal = SmoothStronglyConvex(mu=1, L1=1)
    for f, method, steps in ((F, GradientDescent("1/10"), 0), (equal, GradientDescent("1/2"), 2)):
        claim = document(method, "objective_gap", "objective_gap", steps, f)
        assert estimate(parse(claim)) is None
        assert best_bound(claim) is None
    assert worst_case_estimate(F, GradientDescent("1/10"), 0).value == pytest.approx(1, rel=1e-5)
    assert worst_case_estimate(equal, GradientDescent("1/2"), 2).value == pytest.approx(1 / 16, rel=1e-5)
    seen = worst_case_estimate(partial, NesterovMomentum.classical(partial), 3)
    assert seen.status == "OBSERVED"
    assert 0 < seen.value < 1


def test_bad_arguments_are_refused():
    with pytest.raises(InvalidInput, match="steps"):
        worst_case_estimate(F, GradientDescent("1/10"), -1)
    with pytest.raises(InvalidInput, match="problem"):
        worst_case_estimate("f", GradientDescent("1/10"), 1)
