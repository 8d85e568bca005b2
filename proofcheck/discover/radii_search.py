"""The program of the radii: a second Lyapunov function U that keeps the run in balls around its start.

All numbers of the rule `lyapunov_in_balls` are fixed but U, its constant and the multipliers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from proofcheck.discover.candidates import Term
from proofcheck.discover.functions import Unknown, combination, free, order, power
from proofcheck.discover.parametric_program import Block
from proofcheck.discover.theorem_candidates import ALL_PAIRS, Offer, offered
from proofcheck.discover.theorem_search import Shape, TheoremSearch, written
from proofcheck.documents import Document
from proofcheck.kernel.forms import Form, inner, square
from proofcheck.kernel.outcome import Refusal
from proofcheck.kernel.parameter.ratio import Ratio, of
from proofcheck.kernel.rules import lyapunov as rule
from proofcheck.kernel.rules.radii import AHEAD, known
from proofcheck.kernel.run import Run

PARTS = ("base", "query", "early", "next", "move", "decrease")
LARGEST = 1e4  # no constant above is of interest


@dataclass(frozen=True)
class Numbers:
    """The numbers that are fixed before U is searched, functions of q.

    Attributes
    ----------
    rate, weight, path, query, next, move : Ratio
        As the rule names them; move is 0 if the path is not used.
    limits : tuple of Ratio
        The constant is at most each of these times the unknown number that is minimised.
    """

    rate: Ratio
    weight: Ratio
    path: Ratio
    query: Ratio
    next: Ratio
    move: Ratio
    limits: tuple[Ratio, ...]


class RadiiSearch(TheoremSearch):
    """U, its constant and the multipliers, for given numbers."""

    def __init__(self, document: Document, shape: Shape, numbers: Numbers) -> None:
        self.numbers = numbers
        super().__init__(document, shape)
        self.bounds = {self.program.first["excess"]: (0.0, LARGEST)}

    def _blocks(self) -> list[Block]:
        self.unit = of(1)
        self.terms = {part: {} for part in PARTS}
        n, mu = self.numbers, self.claim.problem.parameters["mu"]
        rest, run = self.claim.run(0, 1, generic=False), self.claim.run(-1, 1, generic=True)
        one, now, later = self._u(rest, 1), self._u(run, 0), self._u(run, 1)
        self.unknowns.append(free("constant", 0, self.shape.degree, self.common))
        self.unknowns.append(Unknown("excess", (of(1),), False))
        first = n.rate * self.claim.measure(rest, "objective_gap", 0)
        star = run.x_at("x*[v[k]]")
        distances = {
            "query": (n.query**2, mu * square(run.x_at("y[k]") - star)),
            "early": (n.rate, n.weight * (of(1) - n.rate) * square(run.w_at("k"))),
            "next": (n.next**2, mu * square(run.x_at("x[k+1]") - star)),
        }
        if n.move:
            distances["move"] = (n.move**2, mu * square(run.x_at("x[k+1]") - run.x_at("y[k]")))
        blocks = [
            self._block("base", rest, -1 * self._spent(rest, "0", "1"),
                        {"constant": first, **{name: -1 * form for name, form in one.items()}},
                        offered(self.claim, rest, [0], None, rich=True)),
            self._block("decrease", run, -1 * self._spent(run, "k", "k+1"),
                        {name: n.rate * form - later[name] for name, form in now.items()},
                        offered(self.claim, run, [0], None, rich=True), self.scales.loss),
        ]  # fmt: skip
        for name, (factor, distance) in distances.items():
            scaled = {key: factor * form for key, form in now.items()}
            weight = 2 * order(n.move) if name == "move" else 0
            blocks.append(self._block(name, run, -1 * distance, scaled, settled(self, run, name), weight))
        return blocks + [self._limit(number, limit) for number, limit in enumerate(n.limits)]

    def _spent(self, run: Run, here: str, after: str) -> Form:
        """What U loses in a step for the paths in u and in x."""
        n, mu = self.numbers, self.claim.problem.parameters["mu"]
        following = self.claim.method.query(run.x_at(f"x[{after}]"), run.x_at(f"x[{here}]"))
        form: Form = n.weight * square(run.w_at(here))
        return form + n.path * mu * square(following - run.x_at(f"y[{here}]")) if n.path else form

    def _u(self, run: Run, index: int) -> dict[str, Form]:
        """The form that each unknown coefficient of U multiplies."""
        values, in_x, in_u = rule.features(run, index)
        memory = self.scales.memory
        exponents = {"x": (1, memory - 1), "u": (memory, 0)}
        found = {"a0": values[0]}
        for space, vectors in (("x", in_x), ("u", in_u)):
            for i, left in enumerate(exponents[space]):
                for j in range(i, len(exponents[space])):
                    found[f"{space}{i}{j}"] = (1 if i == j else 2) * inner(vectors[i], vectors[j])
                    self._declare(f"{space}{i}{j}", left + exponents[space][j])
        self._declare("a0", 0)
        return found

    def _declare(self, name: str, first: int) -> None:
        if name not in {unknown.name for unknown in self.unknowns}:
            self.unknowns.append(free(name, first, self.shape.degree, self.common))

    def _limit(self, number: int, limit: Ratio) -> Block:
        """The constant is at most excess times the limit: a matrix of size 1."""
        name = f"limit {number}"
        one: Any = Form({}, {"r": {("1", "1"): of(1)}})  # type: ignore[dict-item]
        return Block(name, Form({}, {}), {"excess": limit * one, "constant": -1 * one}, {("r", "1"): 0}, 0)

    def radii(self, coefficients: list[Fraction]) -> tuple[Document, Ratio]:
        """The proofs, U and the constant as the certificate writes them, and the constant."""
        functions = {
            name: combination(unknown, [coefficients[j] for j in self.program.columns(name)])
            for name, unknown in self.program.unknowns.items()
        }
        found: Document = {"lyapunov": self._written(functions), "constant": written(functions["constant"])}
        for part in PARTS:
            terms = [(term, functions[label]) for label, term in self.terms[part].items() if functions[label]]
            found[f"{part}_proof"] = [
                {"inequality": name, "at": list(at), "multiplier": written(f)} for (name, at), f in terms
            ]
        return found, functions["constant"]

    @staticmethod
    def _written(functions: Mapping[str, Ratio]) -> Document:
        found: Document = {"values": [written(functions["a0"]), ["0"]]}
        for space, n in (("x", rule.X_FEATURES), ("u", rule.U_FEATURES)):
            names = [[f"{space}{min(i, j)}{max(i, j)}" for j in range(n)] for i in range(n)]
            found[space] = [[written(functions.get(name, of(0))) for name in row] for row in names]
        return found


def settled(search: TheoremSearch, run: Run, part: str) -> dict[Term, Form]:
    """Inequalities between points that are in the balls by then."""
    offer = Offer(search.claim, run)
    xs = ["x*[v[k]]", "x[k]", "x*[v[k-1]]", *(["y[k]", "x[k+1]"] if part != "query" else [])]
    offer.among(f"{x}@v[k]" for x in xs)
    offer.among(["x*[u[k]]@u[k]", "x[k]@u[k]"])
    offer.among(["x*[v[k-1]]@v[k-1]", "x*[v[k]]@v[k-1]"])
    offer.same_x()
    offer.minimisers(["u[k]", "v[k]", "v[k-1]"])
    offer.steps(["k"] if part != "query" else [])
    permit = known(AHEAD | ({"y[k]"} if part == "query" else set()))
    return {term: form for term, form in offer.forms.items() if _permitted(permit, term)}


def _permitted(permit: Any, term: Term) -> bool:
    try:
        permit(term[0], list(term[1]), "")
    except Refusal:
        return False
    return True


__all__ = ["ALL_PAIRS", "PARTS", "Numbers", "RadiiSearch", "power", "settled"]
