"""Conformance: the shipped classes and methods pass, and each thing that a third party may get wrong is caught."""

import re
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import ClassVar

import pytest
import sympy as sp

import proofcheck as pc
from proofcheck import testing
from proofcheck.testing import class_conformance, method_conformance
from proofcheck.testing.classes_under_test import instances, under_test
from proofcheck.testing.conformance import Check, refusal_defect, run_checks
from proofcheck.testing.members import Bent, members_of
from proofcheck.testing.quadratics import negative_direction

PROBLEM = pc.SmoothStronglyConvex(mu=1, L1=9)
METHODS = [
    pc.GradientDescent.classical(PROBLEM),
    pc.HeavyBall.polyak(PROBLEM),
    pc.NesterovMomentum.classical(PROBLEM),
    pc.TripleMomentum.standard(PROBLEM),
]
x, g, mu, L = sp.symbols("x_i g_i mu L")


@pytest.mark.parametrize("check", testing.class_checks(pc.SmoothStronglyConvex))
def test_smooth_strongly_convex(check):
    check()


@pytest.mark.parametrize("check", testing.class_checks(pc.PartialStrongConvexity))
def test_partial_strong_convexity(check):
    check()


@pytest.mark.parametrize("method", METHODS, ids=lambda method: method.name)
def test_methods(method):
    report = testing.check_method(method)
    assert {"recursion", "fixed_point", "quadratic_run", "translation_invariance"} <= set(report.passed)
    assert "OBSERVED" in str(report)


@dataclass(frozen=True)
class Secant(pc.InequalityClass):
    r"""Functions that point at their minimiser.

    Statement: :math:`\langle g, x\rangle \ge \mu|x|^2`, :math:`|g| \le L|x|`.

    Source: Guille-Escuret et al. (2022), conditions RSI- and EB+.

    Tight: yes.
    """

    name: ClassVar[str] = "secant_class"
    title: ClassVar[str] = "restricted secant inequality"
    source: ClassVar[str] = "Guille-Escuret et al. (2022), conditions RSI- and EB+"

    mu: Fraction
    L: Fraction

    def domain(self):
        if not 0 < self.mu <= self.L:
            raise pc.InvalidInput(f"mu={self.mu} must be in (0, L], L={self.L}")

    def inequalities(self):
        return {
            "secant": pc.Inequality(points=1, gram={("x_i", "g_i"): 1, ("x_i", "x_i"): -self.mu}),
            "error_bound": pc.Inequality(points=1, gram={("x_i", "x_i"): self.L**2, ("g_i", "g_i"): -1}),
        }

    @property
    def member(self):
        return self.mu

    @classmethod
    def definition(cls):
        return {"secant": g * x - mu * x**2, "error_bound": (L * x) ** 2 - g**2}

    def functions(self):
        bent = Bent((self.mu, self.L, self.mu), (Fraction(-1), Fraction(1)))
        return [
            testing.Function(
                name="bent",
                dimensions=(1, 0),
                constants={"f_star": 0},
                value=lambda at, u: bent(at[0])[0],
                gradient_x=lambda at, u: (bent(at[0])[1],),
                exact=True,
            ),
            testing.Function(
                name="steep",
                dimensions=(2, 0),
                constants={},
                value=lambda at, u: self.L / 2 * (at[0] ** 2 + (at[1] - 1) ** 2),
                gradient_x=lambda at, u: (self.L * at[0], self.L * (at[1] - 1)),
                minimiser=lambda u: (Fraction(0), Fraction(1)),
                exact=True,
            ),
        ]

    @classmethod
    def invalid(cls):
        return [{"mu": 0, "L": 1}, {"mu": 3, "L": 2}]

    def scaled(self, factor):
        return type(self)(mu=factor * self.mu, L=factor * self.L)


