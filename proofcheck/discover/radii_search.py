"""The programs of the radii: a second Lyapunov function U that keeps the run in balls around its start.

The numbers of the rule `lyapunov_in_balls` are fixed; U, its constant and the multipliers are unknown. What
bounds the points of one step (`SIDES`) is proved afterwards, for the U that was found.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from proofcheck.discover.candidates import Term
from proofcheck.discover.functions import Unknown, combination, free, order
from proofcheck.discover.parametric_program import Block
from proofcheck.discover.theorem_candidates import Offer, offered
from proofcheck.discover.theorem_search import Shape, TheoremSearch
from proofcheck.documents import Document
from proofcheck.families import document as written
from proofcheck.kernel.forms import Form, combine, inner, square
from proofcheck.kernel.outcome import Refusal
from proofcheck.kernel.parameter.ratio import Ratio, of
from proofcheck.kernel.rules import lyapunov as rule
from proofcheck.kernel.rules.combine import prove
from proofcheck.kernel.rules.lyapunov_form import Lyapunov
from proofcheck.kernel.rules.radii import AHEAD, goals, known
from proofcheck.kernel.run import Run

MAIN = ("base", "query", "decrease")
SIDES = ("early", "next", "move")
LARGEST = 1e4  # no constant above is of interest
Kept = Mapping[str, Collection[Term]]


@dataclass(frozen=True)
class Numbers:
    """The numbers that are fixed before U is searched, functions of q.

    Attributes
    ----------
    rate, weight, path, query, move : Ratio
        As the rule names them; move is 0 if the path is not used.
    """

    rate: Ratio
    weight: Ratio
    path: Ratio
    query: Ratio
    move: Ratio


class PartSearch(TheoremSearch):
    """What the programs have in common.

    Parameters
    ----------
    document : dict
        A claim/2 linear_rate document; of balls, only a start in them is used.
    shape : Shape
        The degree of the unknown functions and of their denominator.
    kept : mapping, optional
        For each part the inequalities to offer; by default all.
    """

    plain = False  # whether few inequalities are offered for the side parts

    def __init__(self, document: Document, shape: Shape, kept: Kept | None = None) -> None:
        self.kept = kept
        super().__init__(document, shape)
        self.bounds = {}

    def _blocks(self) -> list[Block]:
        self.unit = of(1)
        self.scales = replace(self.scales, loss=2 - self.scales.memory, far=True)
        self.terms = {part: {} for part in (*MAIN, *SIDES)}
        self.mu = self.claim.problem.parameters["mu"]
        self.rest, self.step = self.claim.run(0, 1, generic=False), self.claim.run(-1, 1, generic=True)
        return self._parts()

    def _parts(self) -> list[Block]:
        raise NotImplementedError

    def offers(self, part: str) -> dict[Term, Form]:
        """The inequalities offered for one part."""
        if part == "base":
            found = offered(self.claim, self.rest, [0], None, rich=True) | self._near()
        elif part == "decrease":
            found = offered(self.claim, self.step, [0], None, rich=True)
        else:
            found = settled(self, self.step, part, plain=self.plain)
        return found if self.kept is None else {term: found[term] for term in found if term in self.kept[part]}

    def _near(self) -> dict[Term, Form]:
        """What is known of the start where the balls say so."""
        known_near = self.claim.problem.inequalities.get("start_distance")
        return {("start_distance", ()): known_near(self.claim.problem.parameters, self.rest, [])} if known_near else {}

    def between(self, run: Run, here: str, after: str) -> Form:
        """The form mu |y_{k+1} - y_k|^2."""
        following = self.claim.method.query(run.x_at(f"x[{after}]"), run.x_at(f"x[{here}]"))
        return self.distance(following, run.x_at(f"y[{here}]"))

    def distance(self, a: Any, b: Any) -> Form:
        """The form mu |a - b|^2."""
        form: Form = self.mu * square(a - b)
        return form

    def u_forms(self, run: Run, index: int) -> dict[str, Form]:
        """The form that each unknown coefficient of U_index multiplies."""
        values, in_x, in_u = rule.features(run, index)
        memory = self.scales.memory
        exponents = {"x": (1, memory - 1), "u": (memory, 0)}
        found = {"a0": values[0]}
        self._declare("a0", 0)
        for space, vectors in (("x", in_x), ("u", in_u)):
            for i, left in enumerate(exponents[space]):
                for j in range(i, len(exponents[space])):
                    found[f"{space}{i}{j}"] = (1 if i == j else 2) * inner(vectors[i], vectors[j])
                    self._declare(f"{space}{i}{j}", left + exponents[space][j])
        return found

    def _declare(self, name: str, first: int) -> None:
        if name not in {unknown.name for unknown in self.unknowns}:
            self.unknowns.append(free(name, first, self.shape.degree, self.common))

    def functions(self, coefficients: list[Fraction]) -> dict[str, Ratio]:
        """The unknown functions by name."""
        return {
            name: combination(unknown, [coefficients[j] for j in self.program.columns(name)])
            for name, unknown in self.program.unknowns.items()
        }

    def proof(self, part: str, functions: Mapping[str, Ratio]) -> list[Document]:
        """The multipliers of one part as a certificate writes them."""
        found = [(term, functions[label]) for label, term in self.terms[part].items() if functions[label]]
        return [{"inequality": name, "at": list(at), "multiplier": written(f)} for (name, at), f in found]


class RadiiSearch(PartSearch):
    """U, its constant and the multipliers of the main parts, for given numbers.

    Parameters
    ----------
    document, shape, kept
        As for `PartSearch`.
    numbers : Numbers
        The fixed numbers.
    limits : sequence of Ratio
        The constant is at most each of these times the unknown number "excess", which is to be minimised.
    """

    def __init__(
        self, document: Document, shape: Shape, numbers: Numbers, limits: list[Ratio], kept: Kept | None = None
    ) -> None:
        self.numbers, self.limits = numbers, limits
        super().__init__(document, shape, kept)
        self.bounds = {self.program.first["excess"]: (0.0, LARGEST)}

    def _parts(self) -> list[Block]:
        n, run = self.numbers, self.step
        one, now, later = self.u_forms(self.rest, 1), self.u_forms(run, 0), self.u_forms(run, 1)
        self.unknowns.append(free("constant", 0, self.shape.degree, self.common))
        self.unknowns.append(Unknown("excess", (of(1),), False))
        first: Form = n.rate * self.claim.measure(self.rest, "objective_gap", 0)  # type: ignore[assignment]
        apart = self.distance(run.x_at("y[k]"), run.x_at("x*[v[k]]"))
        limits = [_limit(f"limit {number}", limit) for number, limit in enumerate(self.limits)]
        return [
            self._block("base", self.rest, -1 * self._spent(self.rest, "0", "1"),
                        {"constant": first, **{name: -1 * form for name, form in one.items()}}, self.offers("base")),
            self._block("decrease", run, -1 * self._spent(run, "k", "k+1"),
                        {name: n.rate * form - later[name] for name, form in now.items()},
                        self.offers("decrease"), self.scales.loss),
            self._block("query", run, -1 * apart, {name: n.query**2 * form for name, form in now.items()},
                        self.offers("query")),
            *limits,
        ]  # fmt: skip

    def _spent(self, run: Run, here: str, after: str) -> Form:
        n = self.numbers
        parts: list[Any] = [(n.weight, square(run.w_at(here)))]
        return combine(parts + ([(n.path, self.between(run, here, after))] if n.path else []))


class SideSearch(PartSearch):
    """The multipliers of one side part, for the U that was found.

    Parameters
    ----------
    document, shape
        As for `PartSearch`.
    part : {"early", "next", "move"}
        Which part.
    numbers : Numbers
        The fixed numbers; next is query.
    functions : mapping
        The coefficients of U.
    plain : bool, optional
        Whether to offer few inequalities.
    """

    def __init__(
        self,
        document: Document,
        shape: Shape,
        part: str,
        numbers: Numbers,
        functions: Mapping[str, Ratio],
        *,
        plain: bool = False,
    ) -> None:
        self.part, self.numbers, self.u, self.plain = part, numbers, functions, plain
        super().__init__(document, shape)

    def _parts(self) -> list[Block]:
        n, run, part = self.numbers, self.step, self.part
        parts: list[Any] = [(self.u[name], form) for name, form in self.u_forms(run, 0).items()]
        self.unknowns.clear()
        after, weight = run.x_at("x[k+1]"), 0
        goal: Any
        if part == "early":
            goal = n.rate * combine(parts) - n.weight * (of(1) - n.rate) * square(run.w_at("k"))
        elif part == "next":
            goal = n.query**2 * combine(parts) - self.distance(after, run.x_at("x*[v[k]]"))
        else:
            goal, weight = n.move**2 * combine(parts) - self.distance(after, run.x_at("y[k]")), 2 * order(n.move)
        return [self._block(part, run, goal, {}, self.offers(part), weight)]


def _limit(name: str, limit: Ratio) -> Block:
    """The constant is at most excess times the limit: a matrix of size 1."""
    one: Any = Form({}, {"r": {("1", "1"): of(1)}})  # type: ignore[dict-item]
    return Block(name, Form({}, {}), {"excess": limit * one, "constant": -1 * one}, {("r", "1"): 0}, 0)


def settled(search: TheoremSearch, run: Run, part: str, *, plain: bool = False) -> dict[Term, Form]:
    """Inequalities between points that are in the balls by then; plain: fewer."""
    offer, late = Offer(search.claim, run), part != "query"
    xs = ["x*[v[k]]", "x[k]", *([] if plain else ["x*[v[k-1]]"]), *(["y[k]", "x[k+1]"] if late else [])]
    offer.among(f"{x}@v[k]" for x in xs if not (plain and part == "next" and x == "x[k+1]"))
    offer.among(["x*[u[k]]@u[k]", "x[k]@u[k]"])
    if not plain:
        offer.among(["x*[v[k-1]]@v[k-1]", "x*[v[k]]@v[k-1]"])
    offer.same_x()
    offer.minimisers(["u[k]", "v[k]", "v[k-1]"])
    offer.steps(["k"] if late else [])
    ahead = AHEAD if late else AHEAD | {"y[k]"}
    return {term: form for term, form in offer.forms.items() if _permitted(ahead, term)}


def _permitted(ahead: set[str], term: Term) -> bool:
    try:
        known(ahead)(term[0], list(term[1]), "")
    except Refusal:
        return False
    return True


def holds(search: PartSearch, numbers: Numbers, functions: Mapping[str, Ratio], part: str, proof: Any) -> bool:
    """Whether the kernel accepts the proof of one part."""
    claim = search.claim
    n = {"rate": numbers.rate, "weight": numbers.weight, "path": numbers.path, "query": numbers.query,
         "next": numbers.query, "move": numbers.move, "share": of(1), "constant": functions["constant"]}  # fmt: skip
    potential = Lyapunov(lyapunov_document(functions), claim.problem.partial, claim.field.number)
    run, goal, ahead = goals(claim, n, potential)[part]
    try:
        prove(claim, run, goal, proof, part, known(ahead))
    except Refusal:
        return False
    return True


def lyapunov_document(functions: Mapping[str, Ratio]) -> Document:
    """U as a certificate writes it."""
    found: Document = {"values": [written(functions["a0"]), ["0"]]}
    for space, n in (("x", rule.X_FEATURES), ("u", rule.U_FEATURES)):
        names = [[f"{space}{min(i, j)}{max(i, j)}" for j in range(n)] for i in range(n)]
        found[space] = [[written(functions.get(name, of(0))) for name in row] for row in names]
    return found
