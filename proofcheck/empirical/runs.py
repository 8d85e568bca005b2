"""Gradient descent and Nesterov's momentum on many instances and tunings at once, with full gradients."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Protocol, Self

import torch
from torch import Tensor

from proofcheck.discover.candidate import Progress, silent
from proofcheck.empirical.devices import one_thread, positive
from proofcheck.empirical.tunings import Tuning
from proofcheck.errors import InvalidInput

Point = tuple[Tensor, ...]
CPU_BYTES, GPU_BYTES = 2**22, 2**31
"""Memory of a chunk: on a CPU what one core's share of the cache holds, on a GPU enough to keep it busy."""
DIVERGED, CONVERGED = 1e8, 1e-20
QUANTITIES = ("f", "dx2", "du2", "x2", "u2", "gx2", "gu2")


class Models(Protocol):
    """What a batch of instances offers to a run."""

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


@dataclass(frozen=True)
class Run:
    """What was OBSERVED; every tensor is on the CPU.

    Attributes
    ----------
    labels : tuple of str
        The tunings.
    steps : (records,) tensor of int
        The k of each record.
    f : (tunings, instances, records) tensor
        f(x_k, u_k).
    dx2, du2 : tensors of that shape
        Squared lengths of x_k - x_{k-1} and u_k - u_{k-1}; 0 at k = 0.
    x2, u2 : tensors of that shape
        Squared distances of x_k and u_k from the start.
    gx2, gu2 : tensors of that shape
        Squared lengths of both parts of the gradient at the point from which step k was made (for momentum the
        extrapolated point); NaN at k = 0. The six are empty where only f was recorded.
    last : tuple of (tunings, instances, ...) tensors
        The point after the last step.
    """

    labels: tuple[str, ...]
    steps: Tensor
    f: Tensor
    dx2: Tensor
    du2: Tensor
    x2: Tensor
    u2: Tensor
    gx2: Tensor
    gu2: Tensor
    last: Point

    @property
    def verdicts(self) -> list[list[str]]:
        """One word for each tuning and instance: "diverged", "converged" (f <= 1e-20 f_0) or "running"."""
        return [[_word(row) for row in rows] for rows in self.f]


def _word(values: Tensor) -> str:
    if not bool(torch.isfinite(values).all()) or bool(values[-1] > DIVERGED * values[0]):
        return "diverged"
    return "converged" if bool(values[-1] <= CONVERGED * values[0]) else "running"


