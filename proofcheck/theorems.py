"""From a family of classes, a method and a request to a theorem about every condition number."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from proofcheck.discover.candidate import Candidate, Progress, silent
from proofcheck.documents import Document, family_document, parse, verdict
from proofcheck.errors import InvalidInput, NotSupported
from proofcheck.families import ClassFamily, MethodFamily, Q, document, function
from proofcheck.kernel import Refusal
from proofcheck.kernel.parameter.ratio import Ratio
from proofcheck.result import Result
from proofcheck.theorem_case import SOME, TheoremRequest

EXAMPLES = ("1", "1/2", "1/5", "1/10", "1/30", "1/100", "1/1000")


@dataclass(frozen=True)
class Theorem:
    """What was found for one request.

    Attributes
    ----------
    nicest : Result
        The claim with the certificate of small denominators and few multipliers (or a counterexample, or none).
    best : Result or None
        The same statement with the largest tau (a multiple of 1/100) for which a certificate was found.
    """

    nicest: Result
    best: Result | None = None

    def save(self, directory: str | Path, provenance: Mapping[str, Any] | None = None) -> Path:
        """Write the nicest one into the directory and the best one into its folder `best`."""
        folder = self.nicest.save(directory, provenance)
        if self.best is not None:
            self.best.save(folder / "best", provenance)
        return folder


def certify_theorem(
    problem: ClassFamily,
    method: MethodFamily,
    request: TheoremRequest,
    *,
    balls: bool = False,
    start: object = None,
    best: bool = True,
    progress: Progress = silent,
) -> Theorem:
    """Search a proof for every q in (0, 1]; whatever is returned as PROVED or REFUTED passed the kernel.

    Parameters
    ----------
    problem, method : ClassFamily, MethodFamily
    request : TheoremRequest
    balls : bool
        Whether the assumptions shall hold in balls only; the radii are found unless the class has them.
    start : exact number or function of q, optional
        With balls: the distance of x_0 from the minimiser of f(., u_0) is at most this times sqrt(F_0/mu).
    best : bool
        Whether to look for the largest tau too.
    progress : callable, optional
        Called with a message and the fraction done.
    """
    if request.kind == "rate_lower_bound":
        return Theorem(_lower(problem, method, request))
    assert request.rate is not None
    constant = request.constant if isinstance(request.constant, (str, type(None))) else document(request.constant)
    statement = {"kind": request.kind, "metric": request.metric, "initial": request.initial}
    statement |= {"rate": document(request.rate), "constant": constant or SOME}
    claim = _checked(family_document(problem, method, statement))
    near = None if start is None else function(start, "start")
    if near is not None and not balls:
        raise InvalidInput("start: only claims with balls know a start")
    free = near is None and "start" not in (problem.balls or {})  # else a counterexample's start may be too far
    refuted = _refuted(claim) if free else None
    if refuted is not None:
        return Theorem(refuted)
    return _proved(claim, constant, balls, near, best and problem.tau is not None, progress)


def _near(claim: Document, start: Ratio) -> Document:
    """The claim with what is known of the start, whether it has radii or not."""
    problem = claim["class"]
    return {**claim, "class": {**problem, "balls": {**problem.get("balls", {}), "start": document(start)}}}


def _proved(claim: Document, constant: Any, balls: bool, near: Ratio | None, best: bool, progress: Progress) -> Theorem:
    from proofcheck.discover import parametric  # CVXPY takes a second to import

    wanted = {**claim, "statement": {**claim["statement"], "constant": constant}}
    if balls:
        from proofcheck.discover import radii

        wanted = wanted if near is None else _near(wanted, near)
        return Theorem(_result(claim, radii.prove_in_balls(wanted, progress)))
    nicest = _result(claim, parametric.prove_theorem(wanted, progress))
    if not best:
        return Theorem(nicest)
    return Theorem(nicest, _result(claim, parametric.best_theorem(wanted, "tau", progress)))


def _lower(problem: ClassFamily, method: MethodFamily, request: TheoremRequest) -> Result:
    from proofcheck.discover import lower_rate

    fields = {"kind": request.kind, "metric": request.metric, "initial": request.initial}
    given = None if request.rate is None else document(request.rate)
    template = _checked(family_document(problem, method, {**fields, "rate": given or ["1"]}))
    return _result(template, lower_rate.prove_lower_bound(template, request.rate))


def _result(claim: Document, found: Candidate) -> Result:
    if found.claim is None or found.certificate is None:
        return Result("UNDECIDED", "neither a proof nor a counterexample was found", claim, None, found.notes)
    answer = verdict(found.claim, found.certificate)
    return Result(answer.word, answer.reason, found.claim, found.certificate, found.notes)


def _checked(claim: Document) -> Document:
    """The claim, read once by the kernel so that a bad one is refused here."""
    try:
        parse(claim)
    except Refusal as refusal:
        kind = NotSupported if refusal.word == "DECLINED" else InvalidInput
        raise kind(str(refusal).removeprefix("claim: ")) from None
    return claim


def _refuted(claim: Document) -> Result | None:
    """A counterexample at one q, where the claim is one about numbers."""
    from proofcheck.discover.specialised import refute

    found = refute(claim, [Fraction(q) for q in EXAMPLES])
    return None if found is None else _result(claim, found)


def prove_theorem(
    problem: ClassFamily,
    method: MethodFamily,
    *,
    theta: object = None,
    rate: object = None,
    constant: object = None,
    performance_metric: str = "objective_gap",
    initial_condition: str | None = None,
    balls: bool = False,
    start: object = None,
    best: bool = False,
    progress: Progress = silent,
) -> Theorem:
    """Prove one linear rate for all k and every condition number: metric_k <= constant * rate(q)^k * initial.

    Parameters
    ----------
    problem, method
        For example ``ClassFamily("partial_strong_convexity", tau="1/4")`` and
        ``MethodFamily.tuned("nesterov", "classical")``.
    theta, rate : exact number, or function of q
        Either: the rate is 1 - theta q.
    constant : exact number, function of q or "some", optional
        None asks for a small one.
    balls, best : bool
        Prove radii too; look for the largest tau too.
    start : exact number or function of q, optional
        With balls: how near to the minimiser of f(., u_0) the start is, see `certify_theorem`.

    Raises
    ------
    InvalidInput
        If an argument is not exact or out of its domain.

    Tight: sufficient only (the rate is the one asked for; `certify_theorem` proves lower bounds).

    Examples
    --------
    >>> smooth = ClassFamily("smooth_strongly_convex")
    >>> found = prove_theorem(smooth, MethodFamily.tuned("nesterov", "classical"), theta="1/2", constant=2)
    >>> print(found.nicest.status, found.nicest.rate)
    PROVED 1 - 1/2 q
    """
    if (theta is None) == (rate is None):
        raise InvalidInput("give either theta or rate")
    factor = function(rate, "rate") if theta is None else 1 - function(theta, "theta") * Q
    if not 0 <= factor < 1:
        raise InvalidInput(f"rate={factor} must be in [0, 1) for every q in (0, 1]")
    fixed: Ratio | str | None = None
    if constant is not None:
        fixed = SOME if constant == SOME else function(constant, "constant")
    same = "objective_gap" if performance_metric == "squared_gradient_norm" else performance_metric
    request = TheoremRequest("linear_rate", performance_metric, initial_condition or same, factor, fixed)
    return certify_theorem(problem, method, request, balls=balls, start=start, best=best, progress=progress)
