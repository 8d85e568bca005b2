"""N-step worst cases on one-block classes: a floating-point value at once, and a certificate from one more program.

Few pairs of points come first (neighbours, and each point with x*); more are offered only if the worst case that
the program found breaks their inequalities. The certificate comes from a program whose slack stays a little inside
its cone: its multipliers are rounded, the coefficients of function values are repaired exactly, and the kernel
decides.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
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
from proofcheck.kernel.outcome import Verdict
from proofcheck.kernel.rules.worst_case import MAX_WORK
from proofcheck.numbers import significant

Family = Callable[[Steps], np.ndarray]
LEVELS: dict[str, tuple[Family, ...]] = {
    "objective_gap": (chain, with_last, everything),
    "squared_distance": (both_ways, everything),
    "squared_gradient_norm": (both_ways, with_last, everything),
}
NAMES: dict[Family, str] = {
    chain: "neighbours in one order, and x* with each point",
    both_ways: "neighbours and x* with each point, in both orders",
    with_last: "neighbours, x* and the last point with each point, in both orders",
    everything: "all pairs of points",
}
LARGEST = 24  # steps for which all pairs are offered
VIOLATED = 1e-4  # a worst case that breaks an inequality by more may be none
LOWER = 1e-7  # more pairs must lower the bound by at least that share
FAR = 30.0  # a bound that many times its unit asks for another unit
SHORT, ROUGH = (4, 8), 1e-6  # steps of the runs that tell the decay, and their accuracy
TIGHT = 1e-12
SHARES = (2e-8, 2e-6, 2e-4)  # of the bound, what the margins of the slack may cost
SURE = 0.1  # of the smallest margin must be left in the slack as computed
NOISE = 1e-14
PARTS = (0.0, 1e-3, 1e-2, 0.1, 0.5)
Inside = tuple[float, np.ndarray, float]


@dataclass(frozen=True)
class Found:
    """A program of a claim and its answer.

    Attributes
    ----------
    program : Program
    answer : Answer
    name : str
        Which pairs of points it offers, in words.
    tight : bool
        Whether the worst case found keeps every inequality (or all were offered), to the solver's accuracy.
    """

    program: Program
    answer: Answer
    name: str
    tight: bool

    def safe(self) -> float:
        """The bound, raised by what it would cost to move the slack as computed back into its cone."""
        _, _, smallest = self.program.slack(self.answer.bound, self.answer.multipliers)
        cost = max(-smallest, 0.0) * float(np.trace(self.answer.gram))
        return self.answer.bound * (1 + cost / self.program.relative(self.answer.bound))


@dataclass(frozen=True)
class Checked(Candidate):
    """A candidate with what the kernel said of it."""

    answer: Verdict = field(kw_only=True)


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


def search(claim: Claim) -> list[Found]:
    """Solve with few pairs, then with more as long as they may lower the bound; the best comes last."""
    found: list[Found] = []
    steps = Steps(claim)
    if steps.count > LARGEST and _remembers(claim):
        steps = Steps(claim, _decay(claim, steps))
    for family in LEVELS[steps.metric]:
        if family is everything and steps.count > LARGEST:
            break
        if len(family(steps)) * steps.count > MAX_WORK:  # the kernel would decline the certificate
            family = both_ways
        program, answer = _solved(claim, Program(steps, family(steps)))
        if not isfinite(answer.bound):
            continue
        steps = program.steps
        tight = family is everything or bool(
            violations(steps, answer, program.known, everything(steps)).max() < VIOLATED
        )
        new = Found(program, answer, NAMES[family], tight)
        if not found or new.safe() < found[-1].safe() * (1 - LOWER):
            found.append(new)
        elif tight:
            found[-1] = replace(found[-1], tight=True)
        if tight:
            break
    return found


def _remembers(claim: Claim) -> bool:
    """Whether a step depends on the iterate before: then quadratics may decay faster than other functions."""
    y = claim.method.query(Fraction(0), Fraction(1))
    return bool(claim.method.advance(Fraction(0), Fraction(1), y, Fraction(0)))


def _solved(claim: Claim, program: Program) -> tuple[Program, Answer]:
    """The answer, in units of time that suit it."""
    answer = program.solve()
    for _ in range(2):
        steps = program.steps
        size = program.relative(answer.bound)
        if 1 / FAR < size < FAR:
            break
        decay = steps.decay * size ** (0.5 / steps.count) if isfinite(size) and size > 0 else _decay(claim, steps)
        decay = float(min(decay, 1.0))
        if decay == steps.decay:
            break
        other = Program(Steps(claim, decay), program.pairs)
        again = other.solve()
        if not isfinite(again.bound):
            break
        program, answer = other, again
    return program, answer


def _decay(claim: Claim, steps: Steps) -> float:
    """The decay of a step, from two runs of few steps."""
    bounds = []
    for count in SHORT:
        short = Steps(claim, steps.decay, count)
        bounds.append(Program(short, both_ways(short)).solve(ROUGH).bound)
    decay = (bounds[1] / bounds[0]) ** (0.5 / (SHORT[1] - SHORT[0]))
    return float(min(max(decay, steps.decay), 1.0)) if isfinite(decay) else 1.0


def estimate(claim: Claim) -> Found | None:
    """Return the worst case in floating point; None where this search does not apply or fails."""
    found = search(claim) if suits(claim) else []
    return found[-1] if found else None


def best_bound(claim: Document, progress: Progress = silent) -> Checked | None:
    """Search a certificate close to the smallest bound; None where this search does not apply or fails."""
    parsed = parse(claim)
    if not suits(parsed):
        return None
    progress("minimising the bound", 0.1)
    for found in reversed(search(parsed)):
        progress("rounding", 0.5)
        certified = _certified(claim, found)
        if certified is not None:
            document, certificate, answer = certified
            notes = {
                "solver status": found.answer.status,
                "floating-point estimate of the bound": f"{found.answer.bound:.9e}",
                "pairs of points": found.name,
                "the worst case found keeps every inequality": "yes" if found.tight else "no",
            }
            return Checked(document, certificate, notes, answer=answer)
    return None


def fixed_bound(claim: Document, progress: Progress = silent) -> Checked | None:
    """Prove the claim's own bound, by a certificate for one that is not larger."""
    found = best_bound(claim, progress)
    if found is None or found.claim is None or found.certificate is None:
        return None
    if Fraction(found.claim["statement"]["bound"]) > Fraction(claim["statement"]["bound"]):
        return None
    certificate = certificate_document(claim, "worst_case", {"proof": found.certificate["proof"]})
    answer = verdict(claim, certificate)
    return Checked(claim, certificate, found.notes, answer=answer) if answer.word == "PROVED" else None


