"""N-step worst cases on one-block classes: a floating-point value at once, and a certificate from one more program.

Few pairs of points come first (neighbours, and each point with x*); more are offered only if the worst case that
the program found breaks their inequalities. The certificate comes from a program whose slack stays a little inside
its cone: its multipliers are rounded, the coefficients of function values are repaired exactly, and the kernel
decides.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, isfinite, log10

import numpy as np

from proofcheck.discover.candidate import Candidate, Progress, silent
from proofcheck.discover.steps_program import (
    Answer,
    Program,
    Steps,
    both_ways,
    chain,
    everything,
    violations,
    with_last,
)
from proofcheck.documents import Document, certificate_document, parse, terms, verdict
from proofcheck.kernel.claim import Claim
from proofcheck.numbers import significant

Family = Callable[[Steps], np.ndarray]
LEVELS: dict[str, tuple[Family, ...]] = {
    "objective_gap": (chain, both_ways, with_last, everything),
    "squared_distance": (both_ways, everything),
    "squared_gradient_norm": (with_last, everything),
}
NAMES = {
    chain: "neighbours in one order, and x* with each point",
    both_ways: "neighbours and x* with each point, in both orders",
    with_last: "neighbours, x* and the last point with each point, in both orders",
    everything: "all pairs of points",
}
LARGEST = 24  # steps for which all pairs are offered
VIOLATED = 1e-4  # a worst case that breaks an inequality by more may be none
LOWER = 1e-7  # more pairs must lower the bound by at least that share
FAR = 1e4  # a bound that many times its unit asks for another unit
SHORT = 8
MARGINS = (1e-9, 1e-8, 1e-7, 1e-6, 1e-5)  # of the slack, in units of mu/L1
FLOOR = 1e-12


@dataclass(frozen=True)
class Found:
    """The best program of a claim and its answer.

    Attributes
    ----------
    steps : Steps
    pairs : ndarray
    answer : Answer
    name : str
        Which pairs of points were enough, in words.
    tight : bool
        Whether the worst case found keeps every inequality (or all were offered), to the solver's accuracy.
    """

    steps: Steps
    pairs: np.ndarray
    answer: Answer
    name: str
    tight: bool


def suits(claim: Claim) -> bool:
    """Whether the run is one that the sparse program describes."""
    p, method, steps = claim.problem.parameters, claim.method, claim.statement.steps  # type: ignore[union-attr]
    return (
        not claim.problem.partial
        and claim.problem.name == "smooth_strongly_convex"
        and p["mu"] < p["L1"]
        and steps > 0
        and method.query(Fraction(1), Fraction(1)) == 1
    )


def search(claim: Claim) -> Found | None:
    """Solve with few pairs, then with more as long as they may lower the bound."""
    steps, best = Steps(claim), None
    levels = LEVELS[steps.metric]
    for family in levels:
        if family is everything and steps.count > LARGEST:
            break
        pairs = family(steps)
        program = Program(steps, pairs)
        answer = program.solve()
        if best is None and not 1 / FAR < answer.bound / program.goal_unit * program.start_unit < FAR:
            closer = Steps(claim, _decay(claim, steps))
            program = Program(closer, pairs)
            again = program.solve()
            if isfinite(again.bound):
                steps, answer = closer, again
        if not isfinite(answer.bound):
            continue
        if best is None or answer.bound < best.answer.bound * (1 - LOWER):
            best = Found(steps, pairs, answer, NAMES[family], False)
        holds = family is everything or violations(steps, answer, program.known, everything(steps)).max() < VIOLATED
        if holds:
            return Found(best.steps, best.pairs, best.answer, best.name, True)
    return best


def _decay(claim: Claim, steps: Steps) -> float:
    """The decay of a step, from a run of few steps."""
    few = min(SHORT, steps.count)
    short = Steps(claim, steps.decay, few)
    program = Program(short, LEVELS[short.metric][-2](short))
    answer = program.solve()
    if not isfinite(answer.bound):
        return 1.0
    size = answer.bound / program.goal_unit * program.start_unit
    return float(min(steps.decay * max(size, 1e-300) ** (0.5 / few), 1.0))


def estimate(claim: Claim) -> Found | None:
    """Return the worst case in floating point; None where this search does not apply or fails."""
    return search(claim) if suits(claim) else None


def best_bound(claim: Document, progress: Progress = silent) -> Candidate | None:
    """Search a certificate close to the smallest bound; None where this search does not apply or fails."""
    parsed = parse(claim)
    if not suits(parsed):
        return None
    progress("minimising the bound", 0.1)
    found = search(parsed)
    if found is None:
        return None
    notes = {
        "solver status": found.answer.status,
        "floating-point estimate of the bound": f"{found.answer.bound:.9e}",
        "pairs of points": found.name,
        "worst case found to keep every inequality": "yes" if found.tight else "no",
    }
    shape = float(parsed.problem.parameters["mu"] / parsed.problem.parameters["L1"])
    for number, share in enumerate(MARGINS):
        progress("rounding", 0.3 + 0.1 * number)
        margin = max(share * shape, FLOOR)
        certified = _certified(claim, found, margin)
        if certified is not None:
            return Candidate(*certified, {**notes, "margin": f"{margin:.0e}"})
    return None


def fixed_bound(claim: Document, progress: Progress = silent) -> Candidate | None:
    """Prove the claim's own bound, by a certificate for one that is not larger."""
    found = best_bound(claim, progress)
    if found is None or found.claim is None or found.certificate is None:
        return None
    if Fraction(found.claim["statement"]["bound"]) > Fraction(claim["statement"]["bound"]):
        return None
    certificate = certificate_document(claim, "worst_case", {"proof": found.certificate["proof"]})
    return Candidate(claim, certificate, found.notes) if verdict(claim, certificate).word == "PROVED" else None