@dataclass(frozen=True)
class Bracketed(pc.InequalityClass):
    r"""Functions between two quadratics at every point.

    Statement: :math:`\frac\mu2|x-y|^2 \le f(x) - f(y) - \langle\nabla f(y), x-y\rangle \le \frac L2|x-y|^2`.

    Source: Nesterov (2018), Section 2.1.

    Tight: sufficient only.
    """

    name: ClassVar[str] = "bracketed"
    title: ClassVar[str] = "functions between two quadratics"
    source: ClassVar[str] = "Nesterov (2018), Section 2.1"

    mu: Fraction
    L: Fraction

    domain, member, scaled = Secant.domain, Secant.member, Secant.scaled
    invalid, functions = Secant.__dict__["invalid"], Secant.functions

    def inequalities(self):
        def bregman(sign, curvature):
            squares = {("x_i", "x_i"): curvature, ("x_j", "x_j"): curvature, ("x_i", "x_j"): -2 * curvature}
            gram = {("g_j", "x_i"): -sign, ("x_j", "g_j"): sign, **squares}
            return pc.Inequality(points=2, values={"i": sign, "j": -sign}, gram=gram)

        return {"below": bregman(1, -self.mu / 2), "above": bregman(-1, self.L / 2)}

    @classmethod
    def definition(cls):
        F_i, F_j, x_j, g_j = sp.symbols("F_i F_j x_j g_j")
        gap = F_i - F_j - g_j * (x - x_j)
        return {"below": gap - mu / 2 * (x - x_j) ** 2, "above": L / 2 * (x - x_j) ** 2 - gap}


@dataclass(frozen=True)
class Averaged(pc.LinearMethod):
    r"""The gradient half-way back, :math:`y_k = (1-\theta) x_k + \theta x_{k-1}`.

    Source: made up (2026).
    """

    name: ClassVar[str] = "averaged"
    title: ClassVar[str] = "gradient descent that looks back"
    source: ClassVar[str] = "made up (2026)"

    theta: Fraction = Fraction(0)

    def recursion(self):
        return pc.Recursion(state=(1, 0), query=(1 - self.theta, self.theta), eta=self.eta)

    @classmethod
    def definition(cls):
        now, before, slope, theta, eta = sp.symbols("x_k x_km1 g_k theta eta")
        return {"y": now + theta * (before - now), "x": now - eta * slope}

    @classmethod
    def invalid(cls):
        return [{"eta": 0}, {"eta": -1, "theta": 0}]


def failed(subject):
    """The ids of the checks that fail, with their reasons."""
    check = testing.check_method if isinstance(subject, pc.LinearMethod) else testing.check_problem_class
    with pytest.raises(testing.ConformanceError) as caught:
        check(subject)
    assert all(f"  {name}: " in str(caught.value) for name in caught.value.failures)
    return caught.value.failures


def variant(base, **changes):
    """A subclass with other methods or attributes, its own docstring kept."""
    changes.setdefault("__doc__", base.__doc__)
    return dataclass(frozen=True)(type("Changed" + base.__name__, (base,), changes))


def test_a_third_partys_class_passes():
    report = testing.check_problem_class(Secant, parameters={"mu": 1, "L": 3})
    kinds = ("holds", "definition", "units")
    assert {f"{kind}[{name}]" for kind in kinds for name in ("secant", "error_bound")} <= set(report.passed)
    assert report == testing.check_problem_class(Secant(mu=1, L=3))


def test_inequalities_between_two_points():
    problem = Bracketed(mu=1, L=3)
    report = testing.check_problem_class(problem)
    assert {"holds[below]", "definition[above]", "units[above]"} <= set(report.passed)
    judged = testing.judge_mutants(problem)
    false = [found for found in judged if found.verdict == "FALSE"]
    assert len(false) >= 20
    assert not [str(found) for found in judged if found.verdict == "OPEN"]


def test_a_third_partys_method_passes():
    assert "recursion" in testing.check_method(Averaged(eta="1/4", theta="1/3")).passed


PLANTED = {
    "sign": ("secant", {("x_i", "g_i"): -1, ("x_i", "x_i"): lambda c: 2 * c.mu}),
    "factor 2": ("error_bound", {("x_i", "x_i"): lambda c: c.L**2, ("g_i", "g_i"): -2}),
    "square": ("error_bound", {("x_i", "x_i"): lambda c: c.L, ("g_i", "g_i"): -1}),
    "L for mu": ("secant", {("x_i", "g_i"): 1, ("x_i", "x_i"): lambda c: -c.L / 2}),
}


