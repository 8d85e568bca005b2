"""`proofcheck validate`: the instances of an experiment are run, and every inequality is looked at. OBSERVED."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch

from proofcheck.discover.candidate import Progress, silent
from proofcheck.empirical.bounds import Bound, load_bound
from proofcheck.empirical.examination import Record, examine
from proofcheck.empirical.experiment import Experiment
from proofcheck.empirical.groups import InstanceGroup
from proofcheck.errors import ProofcheckError
from proofcheck.files import make_directory, write_atomically

VERSION = 3


def validate(
    experiment: Experiment, *, device: str = "auto", folder: Path | None = None, progress: Progress = silent
) -> list[Record]:
    """Run every group of instances and check it; one plain record for each group.

    Parameters
    ----------
    experiment : Experiment
    device : str
    folder : path, optional
        Keeps every finished group in `parts`; a second call with the same experiment goes on from there.
    progress : callable, optional

    Raises
    ------
    InvalidInput, NotSupported, OutputError
        A run that diverges or a check that fails is no error: it is in the record.
    """
    bounds = [load_bound(source) for source in experiment.theorems]
    parts = None if folder is None else folder / "parts"
    if parts is not None:
        make_directory(parts)
    records = []
    count = len(experiment.groups)
    for number, group in enumerate(experiment.groups):

        def share(message: str, fraction: float, done: int = number, label: str = group.label) -> None:
            progress(f"{label}: {message}", (done + fraction) / count)

        path = None if parts is None else parts / f"{_key(experiment, group, bounds, device)}.json"
        record = None if path is None else _load(path)
        if record is None:
            under_way = None if path is None else path.with_suffix(".run")
            about = (group, experiment.rules, experiment.steps, bounds, experiment.assumed, device, under_way)
            try:
                record = examine(*about, share)
            except ProofcheckError as error:
                raise type(error)(f"{group.label}: {error}") from None
            if path is not None:
                write_atomically(path, json.dumps(record).encode())
            if under_way is not None:
                shutil.rmtree(under_way, ignore_errors=True)  # its result is in the record
        records.append(record)
    return records


def _key(experiment: Experiment, group: InstanceGroup, bounds: Sequence[Bound], device: str) -> str:
    """SHA-256 of everything that decides a record."""
    about: list[Any] = [VERSION, torch.__version__, device, experiment.steps, dataclasses.asdict(group)]
    about += [[dataclasses.asdict(rule) for rule in experiment.rules], dataclasses.asdict(experiment.assumed)]
    about.append([(bound.name, bound.digest) for bound in bounds])
    return hashlib.sha256(json.dumps(about, sort_keys=True).encode()).hexdigest()[:32]


def _load(path: Path) -> Record | None:
    """A finished record, or None."""
    try:
        found = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) and "checks" in found else None
