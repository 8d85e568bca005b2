"""Rule worst_case: metric_N <= bound * initial, as one nonnegative combination over N steps."""

from __future__ import annotations

from typing import Any

from .. import wire
from ..claim import Claim
from ..outcome import Declined, Rejected, require
from ..statements import WorstCase
from .combine import MAX_TERMS, prove

FIELDS = ("proof",)
MAX_WORK = 16_000


def apply(claim: Claim, found: dict[str, Any]) -> tuple[str, str]:
    """Check bound * initial - metric_N >= 0 on the run from rest."""
    s = claim.statement
    if not isinstance(s, WorstCase):
        raise Rejected("certificate: rule worst_case proves statements of kind worst_case only")
    work = s.steps * len(wire.sequence(found["proof"], "certificate: proof", MAX_TERMS))
    require(work <= MAX_WORK, Declined, f"certificate: proof: steps times entries = {work}, the limit is {MAX_WORK}")
    run = claim.run(0, s.steps, generic=False)
    goal = s.bound * claim.measure(run, s.initial, 0) - claim.measure(run, s.metric, s.steps)
    prove(claim, run, goal, found["proof"], "certificate: proof")
    return "PROVED", f"the bound {s.bound} holds after {s.steps} steps"
