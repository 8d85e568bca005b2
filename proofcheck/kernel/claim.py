"""What is claimed: a class, a method, and one statement about every function of the class."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from . import classes, methods, statements, wire
from .classes import families
from .forms import Form, square
from .outcome import Declined, require
from .parameter.reading import FUNCTIONS, NUMBERS, Field
from .run import Run
from .statements import LinearRate, Statement, WorstCase

FORMAT = "proofcheck-claim/1"
FAMILY = "proofcheck-claim/2"
MAX_CLAIM_DIGITS = 100
MAX_RUN_DIGITS = 3_000


@dataclass(frozen=True)
class Claim:
    """A claim as the kernel understands it, with the hash of its canonical bytes."""

    problem: classes.ProblemClass
    method: methods.Method
    statement: Statement
    hash: str
    format: str = FORMAT

    @property
    def field(self) -> Field:
        """Numbers, or functions of q."""
        return FUNCTIONS if self.format == FAMILY else NUMBERS

    def run(self, first: int, last: int, generic: bool) -> Run:
        """The method's run on an unknown function of the class."""
        moving = self.problem.parameters.get("G1") != 0
        return Run(self.method, self.problem.partial, first, last, generic, moving)

    def measure(self, run: Run, name: str, index: int) -> Form:
        """The metric `name` at iterate `index`, as a form."""
        point = run.point(run.label(index))
        if name == "objective_gap":
            return point.value
        if name == "squared_distance":
            return square(point.x - run.x_at("x*"))
        return square(point.gradient)

    def words(self) -> list[str]:
        """What is claimed and under which premises, generated from what the kernel checks."""
        family = self.format == FAMILY
        head = "For every kappa >= 1 and every c in (0, 1], with q = sqrt(c/kappa): " if family else ""
        before, conclusion = self.statement.words(self.problem.partial, family)
        start = f"{head}{before}for every function f of the class"
        pair = ["where x stands for the pair (x, u): both parts move by the same recursion"]
        stay = ["and x_k, y_k and the minimisers over x at u_k, v_k stay in X, u_k and v_k in U"]
        return [
            start[0].upper() + start[1:],
            *(f"  {line}" for line in self.problem.words),
            "and every start, the method",
            *(
                f"  {line}"
                for line in (*self.method.words("c/L1" if family else ""), *(pair if self.problem.partial else []))
            ),
            "satisfies",
            *(
                f"  {line}"
                for line in (
                    conclusion,
                    *(stay if self.problem.balls and isinstance(self.statement, LinearRate) else []),
                )
            ),
            "  where f* is the minimum of f" + ("" if self.problem.partial else f" and x* {self.problem.star}"),
            "under the premises",
            *(f"  {line}" for line in self.problem.premises),
        ]


def read(data: bytes) -> Claim:
    """Read and check a claim; raises a Refusal."""
    document = wire.document(data, "claim", FORMAT, FAMILY)
    found = wire.fields(document, ("format", "class", "method", "statement"), "claim")
    longest = _longest_string(found)
    message = f"claim: a string of {longest} characters, the limit is {MAX_CLAIM_DIGITS}"
    require(longest <= MAX_CLAIM_DIGITS, Declined, message)
    form = found["format"]
    number = (FUNCTIONS if form == FAMILY else NUMBERS).number
    problem = (families if form == FAMILY else classes).read(found["class"])
    method = methods.read(found["method"], number)
    kinds = statements.OF_FUNCTIONS if form == FAMILY else statements.OF_NUMBERS
    statement = statements.read(found["statement"], problem, kinds, number)
    if isinstance(statement, WorstCase):
        digits = statement.steps * sum(len(str(number)) for number in method.coefficients.values())
        message = f"claim: steps times characters of the coefficients = {digits}, the limit is {MAX_RUN_DIGITS}"
        require(digits <= MAX_RUN_DIGITS, Declined, message)
    return Claim(problem, method, statement, wire.digest(found), form)


def _longest_string(document: Any) -> int:
    if isinstance(document, (dict, list)):
        entries = document.values() if isinstance(document, dict) else document
        return max((_longest_string(entry) for entry in entries), default=0)
    return len(document) if isinstance(document, str) else 0
