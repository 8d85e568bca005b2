"""Search for one certificate that holds for every q in (0, 1], that is, for every condition number.

Every certificate that this module returns passed the kernel's exact check; the solver's word decides nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction

import numpy as np

from proofcheck.discover import chained, tight
from proofcheck.discover.candidate import Candidate, Progress, silent
from proofcheck.discover.functions import power
from proofcheck.discover.lower_rate import coefficients, modulus
from proofcheck.discover.simplify import State, attempt, simplified
from proofcheck.discover.theorem_search import Shape, TheoremSearch
from proofcheck.documents import Document, certificate_document, parse, verdict
from proofcheck.families import document as written
from proofcheck.families import function
from proofcheck.kernel.outcome import Refusal
from proofcheck.kernel.parameter.ratio import of

METRIC = tuple(Shape(degree, rich=True, metric=True) for degree in (2, 3, 4))
PLAIN = (Shape(1), Shape(2), Shape(3))
RICH = tuple(Shape(degree, power, rich=True, values=True) for degree, power in ((2, 0), (3, 1), (4, 2)))
DENOMINATORS = (4, 8, 10, 20, 50, 100, 200, 500, 1000, 10**4, 10**5, 10**6, 10**8)
SMALLEST = 1e-6
QUICK = (Shape(2), RICH[0])
STEPS = 100  # best values are multiples of 1/STEPS

Found = tuple[State, Candidate]


def prove_theorem(claim: Document, progress: Progress = silent) -> Candidate:
    """Search a short certificate of a claim/2 linear_rate document.

    Parameters
    ----------
    claim : dict
        The claim. With the constant None the constant of the certificate is claimed; "some" stays.
    progress : callable, optional
        Called with a message and the fraction done.
    """
    notes: dict[str, str] = {}
    if chained.applies(claim):
        chain = chained.prove(claim, prove_theorem, progress)
        if chain is not None:
            return chain
    found = _first(claim, _shapes(claim), notes, progress)
    if found is None:
        return Candidate(None, None, notes)
    return _short(found, notes, progress)


def best_theorem(claim: Document, vary: str, progress: Progress = silent) -> Candidate:
    """Search the largest constant tau, or the fastest rate, that can be proved: bisection over the exact check.

    Parameters
    ----------
    claim : dict
        A claim/2 linear_rate document.
    vary : {"tau", "rate"}
        "tau": the class's tau, taken to be proved, is replaced by larger constants. "rate": 1 - rate is
        multiplied by a number, so that theta is found in 1 - theta q if the rate is 1 - q.
    progress : callable, optional
        Called with a message and the fraction done.
    """
    change: Callable[[Document, Fraction], Document] = {"tau": _with_tau, "rate": _with_loss}[vary]
    notes: dict[str, str] = {}
    low, high, best = 0, 2 * STEPS, None
    if vary == "tau":
        given = of(parse(_open(claim)).problem.parameters["L2"]) / power(2)  # assumed to be proved already
        low = int(STEPS * given(Fraction(1)))
        high = next(
            n for n in range(low + 1, STEPS + 2) if n >= STEPS or _excluded(_with_tau(claim, Fraction(n, STEPS)))
        )
    while high - low > 1:
        middle = (low + high) // 2
        progress(f"trying {vary} {Fraction(middle, STEPS)}", 1 - (high - low) / (2 * STEPS))
        found = None
        changed = change(claim, Fraction(middle, STEPS))
        try:
            parse(_open(changed))
            found = _first(changed, QUICK if vary == "tau" else _shapes(changed), {}, silent)
        except Refusal:  # no rate in [0, 1) for every q
            pass
        low, high, best = (low, middle, best) if found is None else (middle, high, found)
    notes[f"largest {vary} proved"], notes["smallest one refused"] = (str(Fraction(n, STEPS)) for n in (low, high))
    if best is None:
        return Candidate(None, None, notes)
    return Candidate(best[1].claim, best[1].certificate, notes) if vary == "tau" else _short(best, notes, progress)


def _open(claim: Document) -> Document:
    """The claim for some constant."""
    return {**claim, "statement": {**claim["statement"], "constant": "some"}}


def _excluded(claim: Document) -> bool:
    """Whether an explicit function rules the rate out at some q, in floating point."""
    points = np.geomspace(1e-3, 1.0, 60)
    slowest = modulus(*coefficients(_open(claim), -1), points)
    rate = np.array([float(function(claim["statement"]["rate"], "rate")(Fraction(q))) for q in points])
    return bool(np.any(slowest > rate + 1e-9))


def _with_tau(claim: Document, tau: Fraction) -> Document:
    return {**claim, "class": {**claim["class"], "tau": [str(tau)]}}


def _with_loss(claim: Document, factor: Fraction) -> Document:
    rate = parse(_open(claim)).statement.rate  # type: ignore[union-attr]
    return {**claim, "statement": {**claim["statement"], "rate": written(of(1) - factor * (of(1) - rate))}}


def _shapes(claim: Document) -> tuple[Shape, ...]:
    """What to try, the simplest first."""
    statement = claim["statement"]
    memoryless = claim["method"]["name"] == "gradient_descent" and statement["metric"] == statement["initial"]
    return (METRIC if memoryless else ()) + PLAIN + RICH


def _first(claim: Document, shapes: Sequence[Shape], notes: dict[str, str], progress: Progress) -> Found | None:
    """The first certificate that the kernel accepts."""
    for number, shape in enumerate(shapes):
        progress(f"searching a certificate: {shape}", 0.5 * number / len(shapes))
        search = TheoremSearch(claim, shape)
        untouched = search.program.save()
        state = _solved(search)
        if shape.metric and (state is None or abs(state.solution.margin) < SMALLEST):  # the rate may be attained
            search.program.restore(untouched)
            state = _solved(search) if tight.impose(search.program, search.bounds) else None
        if state is None:
            notes[str(shape)] = "no solution to leading order as q -> 0"
            continue
        notes[str(shape)] = f"margin {state.solution.margin:.3e} ({state.solution.status})"
        found = accepted(state) if state.solution.margin >= SMALLEST else None
        if found is not None:
            return state, found
    return None


def _solved(search: TheoremSearch) -> State | None:
    """The solution of largest margin; coefficients that are zero but for rounding are zero."""
    equalities = search.program.refine(search.bounds)
    if equalities is None:
        return None
    state = State(search, equalities, search.solve(equalities))
    if state.solution.margin >= SMALLEST:
        signed = [j for j in search.program.nonnegative if j not in equalities.solved or equalities.solved[j]]
        tiny = [j for j in signed if abs(state.solution.z[j]) < SMALLEST / 10]
        state = attempt(state, [{j: Fraction(1)} for j in tiny], 0.9 * state.solution.margin) or state
    return state


def _short(found: Found, notes: dict[str, str], progress: Progress) -> Candidate:
    """A shorter certificate, if the kernel accepts it."""
    progress("shortening the proof", 0.6)
    candidate = accepted(simplified(found[0])) or found[1]
    return Candidate(candidate.claim, candidate.certificate, notes)


def accepted(state: State) -> Candidate | None:
    """Round the solution to larger and larger denominators until the kernel accepts it; None if it never does."""
    search = state.search
    for denominator in DENOMINATORS:
        exact = search.exact(state.solution, state.equalities, denominator)
        if exact is None or search.program.worst(np.array([float(x) for x in exact]))[0] < 0:
            continue
        fields, constant = search.fields(exact)
        claim = search.document
        if claim["statement"]["constant"] is None:
            claim = {**claim, "statement": {**claim["statement"], "constant": written(constant)}}
        certificate = certificate_document(claim, "lyapunov", fields)
        if verdict(claim, certificate).word == "PROVED":
            return Candidate(claim, certificate)
    return None
