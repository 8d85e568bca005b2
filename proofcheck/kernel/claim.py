"""What is claimed: a class, a method, and one statement about every function of the class."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from . import classes, methods, wire
from .forms import Form, square
from .outcome import Declined, Invalid, require
from .run import Run

FORMAT = "proofcheck-claim/1"
MAX_CLAIM_DIGITS = 100
MAX_STEPS = 64
MAX_RUN_DIGITS = 3_000

METRICS = {
    "objective_gap": "f(x_k) - f*",
    "squared_distance": "|x_k - x*|^2",
    "squared_gradient_norm": "|grad f(x_k)|^2",
}
INITIAL = ("objective_gap", "squared_distance")


@dataclass(frozen=True)
class LinearRate:
    """metric_k <= constant * rate^k * initial for every k >= 0; constant None: for some constant."""

    metric: str
    initial: str
    rate: Fraction
    constant: Fraction | None


@dataclass(frozen=True)
class WorstCase:
    """metric_N <= bound * initial for N = steps."""

    metric: str
    initial: str
    steps: int
    bound: Fraction


@dataclass(frozen=True)
class Claim:
    """A claim as the kernel understands it, with the hash of its canonical bytes."""

    problem: classes.ProblemClass
    method: methods.Method
    statement: LinearRate | WorstCase
    hash: str

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
        shown = METRICS
        if self.problem.partial:
            shown = {"objective_gap": "f(x_k, u_k) - f*"}
        s = self.statement
        metric, initial = shown[s.metric], shown[s.initial].replace("_k", "_0")
        if isinstance(s, WorstCase):
            metric = metric.replace("_k", f"_{s.steps}")
            conclusion = [f"{metric} <= {s.bound} ({initial})"]
        else:
            constant = "C" if s.constant is None else str(s.constant)
            exists = "there is a constant C, the same for every f and start, such that " if s.constant is None else ""
            conclusion = [f"{exists}{metric} <= {constant} * ({s.rate})^k ({initial}) for every k >= 0"]
        pair = ["where x stands for the pair (x, u): both parts move by the same recursion"]
        return [
            "For every function f of the class",
            *(f"  {line}" for line in self.problem.words),
            "and every start, the method",
            *(f"  {line}" for line in (*self.method.words(), *(pair if self.problem.partial else []))),
            "satisfies",
            *(f"  {line}" for line in conclusion),
            "  where f* is the minimum of f" + ("" if self.problem.partial else " and x* its minimiser"),
            "under the premises",
            *(f"  {line}" for line in self.problem.premises),
        ]


def read(data: bytes) -> Claim:
    """Read and check a claim; raises a Refusal."""
    document = wire.document(data, "claim", FORMAT)
    found = wire.fields(document, ("format", "class", "method", "statement"), "claim")
    longest = _longest_string(found)
    message = f"claim: a string of {longest} characters, the limit is {MAX_CLAIM_DIGITS}"
    require(longest <= MAX_CLAIM_DIGITS, Declined, message)
    problem = classes.read(found["class"])
    method = methods.read(found["method"])
    statement = _statement(found["statement"], problem)
    if isinstance(statement, WorstCase):
        digits = statement.steps * sum(len(str(number)) for number in method.coefficients.values())
        message = f"claim: steps times characters of the coefficients = {digits}, the limit is {MAX_RUN_DIGITS}"
        require(digits <= MAX_RUN_DIGITS, Declined, message)
    return Claim(problem, method, statement, wire.digest(found))


def _longest_string(document: Any) -> int:
    if isinstance(document, dict):
        return max((_longest_string(entry) for entry in document.values()), default=0)
    return len(document) if isinstance(document, str) else 0


def _statement(value: Any, problem: classes.ProblemClass) -> LinearRate | WorstCase:
    where = "claim: statement"
    kind = wire.text(value.get("kind") if isinstance(value, dict) else None, f"{where}.kind")
    require(kind in ("linear_rate", "worst_case"), Declined, f"{where}.kind: unknown kind {wire.shorten(kind)}")
    own = ("rate", "constant") if kind == "linear_rate" else ("steps", "bound")
    found = wire.fields(value, ("kind", "metric", "initial", *own), where)
    metric = wire.text(found["metric"], f"{where}.metric")
    initial = wire.text(found["initial"], f"{where}.initial")
    require(metric in METRICS, Declined, f"{where}.metric: unknown metric {wire.shorten(metric)}")
    require(initial in INITIAL, Declined, f"{where}.initial: unknown condition {wire.shorten(initial)}")
    for key, name in (("metric", metric), ("initial", initial)):
        allowed = name == "objective_gap" or not problem.partial
        require(allowed, Declined, f"{where}.{key}: {name} is not defined on the class {problem.name}")
    if kind == "worst_case":
        steps = wire.integer(found["steps"], f"{where}.steps", 0, MAX_STEPS)
        bound = wire.rational(found["bound"], f"{where}.bound")
        require(bound >= 0, Invalid, f"{where}.bound={bound} must be >= 0")
        return WorstCase(metric, initial, steps, bound)
    rate = wire.rational(found["rate"], f"{where}.rate")
    require(0 <= rate < 1, Invalid, f"{where}.rate={rate} must be in [0, 1)")
    if found["constant"] == "some":
        return LinearRate(metric, initial, rate, None)
    constant = wire.rational(found["constant"], f"{where}.constant")
    require(constant > 0, Invalid, f"{where}.constant={constant} must be > 0")
    return LinearRate(metric, initial, rate, constant)