@pytest.mark.parametrize("error", PLANTED)
def test_a_planted_mistake_is_caught_by_functions_and_by_sympy(error):
    name, gram = PLANTED[error]
    subject = under_test(Secant(mu=1, L=3))
    form = {"x": {tuple(sorted(p)): Fraction(c(subject.problem) if callable(c) else c) for p, c in gram.items()}}
    statement = subject.statements[name]
    statement = replace(statement, form=type(statement.form)({}, form))
    changed = replace(subject, statements={**subject.statements, name: statement})
    with pytest.raises(testing.ConformanceError) as caught:
        run_checks("planted", class_conformance.checks_of([changed]))
    assert {f"holds[{name}]", f"definition[{name}]"} <= set(caught.value.failures)
    assert "false: f = " in caught.value.failures[f"holds[{name}]"]


def _squared(self):
    return {
        **Secant.inequalities(self),
        "secant": pc.Inequality(points=1, gram={("x_i", "g_i"): 1, ("x_i", "x_i"): -(self.mu**2)}),
    }


def _literal(self):
    return {
        **Secant.inequalities(self),
        "error_bound": pc.Inequality(points=1, gram={("x_i", "x_i"): 9, ("g_i", "g_i"): -1}),
    }


def _written(**changed):
    def document(self):
        found = Secant.document(self)
        return {**found, "inequalities": {**found["inequalities"], **changed}}

    return document


@pytest.mark.parametrize(
    ("changes", "check", "reason"),
    [
        ({"inequalities": _squared}, "definition[secant]", r"at mu = 10/11, L = 33/13: .* x_i x_i is -100/121"),
        ({"inequalities": _literal}, "definition[error_bound]", r"at mu = 12/11, L = 45/13: .* x_i x_i is 9"),
    ],
)
def test_numbers_that_hide_a_mistake_are_moved(changes, check, reason):
    failures = failed(variant(Secant, **changes)(mu=1, L=3))
    assert re.search(reason, failures[check]), failures


def test_functions_may_exist_at_some_numbers_only():
    def functions(self):
        if self.L.denominator != 1:
            raise pc.InvalidInput(f"L={self.L} must be an integer")
        return Secant.functions(self)

    assert testing.check_problem_class(variant(Secant, functions=functions)(mu=1, L=3))


def test_what_a_claim_says_is_what_is_checked():
    half = {"points": 1, "values": {}, "gram": [["g_i", "x_i", "1"], ["x_i", "x_i", "-1/2"]], "source": "2022"}
    failures = failed(variant(Secant, document=_written(secant=half))(mu=1, L=3))
    assert failures["definition[secant]"] == "the coefficient of x_i x_i is -1/2, by the definition -1"
    more = {"points": 1, "values": {"i": "-1"}, "gram": [["x_i", "x_i", "1"]], "source": "2022"}
    failures = failed(variant(Secant, document=_written(growth=more))(mu=1, L=3))
    assert {"holds[growth]", "definition[growth]"} <= set(failures)


def test_an_inequality_that_the_definition_has_is_not_forgotten():
    given = Secant.definition()
    more = {**given, "growth": sp.Symbol("F_i"), "other": sp.Symbol("nu") * sp.Symbol("F_i")}
    failures = failed(variant(Secant, definition=classmethod(lambda cls: more))(mu=1, L=3))
    assert failures["definition[secant]"] == "inequalities() must have 'growth', as definition() has"


def test_coefficients_that_hide_a_mistake_are_moved():
    def recursion(self):
        return pc.Recursion(state=(1 + self.theta**2, -(self.theta**2)), query=(1, 0), eta=self.eta)

    def definition():
        x, before, g, eta, theta = sp.symbols("x_k x_km1 g_k eta theta")
        return {"y": x, "x": x + theta * (x - before) - eta * g}

    changed = variant(Averaged, recursion=recursion, definition=classmethod(lambda cls: definition()))
    failures = failed(changed(eta=1, theta=0))
    assert failures["recursion"].startswith("at eta = 12/11, theta = 2/13: x_(k+1): the coefficient of x_k is 173/169")


