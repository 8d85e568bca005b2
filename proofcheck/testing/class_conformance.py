"""The checks of a problem class."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

from proofcheck import encode
from proofcheck.errors import InvalidInput, NotSupported
from proofcheck.numbers import exact
from proofcheck.testing.classes_under_test import ClassUnderTest, Statement, form_of, instances, table_of, under_test
from proofcheck.testing.conformance import (
    BROKEN,
    YEAR,
    Check,
    ConformanceReport,
    at_numbers,
    documentation_defects,
    given_fields,
    inexact,
    nearby,
    refusal_defect,
    require,
    run_checks,
)
from proofcheck.testing.function import Function
from proofcheck.testing.members import UNKNOWN, State, minimiser_of
from proofcheck.testing.witness import LINE, Pair, Samples

INVALID: dict[str, list[dict[str, Any]]] = {
    "smooth_strongly_convex": [{"mu": 0, "L1": 1}, {"mu": -1, "L1": 1}, {"mu": 3, "L1": 2}],
    "partial_strong_convexity": [
        {"mu": 0, "L1": 1},
        {"mu": 3, "L1": 2},
        {"mu": 1, "L1": 2, "L2": 0},
        {"mu": 1, "L1": 2, "L2": -1},
        {"mu": 1, "L1": 2, "G1": -1},
        {"mu": 1, "L1": 2, "L2": 4, "G1": 1, "G2": 1},
        {"mu": 1, "L1": 2, "L2": 4, "G1": 1, "G2": -3},
    ],
}
UNIT = Fraction(4)
"""By how much f is multiplied in the check of units: a square, so that square roots stay rational."""


def check_problem_class(cls: Any, *, parameters: Mapping[str, Any] | None = None, seed: int = 0) -> ConformanceReport:
    r"""Check a problem class: documentation, inequalities on true functions, definition, units, refusals.

    Statement: no inequality :math:`\sum_p c_p F_p + \sum_{ab} c_{ab}\langle a, b\rangle \ge 0` of the class is
    broken by the sampled true functions, in exact numbers, and its coefficients are those of its definition in SymPy.

    Parameters
    ----------
    cls : a problem class, or an instance of one
        A shipped one or a third party's (`proofcheck.classes.InequalityClass`).
    parameters : mapping, optional
        Of a class that is not shipped, if it is not an instance.
    seed : int, optional
        Of the few positions that are random.

    Raises
    ------
    ConformanceError
        If a check fails; it lists every one that does, with its reason.
    InvalidInput
        If a class needs parameters, or refuses those given.

    Source: Taylor, Hendrickx and Glineur (2017), Section 2, for what a class's inequalities are.

    Tight: sufficient only (what passes is OBSERVED; what fails is refuted).

    Examples
    --------
    >>> from proofcheck import SmoothStronglyConvex
    >>> report = check_problem_class(SmoothStronglyConvex, parameters={"mu": 1, "L1": 3})
    >>> "holds[interpolation]" in report.passed
    True
    """
    subjects = _subjects(cls, parameters)
    return run_checks(_name(subjects), checks_of(subjects, seed))


def class_checks(cls: Any, *, parameters: Mapping[str, Any] | None = None, seed: int = 0) -> list[Check]:
    """The same checks one by one, for ``@pytest.mark.parametrize("check", class_checks(MyClass(mu=1)))``.

    Examples
    --------
    >>> from proofcheck import SmoothStronglyConvex
    >>> [check.id for check in class_checks(SmoothStronglyConvex)][:3]
    ['documentation', 'invalid_parameters', 'inhabited']
    """
    return checks_of(_subjects(cls, parameters), seed)


def _subjects(cls: Any, parameters: Mapping[str, Any] | None) -> list[ClassUnderTest]:
    """The class where it is tested; a third party's also at other numbers nearby."""
    found = [under_test(problem) for problem in instances(cls, parameters)]
    if found[0].shipped:
        return found
    return [*found, *(under_test(other) for other in nearby(found[0].problem) if _has_functions(other))]


def _has_functions(problem: Any) -> bool:
    """Whether the functions of a third party exist at these numbers; some ask for squares, say."""
    try:
        problem.functions()
    except (InvalidInput, NotSupported):
        return False
    except BROKEN:
        pass  # a mistake, which the checks report
    return True


