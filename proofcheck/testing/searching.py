"""The search for violations: what is tried, how it is scored, and in which order. Deterministic given the seed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import inf
from typing import Any

import numpy as np

from proofcheck.errors import InvalidInput
from proofcheck.testing.forms import Form
from proofcheck.testing.points import PARTS, Points
from proofcheck.testing.probing import Probe
from proofcheck.testing.region import Region

Vector = np.ndarray
Base = tuple[Vector, Vector]
KEPT = 4
"""Candidates of a stage that are looked at again, exactly or with error bounds."""
SCALES = (0.4, 0.05, 0.005)
"""Distances, relative to the radius, at which differences are taken: never so small that rounding rules."""
FREE = ("lowest", "gap")
"""Searches that may leave the ball of x: their assumptions are about all x."""


class Ball:
    """One factor of a region in floats."""

    def __init__(self, centre: Sequence[Any], radius: Any) -> None:
        self.centre, self.radius = np.array([float(c) for c in centre]), float(radius) * (1 - 1e-12)

    def into(self, point: Vector, share: float = 1.0) -> Vector:
        """The nearest point of the ball with that share of the radius."""
        offset = point - self.centre
        length = float(np.linalg.norm(offset))
        allowed = self.radius * share
        return point if length <= allowed else self.centre + offset * (allowed / length)

    def draw(self, source: np.random.Generator) -> Vector:
        """A point of the ball, at any distance from the centre."""
        return self.centre + direction(source, len(self.centre)) * self.radius * source.random() ** 0.5


def direction(source: np.random.Generator, dimension: int) -> Vector:
    """A unit vector; the empty one in dimension 0."""
    found = source.standard_normal(dimension)
    length = float(np.linalg.norm(found))
    return found / length if length else found


class Search:
    """Looks for points where a form is violated most.

    Attributes
    ----------
    tried : int
        Points at which the form was evaluated.
    best : (score, Points) or None
        Score: the constant needed, with the sign that makes larger ones worse.
    """

    def __init__(
        self, form: Form, probe: Probe, region: Region, constants: Mapping[str, Any], seed: int, evaluations: int
    ) -> None:
        self.form, self.probe, self.evaluations = form, probe, evaluations
        self.constants = {name: float(number) for name, number in constants.items()}
        self.x, self.u = Ball(region.x, region.x_radius), Ball(region.u, region.u_radius)
        self.source = np.random.default_rng([seed, len(form.name)])
        self.outputs = Ball((), 1)
        self.tried, self.start, self.deadline = 0, probe.calls, inf
        self.best: tuple[float, Points] | None = None
        self.fresh: list[tuple[float, Points]] = []

    @property
    def spent(self) -> float:
        """The share of the evaluations that is used up."""
        from time import monotonic

        return inf if monotonic() > self.deadline else (self.probe.calls - self.start) / self.evaluations

    def score(self, points: Points) -> float:
        """What the search maximises: the constant that these points need."""
        measured = self.form.measure(self.probe, points)
        needed = self.form.needed(measured, self.constants)
        if needed is None:  # nothing passes, or there is nothing to compare
            left, right = self.form.compare(measured, self.constants)
            return inf if left > right else -inf
        return float(needed) if self.form.larger else -float(needed)

    def consider(self, points: Points) -> float:
        """Evaluate the form at points and remember the worst ones."""
        found = self.score(points)
        self.tried += 1
        if found > -inf:
            self.fresh.append((found, points))
            if self.best is None or found > self.best[0]:
                self.best = found, points
        return found

    def worst(self) -> list[Points]:
        """The worst candidates since the last call."""
        ranked = sorted(self.fresh, key=lambda entry: -entry[0])[:KEPT]
        self.fresh = []
        return [points for _, points in ranked]

    def draw(self) -> Points:
        """Random points of the region, pairs at every distance."""
        parts = PARTS[self.form.about]
        drawn: dict[str, Vector] = {}
        for name in parts:
            ball = self.ball(name)
            drawn[name] = ball.draw(self.source)
        for first, second in (("x", "y"), ("u", "v"), ("s", "t")):
            if first in drawn and second in drawn:
                ball = self.ball(first)
                length = ball.radius * 10.0 ** self.source.uniform(-3, 0.3)
                step = direction(self.source, len(ball.centre)) * length
                drawn[second] = ball.into(drawn[first] + step)
        return Points(**drawn)

    def ball(self, name: str) -> Ball:
        """The ball in which a vector of that name lives."""
        return self.x if name in "xy" else self.u if name in "uv" else self.outputs

    def stages(self) -> Iterator[list[Points]]:
        """Search in stages; each gives its worst candidates."""
        from proofcheck.testing.proposing import PROPOSALS

        if self.form.about.startswith("output"):
            self._see_outputs()
        for _ in range(max(8, min(64, self.evaluations // 20))):
            self.consider(self.draw())
        yield self.worst()
        propose = PROPOSALS[self.form.search.partition(" ")[0] if "jacobian" in self.form.search else self.form.search]
        found: list[tuple[float, int, Base, float]] = []
        for base in self.bases():
            for scale in SCALES:
                found.append((propose(self, base, scale), len(found), base, scale))
                if self.form.search in FREE:
                    break
            if self.spent > 0.5:
                break
        yield self.worst()
        found.sort(key=lambda entry: (-entry[0], entry[1]))
        for value, _, base, scale in found[:2]:
            self._climb(propose, base, scale, value, 0.65 if base is found[0][2] else 0.85)
        yield self.worst()
        if self.best is not None:
            self._polish(self.best[1])
        yield self.worst()

    def bases(self) -> Iterator[Base]:
        """Where differences are taken: the centre, near minimisers, and anywhere."""
        from proofcheck.testing.proposing import lowest_x

        yield self.x.centre, self.u.centre
        for index in range(8):
            x, u = self.x.draw(self.source), self.u.draw(self.source)
            if index % 4 == 1 and self.form.about in ("same u", "same x"):
                x = self.x.into(lowest_x(self, u, x))
            yield x, u

    def _see_outputs(self) -> None:
        """Take for the outputs a ball that holds those of some points of the region."""
        centre = self.probe.inner(self.x.centre, self.u.centre)
        seen = [self.probe.inner(self.x.draw(self.source), self.u.draw(self.source)) for _ in range(16)]
        reach = max(float(np.linalg.norm(s - centre)) for s in seen)
        self.outputs = Ball(centre, 1.5 * reach if reach > 0 else 1.0)

    def _climb(self, propose: Any, base: Base, scale: float, value: float, until: float) -> None:
        """Move the base uphill: reflections of single coordinates, then random steps of a size that adapts."""
        sizes = [len(part) for part in base]
        moves: list[tuple[int, int]] = [(1, i) for i in range(sizes[1])] + [(0, i) for i in range(sizes[0])]
        if sum(sizes) > 24:
            moves = []
        balls = (self.x, self.u)
        for part, index in moves:
            if self.spent > until:
                return
            moved = [vector.copy() for vector in base]
            moved[part][index] = 2 * balls[part].centre[index] - moved[part][index]
            found = propose(self, (moved[0], moved[1]), scale)
            if found > value:
                base, value = (moved[0], moved[1]), found
        size, failures = 0.5, 0
        while self.spent <= until and failures < 30:
            x, u = (
                ball.into(vector + direction(self.source, len(vector)) * ball.radius * size * self.source.random())
                for ball, vector in zip(balls, base, strict=True)
            )
            found = propose(self, (x, u), scale)
            if found > value:
                base, value, size, failures = (x, u), found, min(1.0, size * 1.6), 0
            else:
                size, failures = max(1e-3, size * 0.85), failures + 1

    def _polish(self, points: Points) -> None:
        """Random steps of the points themselves, together or one of them, with a size that adapts."""
        value, size, failures = self.score(points), 0.3, 0
        names = [name for name, vector in points.items() if len(vector)]
        while self.spent <= 1 and failures < 60 and names and value < inf:
            chosen = names if self.source.random() < 0.5 else [names[self.source.integers(len(names))]]
            moved: dict[str, Vector] = {}
            for name in chosen:
                ball, vector = self.ball(name), getattr(points, name)
                step = vector + direction(self.source, len(vector)) * ball.radius * size * self.source.random()
                moved[name] = step if self.form.search in FREE and name == "x" else ball.into(step)
            trial = Points(**{**dict(points.items()), **moved})
            found = self.consider(trial) if self._apart(trial) else -inf
            if found > value:
                points, value, size, failures = trial, found, min(1.0, size * 1.6), 0
            else:
                size, failures = max(1e-4, size * 0.9), failures + 1

    def _apart(self, points: Points) -> bool:
        """Whether the two points are not so near that rounding rules."""
        for first, second in (("x", "y"), ("u", "v"), ("s", "t")):
            a, b = getattr(points, first), getattr(points, second)
            if a is not None and b is not None and np.linalg.norm(a - b) < 1e-3 * self.ball(first).radius:
                return False
        return True


def check_region(region: Region, dimensions: tuple[int, int], name: str) -> None:
    """Complain about a region of other dimensions than the function.

    Raises
    ------
    InvalidInput
    """
    if region.dimensions != dimensions:
        raise InvalidInput(f"region has the dimensions {region.dimensions} and the function {name!r} has {dimensions}")
