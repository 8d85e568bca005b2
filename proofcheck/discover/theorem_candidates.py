"""Which inequalities to offer for a certificate that holds for every q: few first, then all."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from proofcheck.discover.candidates import Candidates, Term
from proofcheck.kernel.claim import Claim
from proofcheck.kernel.forms import Form
from proofcheck.kernel.run import Run

PAIRS = ("strong_convexity", "smoothness")
ALL_PAIRS = ("scaled_interpolation", *PAIRS)


class Offer(Candidates):
    """Inequalities that hold for mu = L1 too."""

    def towards(self, labels: Iterable[str], ends: Sequence[str]) -> None:
        """Compare every point with each of `ends`, whose gradients are the only ones that appear."""
        for label in self._distinct(labels):
            for end in self._distinct(ends):
                if label != end:
                    for name in PAIRS:
                        self._add(name, label, end)

    def among(self, labels: Iterable[str]) -> None:
        """Compare every point with every other."""
        listed = self._distinct(labels)
        for a in listed:
            for b in listed:
                if a != b:
                    for name in ALL_PAIRS:
                        self._add(name, a, b)


def offered(
    claim: Claim,
    run: Run,
    queries: Sequence[int],
    end: int | None,
    *,
    rich: bool = False,
    back: bool = False,
    origin: bool = True,
) -> dict[Term, Form]:
    """Return the inequalities around the given queries (steps), and at one iterate `end` and its minimiser.

    Plain: at each query the gradient is compared with the iterates before and after and the minimisers
    known so far. Rich: all points of a query with each other; with `back`, those of the query before too.
    Without `origin`, nothing is said about the minimiser of the query before.
    """
    offer, partial = Offer(claim, run), claim.problem.partial
    u_labels = []
    for j in queries:
        query, star = run.query_label(j), run.minimiser_label(j)
        u = query.partition("@")[2]
        at = f"@{u}" if partial else ""
        xs = [run.label(i).partition("@")[0] for i in ((j - 1, j, j + 1) if back else (j, j + 1))]
        xs += [run.minimiser_label(j - 1)] if origin else []
        xs += [run.query_label(j - 1).partition("@")[0]] if back else []
        labels = [f"{star}{at}", query, *(f"{x}{at}" for x in dict.fromkeys(xs) if x in run.x)]
        u_labels += [u] if partial else []
        if rich:
            offer.among(labels)
        else:
            offer.towards(labels, [query, f"{star}{at}"])
    if partial:
        _links(offer, run, queries, end, u_labels, origin=origin)
    elif end is not None:
        offer.among(["x*", run.label(end)])
    return offer.forms


def _links(
    offer: Offer, run: Run, queries: Sequence[int], end: int | None, u_labels: list[str], *, origin: bool
) -> None:
    """Connect the groups of points with the same u: value roots, minimisers, steps."""
    known = sorted({label for term in offer.forms for label in term[1] if "@" in label})
    points = [run.label(i) for j in queries for i in (j, j + 1)]
    points = [label for label in points if label.partition("@")[2] in run.u]
    if run.generic and origin:
        before = run.query_label(min(queries, default=0) - 1).partition("@")[2]
        if before in run.u:
            points.append(f"{run.minimiser_label(min(queries, default=0) - 1)}@{before}")
            u_labels.insert(0, before)
    if end is not None:
        x, u = run.label(end).split("@")
        offer.towards([f"{x}@{u}", f"{run.minimiser_label(end - 1)}@{u}"], [f"x*[{u}]@{u}"])
        u_labels.append(u)
    offer._distinct([*known, *points])
    offer.same_x()
    offer.minimisers(u_labels)
    offer.steps(run.query_label(j).partition("@")[0][2:-1] for j in queries)
