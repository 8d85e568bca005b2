"""Fully connected ReLU networks, many in one batch, with gradients written by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from proofcheck.empirical.data import Data, squared
from proofcheck.empirical.devices import device_of, factor, generator, normal, one_thread, positive, seeds_of
from proofcheck.empirical.last_layer import LastLayer, Point, spectrum
from proofcheck.errors import InvalidInput

INITIALISATIONS = ("paper", "lecun", "zero_last")


@dataclass(frozen=True)
class Networks(LastLayer):
    r"""Networks F_l = relu(F_{l-1} W_l), output F_{L-1} W_L, with f = |F_L - Y|_F^2 / 2; no biases.

    Attributes
    ----------
    inputs : (instances, n, d0) tensor
    targets : (instances, n, outputs) tensor
    start : tuple of (instances, d_{l-1}, d_l) tensors
        The weights at the start.
    basis : (instances, n, d_{L-1}) tensor
        Orthonormal rows V1: right singular vectors of the last hidden layer at the start. x = V1 W_L, and u is the
        rest: V2 W_L and all other layers. A run is done in W: the rotation commutes with both methods.
    mu, L1 : (instances,) tensors
        OBSERVED: squared extreme singular values of the last hidden layer at the start (not over a ball).

    Source: Liao and Kyrillidis (ALT 2024), (14), (15) and Appendix F.1.
    """

    inputs: Tensor
    targets: Tensor
    start: Point
    basis: Tensor
    mu: Tensor
    L1: Tensor

    def __len__(self) -> int:
        return len(self.basis)

    @property
    def device(self) -> torch.device:
        """Where the tensors are."""
        return self.basis.device

    @property
    def bytes_each(self) -> int:
        """Memory that one instance reads and writes in one iteration."""
        return int(8 * 2 * sum(part[0].numel() for part in self.start))

    def take(self, chosen: Tensor) -> Networks:
        """Return the chosen instances; an index may repeat."""
        names = ("inputs", "targets", "basis", "mu", "L1")
        start = tuple(part[chosen] for part in self.start)
        return replace(self, start=start, **{name: getattr(self, name)[chosen].contiguous() for name in names})

    def _layers(self, weights: Point) -> list[Tensor]:
        layers = [self.inputs]
        for weight in weights[:-1]:
            layers.append(torch.bmm(layers[-1], weight).relu_())
        return layers

    def hidden(self, point: Point) -> Tensor:
        """Return the last hidden layer, (instances, n, d_{L-1})."""
        return self._layers(point)[-1]

    def value(self, point: Point) -> Tensor:
        """Return f at the weights of every instance, shape (instances,)."""
        residual = torch.bmm(self._layers(point)[-1], point[-1]).sub_(self.targets)
        return 0.5 * residual.square().sum(dim=(1, 2))

    def gradient(self, point: Point) -> Point:
        """The gradient of f in every layer; at a kink the derivative of relu is 0."""
        layers, back = self._layers(point), []
        errors = torch.bmm(layers[-1], point[-1]).sub_(self.targets)
        for number in reversed(range(len(point))):
            back.append(torch.bmm(layers[number].mT, errors))
            if number:
                errors = torch.bmm(errors, point[number].mT).mul_(layers[number] > 0)
        return tuple(reversed(back))

    def descend(self, point: Point, eta: Tensor, measured: bool) -> tuple[Tensor, Tensor] | None:
        """Subtract eta times the gradient from the weights, in place; |grad_1 f|^2 and |grad_2 f|^2 where wanted.

        A layer's gradient is a product F^T E with n inner indices: it goes into the weights without being stored,
        and its squared Frobenius norm is the sum of the entries of F F^T times those of E E^T.
        """
        layers = self._layers(point)
        errors = torch.bmm(layers[-1], point[-1]).sub_(self.targets)
        last: tuple[Tensor, Tensor] | None = None
        others = torch.zeros_like(eta)
        for number in reversed(range(len(point))):
            layer = layers[number]
            below = torch.bmm(errors, point[number].mT).mul_(layer > 0) if number else None
            if measured and last is None:
                last = self._split(torch.bmm(layer.mT, errors))
            elif measured:
                grams = torch.bmm(layer, layer.mT) * torch.bmm(errors, errors.mT)
                others = others + grams.sum(dim=(1, 2)).clamp(min=0)
            point[number].baddbmm_(layer.mT, errors * eta[:, None, None], alpha=-1)
            if below is not None:
                errors = below
        return None if last is None else (last[0], last[1] + others)


def networks(
    data: Data,
    widths: Sequence[int],
    *,
    initialisation: str = "paper",
    first_scale: float = 1.0,
    target_scale: float = 1.0,
    loss: str = "squared",
    seeds: Sequence[int] = (0,),
    device: str = "auto",
) -> Networks:
    """Networks on one data set, one instance for each seed.

    Parameters
    ----------
    data : Data
    widths : sequence of int
        d_1, ..., d_{L-1}: one entry for each hidden layer; the last one at least n.
    initialisation : str
        "paper": variance 1/d_{l-1}, in the last layer d_{L-1}^(-3/2). "lecun": variance 1/d_{l-1} in every layer.
        "zero_last": variance 1/d_{l-1}, the last layer 0.
    first_scale, target_scale : float
        Factors of the first layer's weights (> 0) and of the targets (>= 0).
    loss : str
        "squared", the only one for which the theorems' assumptions hold.
    seeds : sequence of int
    device : str
        "auto", "cpu" or "cuda".

    Raises
    ------
    InvalidInput

    Source: Liao and Kyrillidis (ALT 2024), Theorem 15; LeCun et al. (1998), Efficient BackProp, (16).
    """
    if initialisation not in INITIALISATIONS:
        raise InvalidInput(f"initialisation={initialisation!r} must be one of {', '.join(INITIALISATIONS)}")
    squared(loss)
    hidden = [positive("width", width) for width in widths]
    n = len(data.inputs)
    if not hidden:
        raise InvalidInput("widths must hold at least one hidden layer")
    if hidden[-1] < n:
        raise InvalidInput(f"width={hidden[-1]} of the last hidden layer must be >= n={n}")
    target = device_of(device)
    sizes = [data.inputs.shape[1], *hidden, data.targets.shape[1]]
    powers = [1.0] * len(hidden) + [{"paper": 1.5, "lecun": 1.0, "zero_last": float("inf")}[initialisation]]
    made = []
    for seed in seeds_of(seeds):
        source = generator(seed)
        made.append(
            [
                normal(source, fan_in, fan_out) * (fan_in ** (-power / 2) if power < float("inf") else 0.0)
                for fan_in, fan_out, power in zip(sizes[:-1], sizes[1:], powers, strict=True)
            ]
        )
    start = tuple(torch.stack(parts).to(target) for parts in zip(*made, strict=True))
    start = (start[0] * factor("first_scale", first_scale), *start[1:])
    scaled = data.targets * factor("target_scale", target_scale, zero=True)
    inputs, targets = (part.to(target).expand(len(made), -1, -1) for part in (data.inputs, scaled))
    empty = torch.zeros(len(made), device=target)
    hidden_layer = Networks(inputs, targets, start, inputs, empty, empty).hidden(start)
    with one_thread():
        return Networks(inputs, targets, start, *spectrum(hidden_layer))
