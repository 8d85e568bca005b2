"""For every assumption of every shipped theorem: a function that breaks it alone and the conclusion, or a note."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import islice
from pathlib import Path

from proofcheck.errors import NotSupported
from proofcheck.testing import breaking
from proofcheck.testing.breaking import Builder, Draft
from proofcheck.testing.function import Function
from proofcheck.testing.load_bearing_checks import Sides, demand, minus, points, sampled, squared, structural
from proofcheck.testing.load_bearing_notes import Note, note
from proofcheck.testing.shipped import Instance, Theorem, theorems
from proofcheck.testing.textbook import Run

MAX_STEPS = 1500
ZERO = Fraction(0)
WANTED_QS = (Fraction(1, 2), Fraction(1, 10))
OTHER_QS = (Fraction(1, 4), Fraction(1, 20), Fraction(1, 50))
"""Families are taken at the first two of these q = 1/sqrt(kappa) at which the premises leave room for an example."""
WIDER = {"A3": ("A3", "A3min")}
"""Premises of the kernel that say two things, and get an example for each."""
BUILDERS: dict[str, tuple[Builder, ...]] = {
    "strong convexity": (breaking.flat,),
    "smoothness": (breaking.steep_quadratic, breaking.kink),
    "A1": (breaking.flat, breaking.plateau),
    "A2": (breaking.steep_quadratic,),
    "A3": (breaking.rough_outer, breaking.rough_outer_stairs),
    "A3min": (breaking.low_outer, breaking.low_outer_stairs),
    "A4": (breaking.cliff, breaking.cliff_stairs),
    "A6": (breaking.hidden_minimum,),
    "proviso": (breaking.wrong_jacobian,),
    "start": (breaking.far_start, breaking.far_start_stairs),
    "balls": (breaking.cliff_outside,),
}
"""By assumption; of each but smoothness the first that is an example counts."""
STAIRS = (breaking.rough_outer_stairs, breaking.low_outer_stairs, breaking.cliff_stairs)
"""For theorems with A5."""
SAME = {"strong convexity": "A1", "smoothness": "A2", "chain": "proviso"}
"""Other words for the same."""


@dataclass(frozen=True)
class LoadBearing:
    """A function that breaks one assumption of a theorem, and no other, and for which the conclusion fails.

    Attributes
    ----------
    theorem, assumption : str
        As in `theorems()`; "A3min" is the second half of A3, min g = min f.
    premise : str
        The words of the kernel (or of the audit).
    instance : Instance
        The theorem in numbers.
    draft : Draft
        Exact pieces, start, formula.
    k : int
        The first step at which the conclusion fails.
    reached, allowed : Fraction
        metric_k and its bound; for `start` mu times the largest squared distance to x_0 at step k, and mu R_x^2.

    Examples
    --------
    >>> example = next(iter(examples()))
    >>> example.theorem, example.assumption, example.k
    ('gradient_descent_partial_strong_convexity', 'A1', 1)
    >>> example.check()
    []
    """

    theorem: str
    assumption: str
    premise: str
    instance: Instance
    draft: Draft = field(repr=False)
    k: int
    reached: Fraction = field(repr=False)
    allowed: Fraction = field(repr=False)

    @property
    def key(self) -> str:
        """The assumption in the terms of the class: strong convexity is A1."""
        return SAME.get(self.assumption, self.assumption)

    @property
    def function(self) -> Function:
        """The function, with the constants that the theorem asks for."""
        given = {name: getattr(self.instance, name) for name in ("mu", "L1", "L2", "G1", "G2")}
        named = self.draft.pieces.function(f"{self.theorem}: {self.assumption} broken")
        return named.declare(**{name: value for name, value in given.items() if value is not None})

    @property
    def witness(self) -> tuple[Fraction, Fraction]:
        """Both sides of the broken assumption: left > right."""
        return Sides(self.function, demand(self.instance)).at(self.key, self.draft)

    def run(self) -> Run:
        """The method on the function, by its textbook definition."""
        return _run(self.function, self.instance, self.draft)

    def check(self) -> list[str]:
        """Everything again: what is wrong with the example, an empty list if nothing is."""
        run = self.run()
        return [*_premises(self, run), *_conclusion(self, run)]


@dataclass(frozen=True)
class NotNeeded:
    """A premise without which the theorem still holds: why, and what was tried against it.

    Attributes
    ----------
    theorem, assumption, premise : str
    why : str
    attempt : str
        What was run, in words.
    proved : bool
        False: the attempts failed, and nothing more is known.
    steps : int
        How long the conclusion was watched along the attempt, 0 where there was nothing to run.
    """

    theorem: str
    assumption: str
    premise: str
    why: str
    attempt: str
    proved: bool
    steps: int
    instance: Instance | None = field(default=None, repr=False)
    draft: Draft | None = field(default=None, repr=False)

    def check(self) -> list[str]:
        """Run the attempt: what is wrong with the note, an empty list if the conclusion held all along."""
        if self.draft is None or self.instance is None:
            return []
        f = self.draft.pieces.function(self.theorem)
        failed = failure(f, self.instance, self.draft, self.assumption == "start", self.steps)
        broken = structural(self.draft.pieces.structure(), demand(self.instance))
        key = SAME.get(self.assumption, self.assumption)
        others = [name for name, holds in broken.items() if not holds and name != key]
        found = [f"{name} fails, too" for name in others]
        return found + ([f"the conclusion fails at k = {failed[0]}: this is an example"] if failed else [])


def examples(folder: str | Path | None = None) -> Iterator[LoadBearing]:
    """Every example, of every shipped theorem; what has none is in `notes()`.

    Parameters
    ----------
    folder : path, optional
        The folder `cases`, see `theorems`.

    Examples
    --------
    >>> next(iter(examples())).draft.formula
    '(mu/10^4) x^2/2'
    """
    for theorem in theorems(folder):
        for assumption, premise in theorem.premises.items():
            yield from _examples(theorem, assumption, premise)


def notes(folder: str | Path | None = None) -> Iterator[NotNeeded]:
    """Every note, for the premises (or halves of them) that have no example."""
    for theorem in theorems(folder):
        for assumption, premise in theorem.premises.items():
            for part in _parts(theorem, assumption):
                make = note(theorem, part)
                if make is not None:
                    yield _noted(theorem, part, premise, make())


def uncovered(folder: str | Path | None = None) -> list[tuple[str, str]]:
    """Premises of shipped theorems that have neither an example nor a note: none, as a test says."""
    return missing(theorems(folder), (*examples(folder), *notes(folder)))


def missing(every: Sequence[Theorem], found: Sequence[LoadBearing | NotNeeded]) -> list[tuple[str, str]]:
    """The premises of these theorems (or halves of them) that none of these is about."""
    done = {(entry.theorem, entry.assumption) for entry in found}
    asked = [(t.name, part) for t in every for assumption in t.premises for part in _parts(t, assumption)]
    return [pair for pair in asked if pair not in done]


def _parts(theorem: Theorem, assumption: str) -> Sequence[str]:
    return (assumption,) if "A3min" in theorem.premises else WIDER.get(assumption, (assumption,))


def _noted(theorem: Theorem, part: str, premise: str, found: Note) -> NotNeeded:
    fields = (found.why, found.attempt, found.proved, found.steps, found.instance, found.draft)
    return NotNeeded(theorem.name, part, premise, *fields)


def _examples(theorem: Theorem, assumption: str, premise: str) -> Iterator[LoadBearing]:
    for part in _parts(theorem, assumption):
        if note(theorem, part) is not None:
            continue
        key = part if part in BUILDERS else SAME.get(part, part)
        places = 0
        for q in (*WANTED_QS, *OTHER_QS) if theorem.family else (None,):
            found = (_built(theorem, part, premise, build, q) for build in BUILDERS.get(key, ()))
            good = (example for example in found if example is not None)
            kept = list(good if part == "smoothness" else islice(good, 1))
            yield from kept
            places += bool(kept)
            if places == len(WANTED_QS):
                break


def _built(theorem: Theorem, part: str, premise: str, build: Builder, q: Fraction | None) -> LoadBearing | None:
    """An example, if this function is one at this q."""
    inst = theorem.at(q)
    if inst.G2 is None and build in STAIRS:
        return None
    draft = build(inst)
    if draft is None:
        return None
    key = SAME.get(part, part)
    holds = structural(draft.pieces.structure(), demand(inst))
    if key not in ("start", "balls") and holds.get(key, True):
        return None
    hurt = "A4" if key == "balls" else key
    if not all(good for name, good in holds.items() if name != hurt) or not _start_holds(draft, inst, key):
        return None
    f = draft.pieces.function(theorem.name)
    failed = failure(f, inst, draft, key == "start", MAX_STEPS)
    return None if failed is None else LoadBearing(theorem.name, part, premise, inst, draft, *failed)


def _start_holds(draft: Draft, inst: Instance, key: str) -> bool:
    if "start" not in inst.balls:
        return True
    left, right = Sides(draft.pieces.function("start"), demand(inst)).start(draft.start)
    return (left > right) if key == "start" else (left <= right)


def _run(f: Function, inst: Instance, draft: Draft) -> Run:
    return Run(f, inst.method, inst.coefficients, (draft.start.x, draft.start.u))


def metric(f: Function, name: str, x: tuple[Fraction, ...], u: tuple[Fraction, ...]) -> Fraction:
    """The objective gap, or the squared distance to the minimiser."""
    if name == "objective_gap":
        gap: Fraction = f.value(x, u) - f.constants["f_star"]
        return gap
    if name != "squared_distance" or f.minimiser is None:
        raise NotSupported(f"metric={name!r} must be objective_gap or squared_distance")
    return squared(minus(x, f.minimiser(u)))


def failure(
    f: Function, inst: Instance, draft: Draft, leaves: bool, limit: int, run: Run | None = None
) -> tuple[int, Fraction, Fraction] | None:
    """The first k <= limit at which the conclusion fails, with both sides: the rate or, with `leaves`, x in X.

    `run` is a run of the method on f from the start, if there is one already.
    """
    run = run or _run(f, inst, draft)
    initial = metric(f, inst.initial, *draft.start)
    if inst.steps is not None:
        limit = inst.steps
    for k in range(limit + 1):
        visit = run.visit(k)
        if leaves:
            assert f.minimiser is not None
            away = [squared(minus(x, draft.start.x)) for x in (visit.x, visit.y, f.minimiser(visit.v))]
            found, allowed = inst.mu * max(away), inst.balls["x"] ** 2 * initial
        else:
            bound = inst.allowed(k, initial)
            if bound is None:
                continue
            found, allowed = metric(f, inst.metric, visit.x, visit.u), bound
        if found > allowed:
            return k, found, allowed
    return None


def _premises(example: LoadBearing, run: Run) -> Iterator[str]:
    inst, draft, want, key = example.instance, example.draft, demand(example.instance), example.key
    hurt = "A4" if key == "balls" else key
    for name, holds in structural(draft.pieces.structure(), want).items():
        if holds == (name == hurt):
            yield f"{name} {'holds' if holds else 'fails'} by the pieces"
    left, right = example.witness
    if left <= right:
        yield f"the pair does not break {key}: {left} <= {right}"
    if not _start_holds(draft, inst, key):
        yield "what is said of the start is the other way round"
    yield from _in_balls(example)
    run.visit(3)
    f = example.function
    yield from sampled(f, want, points(draft, run.visits), key, draft.smaller_ball)
    if want.partial and key != "proviso":
        sides = Sides(f, want)
        run.visit(example.k)
        for k, visit in enumerate(run.visits):
            left, right = sides.proviso(breaking.Point(visit.y, visit.v))
            if left > right:
                yield f"proviso fails at the query of step {k}"


def _in_balls(example: LoadBearing) -> Iterator[str]:
    """The witness lies in the balls where the assumption is demanded there only."""
    inst, draft = example.instance, example.draft
    if not inst.balls or example.key in ("A3", "A3min", "start"):
        return
    assert inst.L2 is not None
    assert inst.G1 is not None
    gap = metric(example.function, "objective_gap", *draft.start)
    demanded = inst.balls["u"] ** 2 * inst.G1**2 * inst.L2 * gap / inst.mu**2
    for p in draft.pair:
        if squared(minus(p.u, draft.start.u)) > demanded:
            yield f"u of the pair is outside the ball: {p.u}"
        if example.key in ("A4", "proviso", "balls") and inst.mu * squared(minus(p.x, draft.start.x)) > (
            inst.balls["x"] ** 2 * gap
        ):
            yield f"x of the pair is outside the ball: {p.x}"
    if example.key == "balls" and (draft.smaller_ball is None or draft.smaller_ball**2 >= demanded):
        yield "the smaller ball is not smaller"


def _conclusion(example: LoadBearing, run: Run) -> Iterator[str]:
    leaves = example.key == "start"
    found = failure(example.function, example.instance, example.draft, leaves, example.k, run)
    if found != (example.k, example.reached, example.allowed):
        yield f"the conclusion does not fail first at k = {example.k}"
    elif not example.reached > example.allowed:
        yield "the conclusion does not fail"


load_bearing_examples = examples
"""The name under which `proofcheck.testing` exports it."""

__all__ = [
    "LoadBearing",
    "NotNeeded",
    "load_bearing_examples",
    "examples",
    "failure",
    "metric",
    "missing",
    "notes",
    "uncovered",
]
