"""Small data sets: inputs of one length, targets +-1 (or one column a class)."""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from proofcheck.empirical.devices import DTYPE, finite, generator, normal, positive, rotation
from proofcheck.errors import InvalidInput, NotSupported


@dataclass(frozen=True)
class Data:
    """Inputs and targets of a regression.

    Attributes
    ----------
    name : str
    inputs : (n, d0) tensor
    targets : (n, outputs) tensor

    Raises
    ------
    InvalidInput
        For entries that are not finite, other dimensions, or numbers of rows that differ.
    """

    name: str
    inputs: Tensor
    targets: Tensor

    def __post_init__(self) -> None:
        object.__setattr__(self, "inputs", finite("inputs", self.inputs, 2))
        object.__setattr__(self, "targets", finite("targets", self.targets, 2))
        if len(self.inputs) != len(self.targets):
            raise InvalidInput(f"inputs have {len(self.inputs)} rows and targets {len(self.targets)}; must be equal")


def squared(loss: str) -> None:
    """Complain about a loss for which the theorems say nothing.

    Raises
    ------
    InvalidInput

    Source: Liao and Kyrillidis (ALT 2024), Assumption 6: min over x of f(x, u) is attained and the same for every u.
    """
    if loss == "logistic":
        raise InvalidInput("loss='logistic' breaks Assumption 6 (min over x attained and global): use squared")
    if loss != "squared":
        raise InvalidInput(f"loss={loss!r} must be squared")


def _targets(source: torch.Generator, n: int, outputs: int) -> Tensor:
    return (torch.randint(0, 2, (n, outputs), generator=source) * 2 - 1).to(DTYPE)


def _to_length(rows: Tensor) -> Tensor:
    """Scale every row to the length sqrt(d0)."""
    return rows * (rows.shape[1] ** 0.5 / rows.norm(dim=1, keepdim=True))


def orthogonal(n: int, d0: int, *, outputs: int = 1, seed: int = 0) -> Data:
    """Orthogonal inputs, n <= d0 of them, of length sqrt(d0), targets +-1 at random.

    Raises
    ------
    InvalidInput
    """
    if positive("n", n) > positive("d0", d0):
        raise InvalidInput(f"n={n} must be <= d0={d0}: no more than d0 vectors are orthogonal")
    source = generator(seed)
    rows = rotation(source, d0)[:n] * d0**0.5
    return Data("orthogonal", rows, _targets(source, n, positive("outputs", outputs)))


def gaussian(n: int, d0: int, *, outputs: int = 1, seed: int = 0) -> Data:
    """Gaussian inputs, n of them, scaled to the length sqrt(d0), targets +-1 at random.

    Raises
    ------
    InvalidInput
    """
    source = generator(seed)
    rows = _to_length(normal(source, positive("n", n), positive("d0", d0)))
    return Data("gaussian", rows, _targets(source, n, positive("outputs", outputs)))


def digits(n: int = 16) -> Data:
    """The first n of scikit-learn's 1,797 digits (d0 = 64), centred, length 8; target +1 for even, -1 for odd.

    Raises
    ------
    InvalidInput
    NotSupported
        Without scikit-learn.
    """
    return _shipped("digits", n, lambda label: label % 2 == 0)


def iris(n: int = 16) -> Data:
    """Evenly spaced rows of scikit-learn's 150 irises (d0 = 4), centred, length 2; target +1 for setosa.

    Raises
    ------
    InvalidInput
    NotSupported
        Without scikit-learn.
    """
    return _shipped("iris", n, lambda label: label == 0)


def _shipped(name: str, n: int, positive_class: Any) -> Data:
    if importlib.util.find_spec("sklearn") is None:
        raise NotSupported(f"the {name} need scikit-learn: pip install 'proofcheck[torch]'")
    from sklearn import datasets

    found = getattr(datasets, f"load_{name}")()
    rows, labels = torch.as_tensor(found.data, dtype=DTYPE), torch.as_tensor(found.target)
    if positive("n", n) > len(rows):
        raise InvalidInput(f"n={n} must be <= {len(rows)}, the size of {name}")
    kept = torch.arange(n) * (len(rows) // n if name == "iris" else 1)  # the irises are sorted by class
    targets = torch.where(positive_class(labels), 1.0, -1.0).to(DTYPE)[kept]
    return Data(name, _to_length((rows - rows.mean(dim=0))[kept]), targets[:, None])