def test_a_weaker_inequality_is_caught_by_sympy_alone():
    class Weak(Secant):
        __doc__ = Secant.__doc__

        def inequalities(self):
            gram = {("x_i", "g_i"): 1, ("x_i", "x_i"): -self.mu / 2}
            return {**super().inequalities(), "secant": pc.Inequality(points=1, gram=gram)}

    failures = failed(Weak(mu=1, L=3))
    assert list(failures) == ["definition[secant]"]
    assert failures["definition[secant]"] == "the coefficient of x_i x_i is -1/2, by the definition -1"


@pytest.mark.parametrize(
    ("changes", "check", "reason"),
    [
        ({"__doc__": "Functions."}, "documentation", "the docstring must have 'Statement'"),
        ({"source": "somebody"}, "documentation", "must name a year"),
        ({"title": " "}, "documentation", "title is missing"),
        ({"domain": lambda self: None}, "invalid_parameters", "{'mu': 0, 'L': 1} must be refused"),
        ({"invalid": classmethod(lambda cls: [])}, "invalid_parameters", "must list parameters"),
        ({"functions": lambda self: []}, "functions", "must not be empty"),
        ({"definition": classmethod(lambda cls: {})}, "definition[secant]", "definition() must have 'secant'"),
        ({"definition": pc.InequalityClass.definition}, "definition[secant]", "NotImplementedError"),
        (
            {"definition": classmethod(lambda cls: {"secant": g * x * sp.Symbol("nu"), "error_bound": x**3})},
            "definition[secant]",
            "the symbol nu must be",
        ),
        (
            {"definition": classmethod(lambda cls: {"secant": g * x, "error_bound": x**3})},
            "definition[error_bound]",
            "must be a value or a product of two vectors",
        ),
        (
            {"scaled": lambda self, factor: type(self)(mu=self.mu, L=factor * self.L)},
            "units[secant]",
            "not in units of f",
        ),
    ],
)
def test_what_a_class_may_get_wrong(changes, check, reason):
    assert reason in failed(variant(Secant, **changes)(mu=1, L=3))[check]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"gradient_x": lambda at, u: (2 * at[0],)}, "is not that of value"),
        ({"minimiser": lambda u: (Fraction(1),)}, "the gradient at the minimiser"),
        ({"constants": {"f_star": -1}}, "f_star=-1 must be the value 0"),
        ({"exact": False}, "expected an exact function"),
        ({"value": lambda at, u: -(at[0] ** 2) / 2, "gradient_x": lambda at, u: (-at[0],)}, "must be >= the minimum"),
        ({"value": lambda at, u: at[0] ** 2 / 2 - (at[0] > 4) * 100}, "at (Fraction(5, 1),) must be >= the minimum"),
        ({"value": lambda at, u: float(at[0]) ** 2 / 2}, "expected exact values, got 0.0"),
    ],
)
def test_what_a_function_may_get_wrong(changes, reason):
    function = replace(Secant(mu=1, L=3).functions()[0], **changes)
    changed = variant(Secant, functions=lambda self: [function])
    assert reason in failed(changed(mu=1, L=3))["functions"]


def test_a_function_outside_the_class_breaks_an_inequality():
    function = replace(Secant(mu=1, L=3).functions()[0], name="flat", gradient_x=lambda at, u: (at[0] / 2,))
    changed = variant(Secant, functions=lambda self: [function])(mu=1, L=3)
    assert "false: f = flat" in failed(changed)["holds[secant]"]


@pytest.mark.parametrize(
    ("changes", "check", "reason"),
    [
        ({"__doc__": "A method."}, "documentation", "the docstring must have 'Source:'"),
        ({"latex_recursion": lambda self: ""}, "documentation", "must not be empty"),
        ({"invalid": classmethod(lambda cls: [{"eta": 1}])}, "invalid_parameters", "{'eta': 1} must be refused"),
        (
            {"recursion": lambda self: pc.Recursion(state=(1, 0), query=(1, 0), eta=self.eta)},
            "recursion",
            "y_k: the coefficient of x_k is 1, by the definition 2/3",
        ),
        (
            {
                "recursion": lambda self: pc.Recursion(
                    state=(1, 0), query=(1 - self.theta, self.theta), eta=2 * self.eta
                )
            },
            "quadratic_run",
            "by the matrix",
        ),
        (
            {"definition": classmethod(lambda cls: {"x": sp.Symbol("x_k")})},
            "recursion",
            "expected the keys 'y' and 'x'",
        ),
        (
            {"definition": classmethod(lambda cls: {"y": sp.Symbol("x_k") ** 2, "x": sp.Symbol("x_k")})},
            "recursion",
            "must be linear",
        ),
    ],
)
def test_what_a_method_may_get_wrong(changes, check, reason):
    assert reason in failed(variant(Averaged, **changes)(eta="1/4", theta="1/3"))[check]