def _certified(claim: Document, found: Found) -> tuple[Document, Document, Verdict] | None:
    """Multipliers from programs whose slack stays inside its cone, rounded; the kernel decides."""
    inside = _inside(found)
    if inside is None:
        return None
    float_bound, multipliers, smallest = inside
    bound = significant(float_bound, 10, up=True)
    digits = ceil(-log10(smallest)) + 2
    proof = terms(rounded(found, multipliers, bound, digits))
    document = {**claim, "statement": {**claim["statement"], "bound": str(bound)}}
    certificate = certificate_document(document, "worst_case", {"proof": proof})
    answer = verdict(document, certificate)
    return (document, certificate, answer) if answer.word == "PROVED" else None


def _inside(found: Found) -> Inside | None:
    """A bound, multipliers that leave a positive definite slack, and its smallest eigenvalue, in floating point.

    A margin costs its product with the trace of the worst case. The smallest is enough where the solver is exact
    enough. Where an answer lies deeper in the cone than needed, it is moved back towards one outside: the smallest
    eigenvalue is concave on the way.
    """
    program = found.program
    unit = program.relative(found.answer.bound) / max(float(np.trace(found.answer.gram)), 1e-9)
    goal = max(SURE * SHARES[0] * unit, NOISE)
    outside = [_point(program, found.answer.bound, found.answer.multipliers)]
    for share in SHARES:
        answer = program.solve(TIGHT, share * unit)
        if not isfinite(answer.bound):
            continue
        point = _point(program, answer.bound, answer.multipliers)
        if point[2] >= goal:
            others = [_between(program, other, point, goal) for other in outside if other[0] < point[0]]
            return min([point, *others], key=lambda entry: entry[0])
        outside.append(point)
    return None


def _point(program: Program, bound: float, multipliers: np.ndarray) -> Inside:
    repaired, _, smallest = program.slack(bound, multipliers)
    return bound, repaired, smallest


def _between(program: Program, outer: Inside, inner: Inside, goal: float) -> Inside:
    """The first point on the way from `outer` to `inner` whose slack is safely positive definite."""
    first = min(max((goal - outer[2]) / (inner[2] - outer[2]), 0.0), 1.0) if inner[2] > outer[2] else 0.0
    for further in PARTS:
        way = first + further * (1 - first)
        point = _point(program, outer[0] + way * (inner[0] - outer[0]), outer[1] + way * (inner[1] - outer[1]))
        if point[2] >= goal / 2:
            return point
    return inner


def rounded(
    found: Found, multipliers: np.ndarray, bound: Fraction, digits: int
) -> list[tuple[str, tuple[str, str], Fraction]]:
    """Multipliers as rationals, such that no function value is left over with a negative coefficient.

    The pair (x*, k) holds -F_k: its multiplier takes up what rounding left of the coefficient of F_k.
    """
    steps, program = found.program.steps, found.program
    exact: dict[tuple[int, int], Fraction] = {}
    left = [Fraction(0)] * (steps.star + 1)
    left[0] += bound if steps.initial == "objective_gap" else 0
    left[steps.count if steps.star > steps.count else 0] -= 1 if steps.metric == "objective_gap" else 0
    places = digits + np.ceil(-np.log10(program.scale * program.goal_unit)).astype(int)
    for (i, j), multiplier, decimals in zip(program.pairs.tolist(), multipliers, places.tolist(), strict=True):
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
