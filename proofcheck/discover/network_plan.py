"""Which theorem applies to a network, and with which numbers: floating point, for the kernel to check."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from math import hypot, inf, sqrt

import numpy as np

from proofcheck import kept
from proofcheck.documents import Document, parse
from proofcheck.kernel.networks.layers import Start
from proofcheck.kernel.parameter.ratio import of
from proofcheck.kernel.statements import LinearRate

SHARES = 1 - np.geomspace(0.7, 5e-4, 300)  # sigma_min over the ball over its value at the start
MARGIN = 1 - 1e-4
ROUNDS = 6
Function = Callable[[float], float]


@dataclass(frozen=True)
class Known:
    """A kept theorem, its functions of q in floating point."""

    name: str
    claim: Document
    certificate: Document
    tau: Function
    x: Function
    u: Function
    start: Function
    rate: Function
    beta: Function


def known() -> list[Known]:
    """The kept theorems."""
    found = []
    for name in kept.THEOREMS:
        document, certificate = kept.theorem(name)
        claim = parse(document)
        p, balls, said = claim.problem.parameters, claim.problem.balls or {}, claim.statement
        assert isinstance(said, LinearRate)
        functions = (p["L2"] * p["G1"] ** 2 / p["mu"], balls["x"], balls["u"], balls.get("start"), said.rate,
                     claim.method.coefficients["beta"])  # fmt: skip
        found.append(Known(name, document, certificate, *map(_function, functions)))
    return found


def _function(ratio: object) -> Function:
    if ratio is None:
        return lambda q: inf
    exact = of(ratio)
    above, below = ([float(x) for x in p] for p in (exact.numerator, exact.denominator))
    return lambda q: _polynomial(above, q) / _polynomial(below, q)


def _polynomial(coefficients: Sequence[float], q: float) -> float:
    total = 0.0
    for coefficient in reversed(coefficients):
        total = total * q + coefficient
    return total


@dataclass(frozen=True)
class Sizes:
    """The numbers of a start that matter, as the kernel's `Start` names them."""

    weights: tuple[float, ...]
    layers: tuple[float, ...]
    lowest: float
    highest: float
    value: float
    distance: float

    @classmethod
    def of(cls, start: Start) -> Sizes:
        """Those of a start that the kernel bounded."""
        weights, layers = (tuple(map(float, numbers)) for numbers in (start.weights, start.layers))
        lowest, highest, distance = float(start.lowest), float(start.highest), float(start.distance)
        return cls(weights, layers, lowest, highest, float(start.value[1]), distance)

    def scaled(self, *, first: float = 1.0, targets: float = 1.0) -> Sizes:
        """The first layer times `first`, the targets times `targets`; exact where the last layer is 0."""
        hidden = (self.weights[0] * first, *self.weights[1:])
        layers = (self.layers[0], *(first * norm for norm in self.layers[1:]))
        return replace(
            self, weights=hidden, layers=layers, lowest=first * self.lowest, highest=first * self.highest,
            value=targets**2 * self.value, distance=targets / first * self.distance,
        )  # fmt: skip

    def over(self, u: float) -> tuple[float, float]:
        """D_(L-1) and Q of kernel/networks/balls.py for a radius of u."""
        reach = slopes = moved = 0.0
        for layer, norm in zip(self.layers, self.weights, strict=False):
            stretch = (norm + u) ** 2
            reach, slopes = reach * stretch + layer**2, slopes * stretch + (layer + moved) ** 2
            moved = u * sqrt(reach)
        return moved, sqrt(slopes)

    def slope(self, x: float, u: float) -> float:
        """G1 over the balls."""
        return self.over(u)[1] * (self.weights[-1] + hypot(x, u))

    def room(self, moved: float) -> float:
        """The largest radius of u with D_(L-1) at most this."""
        low, high = 0.0, moved / self.layers[-1]
        for _ in range(45):
            middle = (low + high) / 2
            low, high = (middle, high) if self.over(middle)[0] <= moved else (low, middle)
        return low


@dataclass(frozen=True)
class Fit:
    """A theorem at one choice of mu.

    Attributes
    ----------
    q, scale, mu, G1, x, u : float
        q = sqrt(mu/scale), scale = 1/eta = L1/c, and the radii.
    factors : dict
        By how much each inequality is off: at most 1 where it holds.
    """

    theorem: Known
    q: float
    scale: float
    mu: float
    G1: float
    x: float
    u: float
    factors: dict[str, float]

    @property
    def worst(self) -> tuple[str, float]:
        """The inequality that is furthest from holding, and by which factor."""
        name = max(self.factors, key=self.factors.__getitem__)
        return name, self.factors[name]

    @property
    def rate(self) -> float:
        """The rate that the theorem gives."""
        return self.theorem.rate(self.q)


def fit(sizes: Sizes, theorem: Known, share: float, room: float) -> Fit:
    """The theorem where sigma_min over the ball is this share of its value at the start, `room` the radius of u."""
    mu = (share * sizes.lowest) ** 2
    u, best = room, None
    for _ in range(ROUNDS):
        moved = sizes.over(u)[0]
        scale = (sizes.highest + moved) ** 2
        q = sqrt(mu / scale)
        x = theorem.x(q) * sqrt(sizes.value / mu)
        G1 = sizes.slope(x, u)
        needed = theorem.u(q) * G1 * sqrt(sizes.value) / mu
        factors = {
            "the radius of u": needed / u if needed else 0.0,
            "L2 G1^2/mu": G1**2 / mu / theorem.tau(q),
            "mu |x_0 - x*(u_0)|^2": mu * sizes.distance**2 / (theorem.start(q) ** 2 * sizes.value or inf),
        }
        found = Fit(theorem, q, scale, mu, G1, x, needed, factors)
        if best is not None and found.worst[1] > MARGIN:
            break
        best = found
        if found.worst[1] > MARGIN:
            break
        u = needed / MARGIN  # a smaller ball will do: smaller constants, a smaller ball
        if not u:
            break
    assert best is not None
    return best


def plan(sizes: Sizes, theorems: list[Known]) -> Fit:
    """The fit with the best rate; where no inequality fits, the one that misses by the smallest factor."""
    places = [(share, sizes.room((1 - share) * sizes.lowest)) for share in map(float, SHARES)]
    fits = [fit(sizes, theorem, *place) for theorem in theorems for place in places]
    good = [found for found in fits if found.worst[1] <= MARGIN]
    return min(good, key=lambda f: f.rate) if good else min(fits, key=lambda f: f.worst[1])


def largest_scale(sizes: Sizes, theorems: list[Known], which: str) -> float | None:
    """The scaling of the targets (at most this) or of the first layer (at least this) with which a theorem fits."""
    down = which == "targets"

    def fits(exponent: float) -> bool:
        scaled = sizes.scaled(**{which: 2.0 ** (-exponent if down else exponent)})
        return plan(scaled, theorems).worst[1] <= MARGIN

    if not fits(40.0):
        return None
    low, high = -40.0, 40.0
    for _ in range(18):
        middle = (low + high) / 2
        low, high = (low, middle) if fits(middle) else (middle, high)
    return float(2.0 ** (-high if down else high))
