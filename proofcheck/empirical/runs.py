"""Gradient descent and Nesterov's momentum on many instances and tunings at once, with full gradients."""

from __future__ import annotations

import os
import threading
from collections.abc import Sequence
from contextlib import closing
from functools import partial

import torch
from torch import Tensor

from proofcheck.discover.candidate import Progress, silent
from proofcheck.empirical.checkpoints import Checkpoint
from proofcheck.empirical.chunks import Experiment, Group, Watch
from proofcheck.empirical.devices import positive
from proofcheck.empirical.iteration import FEATURES, QUANTITIES, Models, Point
from proofcheck.empirical.run_result import CONVERGED, DIVERGED, Run
from proofcheck.empirical.schedule import execute, parts_of
from proofcheck.empirical.tunings import Tuning
from proofcheck.errors import InvalidInput

__all__ = ["CONVERGED", "DIVERGED", "FEATURES", "QUANTITIES", "Models", "Point", "Run", "run", "run_all"]


def run(
    models: Models,
    tunings: Sequence[Tuning],
    steps: int,
    *,
    every: int = 1,
    only_f: bool = False,
    features: bool = False,
    chunk_bytes: int | None = None,
    checkpoint: str | os.PathLike[str] | None = None,
    progress: Progress = silent,
) -> Run:
    r"""Run every tuning on every instance.

    Parameters
    ----------
    models : AdditiveModels, Networks or ModuleModels
    tunings : sequence of Tuning
    steps : int
        Number of iterations.
    every : int
        Record each time this many steps are done, at the start and at the end.
    only_f : bool
        Record f alone.
    features : bool
        Record also fq, ee, ed, eg, dg and hw (slower).
    chunk_bytes : int, optional
        Memory of the instances that are run together.
    checkpoint : path, optional
        A folder for what is finished, and every half minute and at Ctrl-C for what is under way. The same call goes on
        from there, and its result is that of a run without a break, bit for bit on the same machine. It stays when
        the run is over.
    progress : callable, optional
        Gets a message and the fraction done, now and then.

    Raises
    ------
    InvalidInput
        For unusable arguments and another experiment's checkpoint. A run that diverges is no error: see
        `Run.verdicts`.
    OutputError
        Where the checkpoint cannot be written.

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
    (found,) = run_all(
        [(models, tunings)],
        steps,
        every=every,
        only_f=only_f,
        features=features,
        chunk_bytes=chunk_bytes,
        checkpoint=checkpoint,
        progress=progress,
    )
    return found


def run_all(
    groups: Sequence[tuple[Models, Sequence[Tuning]]],
    steps: int,
    *,
    every: int = 1,
    only_f: bool = False,
    features: bool = False,
    chunk_bytes: int | None = None,
    checkpoint: str | os.PathLike[str] | None = None,
    progress: Progress = silent,
) -> list[Run]:
    """Run groups of instances, each of one shape with its own tunings, in one go.

    Parameters
    ----------
    groups : sequence of (models, tunings)
        For example one for each width and scale. The result of a group does not depend on the others.
    steps, every, only_f, features, chunk_bytes, checkpoint, progress
        As of `run`, for all groups together.

    Returns
    -------
    list of Run
        One for each group.

    Raises
    ------
    InvalidInput, OutputError
        As `run`.
    """
    positive("steps", steps)
    positive("every", every)
    if only_f and features:
        raise InvalidInput("only_f=True and features=True exclude each other")
    if not groups:
        raise InvalidInput("groups must hold at least one pair of models and tunings")
    names = QUANTITIES[:1] if only_f else (*QUANTITIES, *(FEATURES if features else ()))
    moments = [*range(0, steps, every), steps]
    prepared = [Group(models, tuple(tunings)) for models, tunings in groups]
    parts = [part for i, g in enumerate(prepared) for part in parts_of(i, g.models, len(g.eta), chunk_bytes)]
    store = None
    if checkpoint is not None:
        described = [g.described() for g in prepared]
        what = {"steps": steps, "every": every, "quantities": list(names), "groups": described}
        store = Checkpoint(checkpoint, what, parts)
        parts = store.parts
    watch = Watch(threading.Event(), sum(part.stop - part.first for part in parts))
    experiment = Experiment(prepared, moments, len(names), store, watch)
    tasks = [(part.wide, partial(experiment.compute, part)) for part in parts]
    with closing(execute(tasks, watch.stop)) as ticks:  # an interrupted bar ends the tasks, too
        for _ in ticks:
            progress(f"runs ({watch.finished} of {watch.rows})", watch.fraction)
    return [_collected(group, names, moments, experiment.of_group(i)) for i, group in enumerate(prepared)]


def _collected(group: Group, names: Sequence[str], moments: list[int], found: list[tuple[Tensor, Point]]) -> Run:
    shape = (len(group.tunings), len(group.models))
    recorded = torch.cat([entry[0] for entry in found], dim=2).unflatten(2, shape)
    shown = dict(zip(names, recorded.permute(0, 2, 3, 1).contiguous(), strict=True))
    shown = {name: shown.get(name, recorded.new_empty(0)) for name in (*QUANTITIES, *FEATURES)}
    last = tuple(torch.cat(part).unflatten(0, shape) for part in zip(*(e[1] for e in found), strict=True))
    return Run(labels=tuple(t.label for t in group.tunings), steps=torch.tensor(moments), last=last, **shown)
