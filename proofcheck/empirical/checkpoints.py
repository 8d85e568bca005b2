"""Finished chunks and half-finished long ones on disk: raw little-endian float64 after one line of JSON.

A folder holds `experiment.json` (what is run, and in which parts), one file `GROUP-FIRST-STOP.done` for each finished
part, and `GROUP-FIRST-STOP.state` for one that was under way. Nothing in it is ever executed.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import math
import os
import re
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from proofcheck.empirical.activations import Activation
from proofcheck.empirical.schedule import Part
from proofcheck.errors import InvalidInput, OutputError

FORMAT = "proofcheck-checkpoint/1"
LINE = 2**20
"""Longest line of JSON that is read."""


def raw(tensor: Tensor) -> bytes:
    """Return the entries as little-endian float64."""
    array = tensor.detach().cpu().contiguous().to(torch.float64).numpy()
    return bytes((array if sys.byteorder == "little" else array.byteswap()).tobytes())


def _unraw(data: bytes, shape: Sequence[int]) -> Tensor:
    found = torch.frombuffer(bytearray(data), dtype=torch.float64) if data else torch.empty(0, dtype=torch.float64)
    return (found if sys.byteorder == "little" else torch.from_numpy(found.numpy().byteswap())).reshape(tuple(shape))


def digest(value: object) -> str:
    """SHA-256 of everything in a value that decides a run: tensors, and the fields of dataclasses, by name.

    An activation counts by its values on a grid, a module by what it prints and holds (its forward has its effect in
    the last hidden layer's singular vectors).
    """
    found = hashlib.sha256()
    if isinstance(value, Activation):
        grid = torch.linspace(-4, 4, 33, dtype=torch.float64)
        found.update(digest((value.name, value.lipschitz, value.value(grid), value.derivative(grid))).encode())
    elif isinstance(value, Tensor):
        found.update(json.dumps(["tensor", *value.shape]).encode() + raw(value))
    elif isinstance(value, tuple | list):
        found.update("\n".join(["sequence", *map(digest, value)]).encode())
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        lines = [f"{entry.name} {digest(getattr(value, entry.name))}" for entry in dataclasses.fields(value)]
        found.update("\n".join([type(value).__qualname__, *lines]).encode())
    elif isinstance(value, torch.nn.Module):
        held = digest(tuple(value.state_dict().values()))
        found.update(f"{type(value).__qualname__}\n{value!r}\n{held}".encode())
    else:
        found.update(repr(value).encode())
    return found.hexdigest()


def write(path: Path, header: dict[str, Any], tensors: Sequence[Tensor]) -> None:
    """Write a file under another name and rename it: a file with its own name is whole.

    Raises
    ------
    OutputError
    """
    body = b"".join(map(raw, tensors))
    told = {**header, "shapes": [list(tensor.shape) for tensor in tensors]}
    _replace(path, (json.dumps({**told, "sha256": _seal(told, body)}) + "\n").encode() + body)


def _seal(told: dict[str, Any], body: bytes) -> str:
    """Tell damage; no proof of anything."""
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode() + body).hexdigest()


def _replace(path: Path, data: bytes) -> None:
    other = path.with_name(f"{path.name}.{os.getpid()}-{threading.get_ident()}.tmp")
    try:
        other.write_bytes(data)
        other.replace(path)
    except OSError as error:
        raise OutputError(f"checkpoint: {path} cannot be written: {error.strerror}") from None


def read(path: Path, header: dict[str, Any], shapes: Sequence[Sequence[int]]) -> tuple[dict[str, Any], list[Tensor]]:
    """Read a file whose first line must hold that header and those shapes.

    Raises
    ------
    InvalidInput
        Where it is damaged or of another experiment.
    """
    try:
        with path.open("rb") as stream:
            found = json.loads(stream.readline(LINE))
            body = stream.read(8 * sum(map(math.prod, shapes)) + 1)
    except (OSError, ValueError, RecursionError):
        raise InvalidInput(f"checkpoint: {path} is damaged: delete it") from None
    expected = {**header, "shapes": [list(shape) for shape in shapes]}
    good = isinstance(found, dict) and all(found.get(key) == value for key, value in expected.items())
    if not good or found.pop("sha256", None) != _seal(found, body):
        raise InvalidInput(f"checkpoint: {path} is damaged: delete it")
    tensors, position = [], 0
    for shape in shapes:
        size = 8 * math.prod(shape)
        tensors.append(_unraw(body[position : position + size], shape))
        position += size
    return found, tensors


def _runs(parts: Sequence[Part]) -> list[tuple[int, int]]:
    """Return (group, rows) of a plan whose parts follow each other without a gap; an empty list for another."""
    ends: dict[int, int] = {}
    for part in parts:
        if part.first != ends.get(part.group, 0) or part.stop <= part.first:
            return []
        ends[part.group] = part.stop
    return list(ends.items())


class Checkpoint:
    """The folder of one experiment.

    Parameters
    ----------
    folder : path
        Is made where it does not exist.
    experiment : dict
        What is run; JSON.
    parts : list of Part
        The plan; where the folder has one already, `parts` of this object is that one.

    Raises
    ------
    InvalidInput
        Where the folder belongs to another experiment or is damaged.
    OutputError
    """

    def __init__(self, folder: str | os.PathLike[str], experiment: dict[str, Any], parts: Sequence[Part]) -> None:
        self.folder = Path(folder)
        self.header = {"format": FORMAT, "experiment": hashlib.sha256(json.dumps(experiment).encode()).hexdigest()}
        path = self.folder / "experiment.json"
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            stored = path.read_bytes() if path.exists() else None
        except OSError as error:
            raise OutputError(f"checkpoint={str(folder)!r} is no folder that can be used: {error.strerror}") from None
        self.parts = list(parts)
        if stored is None:
            plan = [dataclasses.astuple(part) for part in parts]
            _replace(path, json.dumps({"format": FORMAT, **experiment, "parts": plan}, indent=1).encode())
        else:
            self.parts = self._planned(path, stored, experiment)

    def _planned(self, path: Path, stored: bytes, experiment: dict[str, Any]) -> list[Part]:
        try:
            found = json.loads(stored)
            plan = [Part(int(a), int(b), int(c), wide=bool(wide)) for a, b, c, wide in found["parts"]]
            other = [key for key in experiment if found[key] != json.loads(json.dumps(experiment[key]))]
            whole = found["format"] == FORMAT
        except (ValueError, TypeError, KeyError, IndexError, RecursionError):
            raise InvalidInput(f"checkpoint: {path} is damaged: delete the folder") from None
        if other:
            raise InvalidInput(f"checkpoint={str(self.folder)!r} is of another experiment ({', '.join(other)} differ)")
        if not whole or _runs(plan) != _runs(self.parts):
            raise InvalidInput(f"checkpoint: {path} is damaged: delete the folder")
        return plan

    def path(self, group: int, first: int, stop: int, kind: str) -> Path:
        """Return the file of some rows; kind is "done" or "state"."""
        return self.folder / f"{group}-{first}-{stop}.{kind}"

    def forget(self, part: Part) -> None:
        """Delete the states of rows that are finished; what did not fit the memory left them in pieces."""
        for path in self.folder.glob(f"{part.group}-*.state"):
            rows = re.fullmatch(r"\d+-(\d+)-(\d+)\.state", path.name)
            if rows and part.first <= int(rows[1]) and int(rows[2]) <= part.stop:
                path.unlink(missing_ok=True)
