"""One chunk of an experiment: taken up from a checkpoint where there is one, split where it does not fit."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import torch
from torch import Tensor

from proofcheck.empirical.checkpoints import Checkpoint, digest, read, write
from proofcheck.empirical.devices import DTYPE
from proofcheck.empirical.iteration import Models, Point, State, iterate, started
from proofcheck.empirical.schedule import Fitting, Interrupted, Part
from proofcheck.empirical.tunings import Tuning
from proofcheck.errors import InvalidInput

SECONDS = 30.0
"""Time between two stored states of a chunk."""


@dataclass(frozen=True)
class Group:
    """Instances of one shape and their tunings; row t * instances + i is instance i with tuning t.

    Raises
    ------
    InvalidInput
    """

    models: Models
    tunings: tuple[Tuning, ...]

    def __post_init__(self) -> None:
        if not self.tunings:
            raise InvalidInput("tunings must hold at least one Tuning")
        count = len(self.models)
        for tuning in self.tunings:
            if tuning.eta.shape != (count,) or tuning.beta.shape != (count,):
                raise InvalidInput(f"tuning {tuning.label!r}: eta and beta must have shape ({count},), one an instance")

    @cached_property
    def eta(self) -> Tensor:
        """The step size of every row."""
        return torch.cat([tuning.eta.to(self.models.device, DTYPE) for tuning in self.tunings])

    @cached_property
    def beta(self) -> Tensor:
        """The momentum of every row."""
        return torch.cat([tuning.beta.to(self.models.device, DTYPE) for tuning in self.tunings])

    @cached_property
    def rows(self) -> Tensor:
        """The instance of every row."""
        return torch.arange(len(self.models), device=self.models.device).repeat(len(self.tunings))

    def described(self) -> dict[str, Any]:
        """What decides the group's result, as JSON."""
        tunings = [{"label": t.label, "sha256": digest((t.eta, t.beta))} for t in self.tunings]
        return {"models": digest(self.models), "device": self.models.device.type, "tunings": tunings}


@dataclass
class Watch:
    """What is known about a run under way.

    Attributes
    ----------
    stop : Event
        Chunks end after their present step once it is set.
    rows, finished : int
        All rows and those that are finished.
    under_way : dict
        Rows done, in fractions of a row, of the chunks that are running.
    """

    stop: threading.Event
    rows: int
    finished: int = 0
    under_way: dict[tuple[int, int], float] = field(default_factory=dict)

    @property
    def fraction(self) -> float:
        """How much is done, from 0 to 1."""
        return min(1.0, (self.finished + sum(list(self.under_way.values()))) / self.rows)


@dataclass
class Experiment:
    """Groups, what is recorded, and the results so far.

    Attributes
    ----------
    groups : list of Group
    moments : list of int
        The k of each record.
    quantities : int
        1, all of QUANTITIES, or those and FEATURES.
    store : Checkpoint, optional
    watch : Watch
    """

    groups: list[Group]
    moments: list[int]
    quantities: int
    store: Checkpoint | None
    watch: Watch
    results: dict[Part, tuple[Tensor, Point]] = field(default_factory=dict)
    fitting: Fitting = field(default_factory=Fitting)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def of_group(self, group: int) -> list[tuple[Tensor, Point]]:
        """Return the results of one group: (quantities, records, rows) tensors and last points, in order."""
        parts = sorted((part for part in self.results if part.group == group), key=lambda part: part.first)
        return [self.results[part] for part in parts]

    def compute(self, part: Part) -> None:
        """Compute one part, or take its result from the checkpoint."""
        path = self.store.path(part.group, part.first, part.stop, "done") if self.store else None
        if self.store and path and path.exists():
            _, (recorded, *last) = read(path, self.store.header, self._shapes(part.group, part.stop - part.first))
            result: tuple[Tensor, Point] = (recorded, tuple(last))
        else:
            pieces: list[Any] = list(
                self.fitting.pieces(lambda a, b: self._piece(part.group, a, b), part.first, part.stop)
            )
            recorded = torch.cat([piece[0] for piece in pieces], dim=2)
            result = (recorded, tuple(torch.cat(parts) for parts in zip(*(p[1] for p in pieces), strict=True)))
            if self.store and path:
                write(path, self.store.header, [result[0], *result[1]])
                self.store.forget(part)
        with self.lock:
            self.results[part] = result
            for key in [k for k in self.watch.under_way if k[0] == part.group and part.first <= k[1] < part.stop]:
                del self.watch.under_way[key]
            self.watch.finished += part.stop - part.first

    def _shapes(self, group: int, rows: int, points: int = 1) -> list[tuple[int, ...]]:
        point = [(rows, *part.shape[1:]) for part in self.groups[group].models.start]
        return [(self.quantities, len(self.moments), rows), *point * points]

    def _piece(self, number: int, first: int, stop: int) -> tuple[Tensor, Point]:
        """Run some rows of a group; the result is on the CPU."""
        group, rows = self.groups[number], slice(first, stop)
        with torch.no_grad():
            models = group.models.take(group.rows[rows])
            path = self.store.path(number, first, stop, "state") if self.store else None
            if self.store and path and path.exists():
                header, tensors = read(path, self.store.header, self._shapes(number, stop - first, 2))
                state = self._restored(header, tensors, models.device)
            else:
                state = started(models, self.quantities, len(self.moments))
            saved = time.monotonic()

            def after(state: State) -> None:
                nonlocal saved
                stopping = self.watch.stop.is_set()
                self.watch.under_way[number, first] = state.k / self.moments[-1] * (stop - first)
                if self.store and path and (stopping or time.monotonic() - saved >= SECONDS):
                    header = {**self.store.header, "k": state.k, "row": state.row}
                    write(path, header, [state.recorded, *state.now, *state.before])
                    saved = time.monotonic()
                if stopping:
                    raise Interrupted

            iterate(models, group.eta[rows], group.beta[rows], self.moments, state, after)
        return state.recorded.cpu(), tuple(part.cpu() for part in state.now)

    @staticmethod
    def _restored(header: dict[str, Any], tensors: list[Tensor], device: torch.device) -> State:
        recorded, *points = (tensor.to(device) for tensor in tensors)
        half = len(points) // 2
        return State(points[:half], points[half:], recorded, int(header["k"]), int(header["row"]))
