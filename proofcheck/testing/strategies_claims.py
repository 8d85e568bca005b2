"""Hypothesis strategies for claims: well-formed documents, whether or not they are true."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import Any

from hypothesis import strategies as st

from proofcheck import classes
from proofcheck import methods as known_methods
from proofcheck.classes import PartialStrongConvexity, ProblemClass
from proofcheck.documents import Document, claim_document, family_document, linear_rate, worst_case
from proofcheck.families import ClassFamily, MethodFamily, Q
from proofcheck.families import document as function_document
from proofcheck.kernel import claim as kernel_claim
from proofcheck.kernel.statements.metrics import INITIAL, METRICS
from proofcheck.methods import Method
from proofcheck.testing.strategies import methods, problem_classes
from proofcheck.testing.strategies_options import (
    POSITIVE,
    UNIT,
    InvalidOption,
    at_least,
    chosen,
    rationals,
)

KINDS = ("worst_case", "linear_rate", "rate_lower_bound")
FORMATS = (kernel_claim.FORMAT, kernel_claim.FAMILY)
OF_FORMAT = {
    kernel_claim.FORMAT: ("worst_case", "linear_rate"),
    kernel_claim.FAMILY: ("linear_rate", "rate_lower_bound"),
}
GAP = "objective_gap"


def claims(
    *,
    names: Iterable[str] | None = None,
    method_names: Iterable[str] | None = None,
    kinds: Iterable[str] | None = None,
    formats: Iterable[str] | None = None,
    max_steps: int = 6,
) -> st.SearchStrategy[Document]:
    """Claims about a class, a method and a statement that the kernel reads; most of them are false.

    They shrink to 0 steps of gradient descent on the class with mu = L1 = 1.

    Parameters
    ----------
    names : names of classes, optional
    method_names : names of methods, optional
    kinds : optional
        Of worst_case (format 1 only), linear_rate, rate_lower_bound (format 2 only).
    formats : optional
        "proofcheck-claim/1" for numbers, "proofcheck-claim/2" for every q in (0, 1].
    max_steps : int
        Of statements of kind worst_case, at least 0.

    Raises
    ------
    InvalidOption

    Examples
    --------
    >>> from hypothesis import given
    >>> from proofcheck.documents import parse
    >>> @given(claims(kinds=["worst_case"], max_steps=3))
    ... def test_reading(claim):
    ...     assert parse(claim).statement.steps <= 3
    >>> claims(kinds=["worst_case"], formats=["proofcheck-claim/2"])  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ...
    proofcheck.testing.strategies_options.InvalidOption: expected kinds that occur in formats=... but got ...
    """
    classes_found = chosen(names, classes.REGISTRY, "names")
    methods_found = chosen(method_names, known_methods.REGISTRY, "method_names")
    wanted, forms = chosen(kinds, KINDS, "kinds"), chosen(formats, FORMATS, "formats")
    pairs = [(form, kind) for form in forms for kind in OF_FORMAT[form] if kind in wanted]
    if not pairs:
        raise InvalidOption(f"expected kinds that occur in formats={forms} but got kinds={wanted}")
    return _claims(pairs, classes_found, methods_found, at_least(max_steps, 0, "max_steps"))


@st.composite
def _claims(
    draw: st.DrawFn,
    pairs: list[tuple[str, str]],
    names: tuple[str, ...],
    method_names: tuple[str, ...],
    max_steps: int,
) -> Document:
    form, kind = draw(st.sampled_from(pairs))
    if form == kernel_claim.FAMILY:
        return draw(_families(kind, names, method_names))
    problem = draw(problem_classes(names=names))
    return draw(_statements(kind, problem, draw(methods(problem, names=method_names)), max_steps))


@st.composite
def _statements(draw: st.DrawFn, kind: str, problem: ProblemClass, method: Method, max_steps: int) -> Document:
    metric, initial = draw(_measures(problem.partial))
    if kind == "worst_case":
        statement = worst_case(metric, initial, draw(st.integers(0, max_steps)), draw(_BOUNDS))
    else:
        statement = linear_rate(metric, initial, draw(UNIT), draw(_CONSTANTS))
    return claim_document(problem, method, statement)


_BOUNDS = rationals(min_value=0, max_value=4)
_CONSTANTS = st.one_of(POSITIVE, st.just("some"))
_PLAIN = st.tuples(st.sampled_from(sorted(METRICS)), st.sampled_from(sorted(INITIAL)))


def _measures(partial: bool) -> st.SearchStrategy[tuple[str, str]]:
    return st.just((GAP, GAP)) if partial else _PLAIN


_THETAS = rationals(min_value=0, max_value=1, max_denominator=4)
_TAUS = rationals(min_value=0, max_value=1, max_denominator=4)
_RADII = st.tuples(POSITIVE, POSITIVE, POSITIVE, POSITIVE, POSITIVE, POSITIVE)
_NEAR = st.sampled_from((0, 2, 3))
_FORMULAS = [(name, tuning) for name, cls in known_methods.REGISTRY.items() for tuning in cls.formulas]


@st.composite
def _families(draw: st.DrawFn, kind: str, names: tuple[str, ...], method_names: tuple[str, ...]) -> Document:
    name, theta = draw(st.sampled_from(names)), draw(_THETAS)
    partial = classes.REGISTRY[name].partial
    method = MethodFamily.tuned(*draw(st.sampled_from([pair for pair in _FORMULAS if pair[0] in method_names])))
    metric, initial = draw(_measures(partial))
    rate = 1 - theta * Q if theta else 1 - Q**2  # below 1 on (0, 1]
    statement: Document = {"kind": kind, "metric": metric, "initial": initial, "rate": function_document(rate)}
    # drawn whether needed or not: with fewer choices a claim about every q would be the simplest of all
    constant, radii, near = draw(_CONSTANTS), draw(_RADII), draw(_NEAR)
    balls = None
    if kind == "linear_rate":
        statement["constant"] = constant if constant == "some" else [str(constant)]
        if partial and near:
            balls = dict(zip(("x", "u", "start")[:near], radii, strict=False))
    family = ClassFamily(name, draw(_TAUS), balls) if partial else ClassFamily(name)
    return family_document(family, method, statement)


@st.composite
def false_claims(draw: st.DrawFn) -> tuple[Document, Fraction, Fraction]:
    """Claims of format 1 that a curvature and a slope refute: (claim, curvature, slope) for rule growth.

    The method acts on effective curvature c as s_{k+1} = a s_k + b s_{k-1}. The rate is drawn below |b|, or below a^2
    if b = 0: then a root of z^2 - a z - b has |z|^2 above it (the roots' product is -b).
    """
    problem = draw(problem_classes(max_condition_number=16))
    method = draw(methods(problem))
    curvature = problem.constant("mu") + draw(_THETAS) * (problem.constant("L1") - problem.constant("mu"))
    slope, effective = Fraction(0), curvature
    if isinstance(problem, PartialStrongConvexity) and problem.G2 is None:
        slope = draw(st.sampled_from((Fraction(0), Fraction(1), Fraction(-1, 2), Fraction(-9, 10))))
        effective += slope * problem.L2 * problem.G1**2
    a, b = recursion(method, effective)
    if not a and not b:  # one step is enough, so take another step size
        method = known_methods.GradientDescent(method.eta * Fraction(3, 4))
        a, b = recursion(method, effective)
    top = min(Fraction(1), abs(b) or a * a)
    metric, initial = draw(_measures(problem.partial))
    statement = linear_rate(metric, initial, top * draw(UNIT), draw(_CONSTANTS))
    return claim_document(problem, method, statement), curvature, slope


def recursion(method: Method, curvature: Fraction) -> tuple[Fraction, Fraction]:
    """(a, b) with x_{k+1} = a x_k + b x_{k-1} on the quadratic of this curvature, from the textbook.

    Examples
    --------
    >>> recursion(known_methods.GradientDescent(1), Fraction(1, 4))
    (Fraction(3, 4), Fraction(0, 1))
    """
    fields: dict[str, Any] = vars(method)
    beta, pull = fields.get("beta", Fraction(0)), method.eta * curvature
    ahead = {"nesterov": beta, "triple_momentum": fields.get("gamma")}.get(method.name, Fraction(0))
    return 1 + beta - pull * (1 + ahead), pull * ahead - beta


__all__ = ["FORMATS", "KINDS", "claims", "false_claims", "recursion"]
