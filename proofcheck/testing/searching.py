"""The search for violations: what is tried, how it is scored, and in which order. Deterministic given the seed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from math import inf
from typing import Any

import numpy as np

from proofcheck.errors import InvalidInput
from proofcheck.testing.forms import Form
from proofcheck.testing.point import PARTS, Points
from proofcheck.testing.probing import Probe
from proofcheck.testing.region import Region

Vector = np.ndarray
Base = tuple[Vector, Vector]
Proposal = Callable[["Search", Base, float], float]
WHOLE = 0.5
"""The share of the evaluations that whole matrices of differences may take in higher dimensions."""
POLES = 12
"""Up to this dimension of x its poles are looked at."""
LARGE = 40
"""Beyond this dimension no gradients of scores are formed by differences."""
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
        moved: Vector = point if length <= allowed else self.centre + offset * (allowed / length)
        return moved

    def draw(self, source: np.random.Generator) -> Vector:
        """A point of the ball, at any distance from the centre."""
        found: Vector = self.centre + direction(source, len(self.centre)) * self.radius * source.random() ** 0.5
        return found


def direction(source: np.random.Generator, dimension: int) -> Vector:
    """A unit vector; the empty one in dimension 0."""
    found = source.standard_normal(dimension)
    length = float(np.linalg.norm(found))
    if length:
        found /= length
    return found


def _snapped(vector: Vector) -> Vector:
    """Floats of few bits, whose differences are exact."""
    largest = float(np.abs(vector).max(initial=0.0))
    grid = 2.0 ** (20 - int(np.ceil(np.log2(largest)))) if largest > 0 else 1.0
    found: Vector = np.round(vector * grid) / grid
    return found


def _distance(points: Points) -> float:
    """Between the two vectors that differ; 0 for a single point."""
    for first, second in (("x", "y"), ("u", "v"), ("s", "t")):
        a, b = getattr(points, first), getattr(points, second)
        if a is not None and b is not None:
            return float(np.linalg.norm(a - b))
    return 0.0


class Search:
    """Looks for points where a form is violated most.

    Attributes
    ----------
    tried : int
        Points at which the form was evaluated.
    known : dict
        By dimension, in higher ones: the worst directions that were found last.
    best : (score, Points) or None
        Score: the constant needed, with the sign that makes larger ones worse.
    """

    def __init__(
        self, form: Form, probe: Probe, region: Region, constants: Mapping[str, Any], seed: int, evaluations: int
    ) -> None:
        if not isinstance(seed, int) or seed < 0:
            raise InvalidInput(f"seed={seed!r} must be an integer >= 0")
        self.form, self.probe, self.evaluations = form, probe, evaluations
        self.constants = {name: float(number) for name, number in constants.items()}
        self.x, self.u = Ball(region.x, region.x_radius), Ball(region.u, region.u_radius)
        self.source = np.random.default_rng([seed, len(form.name)])
        self.outputs = Ball((), 1)
        self.tried, self.start, self.deadline = 0, probe.calls, inf
        self.wholes = 0
        self.known: dict[int, list[Vector]] = {}
        self.best: tuple[float, Points] | None = None
        self.fresh: list[tuple[float, Points]] = []
        self.confirmed: Callable[[Points], bool] = lambda points: True

    def reach(self) -> dict[str, float]:
        """By the name of an argument, how far from the origin the region is, in its radii."""
        balls = {"x": self.x, "u": self.u, "s": self.outputs}
        return {name: float(np.abs(ball.centre).max(initial=0.0)) / ball.radius for name, ball in balls.items()}

    @property
    def cap(self) -> float:
        """The score of the declared constant; -infinity where there is none to compare."""
        if self.form.solves in ("", "f_star"):
            return -inf
        constant = self.constants.get(self.form.solves)
        if constant is None:  # it is being estimated
            return -inf
        return constant if self.form.larger else -constant

    @property
    def limit(self) -> float:
        """Above this a score is a violation, or rounding."""
        return inf if self.cap == -inf else self.cap + abs(self.cap) * 1e-6

    def whole(self, cost: int) -> bool:
        """Whether a matrix of differences of so many calls is formed whole: these get a share of the evaluations."""
        if self.wholes + cost > WHOLE * self.evaluations:
            return False
        self.wholes += cost
        return True

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
        if self.probe.f.exact:
            points = points.map(_snapped)
        found = self.score(points)
        self.tried += 1
        if found > self.limit and not self.confirmed(points):
            found = self.cap  # rounding explains it: no reason to go there
        if found > -inf:
            self.fresh.append((found, points))
            if self.best is None or found > self.best[0]:
                self.best = found, points
        return found

    def worst(self) -> list[Points]:
        """The worst candidates since the last call; of equal ones those whose points are far apart."""
        ranked = sorted(self.fresh, key=lambda entry: (-float(f"{entry[0]:.3g}"), -_distance(entry[1])))[:KEPT]
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
        if self.form.about == "same x" and len(self.x.centre) <= POLES:
            for x in self.poles():
                base = x, self.u.centre
                found.append((propose(self, base, SCALES[1]), len(found), base, SCALES[1]))
        for base in self.bases():
            for scale in SCALES:
                found.append((propose(self, base, scale), len(found), base, scale))
                if self.form.search in FREE:
                    break
            if self.spent > 0.45:
                break
        yield self.worst()
        found.sort(key=lambda entry: (-entry[0], entry[1]))
        for place, (value, _, base, scale) in enumerate(found[:2]):
            self._climb(propose, base, scale, value, (0.65, 0.75)[place])
        yield self.worst()
        if self.best is not None:
            value, points = self._ascend(self.best[1], self.best[0], 0.92)
            self._polish(points, value)
        yield self.worst()

    def bases(self) -> Iterator[Base]:
        """Where differences are taken: the centre, along the diagonal of u, near minimisers, and anywhere."""
        from proofcheck.testing.proposing import lowest_x

        yield self.x.centre, self.u.centre
        size = len(self.u.centre)
        if size > 1:  # where all units of a network are on, or off
            for sign in (0.5, -0.5):
                yield self.x.centre, self.u.centre + sign * self.u.radius / size**0.5
        for index in range(8):
            x, u = self.x.draw(self.source), self.u.draw(self.source)
            if index % 4 == 1 and self.form.about in ("same u", "same x"):
                x = self.x.into(lowest_x(self, u, x))
            yield x, u

    def poles(self) -> Iterator[Vector]:
        """The ends of the axes of the ball of x: where x decides, its worst point is at the boundary."""
        for axis in np.eye(len(self.x.centre)):
            for sign in (1, -1):
                yield self.x.centre + sign * self.x.radius * axis

    def _see_outputs(self) -> None:
        """Take for the outputs a ball that holds those of some points of the region."""
        centre = self.probe.inner(self.x.centre, self.u.centre)
        seen = [self.probe.inner(self.x.draw(self.source), self.u.draw(self.source)) for _ in range(16)]
        reach = max(float(np.linalg.norm(s - centre)) for s in seen)
        self.outputs = Ball(centre, 1.5 * reach if reach > 0 else 1.0)

    def _climb(self, propose: Proposal, base: Base, scale: float, value: float, until: float) -> None:
        """Move the base uphill: to the ends of single axes, by reflections, then by random steps of adapting size."""
        balls = (self.x, self.u)
        for part, index, share in self._moves():
            if self.spent > until:
                return
            moved = [vector.copy() for vector in base]
            centre = balls[part].centre
            if share:
                moved[part] = centre.copy()
            moved[part][index] = centre[index] + (share * balls[part].radius or centre[index] - moved[part][index])
            found = propose(self, (moved[0], moved[1]), scale)
            if found > value:
                base, value = (moved[0], moved[1]), found
        size, failures = 0.5, 0
        while self.spent <= until and failures < 30:
            alone = int(self.source.integers(3)) if len(base[1]) else 0  # 0 or 1: only x or u moves
            x, u = (
                ball.into(vector + direction(self.source, len(vector)) * ball.radius * size * self.source.random())
                if alone in (part, 2)
                else vector
                for part, (ball, vector) in enumerate(zip(balls, base, strict=True))
            )
            found = propose(self, (x, u), scale)
            if found > value:
                base, value, size, failures = (x, u), found, min(1.0, size * 1.6), 0
            else:
                size, failures = max(1e-3, size * 0.85), failures + 1

    def _moves(self) -> list[tuple[int, int, float]]:
        """(part, coordinate, share of the radius; 0: reflect) for small dimensions."""
        in_x, in_u = len(self.x.centre), len(self.u.centre)
        if in_x + in_u > 24:
            return []
        reflections = [(1, i, 0.0) for i in range(in_u)] + [(0, i, 0.0) for i in range(in_x)]
        return [(1, i, sign) for i in range(in_u) for sign in (1.0, -1.0)] + reflections

    def _trial(self, points: Points, moves: Mapping[str, Vector]) -> tuple[float, Points]:
        """Evaluate the points with some vectors moved, inside the region."""
        inside = {
            name: vector if self.form.search in FREE and name == "x" else self.ball(name).into(vector)
            for name, vector in moves.items()
        }
        trial = Points(**{**dict(points.items()), **inside})
        return (self.consider(trial) if self._apart(trial) else -inf), trial

    def _ascend(self, points: Points, value: float, until: float) -> tuple[float, Points]:
        """Ascend from points: for each vector the gradient of the score by differences, then steps along it."""
        names = [name for name, vector in points.items() if 0 < len(vector) <= LARGE]
        improved = True
        while improved and self.spent <= until:
            improved = False
            for name in names:
                vector, radius = getattr(points, name), self.ball(name).radius
                step = 1e-4 * radius
                slopes = np.empty(len(vector))
                for i in range(len(vector)):
                    moved = vector.copy()
                    moved[i] += step if vector[i] <= self.ball(name).centre[i] else -step
                    found = self.score(Points(**{**dict(points.items()), name: moved}))
                    change = moved[i] - vector[i]  # 0 where the region is smaller than floats are apart
                slopes[i] = (found - value) / change if change and abs(found) < inf else 0.0
                length = float(np.linalg.norm(slopes))
                if not 0 < length < inf:
                    continue
                for share in (2.0, 0.5, 0.1, 0.02):
                    found, trial = self._trial(points, {name: vector + slopes * (share * radius / length)})
                    if found > value + 1e-4 * abs(value):
                        points, value, improved = trial, found, True
                        break
                if self.spent > until:
                    break
        return value, points

    def _polish(self, points: Points, value: float) -> None:
        """Random steps of the points themselves, together or one of them, with a size that adapts."""
        size, failures = 0.3, 0
        names = [name for name, vector in points.items() if len(vector)]
        while self.spent <= 1 and failures < 60 and names and value < inf:
            chosen = names if self.source.random() < 0.5 else [names[self.source.integers(len(names))]]
            moves = {}
            for name in chosen:
                vector = getattr(points, name)
                length = self.ball(name).radius * size * self.source.random()
                moves[name] = vector + direction(self.source, len(vector)) * length
            found, trial = self._trial(points, moves)
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