def _name(subjects: list[ClassUnderTest]) -> str:
    return type(subjects[0].problem).__name__


def checks_of(subjects: list[ClassUnderTest], seed: int = 0) -> list[Check]:
    """The checks of a class at several parameters; the samples are drawn when a check first asks for them."""
    samples = functools.cache(lambda n: Samples(subjects[n], seed))
    first = subjects[0]

    def every(check: Callable[[Samples, Statement], None], name: str) -> None:
        for n, subject in enumerate(subjects):
            if name in subject.statements:
                try:
                    check(samples(n), subject.statements[name])
                except AssertionError as error:
                    raise AssertionError(f"at {at_numbers(subject.problem)}: {error}" if n else str(error)) from None

    def inhabited() -> None:
        for n in range(len(subjects)):
            check_inhabited(samples(n))

    checks = [
        Check("documentation", lambda: check_documentation(first)),
        Check("invalid_parameters", lambda: check_refusals(first.problem)),
        Check("inhabited", inhabited),
    ]
    if not first.shipped:
        checks.append(Check("functions", lambda: check_functions(first.problem.functions())))
    kinds = {"holds": check_holds, "definition": check_definition}
    if first.shipped or hasattr(first.problem, "scaled"):
        kinds["units"] = check_units
    for name in dict.fromkeys(name for subject in subjects for name in subject.statements):
        checks += [Check(f"{kind}[{name}]", functools.partial(every, check, name)) for kind, check in kinds.items()]
    return checks


def check_documentation(subject: ClassUnderTest) -> None:
    """Name, title, source with a year, a docstring with the statement; and a source and LaTeX for each inequality."""
    cls = type(subject.problem)
    found = documentation_defects(cls, ("Statement", "Source:", "Tight:"))
    if not any("$" in line for line in subject.problem.latex_assumptions()):
        found.append("latex_assumptions() must have a formula in LaTeX")
    if not subject.shipped:
        for name, statement in subject.statements.items():
            if not YEAR.search(statement.source or str(getattr(cls, "source", ""))):
                found.append(f"inequality {name}: source={statement.source!r} must name a year")
    require(found)


def check_refusals(problem: Any) -> None:
    """Every invalid set of parameters, and every one with a float or a word in it, is refused as it should be."""
    cls, valid = type(problem), given_fields(problem)
    listed = INVALID.get(getattr(cls, "name", ""), []) if not hasattr(cls, "invalid") else cls.invalid()
    require(["invalid() must list parameters that are refused"] if not listed else [])
    found = [refusal_defect(cls, given) for given in (*listed, *inexact(cls, valid))]
    require([defect for defect in found if defect is not None])


def check_inhabited(samples: Samples) -> None:
    """There are true functions, and the class's own quadratic satisfies every inequality, which is decided exactly."""
    if not samples.subject.shipped:
        member = exact(samples.subject.problem.member, "member")
        require([] if member >= 0 else [f"member={member} must be >= 0"])
    found = []
    for statement in samples.subject.statements.values():
        witness = samples.quadratic_violation(statement)
        found += [] if witness is None else [f"{statement.name} is broken by {witness}"]
    require(found)


def check_functions(functions: list[Function]) -> None:
    """The functions of a third party are exact, with a gradient that is theirs and a minimiser that is one."""
    require([] if functions else ["functions() must not be empty"])
    for f in functions:
        require([defect for defect in _function_defects(f) if defect])