def _certified(claim: Document, found: Found, margin: float) -> tuple[Document, Document] | None:
    """Round the multipliers of a program with a margin; the kernel decides."""
    program = Program(found.steps, found.pairs, margin)
    answer = program.solve(1e-12)
    if not isfinite(answer.bound):
        return None
    bound = significant(answer.bound, 10, up=True)
    digits = ceil(-log10(margin)) + 3
    proof = terms(rounded(found.steps, program, answer, bound, digits))
    document = {**claim, "statement": {**claim["statement"], "bound": str(bound)}}
    certificate = certificate_document(document, "worst_case", {"proof": proof})
    return (document, certificate) if verdict(document, certificate).word == "PROVED" else None


def rounded(
    steps: Steps, program: Program, answer: Answer, bound: Fraction, digits: int
) -> list[tuple[str, tuple[str, str], Fraction]]:
    """Multipliers as rationals, such that no function value is left over with a negative coefficient.

    The pair (x*, k) holds -F_k: its multiplier takes up what rounding left of the coefficient of F_k.
    """
    exact: dict[tuple[int, int], Fraction] = {}
    left = [Fraction(0)] * (steps.star + 1)
    left[0] += bound if steps.initial == "objective_gap" else 0
    left[steps.count if steps.star > steps.count else 0] -= 1 if steps.metric == "objective_gap" else 0
    places = digits + np.ceil(-np.log10(program.scale * program.goal_unit)).astype(int)
    for (i, j), multiplier, decimals in zip(program.pairs.tolist(), answer.multipliers, places.tolist(), strict=True):
        unit = 10**decimals if decimals > 0 else 1
        number = Fraction(round(Fraction(max(float(multiplier), 0.0)) * unit), unit)
        exact[i, j] = number
        left[i] -= number
        left[j] += number
    for k in range(steps.star):
        exact[steps.star, k] = max(exact[steps.star, k] - left[k], Fraction(0))
    return [
        ("interpolation", (steps.label(i), steps.label(j)), number) for (i, j), number in exact.items() if number > 0
    ]
