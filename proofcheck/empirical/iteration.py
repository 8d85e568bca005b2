"""The iteration itself, on one chunk of instances, from a state that can be stored and taken up again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol, Self

import torch
from torch import Tensor

Point = tuple[Tensor, ...]
QUANTITIES = ("f", "dx2", "du2", "x2", "u2", "gx2", "gu2")
FEATURES = ("fq", "ee", "ed", "eg", "dg", "hw")
FIRST_AT_ONE = QUANTITIES.index("gx2")
"""From here on a quantity belongs to a step and is NaN at k = 0."""


class Models(Protocol):
    """What a batch of instances offers to a run; the last four methods serve the features only."""

    @property
    def start(self) -> Point: ...  # noqa: D102
    @property
    def device(self) -> torch.device: ...  # noqa: D102
    @property
    def bytes_each(self) -> int: ...  # noqa: D102
    def __len__(self) -> int: ...
    def take(self, chosen: Tensor) -> Self: ...  # noqa: D102
    def value(self, point: Point) -> Tensor: ...  # noqa: D102
    def descend(self, point: Point, eta: Tensor, measured: bool) -> tuple[Tensor, Tensor] | None: ...  # noqa: D102
    def measure(self, difference: Point) -> tuple[Tensor, Tensor]: ...  # noqa: D102
    def gradient(self, point: Point) -> Point: ...  # noqa: D102
    def coordinates(self, point: Point) -> Tensor: ...  # noqa: D102
    def inner_u(self, first: Point, second: Point) -> Tensor: ...  # noqa: D102
    def minimiser(self, point: Point) -> Tensor: ...  # noqa: D102


@dataclass
class State:
    """Where a chunk is.

    Attributes
    ----------
    now, before : lists of tensors
        z_k and z_{k-1}.
    recorded : (quantities, records, instances) tensor
    k, row : int
        The step, and the last row of `recorded` that is filled.
    """

    now: list[Tensor]
    before: list[Tensor]
    recorded: Tensor
    k: int = 0
    row: int = 0


def started(models: Models, quantities: int, records: int) -> State:
    """Return the state at k = 0."""
    now, before = ([part.clone() for part in models.start] for _ in range(2))
    recorded = now[0].new_zeros(quantities, records, len(models))
    recorded[FIRST_AT_ONE:, 0] = torch.nan
    recorded[0, 0] = models.value(tuple(now))
    return State(now, before, recorded)


def iterate(
    models: Models,
    eta: Tensor,
    beta: Tensor,
    moments: Sequence[int],
    state: State,
    after: Callable[[State], None],
) -> None:
    """Go on from a state to the last moment; `after` sees every state between two steps.

    Its first quantity alone, all of QUANTITIES or those and FEATURES are recorded, as many as the state has room for.
    """
    recorded = state.recorded
    only_f, features = len(recorded) == 1, len(recorded) > len(QUANTITIES)
    shaped = [(1 + beta).reshape(-1, *[1] * (part.ndim - 1)) for part in state.now]
    wanted = set(moments)
    for k in range(state.k + 1, moments[-1] + 1):
        now, before = state.now, state.before
        for old, new, weight in zip(before, now, shaped, strict=True):
            old.lerp_(new, weight)  # old + (1 + beta)(new - old): the extrapolated point, in the memory of the old one
        full = k in wanted and not only_f
        query = tuple(part.clone() for part in before) if features and full else None
        squares = models.descend(tuple(before), eta, full)
        now, before = state.now, state.before = before, now
        state.k = k
        if k in wanted:
            state.row += 1
            recorded[0, state.row] = models.value(tuple(now))
            if squares is not None:
                change = tuple(new - old for new, old in zip(now, before, strict=True))
                moved = models.measure(tuple(new - old for new, old in zip(now, models.start, strict=True)))
                numbers = [*models.measure(change), *moved, *squares]
                numbers += _features(models, tuple(now), change, query) if query is not None else []
                for number, value in enumerate(numbers, 1):
                    recorded[number, state.row] = value
            if not bool(torch.isfinite(recorded[0, state.row]).any()):  # all diverged: nothing more to see
                recorded[:, state.row :] = torch.nan
                return
        after(state)


def _features(models: Models, now: Point, change: Point, query: Point) -> list[Tensor]:
    """Return the FEATURES of a step from the point `query` = (y, v), see `Run`."""
    gradient = models.gradient(query)
    e = models.coordinates(now) - models.minimiser(query)
    d, g = models.coordinates(change), models.coordinates(gradient)
    products = [(one * other).flatten(1).sum(dim=1) for one, other in ((e, e), (e, d), (e, g), (d, g))]
    return [models.value(query), *products, models.inner_u(change, gradient)]
