"""Points of one instance: runs, balls, and changes of u alone."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor

from proofcheck.empirical.additive import AdditiveModels
from proofcheck.empirical.devices import normal
from proofcheck.empirical.relu_networks import Networks
from proofcheck.empirical.tunings import Tuning
from proofcheck.errors import InvalidInput

Point = tuple[Tensor, ...]
Models = AdditiveModels | Networks


def single(models: Models, point: Point) -> Point:
    """The tensors of a point of a batch of one instance.

    Raises
    ------
    InvalidInput
        For another number of instances, another device than the CPU, or shapes that are not the model's.
    """
    if models.device.type != "cpu":
        raise InvalidInput(f"models are on {models.device.type}; spectra are computed on the CPU: use device='cpu'")
    if len(models) != 1:
        raise InvalidInput(f"models hold {len(models)} instances and must hold 1: use take")
    wanted, given = ([tuple(part.shape) for part in parts] for parts in (models.start, point))
    if wanted != given:
        raise InvalidInput(f"point has shapes {given} and must have {wanted}")
    for part in point:
        if not bool(torch.isfinite(part).all()):
            raise InvalidInput("point has entries that are not finite numbers (NaN or infinity)")
    return tuple(part[0] for part in point)


def directions(models: Models, point: Point) -> Point:
    """Zeros of the shape of a change of u: the part u of an additive model, all weights of a network."""
    kept = single(models, point)
    return tuple(torch.zeros_like(part) for part in (kept[1:] if isinstance(models, AdditiveModels) else kept))


def only_u(models: Models, change: Point) -> Point:
    """Project a change of all weights onto those of u: in the last layer V1 D is removed."""
    if isinstance(models, AdditiveModels):
        return change
    basis, last = models.basis[0], change[-1]
    return (*change[:-1], last - basis.mT @ (basis @ last))


def trajectory(models: Models, tuning: Tuning, steps: int, every: int) -> Iterator[tuple[int, Point]]:
    """Points (k, (x_k, u_k)) of a run of the recursion (4): the start, each time `every` steps are done, the last."""
    now, before = ([part.clone() for part in models.start] for _ in range(2))
    yield 0, tuple(part.clone() for part in now)
    for k in range(1, steps + 1):
        for old, new in zip(before, now, strict=True):
            old.lerp_(new, float(1 + tuning.beta[0]))
        models.descend(tuple(before), tuning.eta, False)
        now, before = before, now
        if k % every == 0 or k == steps:
            yield k, tuple(part.clone() for part in now)


def gradient_quotient(models: Models, point: Point, other: Point) -> float:
    """|grad_1 f(x, u) - grad_1 f(x, v)| / |u - v| for (x, u) of the first and v of the second point; 0 where u = v."""
    if isinstance(models, AdditiveModels):
        there: Point = (point[0], other[1])
    else:
        shift = models.basis.mT @ (models.basis @ (point[-1] - other[-1]))
        there = (*other[:-1], other[-1] + shift)
    first, second = (gradient_x(models, place) for place in (point, there))
    length = float(models.measure(tuple(a - b for a, b in zip(there, point, strict=True)))[1][0]) ** 0.5
    return float(torch.linalg.vector_norm(first - second)) / length if length > 0 else 0.0


def random_in_ball(models: Models, radius: float, source: torch.Generator) -> Point:
    """The start with u moved by a random vector of length <= radius (uniform direction and length)."""
    if isinstance(models, AdditiveModels):
        change: Point = (normal(source, models.start[1].shape[1]),)
    else:
        change = only_u(models, tuple(normal(source, *part.shape[1:]) for part in models.start))
    length = sum(float(part.square().sum()) for part in change) ** 0.5
    scale = radius * float(torch.rand((), generator=source, dtype=torch.float64)) / length
    return shifted(models, models.start, change, scale)


def gradient_x(models: Models, point: Point) -> Tensor:
    """grad_1 f: for networks V1 times the gradient in the last layer."""
    gradient = models.gradient(point)
    return gradient[0] if isinstance(models, AdditiveModels) else models.basis @ gradient[-1]


def shifted(models: Models, point: Point, change: Point, scale: float) -> Point:
    """A point whose u is moved by a multiple of a change of u."""
    full = (torch.zeros_like(point[0][0]), *change) if isinstance(models, AdditiveModels) else change
    return tuple(part + scale * moved for part, moved in zip(point, full, strict=True))
