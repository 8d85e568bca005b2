r"""f(., u) of an instance for a fixed u: half a squared length of an affine function of x.

Both models are of this kind: for the additive model K = A1, for a network K = H V1^T with the last hidden layer H.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from proofcheck.empirical.additive import AdditiveModels, Point
from proofcheck.empirical.last_layer import LastLayer


@dataclass(frozen=True)
class Slice:
    r"""f(., u) for each instance of a batch.

    Attributes
    ----------
    K : (instances, n, n) tensor
    offset : (instances, n, outputs) tensor

    Statement
    ---------
    .. math:: f(x,u)=\tfrac12\lVert K(u)x+b(u)\rVert^2,\quad\nabla_1f=K^\top(Kx+b),\quad x^\star(u)=-K^{-1}b,

    so A1 and A2 at this u say that the squared singular values of K are between mu and L1, and A6 that K is invertible.
    """

    K: Tensor
    offset: Tensor

    def residual(self, x: Tensor) -> Tensor:
        """Return K x + b, shape (instances, n, outputs)."""
        return torch.bmm(self.K, x) + self.offset

    def value(self, x: Tensor) -> Tensor:
        """Return f(x, u), shape (instances,)."""
        return 0.5 * self.residual(x).square().sum(dim=(1, 2))

    def gradient(self, x: Tensor) -> Tensor:
        """The gradient in x."""
        return torch.bmm(self.K.mT, self.residual(x))

    def to_minimiser(self, x: Tensor) -> Tensor:
        """Return x - x*(u); infinite or NaN where K is singular."""
        return torch.linalg.solve_ex(self.K, self.residual(x))[0]


def slice_at(models: AdditiveModels | LastLayer, point: Point) -> Slice:
    """f(., u) for the u of a point; its x does not matter."""
    if isinstance(models, AdditiveModels):
        return Slice(models.A1, models._residual(torch.zeros_like(point[0]), models._inner(point[1]))[:, :, None])
    hidden = models.hidden(point)
    rest = torch.bmm(hidden, models._outside(models.last(point))) + models.offset(point) - models.targets
    return Slice(torch.bmm(hidden, models.basis.mT), rest)


def x_of(models: AdditiveModels | LastLayer, point: Point) -> Tensor:
    """The x of a point (or of a difference of points), shape (instances, n, outputs)."""
    found = models.coordinates(point)
    return found[:, :, None] if found.ndim == 2 else found


def u_of(models: AdditiveModels | LastLayer, point: Point) -> Point:
    """The u of a point (or of a difference of points), in parts of any shape."""
    if isinstance(models, AdditiveModels):
        return (point[1],)
    return (*point[:-1], models._outside(models.last(point)))


def inner(a: Tensor | Point, b: Tensor | Point) -> Tensor:
    """Inner products, shape (instances,)."""
    if isinstance(a, Tensor) and isinstance(b, Tensor):
        return (a * b).flatten(1).sum(dim=1)
    total = [(p * q).flatten(1).sum(dim=1) for p, q in zip(a, b, strict=True)]
    return torch.stack(total).sum(dim=0)


def less(a: Point, b: Point) -> Point:
    """Return a - b."""
    return tuple(p - q for p, q in zip(a, b, strict=True))


def extremes(K: Tensor) -> tuple[Tensor, Tensor]:
    """Smallest and largest singular value of each matrix; NaN where an entry is not finite."""
    finite = torch.isfinite(K).flatten(1).all(dim=1)
    safe = torch.where(finite[:, None, None], K, torch.eye(K.shape[-1], dtype=K.dtype, device=K.device))
    values = torch.linalg.svdvals(safe)
    lowest, largest = values[:, -1], values[:, 0]
    nan = torch.full_like(lowest, torch.nan)
    return torch.where(finite, lowest, nan), torch.where(finite, largest, nan)
