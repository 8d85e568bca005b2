"""Hypothesis strategies for problem classes and methods: parameters that fit together, and such that do not."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import Any

from hypothesis import strategies as st

from proofcheck import classes
from proofcheck import methods as known_methods
from proofcheck.classes import PartialStrongConvexity, ProblemClass, SmoothStronglyConvex
from proofcheck.errors import ProofcheckError
from proofcheck.methods import GradientDescent, HeavyBall, Method, NesterovMomentum, TripleMomentum
from proofcheck.testing.strategies_options import (
    NO_NUMBERS,
    POSITIVE,
    UNIT,
    InvalidOption,
    at_least,
    chosen,
    number,
    rationals,
    spoiled,
)

Refused = tuple[type[Any], dict[str, Any]]


def problem_classes(
    *, names: Iterable[str] | None = None, max_condition_number: Any = 100, max_tau: Any = 2
) -> st.SearchStrategy[ProblemClass]:
    """Problem classes with parameters in their domain; they shrink to mu = L1 = 1 without coupling.

    Parameters
    ----------
    names : names of classes, optional
        By default all of `proofcheck.classes.REGISTRY`.
    max_condition_number : exact number
        Of kappa = L1/mu, at least 1.
    max_tau : exact number
        On the partial class, of tau = L2 G1^2/mu; at least 0. Where G2 is drawn, every function of constants mu, L1,
        L2, G1 has it: G2 = G1 max(L1, L2).

    Raises
    ------
    InvalidOption

    Examples
    --------
    >>> from hypothesis import given
    >>> @given(problem_classes(max_condition_number=9))
    ... def test_momentum(problem):
    ...     assert problem.kappa <= 9
    >>> problem_classes(max_tau=-1)
    Traceback (most recent call last):
    ...
    proofcheck.testing.strategies_options.InvalidOption: expected max_tau >= 0 but got max_tau=-1
    """
    kappa = at_least(number(max_condition_number, "max_condition_number"), Fraction(1), "max_condition_number")
    tau = at_least(number(max_tau, "max_tau"), Fraction(0), "max_tau")
    kinds = st.sampled_from(chosen(names, classes.REGISTRY, "names"))
    return _problem_classes(
        kinds, rationals(min_value=1, max_value=kappa, max_denominator=4), rationals(min_value=0, max_value=tau)
    )


@st.composite
def _problem_classes(
    draw: st.DrawFn,
    names: st.SearchStrategy[str],
    kappas: st.SearchStrategy[Fraction],
    taus: st.SearchStrategy[Fraction],
) -> ProblemClass:
    name, mu, kappa = draw(names), draw(POSITIVE), draw(kappas)
    if name == SmoothStronglyConvex.name:
        return SmoothStronglyConvex(mu=mu, L1=kappa * mu)
    tau, size = draw(taus), draw(POSITIVE)
    L1, L2, G1 = kappa * mu, tau * mu / size**2 or size, size if tau else Fraction(0)
    G2 = G1 * max(L1, L2) if draw(st.booleans()) else None
    return PartialStrongConvexity(mu=mu, L1=L1, L2=L2, G1=G1, G2=G2)


def invalid_problem_classes(*, names: Iterable[str] | None = None) -> st.SearchStrategy[Refused]:
    """Pairs (class, keyword arguments) that the class must refuse, with one parameter wrong.

    Parameters
    ----------
    names : names of classes, optional

    Raises
    ------
    InvalidOption

    Examples
    --------
    >>> import pytest
    >>> from hypothesis import given
    >>> @given(invalid_problem_classes(names=["smooth_strongly_convex"]))
    ... def test_refused(pair):
    ...     cls, fields = pair
    ...     with pytest.raises(ProofcheckError):
    ...         cls(**fields)
    """
    return _invalid_classes(st.sampled_from(chosen(names, classes.REGISTRY, "names")))


@st.composite
def _invalid_classes(draw: st.DrawFn, names: st.SearchStrategy[str]) -> Refused:
    name = draw(names)
    problem = draw(problem_classes(names=name, max_tau=2))
    fields: dict[str, Any] = {key: value for key, value in vars(problem).items() if value is not None}
    excess, low = draw(POSITIVE), draw(_NOT_POSITIVE)
    ways: list[tuple[str, Any]] = [
        ("mu", low),
        ("mu", problem.constant("L1") + excess),
        ("L1", low),
        ("L1", problem.constant("mu") * (1 - excess / 8)),
    ]
    ways.append((draw(st.sampled_from(sorted(fields))), draw(st.sampled_from(NO_NUMBERS))))
    if isinstance(problem, PartialStrongConvexity):
        ways += [("L2", low), ("G1", -excess), ("G2", -excess)]
        if problem.G1:
            # the square must be below mu L2 G1^2 = tau mu^2
            ways.append(("G2", problem.constant("mu") * min(problem.tau, Fraction(1)) * Fraction(7, 8)))
    key, wrong = draw(st.sampled_from(ways))
    if key == "G2" and wrong is None:  # that is no wrong value of an optional parameter
        wrong = "none"
    return type(problem), spoiled(fields, key, wrong)


_NOT_POSITIVE = rationals(min_value=-4, max_value=0, max_denominator=4)


def methods(problem: ProblemClass | None = None, *, names: Iterable[str] | None = None) -> st.SearchStrategy[Method]:
    """First-order methods with exact coefficients; they shrink to gradient descent with eta = 1/L1, or eta = 1.

    Parameters
    ----------
    problem : ProblemClass, optional
        With a problem class eta is c/L1 with c in [1/4, 7/4], or the method has one of its named tunings where these
        are rational; else eta is in [1/4, 4].
    names : names of methods, optional
        By default all of `proofcheck.methods.REGISTRY`.

    Raises
    ------
    InvalidOption

    Examples
    --------
    >>> from hypothesis import given
    >>> @given(methods(SmoothStronglyConvex(mu=1, L1=4), names=["nesterov"]))
    ... def test_momentum(method):
    ...     assert 0 <= method.beta < 1
    >>> methods(names=["newton"])  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ...
    proofcheck.testing.strategies_options.InvalidOption: expected names among gradient_descent, ...='newton'
    """
    if problem is not None and not isinstance(problem, ProblemClass):
        raise InvalidOption(f"expected a ProblemClass but got problem={problem!r}")
    found = chosen(names, known_methods.REGISTRY, "names")
    tuned = [] if problem is None else [method for name in found for method in tunings(problem, name)]
    free = _methods(
        st.sampled_from(found), Fraction(1) if problem is None else 1 / problem.constant("L1"), problem is None
    )
    return free if not tuned else st.one_of(free, st.sampled_from(tuned))


def tunings(problem: ProblemClass, name: str) -> list[Method]:
    """The named tunings of a method that are rational for this class."""
    found = []
    for tuning in known_methods.REGISTRY[name].tunings.values():
        try:
            found.append(tuning(problem))
        except ProofcheckError:  # sqrt(kappa) is irrational
            continue
    return found


_FACTORS = rationals(min_value="1/4", max_value="7/4", max_denominator=4)
_GAMMAS = rationals(min_value=0, max_value=1)


@st.composite
def _methods(draw: st.DrawFn, names: st.SearchStrategy[str], unit: Fraction, free: bool) -> Method:
    name, eta = draw(names), unit * draw(POSITIVE if free else _FACTORS)
    if name == GradientDescent.name:
        return GradientDescent(eta)
    beta = draw(UNIT)
    if name == TripleMomentum.name:
        return TripleMomentum(eta, beta, draw(_GAMMAS))
    return (NesterovMomentum if name == NesterovMomentum.name else HeavyBall)(eta, beta)


def invalid_methods(*, names: Iterable[str] | None = None) -> st.SearchStrategy[Refused]:
    """Pairs (method, keyword arguments) that the method must refuse, with one coefficient wrong.

    Parameters
    ----------
    names : names of methods, optional

    Raises
    ------
    InvalidOption

    Examples
    --------
    >>> from hypothesis import given
    >>> @given(invalid_methods(names=["gradient_descent"]))
    ... def test_refused(pair):
    ...     cls, fields = pair
    ...     assert set(fields) == {"eta"}
    """
    return _invalid_methods(chosen(names, known_methods.REGISTRY, "names"))


@st.composite
def _invalid_methods(draw: st.DrawFn, names: tuple[str, ...]) -> Refused:
    method = draw(methods(names=names))
    fields, excess = dict(vars(method)), draw(POSITIVE)
    ways: list[tuple[str, Any]] = [("eta", draw(_NOT_POSITIVE))]
    if "beta" in fields:
        ways += [("beta", Fraction(1)), ("beta", 1 + excess), ("beta", -excess)]
    if "gamma" in fields:
        ways += [("gamma", 1 + excess), ("gamma", -excess)]
    ways.append((draw(st.sampled_from(sorted(fields))), draw(st.sampled_from(NO_NUMBERS))))
    return type(method), spoiled(fields, *draw(st.sampled_from(ways)))


__all__ = [
    "InvalidOption",
    "invalid_methods",
    "invalid_problem_classes",
    "methods",
    "problem_classes",
    "rationals",
    "tunings",
]
