"""Shorter proofs: multipliers that are not needed are dropped, the smallest first.

A solver spreads tiny multipliers over everything it is offered. Each is dropped if the slack stays
positive semidefinite without it, in the kernel's own arithmetic; the kernel then sees the whole again.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from proofcheck.documents import Document, parse, verdict
from proofcheck.kernel.claim import Claim
from proofcheck.kernel.forms import SPACES, Form
from proofcheck.kernel.positivity import semidefinite_defect
from proofcheck.kernel.rules import combine, lyapunov
from proofcheck.kernel.run import Run
from proofcheck.kernel.statements import LinearRate

ONE_BY_ONE = 70
THRESHOLDS = (Fraction(1, 30), Fraction(1, 1000), Fraction(1, 10**5))


def prune(claim: Document, certificate: Document) -> Document:
    """A certificate with fewer multipliers that the kernel accepts; the given one if none is found."""
    parsed = parse(claim)
    shorter = dict(certificate)
    for part, (run, goal) in _goals(parsed, certificate).items():
        if 0 < len(certificate[part]) <= ONE_BY_ONE:
            shorter[part] = _one_by_one(parsed, run, goal, certificate[part])
        elif certificate[part]:
            shorter[part] = _by_threshold(claim, certificate, part)
    return shorter if verdict(claim, shorter).accepted else certificate


def _goals(claim: Claim, certificate: Document) -> dict[str, tuple[Run, Form]]:
    s: Any = claim.statement
    if isinstance(s, LinearRate):
        v = lyapunov.Lyapunov(certificate["lyapunov"], claim.problem.partial)
        return lyapunov.goals(claim, s, v, Fraction(certificate["constant"]))
    run = claim.run(0, s.steps, generic=False)
    return {"proof": (run, s.bound * claim.measure(run, s.initial, 0) - claim.measure(run, s.metric, s.steps))}


def _one_by_one(claim: Claim, run: Run, goal: Form, listed: list[Document]) -> list[Document]:
    """Try every multiplier, by its largest contribution to the slack, the smallest first."""
    p = claim.problem.parameters
    forms = [claim.problem.inequalities[term["inequality"]](p, run, term["at"]) for term in listed]
    sizes = [_size(Fraction(term["multiplier"]) * form) for term, form in zip(listed, forms, strict=True)]
    slack = combine.slack(claim, run, goal, combine.read_terms(listed, "part"), "part")
    kept = set(range(len(listed)))
    for number in sorted(kept, key=lambda number: sizes[number]):
        without = slack + _moved(Fraction(listed[number]["multiplier"]) * forms[number])
        if all(semidefinite_defect(without.matrix(space)[1]) is None for space in SPACES):
            slack = without
            kept.discard(number)
    return [term for number, term in enumerate(listed) if number in kept]


def _moved(form: Form) -> Form:
    """The form with its values on the line of roots, as the rule `combine` has them."""
    return Form({}, form.gram) + Form({}, {"r": {(name, name): value for name, value in form.values.items()}})


def _size(form: Form) -> Fraction:
    return max((abs(value) for value in form.values.values()), default=Fraction(0)) or max(
        abs(value) for pairs in form.gram.values() for value in pairs.values()
    )


def _by_threshold(claim: Document, certificate: Document, part: str) -> list[Document]:
    """Drop all multipliers below a share of the largest one, the boldest share first."""
    listed: list[Document] = certificate[part]
    sizes = [Fraction(term["multiplier"]) for term in listed]
    for threshold in THRESHOLDS:
        kept = [term for term, size in zip(listed, sizes, strict=True) if size >= threshold * max(sizes)]
        if len(kept) < len(listed) and verdict(claim, {**certificate, part: kept}).accepted:
            return kept
    return listed
