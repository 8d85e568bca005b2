"""The checks of a method, and planted errors in its recursion."""

from __future__ import annotations

import functools
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from proofcheck import encode
from proofcheck.errors import InvalidInput
from proofcheck.kernel import methods as kernel_methods
from proofcheck.testing.class_conformance import table_defects
from proofcheck.testing.conformance import (
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

ZERO, ONE = Fraction(0), Fraction(1)
Table = dict[str, dict[str, Fraction]]
INVALID: dict[str, list[dict[str, Any]]] = {
    "gradient_descent": [{"eta": 0}, {"eta": -1}],
    "heavy_ball": [{"eta": 0, "beta": 0}, {"eta": 1, "beta": 1}, {"eta": 1, "beta": "-1/2"}],
    "nesterov": [{"eta": 0, "beta": 0}, {"eta": 1, "beta": 1}, {"eta": 1, "beta": "-1/2"}],
    "triple_momentum": [
        {"eta": 0, "beta": 0, "gamma": 0},
        {"eta": 1, "beta": 1, "gamma": 0},
        {"eta": 1, "beta": 0, "gamma": 2},
        {"eta": 1, "beta": 0, "gamma": "-1/3"},
    ],
}
STEPS = 6
CURVATURES = (Fraction(1, 2), Fraction(3), Fraction(-2))


@dataclass(frozen=True)
class MethodUnderTest:
    """A method with numbers, and the recursion that is run.

    Attributes
    ----------
    method
        The instance.
    query
        (x_k, x_{k-1}) -> y_k.
    advance
        (x_k, x_{k-1}, y_k, g_k) -> x_{k+1}.
    definition
        Its textbook recursion at the same numbers, derived when first asked for.
    """

    method: Any
    query: Callable[[Any, Any], Any] = field(repr=False)
    advance: Callable[[Any, Any, Any, Any], Any] = field(repr=False)
    definition: Callable[[], Table] = field(repr=False)


def method_under_test(method: Any) -> MethodUnderTest:
    """The method as the kernel runs it.

    Examples
    --------
    >>> from proofcheck import GradientDescent
    >>> method_under_test(GradientDescent(eta=2)).advance(5, 5, 5, 1)
    Fraction(3, 1)
    """
    found = kernel_methods.read(method.document())
    return MethodUnderTest(method, found.query, found.advance, functools.cache(lambda: textbook(method)))


def check_method(m: Any, *, seed: int = 0) -> ConformanceReport:
    r"""Check a method: documentation, recursion, translations, fixed points, a run on quadratics, refusals.

    Statement: what the kernel runs is :math:`y_k = c_0 x_k + c_1 x_{k-1}`,
    :math:`x_{k+1} = a_0 x_k + a_1 x_{k-1} - \eta\nabla f(y_k)` with the coefficients of the textbook, in SymPy.

    Parameters
    ----------
    m : a method with its coefficients
        A shipped one or a third party's (`proofcheck.methods.LinearMethod`).
    seed : int, optional
        Of the positions at which the recursion is tried.

    Raises
    ------
    ConformanceError
        If a check fails; it lists every one that does, with its reason.
    InvalidInput
        If m is a class, or no method.

    Source: Lessard, Recht and Packard (2016), Section 2, for methods as linear systems.

    Tight: yes for the recursion (it is linear, and every coefficient is compared).

    Examples
    --------
    >>> from proofcheck import HeavyBall
    >>> check_method(HeavyBall(eta="1/4", beta="1/4")).passed[2:]
    ('recursion', 'translation_invariance', 'fixed_point', 'quadratic_run')
    """
    return run_checks(type(m).__name__, method_checks(m, seed=seed))


def method_checks(m: Any, *, seed: int = 0) -> list[Check]:
    """The same checks one by one, for ``@pytest.mark.parametrize("check", method_checks(MyMethod(eta=1)))``.

    Examples
    --------
    >>> from proofcheck import GradientDescent
    >>> [check.id for check in method_checks(GradientDescent(eta=1))][:2]
    ['documentation', 'invalid_parameters']
    """
    if isinstance(m, type):
        raise InvalidInput(f"m={m.__name__} must be a method with its coefficients, not a class")
    if not hasattr(m, "document"):
        raise InvalidInput(f"m={m!r} must be a method")
    others = [method_under_test(other) for other in nearby(m)]
    return checks_of(method_under_test(m), seed, others)


def checks_of(subject: MethodUnderTest, seed: int = 0, others: Sequence[MethodUnderTest] = ()) -> list[Check]:
    """The checks of a recursion that claims to be a method's; `others`: the same method with other numbers."""

    def recursions() -> None:
        check_recursion(subject, seed)
        for other in others:
            try:
                check_recursion(other, seed)
            except AssertionError as error:
                raise AssertionError(f"at {at_numbers(other.method)}: {error}") from None

    checks = {
        "documentation": lambda: check_documentation(subject.method),
        "invalid_parameters": lambda: check_refusals(subject.method),
        "recursion": recursions,
        "translation_invariance": lambda: check_translations(subject, seed),
        "fixed_point": lambda: check_fixed_point(subject, seed),
        "quadratic_run": lambda: check_run(subject),
    }
    return [Check(name, run) for name, run in checks.items()]


def textbook(method: Any) -> Table:
    """The recursion at the method's numbers, by SymPy."""
    numbers = {name: Fraction(value) for name, value in given_fields(method).items()}
    if hasattr(method, "definition"):
        return encode.definition_table(method.definition(), numbers)
    return encode.recursion_table(method.name, numbers)


def check_documentation(method: Any) -> None:
    """Name, title, source with a year, a docstring with the recursion and its source, and LaTeX."""
    found = documentation_defects(type(method), ("Source:",))
    if not method.latex_recursion().strip():
        found.append("latex_recursion() must not be empty")
    require(found)


def check_refusals(method: Any) -> None:
    """Every invalid set of coefficients, and every one with a float or a word in it, is refused as it should be."""
    cls = type(method)
    listed = INVALID.get(getattr(cls, "name", ""), []) if not hasattr(cls, "invalid") else cls.invalid()
    require(["invalid() must list coefficients that are refused"] if not listed else [])
    found = [refusal_defect(cls, given) for given in (*listed, *inexact(cls, given_fields(method)))]
    require([defect for defect in found if defect is not None])


def check_recursion(subject: MethodUnderTest, seed: int) -> None:
    """Every coefficient is that of the textbook, and the recursion is linear."""
    expected = subject.definition()
    y_names, x_names = ("x_k", "x_k-1"), ("x_k", "x_k-1", "g_k")
    query = {name: subject.query(*_unit(n, 2)) for n, name in enumerate(y_names)}
    step = {name: _advance(subject, *_unit(n, 3)) for n, name in enumerate(x_names)}
    require([f"y_k: {defect}" for defect in table_defects(_filled(query), expected["y"])])
    require([f"x_(k+1): {defect}" for defect in table_defects(_filled(step), expected["x"])])
    for x, before, g in _draws(seed, 3):
        values = dict(zip(x_names, (x, before, g), strict=True))
        y, after = subject.query(x, before), _advance(subject, x, before, g)
        for name, found in (("y", y), ("x", after)):
            wanted = sum((c * values[term] for term, c in expected[name].items()), ZERO)
            require([] if found == wanted else [f"{name}: {found} at {values}, by the textbook {wanted}"])


def check_translations(subject: MethodUnderTest, seed: int) -> None:
    """Moved positions give moved positions."""
    for x, before, g, t in _draws(seed, 4):
        moved = {
            "y_k": subject.query(x + t, before + t) - subject.query(x, before),
            "x_(k+1)": _advance(subject, x + t, before + t, g) - _advance(subject, x, before, g),
        }
        require([f"{name} moves by {by} where x_k and x_(k-1) move by {t}" for name, by in moved.items() if by != t])


def check_fixed_point(subject: MethodUnderTest, seed: int) -> None:
    """A method that rests at a minimiser stays there."""
    for (x,) in _draws(seed, 1):
        y, after = subject.query(x, x), _advance(subject, x, x, ZERO)
        require([] if (y, after) == (x, x) else [f"from rest at x = {x} with gradient 0: y = {y}, x_(k+1) = {after}"])


def check_run(subject: MethodUnderTest) -> None:
    """A run on c/2 (x - z)^2 is the power of the method's state-space matrix, exactly."""
    table, z = subject.definition(), Fraction(3, 7)
    for c in CURVATURES:
        x = before = Fraction(5)
        for _ in range(STEPS):
            y = subject.query(x, before)
            x, before = subject.advance(x, before, y, c * (y - z)), x
        row = [
            table["x"].get(n, ZERO) + c * table["x"].get("g_k", ZERO) * table["y"].get(n, ZERO)
            for n in ("x_k", "x_k-1")
        ]
        power = [[ONE, ZERO], [ZERO, ONE]]
        for _ in range(STEPS):
            power = [[row[0] * a + row[1] * b for a, b in zip(*power, strict=True)], power[0]]
        wanted = [z + sum(entries) * (Fraction(5) - z) for entries in power]
        found = [x, before]
        message = f"{STEPS} steps on c/2 (x - {z})^2 with c = {c} from 5: {found[0]}, by the matrix {wanted[0]}"
        require([] if found == wanted else [message])


def method_mutants(m: Any) -> list[tuple[str, MethodUnderTest]]:
    """Every planted error in a method's recursion: a sign, a factor 2, a swapped index, a missing term.

    Examples
    --------
    >>> from proofcheck import GradientDescent
    >>> [name for name, _ in method_mutants(GradientDescent(eta=1))][:2]
    ['y: sign at x_k', 'y: factor 2 at x_k']
    """
    table = textbook(m)
    return [
        (f"{key}: {kind} at {term}", _runs(m, {**table, key: changed}, table))
        for key in ("y", "x")
        for term, c in table[key].items()
        for kind, changed in _changes(table[key], term, c)
        if _filled(changed) != table[key]
    ]


def _changes(table: dict[str, Fraction], term: str, c: Fraction) -> Iterator[tuple[str, dict[str, Fraction]]]:
    yield "sign", {**table, term: -c}
    yield "factor 2", {**table, term: 2 * c}
    other = {"x_k": "x_k-1", "x_k-1": "x_k"}.get(term)
    if other is not None:
        yield "swapped index", {**table, term: ZERO, other: table.get(other, ZERO) + c}
    yield "missing term", {**table, term: ZERO}


def _runs(method: Any, table: Table, right: Table) -> MethodUnderTest:
    y, x = table["y"], table["x"]

    def query(position: Any, before: Any) -> Any:
        return y.get("x_k", ZERO) * position + y.get("x_k-1", ZERO) * before

    def advance(position: Any, before: Any, at: Any, gradient: Any) -> Any:
        return x.get("x_k", ZERO) * position + x.get("x_k-1", ZERO) * before + x.get("g_k", ZERO) * gradient

    return MethodUnderTest(method, query, advance, lambda: right)


def _advance(subject: MethodUnderTest, x: Any, before: Any, gradient: Any) -> Any:
    return subject.advance(x, before, subject.query(x, before), gradient)


def _unit(index: int, size: int) -> list[Fraction]:
    return [Fraction(int(n == index)) for n in range(size)]


def _filled(table: dict[str, Fraction]) -> dict[str, Fraction]:
    return {name: c for name, c in table.items() if c}


def _draws(seed: int, size: int) -> Iterator[tuple[Fraction, ...]]:
    rng = random.Random(seed)
    for _ in range(8):
        yield tuple(Fraction(rng.randint(-20, 20), rng.randint(1, 7)) for _ in range(size))
