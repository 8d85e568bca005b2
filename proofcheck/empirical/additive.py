"""The additive model, many instances in one batch, with gradients written by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from proofcheck.empirical.activations import Activation, activation_of
from proofcheck.empirical.devices import device_of, finite, generator, normal, one_thread, rotation, seeds_of
from proofcheck.empirical.last_layer import solved
from proofcheck.errors import InvalidInput

Point = tuple[Tensor, ...]


@dataclass(frozen=True)
class AdditiveModels:
    r"""Instances of f(x, u) = |A1 x + sigma(A2 u) - b|^2 / 2.

    Attributes
    ----------
    A1 : (instances, m, m) tensor
    A2 : (instances, m, d) tensor
    b : (instances, m) tensor
    start : pair of tensors
        x0 of shape (instances, m) and u0 of shape (instances, d).
    activation : Activation
    mu, L1, G1 : (instances,) tensors
        Squared extreme singular values of A1, and the Lipschitz constant of sigma times the largest of A2; L2 = 1.

    Statement
    ---------
    .. math:: \nabla_1f=A_1^\top r,\quad\nabla_2f=A_2^\top(\sigma'(A_2u)\circ r),\quad r=A_1x+\sigma(A_2u)-b.

    Source: Liao and Kyrillidis (ALT 2024), (11) and Lemma 12.
    """

    A1: Tensor
    A2: Tensor
    b: Tensor
    start: Point
    activation: Activation
    mu: Tensor
    L1: Tensor
    G1: Tensor

    def __len__(self) -> int:
        return len(self.A1)

    @property
    def device(self) -> torch.device:
        """Where the tensors are."""
        return self.A1.device

    @property
    def bytes_each(self) -> int:
        """Memory that one instance reads and writes in one iteration."""
        matrices = self.A1[0].numel() + self.A2[0].numel()
        return int(8 * (matrices + 2 * sum(part[0].numel() for part in self.start)))

    def take(self, chosen: Tensor) -> AdditiveModels:
        """Return the chosen instances; an index may repeat."""
        names = ("A1", "A2", "b", "mu", "L1", "G1")
        start = tuple(part[chosen] for part in self.start)
        return replace(self, start=start, **{name: getattr(self, name)[chosen] for name in names})

    def _inner(self, u: Tensor) -> Tensor:
        return torch.bmm(self.A2, u[:, :, None])[:, :, 0]

    def _residual(self, x: Tensor, inner: Tensor) -> Tensor:
        return torch.bmm(self.A1, x[:, :, None])[:, :, 0] + self.activation.value(inner) - self.b

    def value(self, point: Point) -> Tensor:
        """Return f at a point of every instance, shape (instances,)."""
        x, u = point
        return 0.5 * self._residual(x, self._inner(u)).square().sum(dim=1)

    def gradient(self, point: Point) -> Point:
        """Both parts of the gradient of f."""
        x, u = point
        inner = self._inner(u)
        residual = self._residual(x, inner)
        slope = self.activation.derivative(inner) * residual
        return tuple(
            torch.bmm(matrix.mT, vector[:, :, None])[:, :, 0]
            for matrix, vector in ((self.A1, residual), (self.A2, slope))
        )

    def descend(self, point: Point, eta: Tensor, measured: bool) -> tuple[Tensor, Tensor] | None:
        """Subtract eta times the gradient from the point, in place; |grad_1 f|^2 and |grad_2 f|^2 where wanted."""
        gradient = self.gradient(point)
        for part, change in zip(point, gradient, strict=True):
            part.addcmul_(change, eta[:, None], value=-1)
        return self.measure(gradient) if measured else None

    def measure(self, difference: Point) -> tuple[Tensor, Tensor]:
        """Squared lengths of the x and u parts of a difference of points."""
        x, u = difference
        return x.square().sum(dim=1), u.square().sum(dim=1)

    def coordinates(self, point: Point) -> Tensor:
        """Return x of a point or of a difference of points, (instances, m)."""
        return point[0]

    def inner_u(self, first: Point, second: Point) -> Tensor:
        """Inner product of the u parts of two differences of points."""
        return (first[1] * second[1]).sum(dim=1)

    def minimiser(self, point: Point) -> Tensor:
        """Return x*(v), the solution of A1 x = b - sigma(A2 v), (instances, m); NaN where A1 is singular."""
        rest = self.b - self.activation.value(self._inner(point[1]))
        return solved(self.A1, rest[:, :, None])[:, :, 0]


def additive_models(
    A1_singular_values: Sequence[float],
    A2_singular_values: Sequence[float],
    *,
    d: int | None = None,
    activation: str | Activation = "relu",
    seeds: Sequence[int] = (0,),
    device: str = "auto",
) -> AdditiveModels:
    """Additive models with prescribed singular values, one instance for each seed.

    Parameters
    ----------
    A1_singular_values : sequence of m positive floats
    A2_singular_values : sequence of at most min(m, d) floats >= 0
        Missing ones are 0.
    d : int, optional
        Number of entries of u; m where left out.
    activation : str or Activation
    seeds : sequence of int
        Singular vectors are uniformly random, b, x0 and u0 standard normal, each instance from its own seed.
    device : str
        "auto", "cpu" or "cuda".

    Raises
    ------
    InvalidInput
    """
    sigma = activation_of(activation)
    target = device_of(device)
    s1 = finite("A1_singular_values", A1_singular_values, 1)
    s2 = finite("A2_singular_values", A2_singular_values, 1)
    m = len(s1)
    size = m if d is None else d
    if size < 1:
        raise InvalidInput(f"d={size} must be >= 1")
    if not bool((s1 > 0).all()):
        raise InvalidInput(f"A1_singular_values: the smallest, {float(s1.min())}, must be > 0")
    if bool((s2 < 0).any()) or len(s2) > min(m, size):
        raise InvalidInput(f"A2_singular_values must be >= 0 and at most {min(m, size)} of them")
    made = []
    with one_thread():
        for seed in seeds_of(seeds):
            source = generator(seed)
            A1 = (rotation(source, m) * s1) @ rotation(source, m).mT
            A2 = (rotation(source, m)[:, : len(s2)] * s2) @ rotation(source, size)[:, : len(s2)].mT
            made.append((A1, A2, normal(source, m), normal(source, m), normal(source, size)))
    A1, A2, b, x0, u0 = (torch.stack(parts).to(target) for parts in zip(*made, strict=True))
    numbers = (s1.min() ** 2, s1.max() ** 2, sigma.lipschitz * s2.max())
    mu, L1, G1 = (number.expand(len(made)).to(target) for number in numbers)
    return AdditiveModels(A1, A2, b, (x0, u0), sigma, mu, L1, G1)
