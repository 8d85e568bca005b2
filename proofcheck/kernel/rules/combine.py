"""Rule combine: a form is nonnegative because it is a nonnegative combination plus squares.

goal = sum_i multiplier_i * (inequality_i >= 0) + slack, where the slack is a sum of squares: its
function values, moved to the line of roots by F = R^2, and its Gram matrices, one for each space,
must be positive semidefinite.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from .. import wire
from ..claim import Claim
from ..forms import SPACES, Form, combine
from ..outcome import Declined, Rejected, require
from ..run import Run

MAX_TERMS = 2_000
MAX_SIZE = 120


Terms = list[tuple[str, list[str], Any]]
Permission = Callable[[str, list[str], str], None]


def anywhere(name: str, at: list[str], where: str) -> None:
    """Permit an inequality between any points of the run."""


def read_terms(value: Any, where: str, number: Callable[[Any, str], Any] = wire.rational) -> Terms:
    """A list of {"inequality": name, "at": labels, "multiplier": number}."""
    terms = []
    for position, entry in enumerate(wire.sequence(value, where, MAX_TERMS)):
        here = f"{where}[{position}]"
        found = wire.fields(entry, ("inequality", "at", "multiplier"), here)
        at = [wire.text(label, f"{here}.at") for label in wire.sequence(found["at"], f"{here}.at", 2)]
        name = wire.text(found["inequality"], f"{here}.inequality")
        terms.append((name, at, number(found["multiplier"], f"{here}.multiplier")))
    return terms


def slack(claim: Claim, run: Run, goal: Form, terms: Terms, where: str) -> Form:
    """Goal minus the combination, every value c F moved to c R^2."""
    parts = [(Fraction(1), goal)]
    p = claim.problem.parameters
    for number, (name, at, multiplier) in enumerate(terms):
        here = f"{where}[{number}]"
        known = name in claim.problem.inequalities
        require(known, Declined, f"{here}.inequality: {wire.shorten(name)} is not one of {claim.problem.name}")
        require(multiplier >= 0, Rejected, f"{here}.multiplier={multiplier} of {name} must be >= 0")
        parts.append((-multiplier, claim.problem.inequalities[name](p, run, at)))
    rest = combine(parts)
    return rest + Form({}, {"r": {(name, name): c for name, c in rest.values.items()}})


def prove(claim: Claim, run: Run, goal: Form, value: Any, where: str, permit: Permission = anywhere) -> None:
    """Raise a Refusal unless the terms in `value`, each of them permitted, prove goal >= 0."""
    terms = read_terms(value, where, claim.field.number)
    for position, (name, at, _) in enumerate(terms):
        permit(name, at, f"{where}[{position}]")
    rest = slack(claim, run, goal, terms, where)
    for space in SPACES:
        names, matrix = rest.matrix(space)
        require(len(names) <= MAX_SIZE, Declined, f"{where}: slack of size {len(names)}, the limit is {MAX_SIZE}")
        defect = claim.field.semidefinite_defect(matrix)
        message = f"{where}: the slack in {space} is not positive semidefinite: {defect}"
        require(defect is None, Rejected, message)
