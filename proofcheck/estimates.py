"""The worst case after N steps in floating point: at once, without a certificate."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from proofcheck.certifier import _initial, checked
from proofcheck.classes import ProblemClass
from proofcheck.documents import worst_case
from proofcheck.methods import Method


@dataclass(frozen=True)
class Estimate:
    """A worst case as a solver sees it, never a verdict of the kernel.

    Attributes
    ----------
    status : str
        OBSERVED, or UNDECIDED if the solver found nothing.
    value : float or None
        About the smallest b with metric_N <= b * initial that the pairs of points offered can prove; the solver's
        error has either sign. `prove_bound` gives a number that is a bound.
    tight : bool
        Whether the solver's worst case keeps all inequalities of the class, so that no smaller b holds, up to its
        accuracy.
    pairs : str
        Between which points inequalities were offered.
    solver : str
        The solver's own word.
    """

    status: str
    value: float | None
    tight: bool
    pairs: str
    solver: str


def worst_case_estimate(
    problem: ProblemClass,
    method: Method,
    steps: int,
    *,
    performance_metric: str = "objective_gap",
    initial_condition: str | None = None,
) -> Estimate:
    """Estimate the smallest b with metric_N <= b * initial, in floating point.

    Parameters are those of `prove_bound`.

    Examples
    --------
    >>> from proofcheck.classes import SmoothStronglyConvex
    >>> from proofcheck.methods import GradientDescent
    >>> f = SmoothStronglyConvex(mu=1, L1=10)
    >>> seen = worst_case_estimate(f, GradientDescent.classical(f), 5)
    >>> seen.status, round(seen.value, 6), seen.tight
    ('OBSERVED', 0.348678, True)
    """
    from proofcheck.discover.steps import estimate  # NumPy and the solver take a moment to import

    start = initial_condition or _initial(performance_metric)
    claim, parsed = checked(problem, method, worst_case(performance_metric, start, steps, Fraction(1)))
    found = estimate(parsed)
    if found is not None:
        return Estimate("OBSERVED", found.answer.bound, found.tight, found.name, found.answer.status)
    from proofcheck.discover.worst_case import WorstCaseSearch

    search = WorstCaseSearch(claim)
    solution = search.best()
    if not solution.unknowns:
        return Estimate("UNDECIDED", None, False, "", solution.status)
    value = solution.unknowns["B"] * float(search.scale_initial) / float(search.scale)
    return Estimate("OBSERVED", value, False, "those of the general search", solution.status)
