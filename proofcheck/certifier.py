"""From a class, a method and a request to a claim with a certificate that the kernel accepted."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from proofcheck.case import SOME, BoundRequest, RateRequest
from proofcheck.classes import ProblemClass
from proofcheck.discover.candidate import Candidate, Progress, silent
from proofcheck.documents import Document, claim_document, linear_rate, parse, verdict, worst_case
from proofcheck.errors import InvalidInput, NotSupported
from proofcheck.kernel import Refusal
from proofcheck.kernel.claim import Claim
from proofcheck.methods import Method
from proofcheck.numbers import exact
from proofcheck.result import Result

ARGUMENTS = {"metric": "performance_metric", "initial": "initial_condition", "steps": "steps", "bound": "bound"}
HOPELESS = Fraction(999_999, 1_000_000)


def certify(
    problem: ProblemClass,
    method: Method,
    request: RateRequest | BoundRequest,
    progress: Progress = silent,
) -> Result:
    """Search a proof or a counterexample; whatever is returned as PROVED or REFUTED passed the kernel.

    Parameters
    ----------
    problem : ProblemClass
    method : Method
    request : RateRequest or BoundRequest
        What to prove; fields left open (None) ask for the best provable value.
    progress : callable, optional
        Called with a message and the fraction of the work done.

    Returns
    -------
    Result
    """
    if isinstance(request, RateRequest):
        return _rate(problem, method, request, progress)
    return _bound(problem, method, request, progress)


def prove_rate(
    problem: ProblemClass,
    method: Method,
    *,
    performance_metric: str = "objective_gap",
    initial_condition: str | None = None,
    rate: object = None,
    constant: object = None,
    progress: Progress = silent,
) -> Result:
    """Prove a linear rate for all k: metric_k <= constant * rate^k * initial.

    Parameters
    ----------
    problem, method
        For example ``SmoothStronglyConvex(mu=1, L1=10)`` and ``GradientDescent.classical(problem)``.
    performance_metric, initial_condition : str
        "objective_gap", or on classes without u "squared_distance" (and "squared_gradient_norm" as a metric);
        the initial condition is the metric unless given (the objective gap for gradient norms).
    rate : exact number, optional
        The contraction factor to prove, in [0, 1); None asks for the best provable one.
    constant : exact number or "some", optional
        The constant to prove; None asks for a small one; "some" claims only that there is one.

    Raises
    ------
    InvalidInput
        If an argument is not exact or out of its domain.

    Examples
    --------
    >>> from proofcheck.classes import SmoothStronglyConvex
    >>> from proofcheck.methods import GradientDescent
    >>> f = SmoothStronglyConvex(mu=1, L1=10)
    >>> result = prove_rate(f, GradientDescent.classical(f), rate="82/100", constant=1)
    >>> result.status, result.rate
    ('PROVED', Fraction(41, 50))
    """
    wanted = None if rate is None else exact(rate, "rate")
    if wanted is not None and not 0 <= wanted < 1:
        raise InvalidInput(f"rate={wanted} must be in [0, 1)")
    fixed = None if constant is None else SOME if constant == SOME else exact(constant, "constant")
    start = initial_condition or _initial(performance_metric)
    return _rate(problem, method, RateRequest(performance_metric, start, wanted, fixed), progress)


def prove_bound(
    problem: ProblemClass,
    method: Method,
    steps: int,
    *,
    performance_metric: str = "objective_gap",
    initial_condition: str | None = None,
    bound: object = None,
    progress: Progress = silent,
) -> Result:
    """Prove a worst-case bound after N steps: metric_N <= bound * initial.

    Parameters
    ----------
    steps : int
        N, at most 64.
    bound : exact number, optional
        The bound to prove; None asks for the best provable one.

    Other parameters as for `prove_rate`.

    Examples
    --------
    >>> from proofcheck.classes import SmoothStronglyConvex
    >>> from proofcheck.methods import GradientDescent
    >>> f = SmoothStronglyConvex(mu=1, L1=10)
    >>> prove_bound(f, GradientDescent.classical(f), 2, bound="0.9").status
    'PROVED'
    """
    start = initial_condition or _initial(performance_metric)
    fixed = None if bound is None else exact(bound, "bound")
    return _bound(problem, method, BoundRequest(steps, performance_metric, start, fixed), progress)


def _initial(metric: str) -> str:
    return "objective_gap" if metric == "squared_gradient_norm" else metric


def _checked(problem: ProblemClass, method: Method, statement: Document) -> Document:
    """The claim document, read once by the kernel so that a bad one is refused here."""
    return checked(problem, method, statement)[0]


def checked(problem: ProblemClass, method: Method, statement: Document) -> tuple[Document, Claim]:
    """The claim document and what the kernel reads in it; a bad one is refused in the words of the caller."""
    for name, value, kind in (("problem", problem, ProblemClass), ("method", method, Method)):
        if not isinstance(value, kind):
            raise InvalidInput(f"{name}={value!r}: expected a {kind.__name__}")
    claim = claim_document(problem, method, statement)
    try:
        return claim, parse(claim)
    except Refusal as refusal:
        message = str(refusal).removeprefix("claim: ")
        for key, argument in ARGUMENTS.items():
            message = message.replace(f"statement.{key}", argument, 1)
        raise (NotSupported if refusal.word == "DECLINED" else InvalidInput)(message) from None


def _rate(problem: ProblemClass, method: Method, request: RateRequest, progress: Progress) -> Result:
    from proofcheck.discover.lyapunov import best_rate, fixed_rate  # CVXPY takes a second to import
    from proofcheck.discover.spectrum import obstruction

    def claim_of(rate: Fraction, constant: Fraction | str) -> Document:
        return _checked(problem, method, linear_rate(request.metric, request.initial, rate, constant))

    if request.rate is None:
        constant = SOME if request.constant is None else request.constant
        template = claim_of(Fraction(1, 2), constant)
        found = best_rate(template, request.constant, progress)
        if found.certificate is not None:
            return _accepted(found)
        if obstruction(parse(template)).rate >= 1 - 1e-14:  # no rate below 1 can hold: show it for one
            refuted = _refuted(claim_of(HOPELESS, SOME), found)
            if refuted is not None:
                return refuted
        return _undecided(None, found, "no provable rate below 1 was found")
    claim = claim_of(request.rate, SOME if request.constant is None else request.constant)
    return _decide(claim, lambda: fixed_rate(claim, request.constant, progress))


def _bound(problem: ProblemClass, method: Method, request: BoundRequest, progress: Progress) -> Result:
    from proofcheck.discover import steps

    bound = Fraction(1) if request.bound is None else request.bound
    claim = _checked(problem, method, worst_case(request.metric, request.initial, request.steps, bound))
    if request.bound is not None:
        return _decide(claim, lambda: steps.fixed_bound(claim, progress) or _slowly(claim, progress, fixed=True))
    quick = steps.best_bound(claim, progress)
    if quick is not None:  # the kernel has just accepted it, and is not asked twice
        return Result(quick.answer.word, quick.answer.reason, quick.claim, quick.certificate, quick.notes)
    found = _slowly(claim, progress, fixed=False)
    return _accepted(found) if found.certificate is not None else _undecided(None, found, "no bound was found")


def _slowly(claim: Document, progress: Progress, *, fixed: bool) -> Candidate:
    """Search among all kinds of inequalities, on any class."""
    from proofcheck.discover.worst_case import best_bound, fixed_bound  # CVXPY takes a second to import

    return fixed_bound(claim, progress) if fixed else best_bound(claim, progress)


def _decide(claim: Document, search: Callable[[], Candidate]) -> Result:
    """A definite claim: a counterexample is cheap to look for, so it comes first."""
    refuted = _refuted(claim, Candidate(claim, None))
    if refuted is not None:
        return refuted
    found = search()
    if found.certificate is not None:
        return _accepted(found)
    return _undecided(claim, found, "neither a proof nor a counterexample was found")


def _accepted(found: Candidate) -> Result:
    assert found.claim is not None
    assert found.certificate is not None
    answer = verdict(found.claim, found.certificate)
    return Result(answer.word, answer.reason, found.claim, found.certificate, found.notes)


def _refuted(claim: Document, tried: Candidate) -> Result | None:
    from proofcheck.discover.refutation import refute

    found = refute(claim)
    return None if found is None else _accepted(Candidate(found.claim, found.certificate, tried.notes))


def _undecided(claim: Document | None, found: Candidate, reason: str) -> Result:
    return Result("UNDECIDED", reason, claim, None, found.notes)
