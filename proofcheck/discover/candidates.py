"""Which of the class inequalities to offer for a run: few enough to be quick, enough to be tight."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from proofcheck.kernel.claim import Claim
from proofcheck.kernel.classes.premise import Premise
from proofcheck.kernel.forms import Form
from proofcheck.kernel.run import Run

Term = tuple[str, tuple[str, ...]]


class Candidates:
    """Inequalities of a class between points of a run, each once, by name and labels."""

    def __init__(self, claim: Claim, run: Run) -> None:
        self.claim, self.run = claim, run
        self.forms: dict[Term, Form] = {}
        self._labels: dict[tuple[object, ...], str] = {}

    def _add(self, name: str, *at: str) -> None:
        if name in self.claim.problem.inequalities:
            form = self.claim.problem.inequalities[name](self.claim.problem.parameters, self.run, list(at))
            if form.values or any(form.gram.values()):
                self.forms.setdefault((name, at), form)

    def _distinct(self, labels: Iterable[str]) -> list[str]:
        """One label for each position."""
        found = []
        for label in labels:
            point = self.run.point(label)
            known = self._labels.setdefault((point.x.key, point.u.key), label)
            if known not in found:
                found.append(known)
        return found

    def same_u(self, labels: Iterable[str], reach: int | None = None) -> None:
        """Offer interpolation between all ordered pairs, or those at most `reach` apart in the list.

        For mu = L1 interpolation is not defined and three inequalities that hold there are offered instead. Named
        premises take its place where the claim has them, those about one point at every point.
        """
        names = self._pairs()
        listed = self._distinct(labels)
        for label in listed:
            for name in self._singles():
                self._add(name, label)
        for i, a in enumerate(listed):
            for j, b in enumerate(listed):
                near = reach is None or abs(i - j) <= reach or 0 in (i, j)
                if i != j and near:
                    for name in names:
                        self._add(name, a, b)

    def _pairs(self) -> list[str]:
        """The inequalities between any two points with the same u."""
        problem = self.claim.problem
        if problem.assumed:
            return [name for name, points in self._premises() if points == 2]
        p = problem.parameters
        return ["interpolation"] if p["mu"] < p["L1"] else ["strong_convexity", "smoothness", "cocoercivity"]

    def _singles(self) -> list[str]:
        """The named premises about one point; that values are nonnegative comes with their roots."""
        return [name for name, points in self._premises() if points == 1]

    def _premises(self) -> list[tuple[str, int]]:
        listed = self.claim.problem.inequalities.items()
        return [(name, len(entry.points)) for name, entry in listed if isinstance(entry, Premise)]

    def same_x(self) -> None:
        """Offer value roots (and Assumption 5) between all known points with one x."""
        groups: dict[object, list[str]] = {}
        for (x, _), label in self._labels.items():
            groups.setdefault(x, []).append(label)
        for labels in groups.values():
            for i, a in enumerate(labels):
                for b in labels[i + 1 :]:
                    self._add("value_root", a, b)
                    self._add("gradient_lipschitz", a, b)

    def minimisers(self, labels: Sequence[str]) -> None:
        """Offer the distance of minimisers for all pairs of u-positions."""
        for i, a in enumerate(labels):
            for b in labels[i + 1 :]:
                self._add("minimisers", a, b)

    def steps(self, names: Iterable[str]) -> None:
        """Offer the bound of the gradient in u at each step."""
        for name in names:
            self._add("step_bound", name)


def around(
    claim: Claim, run: Run, queries: Sequence[int], ends: Sequence[int], back: int = 1, *, rich: bool = False
) -> dict[Term, Form]:
    """Return the candidates around the given queries (steps) and end points (iterates).

    At each query: its own minimiser, the query point, the iterates before and after, and the `back`
    previous queries with their minimisers; at each end point the iterate and, for one step only,
    the minimisers that V may refer to. Value roots, steps and minimisers link the groups. With `rich`,
    every iterate and query appears at every query's u: twice as many inequalities, slightly better rates.
    """
    offer = Candidates(claim, run)
    if not queries:
        if not claim.problem.partial:
            offer.same_u(["x*", run.label(0)])
        return offer.forms
    if len({u.key for u in run.u.values()}) == 1:
        path = [label for j in queries for label in (run.label(j), run.query_label(j))]
        path += [run.label(queries[-1] + 1)]
        star = run.minimiser_label(queries[0])
        if claim.problem.partial:
            star += "@" + run.query_label(queries[0]).partition("@")[2]
        offer.same_u([star, *path], reach=None if len(path) <= 8 else 2 * back)
        return offer.forms
    u_labels = []
    for position, j in enumerate(queries):
        u = run.query_label(j).partition("@")[2]
        u_labels.append(u)
        xs = [f"x*[{u}]", run.query_label(j).partition("@")[0]]
        xs += [run.label(i).partition("@")[0] for i in (j, j + 1)]
        for i in queries[max(0, position - back) : position]:
            xs += [run.minimiser_label(i), run.query_label(i).partition("@")[0]]
        if rich:
            for i in queries:
                labels = (run.label(i), run.query_label(i), run.label(i + 1))
                xs += [run.minimiser_label(i), *(label.partition("@")[0] for label in labels)]
        offer.same_u([f"{x}@{u}" for x in dict.fromkeys(xs) if x in run.x])
    for j in range(queries[0] + 1, queries[-1] + 2):
        x, u = run.label(j).split("@")
        points = [f"{x}@{u}"]
        if j in ends:
            u_labels.append(u)
            points += [f"{run.minimiser_label(queries[-1])}@{u}", f"x*[{u}]@{u}"]
        offer.same_u(points)
    offer.same_x()
    offer.minimisers(u_labels)
    offer.steps(run.query_label(j).partition("@")[0][2:-1] for j in queries)
    return offer.forms