@pytest.mark.parametrize("method", [*METHODS, Averaged(eta="1/4", theta="1/3")], ids=lambda method: method.name)
def test_every_planted_error_in_a_recursion_is_caught(method):
    mutants = testing.method_mutants(method)
    assert len(mutants) >= 11
    for name, mutant in mutants:
        checks = [check for check in method_conformance.checks_of(mutant) if check.id in ("recursion", "quadratic_run")]
        with pytest.raises(testing.ConformanceError) as caught:
            run_checks(name, checks)
        assert {"recursion", "quadratic_run"} <= set(caught.value.failures), name


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"mu": 1, "L1": 2}, "must be refused"),
        ({"mu": 1, "L1": 2, "L2": 1}, "with InvalidInput, got TypeError"),
    ],
)
def test_refusals(given, reason):
    assert reason in refusal_defect(pc.SmoothStronglyConvex, given)


@pytest.mark.parametrize("message", ["mu=3 must\nbe <= 2", "mu must be <= 2", "3 must be <= 2", "mu=3 is bad"])
def test_messages_have_one_line_with_argument_value_and_bound(message):
    class Fussy:
        def __init__(self, mu):
            raise pc.InvalidInput(message)

    assert "one line with argument, value and bound" in refusal_defect(Fussy, {"mu": 3})


def test_checks_have_ids_and_unpack():
    check = testing.class_checks(pc.SmoothStronglyConvex)[0]
    name, run = check
    assert (name, check.__name__) == ("documentation", "documentation")
    run()
    assert isinstance(check, Check)


def test_wrong_use():
    with pytest.raises(pc.InvalidInput, match="Secant needs parameters"):
        testing.check_problem_class(Secant)
    with pytest.raises(pc.InvalidInput, match="has its parameters already"):
        testing.check_problem_class(PROBLEM, parameters={"mu": 1, "L1": 2})
    with pytest.raises(pc.InvalidInput, match="cls=3 must be a problem class: it has no inequalities"):
        testing.check_problem_class(3)
    with pytest.raises(pc.InvalidInput, match="m=3 must be a method"):
        testing.check_method(3)
    with pytest.raises(pc.InvalidInput, match="m=GradientDescent must be a method with its coefficients"):
        testing.check_method(pc.GradientDescent)


@pytest.mark.parametrize("problem", instances(pc.PartialStrongConvexity), ids=lambda problem: f"mu={problem.mu}")
def test_the_sampled_functions_of_the_partial_class_have_both_slopes_and_reach_their_bounds(problem):
    """Else a mutant could hide: some function attains G1, and one has curvature mu on a side and L1 on the other."""
    names = [member.name for member in members_of(under_test(problem))]
    assert any(f"c = {problem.mu} or {problem.L1}" in name for name in names)
    assert any(f"c = {problem.L1} or {problem.mu}" in name for name in names)


@pytest.mark.parametrize(
    "rows",
    [[[0, 1], [1, 0]], [[0, 1], [1, 5]], [[1, 2, 0], [2, 4, 1], [0, 1, 3]], [[2, 1], [1, "1/3"]], [[0, 0], [0, -1]]],
)
def test_a_negative_direction_is_one(rows):
    matrix = [[Fraction(entry) for entry in row] for row in rows]
    found = negative_direction(matrix)
    assert sum(a * b * matrix[k][n] for k, a in enumerate(found) for n, b in enumerate(found)) < 0


@pytest.mark.parametrize("rows", [[[0, 0], [0, 0]], [[1, 2], [2, 4]], [[2, -1, -1], [-1, 2, -1], [-1, -1, 2]]])
def test_a_semidefinite_matrix_has_none(rows):
    assert negative_direction([[Fraction(entry) for entry in row] for row in rows]) is None
