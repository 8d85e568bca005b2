"""The program of one parametric claim: which unknown functions V and the multipliers are made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from proofcheck.discover.candidates import Term
from proofcheck.discover.elimination import Equalities
from proofcheck.discover.functions import Unknown, combination, free, nonnegative, power
from proofcheck.discover.parametric_program import Block, Program, Solution
from proofcheck.discover.scales import Scales, basis, changed, natural
from proofcheck.discover.theorem_candidates import offered
from proofcheck.documents import Document, parse
from proofcheck.families import document as written
from proofcheck.kernel.forms import SPACES, Form, Vector, inner
from proofcheck.kernel.parameter.ratio import Ratio, of
from proofcheck.kernel.rules import lyapunov as rule
from proofcheck.kernel.run import Run
from proofcheck.kernel.statements import LinearRate

BLOCKS = ("start", "base", "decrease", "bound")
CAP = 20.0
ONE: Any = of(1)


@dataclass(frozen=True)
class Shape:
    """What is tried: the degree of the unknown functions, the parts of V and the inequalities.

    Attributes
    ----------
    degree : int
        Of each polynomial, beyond its natural power of q.
    power : int
        Of the denominator of the method's coefficients below each unknown function.
    rich : bool
        Inequalities between all points with one u are offered, not only towards the query.
    metric : bool
        V is the metric itself.
    values : bool
        The coefficients of both function values in V are unknown.
    gradient : bool
        V may contain g_{k-1}.
    back : bool
        The points of the query before are offered too.
    """

    degree: int
    power: int = 0
    rich: bool = False
    metric: bool = False
    values: bool = False
    gradient: bool = False
    back: bool = False

    def __str__(self) -> str:
        parts = [name for name in ("metric", "values", "gradient", "rich", "back") if getattr(self, name)]
        return " ".join([f"degree {self.degree}", *parts])


class TheoremSearch:
    """The program of one claim and one shape.

    Parameters
    ----------
    document : dict
        A claim/2 linear_rate document; a constant of "some" or None is left open.
    shape : Shape
        What to try.
    """

    def __init__(self, document: Document, shape: Shape) -> None:
        constant = document["statement"]["constant"]
        self.document, self.shape = document, shape
        opened = {**document, "statement": {**document["statement"], "constant": constant or "some"}}
        self.claim = parse(opened)
        assert isinstance(self.claim.statement, LinearRate)
        self.statement = self.claim.statement
        self.scales = Scales.of(self.claim, far=shape.metric or self.statement.initial == "objective_gap")
        self.unit = _unit(self.statement.metric)
        self.unit_initial = self.unit if shape.metric else of(1)
        self.common = self._common()
        self.unknowns: list[Unknown] = []
        self.terms: dict[str, dict[str, Term]] = {block: {} for block in BLOCKS}
        self.program = Program(self.unknowns, self._blocks())
        self.bounds = {self.program.first["K"]: (self.least, CAP)} if "K" in self.program.first else {}

    @property
    def least(self) -> float:
        """The smallest constant, in scaled units, that `start` allows without further inequalities."""
        return 1.0 if self.same else 0.0

    @property
    def same(self) -> bool:
        """Whether metric and initial are the same multiple of the same."""
        return self.statement.metric == self.statement.initial and bool(self.unit == self.unit_initial)

    def _common(self) -> Ratio:
        """The denominator of unknown functions."""
        below = of(1)
        for value in self.claim.method.coefficients.values():
            below = below if len(of(value).denominator) == 1 else Ratio(of(value).denominator)
        return below**self.shape.power

    def _blocks(self) -> list[Block]:
        rest, generic, s = self.claim.run(0, 1, generic=False), self.claim.run(-1, 1, generic=True), self.statement
        first = self.unit_initial * self.claim.measure(rest, s.initial, 0)
        now, later, one = self._v(generic, 0), self._v(generic, 1), self._v(rest, 1)
        open_constant = s.constant is None and not self.shape.metric
        if open_constant:
            self.unknowns.append(Unknown("K", (of(1),), False))
        constant: Any = of(0) if open_constant else (s.constant or ONE) * self.unit / self.unit_initial
        c = {"K": first} if open_constant else {}
        rated: dict[str, Any] = {"K": s.rate * first} if open_constant else {}
        rich, back = self.shape.rich, self.shape.back
        measure = self.unit * self.claim.measure(generic, s.metric, 0)
        blocks = [
            self._block("base", rest, constant * s.rate * first - one[0],
                        {**rated, **{n: -1 * f for n, f in one[1].items()}},
                        offered(self.claim, rest, [0], None, rich=rich),
                        self.scales.loss if self.shape.metric else 0),
            self._block("decrease", generic, s.rate * now[0] - later[0],
                        {n: s.rate * f - later[1][n] for n, f in now[1].items()},
                        offered(self.claim, generic, [-1, 0] if back else [0], None, rich=rich, back=back,
                        origin=not self.shape.metric), self.scales.loss),
        ]  # fmt: skip
        if not self.same:
            goal = constant * first - self.unit * self.claim.measure(rest, s.metric, 0)
            blocks.append(self._block("start", rest, goal, c, offered(self.claim, rest, [], 0)))
        if not self.shape.metric:
            full = self.shape.values or self.shape.gradient
            candidates = offered(self.claim, generic, [-1], 0) if full else {}
            if s.metric != "objective_gap":
                candidates |= offered(self.claim, generic, [], 0)
            blocks.append(self._block("bound", generic, now[0] - measure, now[1], candidates))
        return blocks

    def _v(self, run: Run, index: int) -> tuple[Form, dict[str, Form]]:
        """The fixed part of V and the form that each unknown coefficient multiplies."""
        if self.shape.metric:
            return self.unit * self.claim.measure(run, self.statement.metric, index), {}
        values, in_x, in_u = rule.features(run, index)
        memory = self.scales.memory
        exponents = {"x": (1, memory - 1, 1 - memory), "u": (memory, 0)}
        sizes = {"x": 3 if self.shape.gradient else 2, "u": 2 if in_u else 0}
        found: dict[str, Form] = {}
        for space, vectors in (("x", in_x), ("u", in_u)):
            for i in range(sizes[space]):
                for j in range(i, sizes[space]):
                    name = f"{space}{i}{j}"
                    found[name] = (1 if i == j else 2) * inner(vectors[i], vectors[j])
                    if name not in {unknown.name for unknown in self.unknowns}:
                        first = exponents[space][i] + exponents[space][j]
                        self.unknowns.append(free(name, first, self.shape.degree, self.common))
        fixed = Form({}, {})
        if self.statement.metric == "objective_gap" and not self.shape.values:
            fixed = values[0]
        else:
            found |= {"a0": values[0], "a1": values[1]} if self.shape.values else {"a0": values[0]}
            for name in found.keys() & {"a0", "a1"} - {unknown.name for unknown in self.unknowns}:
                self.unknowns.append(free(name, 0, self.shape.degree, self.common))
        return fixed, found

    def _block(
        self, name: str, run: Run, fixed: Form, forms: Mapping[str, Any], terms: Mapping[Term, Form], weight: int = 0
    ) -> Block:
        centre = run.x_at(run.minimiser_label(0)) if self.shape.metric else Vector("x", {})
        replace = basis(self.scales, run, [fixed, *forms.values(), *terms.values()], centre)
        fixed, new = changed(fixed, replace), {n: changed(f, replace) for n, f in forms.items()}
        offers = {term: changed(form, replace) for term, form in terms.items()}
        every = [fixed, *new.values(), *offers.values()]
        vectors = {(space, n) for form in every for space in SPACES for pair in form.gram[space] for n in pair}
        exponents = {(space, n): self.scales.exponent(n, space) for space, n in vectors}
        for number, (term, form) in enumerate(offers.items()):
            first = natural(form, exponents, weight)
            label = f"{name}[{number}]"
            low, high = min(first, 0), max(first, 0) + self.shape.degree
            self.unknowns.append(nonnegative(label, low, high - low, self.common))
            self.terms[name][label] = term
            new[label] = -1 * form
        return Block(name, fixed, new, exponents, weight)

    def solve(self, equalities: Equalities, **options: Any) -> Solution:
        """Maximise the margin (or what the options ask for)."""
        return self.program.solve(equalities, self.bounds, **options)

    def exact(self, solution: Solution, equalities: Equalities, denominator: int) -> list[Fraction] | None:
        """Round the free coefficients, solve for the others exactly; None if a sign comes out wrong."""
        program = self.program
        chosen = {}
        signed = set(program.nonnegative)
        for j in range(program.size):
            if j not in equalities.solved:
                rounded = Fraction(round(float(solution.z[j]) * denominator), denominator)
                chosen[j] = max(rounded, Fraction(0)) if j in signed else rounded
        found = equalities.complete(chosen, program.size)
        return None if any(found[j] < 0 for j in signed) else found

    def fields(self, coefficients: list[Fraction]) -> tuple[Document, Ratio]:
        """The certificate's fields, and its constant."""
        functions = {
            name: combination(unknown, [coefficients[j] for j in self.program.columns(name)])
            for name, unknown in self.program.unknowns.items()
        }
        s, unit = self.statement, self.unit
        constant = of(1 if s.constant is None else s.constant)
        if "K" in functions:
            constant = functions["K"] * self.unit_initial / unit
        fields: Document = {"constant": written(constant), "lyapunov": self._lyapunov(functions)}
        for block in BLOCKS:
            found = [(term, functions[label] / unit) for label, term in self.terms[block].items() if functions[label]]
            fields[block] = [{"inequality": n, "at": list(at), "multiplier": written(f)} for (n, at), f in found]
        return fields, constant

    def _lyapunov(self, functions: Mapping[str, Ratio]) -> Document:
        metric, unit = self.statement.metric, self.unit
        gap = metric == "objective_gap"
        values = [functions.get("a0", of(int(gap))) / unit, functions.get("a1", of(0)) / unit]
        matrices: dict[str, list[list[Any]]] = {}
        for space, n in (("x", rule.X_FEATURES), ("u", rule.U_FEATURES if self.claim.problem.partial else 0)):
            names = [[f"{space}{min(i, j)}{max(i, j)}" for j in range(n)] for i in range(n)]
            matrices[space] = [[written(functions.get(name, of(0)) / unit) for name in row] for row in names]
        if self.shape.metric and not gap:
            matrices["x"][0][0] = ["1"]
        return {"values": [written(x) for x in values], **matrices}


def _unit(metric: str) -> Any:
    """A factor that brings a metric to the order of a function value."""
    return power(2) if metric == "squared_distance" else of(1)
