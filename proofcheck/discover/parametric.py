"""Search for one certificate that holds for every q in (0, 1], that is, for every condition number.

Every certificate that this module returns passed the kernel's exact check; the solver's word decides nothing.
"""

from __future__ import annotations

import numpy as np

from proofcheck.discover.candidate import Candidate, Progress, silent
from proofcheck.discover.elimination import Equalities
from proofcheck.discover.parametric_program import Solution
from proofcheck.discover.simplify import State, simplified
from proofcheck.discover.theorem_search import Shape, TheoremSearch, written
from proofcheck.documents import Document, verdict
from proofcheck.kernel import wire

FORMAT = "proofcheck-certificate/2"
SHAPES = (Shape(1), Shape(2), Shape(3), Shape(4))
DENOMINATORS = (4, 8, 10, 20, 50, 100, 200, 500, 1000, 10**4, 10**5, 10**6, 10**8)
SMALLEST = 1e-7


def prove_theorem(claim: Document, progress: Progress = silent) -> Candidate:
    """Search a certificate of a claim/2 linear_rate document.

    Parameters
    ----------
    claim : dict
        The claim; its constant may be "some" or None, then the constant of the certificate is claimed if it
        does not depend on q.
    progress : callable, optional
        Called with a message and the fraction done.
    """
    notes: dict[str, str] = {}
    for number, shape in enumerate(SHAPES):
        progress(f"searching a certificate of degree {shape.degree}", number / len(SHAPES))
        search = TheoremSearch(claim, shape)
        equalities = search.program.refine(search.bounds)
        if equalities is None:
            notes[f"degree {shape.degree}"] = "no solution to leading order as q -> 0"
            continue
        solution = search.solve(equalities)
        notes[f"margin of degree {shape.degree}"] = f"{solution.margin:.3e} ({solution.status})"
        found = accepted(search, solution, equalities)
        if found is not None:
            state = simplified(State(search, equalities, solution))
            found = accepted(search, state.solution, state.equalities) or found
            return Candidate(found.claim, found.certificate, notes)
    return Candidate(None, None, notes)


def accepted(search: TheoremSearch, solution: Solution, equalities: Equalities) -> Candidate | None:
    """Round the solution to larger and larger denominators until the kernel accepts it; None if it never does."""
    if solution.margin < SMALLEST:
        return None
    for denominator in DENOMINATORS:
        exact = search.exact(solution, equalities, denominator)
        if exact is None or search.program.worst(np.array([float(x) for x in exact]))[0] < 0:
            continue
        fields, constant = search.fields(exact)
        claim = search.document
        if claim["statement"]["constant"] is None:
            claim = {**claim, "statement": {**claim["statement"], "constant": written(constant)}}
        certificate = {"format": FORMAT, "claim": wire.digest(claim), "rule": "lyapunov", **fields}
        if verdict(claim, certificate).word == "PROVED":
            return Candidate(claim, certificate)
    return None