def _function_defects(f: Function) -> list[str]:
    if not f.exact or f.gradient_x is None or f.dimensions[1]:
        return [f"{f.name}: expected an exact function of x alone with a gradient"]
    centre = minimiser_of(f)
    lowest, found = f.value(centre, ()), []
    if any(f.gradient_x(centre, ())):
        found.append(f"{f.name}: the gradient at the minimiser {centre} must be 0")
    if f.constants.get("f_star", lowest) != lowest:
        found.append(f"{f.name}: f_star={f.constants['f_star']} must be the value {lowest} at the minimiser")
    if not isinstance(lowest, (int, Fraction)):
        found.append(f"{f.name}: expected exact values, got {lowest!r} at the minimiser")
    for a in (*LINE, *(Fraction(n, 4) for n in UNKNOWN)):  # where it is sampled
        x = tuple(c + a / (1 if k == 0 else 2) for k, c in enumerate(centre))
        if f.value(x, ()) < lowest:
            found.append(f"{f.name}: value {f.value(x, ())} at {x} must be >= the minimum {lowest}")
    step = Fraction(1, 2**20)
    for k in range(f.dimensions[0]):
        for n in (-7, -2, 1, 5):
            x = tuple(c + Fraction(n + m, 3) for m, c in enumerate(centre))
            up, down = (tuple(a + s * step * (m == k) for m, a in enumerate(x)) for s in (1, -1))
            slope = f.gradient_x(x, ())[k]
            if abs((f.value(up, ()) - f.value(down, ())) / (2 * step) - slope) > (1 + abs(slope)) / 2**10:
                found.append(f"{f.name}: gradient_x at {x} is not that of value")
    return found


def check_holds(samples: Samples, statement: Statement) -> None:
    """No true function breaks the inequality; every value is exact."""
    witness = samples.exact_violation(statement)
    require([] if witness is None else [f"false: {witness}"])


def check_definition(samples: Samples, statement: Statement) -> None:
    """The form is the one that SymPy derives from the definition, coefficient by coefficient."""
    subject = samples.subject
    if subject.shipped:
        expected = encode.inequality_table(subject.problem.name, statement.name, subject.parameters)
    else:
        definition = subject.problem.definition()
        require([] if statement.name in definition else [f"definition() must have {statement.name!r}"])
        require([f"inequalities() must have {name!r}, as definition() has" for name in _forgotten(subject, definition)])
        expected = encode.coefficient_table(definition[statement.name], subject.parameters)
    require(table_defects(table_of(statement.form), table_of(form_of(expected))))


def _forgotten(subject: ClassUnderTest, definition: Mapping[str, Any]) -> list[str]:
    """What the definition has and the class has not, but for what needs a parameter that was not given."""
    found = []
    for name in sorted({*definition} - {*subject.statements}):
        try:
            encode.coefficient_table(definition[name], subject.parameters)
        except InvalidInput:
            continue
        found.append(name)
    return found


def table_defects(found: Mapping[Any, Fraction], expected: Mapping[Any, Fraction]) -> list[str]:
    """Every coefficient that is not the expected one."""
    defects = []
    for term in sorted({*found, *expected}, key=str):
        a, b = found.get(term, 0), expected.get(term, 0)
        if a != b:
            shown = " ".join(term) if isinstance(term, tuple) else term
            defects.append(f"the coefficient of {shown} is {a}, by the definition {b}")
    return defects


def check_units(samples: Samples, statement: Statement) -> None:
    """The inequality of s f in the class of s f is the same one, up to one positive factor: its units are right."""
    scaled = under_test(_scaled(samples.subject)).statements[statement.name]
    ratio = None
    for pair in samples.pairs(statement.about)[::7]:
        if not pair.known(statement.form):
            continue
        before = pair.value(statement.form)
        after = Pair(pair.function, _times(pair.i), _times(pair.j)).value(scaled.form)
        if ratio is None and before:
            ratio = after / before
        if (before and (ratio is None or ratio <= 0)) or after != (ratio or 0) * before:
            require([f"not in units of f: {before} becomes {after} where f is multiplied by {UNIT}"])


def _times(state: State) -> State:
    """A point of `UNIT` f; u is in units of G1 sqrt(2 L2), and L2 is multiplied, too."""
    root = Fraction(2)
    u, w = tuple(a / root for a in state.u), tuple(root * a for a in state.w)
    g = tuple(UNIT * a for a in state.g)
    return State(state.x, u, UNIT * state.F, None if state.R is None else root * state.R, g, w, state.z)


def _scaled(subject: ClassUnderTest) -> Any:
    """The class of `UNIT` f."""
    if not subject.shipped:
        return subject.problem.scaled(UNIT)
    given = {name: UNIT * c if name != "G1" else c for name, c in subject.parameters.items()}
    return type(subject.problem)(**given)