def run(
    models: Models,
    tunings: Sequence[Tuning],
    steps: int,
    *,
    every: int = 1,
    only_f: bool = False,
    chunk_bytes: int | None = None,
    progress: Progress = silent,
) -> Run:
    r"""Run every tuning on every instance.

    Parameters
    ----------
    models : AdditiveModels or Networks
    tunings : sequence of Tuning
    steps : int
        Number of iterations.
    every : int
        Record each time this many steps are done, at the start and at the end.
    only_f : bool
        Record f alone.
    chunk_bytes : int, optional
        Memory of the instances that are run together.
    progress : callable, optional
        Gets a message and the fraction done after every chunk.

    Raises
    ------
    InvalidInput
        For unusable arguments. A run that diverges is no error: see `Run.verdicts`.

    Statement
    ---------
    .. math:: \bar z_k=z_k+\beta(z_k-z_{k-1}),\qquad z_{k+1}=\bar z_k-\eta\nabla f(\bar z_k),\qquad z_{-1}=z_0,

    for z = (x, u), x and u together.

    Source: Liao and Kyrillidis (ALT 2024), recursion (4).

    Examples
    --------
    >>> from proofcheck.empirical import additive_models, run, tuned
    >>> models = additive_models([1, 2, 3], [0.1, 0.2], seeds=range(10), device="cpu")
    >>> seen = run(models, [tuned("nesterov", "classical", models.mu, models.L1)], 200)
    >>> seen.f.shape, seen.verdicts[0].count("converged")
    (torch.Size([1, 10, 201]), 10)
    """
    positive("steps", steps)
    positive("every", every)
    if not tunings:
        raise InvalidInput("tunings must hold at least one Tuning")
    count = len(models)
    for tuning in tunings:
        if tuning.eta.shape != (count,) or tuning.beta.shape != (count,):
            raise InvalidInput(f"tuning {tuning.label!r}: eta and beta must have shape ({count},), one an instance")
    eta, beta = (torch.cat([getattr(t, key).to(models.device) for t in tunings]) for key in ("eta", "beta"))
    rows = torch.arange(count, device=models.device).repeat(len(tunings))
    moments = [*range(0, steps, every), steps]
    size = max(1, (chunk_bytes or (CPU_BYTES if models.device.type == "cpu" else GPU_BYTES)) // models.bytes_each)

    def chunk(part: slice) -> tuple[Tensor, Point]:
        return _chunk(models.take(rows[part]), eta[part], beta[part], moments, only_f)

    found = []
    for result in (_on_cores if models.device.type == "cpu" else _on_device)(chunk, len(rows), size):
        found.append(result)
        done = sum(entry[0].shape[2] for entry in found)
        progress(f"runs ({done} of {len(rows)})", done / len(rows))
    recorded = torch.cat([entry[0] for entry in found], dim=2).unflatten(2, (len(tunings), count))
    shown = dict(zip(QUANTITIES, recorded.permute(0, 2, 3, 1).contiguous(), strict=False))
    shown = {name: shown.get(name, recorded.new_empty(0)) for name in QUANTITIES}
    parts = (torch.cat(part).unflatten(0, (len(tunings), count)) for part in zip(*(e[1] for e in found), strict=True))
    return Run(labels=tuple(t.label for t in tunings), steps=torch.tensor(moments), last=tuple(parts), **shown)


Chunk = Callable[[slice], tuple[Tensor, Point]]


def _on_cores(chunk: Chunk, rows: int, size: int) -> Iterator[tuple[Tensor, Point]]:
    """One chunk a core at a time: two threads in one small operation lose more in waiting than they gain."""
    cores = torch.get_num_threads()
    if size == 1 and rows < cores:  # a few large instances
        yield from (chunk(slice(row, row + 1)) for row in range(rows))
        return
    if rows <= size:  # over before a second core helps
        with one_thread():
            yield chunk(slice(rows))
        return
    size = min(size, -(-rows // cores))
    parts = [slice(first, min(first + size, rows)) for first in range(0, rows, size)]
    with one_thread(), ThreadPoolExecutor(cores, initializer=torch.set_num_threads, initargs=(1,)) as pool:
        yield from pool.map(chunk, parts)


def _on_device(chunk: Chunk, rows: int, size: int) -> Iterator[tuple[Tensor, Point]]:
    """One chunk after the other; one that does not fit the memory is split."""
    first = 0
    while first < rows:
        try:
            result = chunk(slice(first, min(first + size, rows)))
        except torch.cuda.OutOfMemoryError:
            if size == 1:
                raise InvalidInput("one instance alone does not fit the memory of the device") from None
            torch.cuda.empty_cache()
            size = max(1, min(size, rows - first) // 2)
            continue
        first += size
        yield result


def _chunk(models: Models, eta: Tensor, beta: Tensor, moments: list[int], only_f: bool) -> tuple[Tensor, Point]:
    """Run one chunk; a (quantities, records, instances) tensor, and the last point, on the CPU."""
    now, before = ([part.clone() for part in models.start] for _ in range(2))
    shaped = [(1 + beta).reshape(-1, *[1] * (part.ndim - 1)) for part in now]
    recorded = eta.new_zeros(1 if only_f else len(QUANTITIES), len(moments), len(eta))
    recorded[5:, 0] = torch.nan
    wanted = set(moments)
    recorded[0, 0] = models.value(tuple(now))
    row = 0
    for k in range(1, moments[-1] + 1):
        for old, new, weight in zip(before, now, shaped, strict=True):
            old.lerp_(new, weight)  # old + (1 + beta)(new - old): the extrapolated point, in the memory of the old one
        squares = models.descend(tuple(before), eta, k in wanted and not only_f)
        now, before = before, now
        if k not in wanted:
            continue
        row += 1
        recorded[0, row] = models.value(tuple(now))
        if squares is not None:
            step = models.measure(tuple(new - old for new, old in zip(now, before, strict=True)))
            moved = models.measure(tuple(new - old for new, old in zip(now, models.start, strict=True)))
            for number, value in enumerate((*step, *moved, *squares), 1):
                recorded[number, row] = value
        if not bool(torch.isfinite(recorded[0, row]).any()):  # all of them diverged: nothing more to see
            recorded[:, row:] = torch.nan
            break
    return recorded.cpu(), tuple(part.cpu() for part in now)
