"""Lipschitz activations with the derivative that automatic differentiation uses."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from proofcheck.errors import InvalidInput


@dataclass(frozen=True)
class Activation:
    """A function applied entry by entry.

    Attributes
    ----------
    name : str
    value, derivative : callables
        Tensor to tensor; at a kink the derivative is PyTorch's choice (0 for relu and abs at 0).
    lipschitz : float
        B with abs(value(a) - value(b)) <= B abs(a - b), hence abs(derivative) <= B.
    """

    name: str
    value: Callable[[Tensor], Tensor]
    derivative: Callable[[Tensor], Tensor]
    lipschitz: float


def _tanh_slope(z: Tensor) -> Tensor:
    return 1 - torch.tanh(z) ** 2


ACTIVATIONS = {
    entry.name: entry
    for entry in (
        Activation("relu", torch.relu, lambda z: (z > 0).to(z.dtype), 1.0),
        Activation("tanh", torch.tanh, _tanh_slope, 1.0),
        Activation("abs", torch.abs, torch.sign, 1.0),
        Activation("identity", lambda z: z, torch.ones_like, 1.0),
    )
}


def activation_of(given: str | Activation) -> Activation:
    """Return an activation by its name; any other Lipschitz function is given as an Activation.

    Raises
    ------
    InvalidInput
    """
    if isinstance(given, Activation):
        return given
    if given not in ACTIVATIONS:
        raise InvalidInput(f"activation={given!r} must be one of {', '.join(ACTIVATIONS)}, or an Activation")
    return ACTIVATIONS[given]
