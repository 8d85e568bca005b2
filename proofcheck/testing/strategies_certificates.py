"""Hypothesis strategies for certificates that the kernel accepts, from closed forms and not by a search."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fractions import Fraction

from hypothesis import strategies as st

from proofcheck.classes import PartialStrongConvexity, ProblemClass, SmoothStronglyConvex
from proofcheck.discover.refutation import build
from proofcheck.documents import Document, certificate_document, claim_document, linear_rate, parse, worst_case
from proofcheck.numbers import significant
from proofcheck.testing import exact_proofs
from proofcheck.testing.exact_proofs import GAP, GRADIENT, Pair, contraction, measures
from proofcheck.testing.strategies import methods, problem_classes
from proofcheck.testing.strategies_claims import false_claims
from proofcheck.testing.strategies_options import chosen, rationals

WORDS = ("PROVED", "REFUTED")
_SHARES = rationals(min_value="1/4", max_value="7/4", max_denominator=4)
_SLACKS = st.sampled_from([Fraction(slack) for slack in ("0", "1", "1/2", "1/10")])
_STEPS = st.integers(0, 3)
_PARTS = st.sampled_from([Fraction(part) for part in ("1", "1/2", "1/4", "3/4", "1/3")])
_ROOTS = st.sampled_from([Fraction(root) for root in ("1", "2", "3", "3/2", "5", "10")])


def certificates(*, words: Iterable[str] | None = None, rules: Iterable[str] | None = None) -> st.SearchStrategy[Pair]:
    """Pairs (claim, certificate) of documents that the kernel accepts.

    PROVED: bounds after N steps and rates of gradient descent, in distance, value and gradient norm on the smooth
    strongly convex class, in value on the partial class (at the exact rate, or a little above it); Nesterov's
    momentum; gradient descent, momentum and lower bounds for every q. REFUTED: rates by growth, bounds and rates by
    quadratics and staircases, rates for every q. They shrink to few steps and small numbers.

    Parameters
    ----------
    words : optional
        Of PROVED and REFUTED: what the kernel will say.
    rules : optional
        The kernel's rules that are used, of worst_case, lyapunov, slow_family, instance, growth, specialise.

    Raises
    ------
    InvalidOption

    Examples
    --------
    >>> from hypothesis import given
    >>> from proofcheck.documents import verdict
    >>> @given(certificates(words=["REFUTED"]))
    ... def test_refuted(pair):
    ...     assert verdict(*pair).word == "REFUTED"
    """
    said = chosen(words, WORDS, "words")
    used = chosen(rules, ("worst_case", "lyapunov", "slow_family", "instance", "growth", "specialise"), "rules")
    found = [strategy() for word, rule, strategy in _SOURCES if word in said and rule in used]
    if not found:
        chosen(used, [rule for word, rule, _ in _SOURCES if word in said], "rules")  # says which do not fit
    return st.one_of(found)


@st.composite
def descents(draw: st.DrawFn) -> tuple[ProblemClass, Fraction, str, str]:
    """A class with mu < L1, eta = c/L1 with 1/4 <= c <= 7/4, metric and initial condition, with a closed form."""
    problem = draw(problem_classes(max_condition_number=16, max_tau=1))
    if problem.constant("mu") == problem.constant("L1"):
        problem = type(problem)(**{**vars(problem), "L1": 2 * problem.constant("mu"), "mu": problem.constant("mu")})
    if isinstance(problem, PartialStrongConvexity):
        return problem, draw(_SHARES) / problem.constant("L1"), GAP, GAP
    metric, initial = draw(st.sampled_from(sorted(measures(problem), key=lambda pair: (pair[0] != pair[1], pair))))
    return problem, draw(_SHARES) / problem.constant("L1"), metric, initial


@st.composite
def _bounds(draw: st.DrawFn) -> Pair:
    problem, eta, metric, initial = draw(descents())
    return exact_proofs.descent_bound(problem, eta, draw(_STEPS), metric, initial, draw(_SLACKS))


@st.composite
def _rates(draw: st.DrawFn) -> Pair:
    problem, eta, metric, initial = draw(descents())
    while contraction(problem, eta) >= 1:  # too strong a coupling, for no step size is there a rate
        assert isinstance(problem, PartialStrongConvexity)
        problem = PartialStrongConvexity(problem.constant("mu"), problem.constant("L1"), problem.L2 / 2, problem.G1)
    slack = draw(_SLACKS) * (1 - contraction(problem, eta)) / 2
    return exact_proofs.descent_rate(problem, eta, metric, initial, slack)


@st.composite
def _momenta(draw: st.DrawFn) -> Pair:
    root, part, mu = draw(_ROOTS), draw(_PARTS), draw(_ROOTS)
    return exact_proofs.momentum_rate(SmoothStronglyConvex(mu=mu, L1=mu * root**2), part**2)


def _families() -> st.SearchStrategy[Pair]:
    return st.sampled_from((exact_proofs.descent_family, exact_proofs.momentum_family)).map(lambda make: make())


_TAUS = st.one_of(st.none(), rationals(min_value=0, max_value=1, max_denominator=4))


def _lower_bounds() -> st.SearchStrategy[Pair]:
    return _TAUS.map(exact_proofs.lower_bound_family)


def _slow_families() -> st.SearchStrategy[Pair]:
    return st.builds(exact_proofs.refuted_family, _PARTS, _TAUS)


@st.composite
def _growths(draw: st.DrawFn) -> Pair:
    claim, curvature, slope = draw(false_claims())
    return claim, certificate_document(claim, "growth", {"curvature": str(curvature), "slope": str(slope)})


@st.composite
def _instances(draw: st.DrawFn) -> Pair:
    """A quadratic or a staircase is run exactly, and the claim allows a part of what it reaches."""
    problem = draw(problem_classes(max_condition_number=16, max_tau=1))
    method, steps = draw(methods(problem)), draw(_STEPS)
    partial, curvature = problem.partial, problem.constant("mu")
    slope = Fraction(0)
    if isinstance(problem, PartialStrongConvexity):
        slope = draw(st.sampled_from((Fraction(1), Fraction(-1, 2), Fraction(0))))
    metric = GAP if partial else draw(st.sampled_from((GAP, "squared_distance", GRADIENT)))
    initial = GAP if partial else draw(st.sampled_from((GAP, "squared_distance")))
    # what is reached does not depend on the bound
    asked = claim_document(problem, method, worst_case(metric, initial, steps, Fraction(0)))
    instance = build(parse(asked), curvature, slope, steps)
    if not instance.reached:  # the method is at the minimiser; before its first step it is not
        steps = 0
        instance = build(parse(asked), curvature, slope, 0)
    allowed = significant(instance.reached * draw(_PARTS) * Fraction(9, 10), 4, up=False)
    claim = claim_document(problem, method, _allowing(draw, metric, initial, steps, allowed))
    return claim, certificate_document(claim, "instance", {"function": instance.function, "steps": steps})


def _allowing(draw: st.DrawFn, metric: str, initial: str, steps: int, allowed: Fraction) -> Document:
    """A statement that allows exactly so much after these steps."""
    rate = draw(st.sampled_from([None, *(Fraction(rate) for rate in ("1/2", "3/4"))]))
    if rate is None:
        return worst_case(metric, initial, steps, allowed)
    return linear_rate(metric, initial, rate, allowed / rate**steps)


_SOURCES: list[tuple[str, str, Callable[[], st.SearchStrategy[Pair]]]] = [
    ("PROVED", "worst_case", _bounds),
    ("PROVED", "lyapunov", _rates),
    ("PROVED", "lyapunov", _momenta),
    ("PROVED", "lyapunov", _families),
    ("PROVED", "slow_family", _lower_bounds),
    ("REFUTED", "instance", _instances),
    ("REFUTED", "growth", _growths),
    ("REFUTED", "specialise", _slow_families),
]

__all__ = ["WORDS", "certificates", "descents"]
