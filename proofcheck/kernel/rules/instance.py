"""Rule instance: an explicit function of the class on which the method breaks the claim.

The method runs on the function in exact arithmetic; the claim is refuted if
metric_N > constant * rate^N * initial (or bound * initial).
"""

from __future__ import annotations

from typing import Any

from .. import instances, wire
from ..claim import Claim
from ..outcome import Declined, Rejected, require
from ..statements import MAX_STEPS, WorstCase

FIELDS = ("function", "steps")
MAX_WORK = 1_000_000


def apply(claim: Claim, found: dict[str, Any]) -> tuple[str, str]:
    """Run the method on the given function and compare."""
    steps = wire.integer(found["steps"], "certificate: steps", 0, MAX_STEPS)
    s: Any = claim.statement
    work = steps * len(wire.canonical_bytes(found["function"]))
    require(work <= MAX_WORK, Declined, f"certificate: steps times bytes of the function = {work}, at most {MAX_WORK}")
    function = instances.read(found["function"], claim.problem)
    if isinstance(s, WorstCase):
        require(steps == s.steps, Rejected, f"certificate: steps={steps} is not the claimed {s.steps}")
        factor = s.bound
    else:
        if s.constant is None:
            raise Rejected("certificate: one run cannot refute a claim about some constant")
        factor = s.constant * s.rate**steps
    first, last = function.run(claim.method, steps)
    reached, allowed = last[s.metric], factor * first[s.initial]
    require(reached > allowed, Rejected, "certificate: this function satisfies the claimed bound")
    return "REFUTED", f"an explicit function exceeds the bound after {steps} steps"
