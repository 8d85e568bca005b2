"""Search for the best provable bound after N steps."""

from __future__ import annotations

from fractions import Fraction

from proofcheck.discover.candidate import Candidate, Progress, silent
from proofcheck.discover.candidates import Term, around
from proofcheck.discover.coordinates import Coordinates
from proofcheck.discover.lyapunov import scale_of
from proofcheck.discover.program import Block, Program, Solution
from proofcheck.discover.pruning import prune
from proofcheck.discover.spectrum import obstruction
from proofcheck.documents import Document, certificate_document, parse, terms, verdict
from proofcheck.kernel.forms import Form
from proofcheck.numbers import significant

DIGITS = (9, 12, 15)
MARGINS = (2e-8, 2e-7, 5e-7, 9e-7, 1e-5, 1e-4, 1e-3, 1e-2)
COARSE = (1e-5, 1e-4, 1e-3, 1e-2)
LARGE = 150
SMALLEST, ALMOST_ZERO = 1e-30, 1e-9  # where quadratics end at zero, a bound of about 1e-9 is searched


class WorstCaseSearch:
    """The program of one worst_case claim; its bound is replaced in what is returned."""

    def __init__(self, claim: Document, back: int = 1) -> None:
        self.document, self.claim = claim, parse(claim)
        statement = claim["statement"]
        steps = int(statement["steps"])
        size = min(obstruction(self.claim).rate, 1.0) ** steps
        self.size = significant(size if size > SMALLEST else ALMOST_ZERO, 3)
        run = self.claim.run(0, steps, generic=False)
        self.scale = scale_of(statement["metric"], self.claim) / self.size
        self.scale_initial = scale_of(statement["initial"], self.claim)
        metric = self.scale * self.claim.measure(run, statement["metric"], steps)
        initial = self.scale_initial * self.claim.measure(run, statement["initial"], 0)
        offered = around(self.claim, run, range(steps), [], back)
        if self.claim.problem.assumed:
            offered = within_reach(offered, [initial, -1 * metric])
        decay = float(self.size) ** (0.5 / max(steps, 1))
        forms = [metric, initial, *offered.values()]
        iterates = float(self.size) < 1e-3 and len({u.key for u in run.u.values()}) == 1
        coordinates = Coordinates.of(self.claim, 1.0, run, forms, decay=decay, iterates=iterates)
        block = Block("proof", -1 * metric, {"B": initial}, offered, coordinates)
        self.program = Program([block], ["B"], normalise=True)

    def best(self) -> Solution:
        """Minimise the bound."""
        return self.program.solve(minimise="B", floor=0.0)

    def at(self, bound: Fraction) -> Solution:
        """Maximise the margin at a given bound (in the claim's units)."""
        return self.program.solve(caps={"B": float(bound * self.scale / self.scale_initial)})

    def accepted(self, solution: Solution, bound: Fraction) -> Candidate | None:
        """Round with more and more digits until the kernel accepts."""
        if not solution.unknowns or solution.margin <= 0:
            return None
        claim = {**self.document, "statement": {**self.document["statement"], "bound": str(bound)}}
        for digits in (n for n in DIGITS if 10.0**-n < solution.margin):
            listed = [
                (name, at, significant(Fraction(m) / self.scale, digits))
                for (name, at), m in solution.multipliers["proof"].items()
                if m > 0
            ]
            proof = terms([(name, at, m) for name, at, m in listed if m])
            certificate = certificate_document(claim, "worst_case", {"proof": proof})
            if verdict(claim, certificate).accepted:
                return Candidate(claim, certificate)
        return None


def within_reach(offered: dict[Term, Form], goals: list[Form]) -> dict[Term, Form]:
    """Leave out the inequalities that no proof can use, so that the slack can have a margin.

    A basis vector on whose square neither a goal nor an inequality can leave anything positive has a zero row in
    every slack: whatever touches it has the multiplier zero, or cancels. (Where premises bound no distance, as for
    convex functions, that is the distance from the minimiser.)
    """
    names = {name for form in offered.values() for pair in form.gram["x"] for name in pair}
    for name in sorted(names):
        square = name, name
        left = any(goal.gram["x"].get(square, 0) > 0 for goal in goals)
        if not left and not any(form.gram["x"].get(square, 0) < 0 for form in offered.values()):
            kept = {term: form for term, form in offered.items() if not any(name in pair for pair in form.gram["x"])}
            return within_reach(kept, goals) if len(kept) < len(offered) else offered
    return offered


def _finish(found: Candidate, notes: dict[str, str]) -> Candidate:
    assert found.claim is not None
    assert found.certificate is not None
    return Candidate(found.claim, prune(found.claim, found.certificate), notes)


def fixed_bound(claim: Document, progress: Progress = silent) -> Candidate:
    """Prove the claim's own bound."""
    progress("searching multipliers", 0.2)
    trivial = certificate_document(claim, "worst_case", {"proof": []})
    if verdict(claim, trivial).accepted:
        return Candidate(claim, trivial)
    bound = Fraction(claim["statement"]["bound"])
    notes: dict[str, str] = {}
    for back in (1, 2):
        search = WorstCaseSearch(claim, back)
        solution = search.at(bound)
        notes["solver status"], notes["margin"] = solution.status, f"{solution.margin:.3e}"
        found = search.accepted(solution, bound)
        if found is not None:
            return _finish(found, notes)
        progress("trying more inequalities", 0.6)
    return Candidate(None, None, notes)


def best_bound(claim: Document, progress: Progress = silent) -> Candidate:
    """Search the smallest bound for which the kernel accepts a certificate."""
    progress("minimising the bound", 0.1)
    search = WorstCaseSearch(claim)
    solution = search.best()
    notes = {"solver status": solution.status}
    if not solution.unknowns:
        return Candidate(None, None, notes)
    estimate = Fraction(solution.unknowns["B"]) * search.scale_initial / search.scale
    notes["floating-point estimate of the bound"] = f"{float(estimate):.9e}"
    for number, margin in enumerate(MARGINS if len(search.program.blocks[0].inequalities) < LARGE else COARSE):
        progress("rounding", 0.3 + 0.07 * number)
        bound = significant(estimate * (1 + Fraction(margin)), 10, up=True)
        found = search.accepted(search.at(bound), bound)
        if found is not None:
            return _finish(found, notes)
    return Candidate(None, None, notes)


__all__ = ["WorstCaseSearch", "best_bound", "fixed_bound"]
