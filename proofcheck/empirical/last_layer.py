"""What networks share: x is the rotated part of the last layer that acts on the data, u is all the rest."""

from __future__ import annotations

import torch
from torch import Tensor

from proofcheck.errors import InvalidInput

Point = tuple[Tensor, ...]


def spectrum(hidden: Tensor, name: str = "the last hidden layer") -> tuple[Tensor, Tensor, Tensor]:
    """Right singular vectors V1 and squared extreme singular values (mu, L1) of last hidden layers.

    Parameters
    ----------
    hidden : (instances, n, d) tensor, n <= d
    name : str
        What the message calls it.

    Returns
    -------
    V1 of shape (instances, n, d), mu and L1 of shape (instances,); mu = 0 where the rank is below n up to rounding.

    Raises
    ------
    InvalidInput
        Where an entry is not finite.
    """
    if not bool(torch.isfinite(hidden).all()):
        raise InvalidInput(f"{name} has entries that are not finite numbers at the start: smaller weights or inputs")
    _, values, basis = torch.linalg.svd(hidden, full_matrices=False)
    lowest = torch.where(values[:, -1] > _rounding(values), values[:, -1], 0.0)
    return basis, lowest**2, values[:, 0] ** 2


def _rounding(values: Tensor) -> Tensor:
    """Below this a singular value counts as 0."""
    return values.shape[1] * torch.finfo(values.dtype).eps * values[:, 0]


def solved(matrices: Tensor, right: Tensor) -> Tensor:
    """Solve square systems; NaN where a matrix is singular up to rounding or an entry is not finite.

    Parameters
    ----------
    matrices : (instances, n, n) tensor
    right : (instances, n, columns) tensor
    """
    good = torch.isfinite(matrices).all(dim=2).all(dim=1) & torch.isfinite(right).all(dim=2).all(dim=1)
    identity = torch.eye(matrices.shape[1], dtype=matrices.dtype, device=matrices.device)
    values = torch.linalg.svdvals(torch.where(good[:, None, None], matrices, identity))
    good &= values[:, -1] > _rounding(values)
    found = torch.linalg.solve(torch.where(good[:, None, None], matrices, identity), right)
    return torch.where(good[:, None, None], found, torch.nan)


class LastLayer:
    r"""The partition of a network's parameters, of which the last entry of a point is the last layer.

    Attributes
    ----------
    basis : (instances, n, d) tensor
        Orthonormal rows V1, see `spectrum`.
    targets : (instances, n, outputs) tensor

    Statement
    ---------
    With the last hidden layer H(v) and a bias b (0 where there is none), both parts of u,

    .. math:: x=V_1W_L,\quad u=(V_2W_L,\text{ all other parameters}),\quad
       f=\tfrac12|H(v)(V_1^\top x+V_2^\top V_2W_L)+\mathbf 1b^\top-Y|_F^2.

    Source: Liao and Kyrillidis (ALT 2024), Appendix F.1.
    """

    basis: Tensor
    targets: Tensor

    def last(self, point: Point) -> Tensor:
        """Return the last layer as (instances, d, outputs)."""
        return point[-1]

    def hidden(self, point: Point) -> Tensor:
        """Return the last hidden layer, (instances, n, d)."""
        raise NotImplementedError

    def offset(self, point: Point) -> Tensor | float:
        """Return the bias of the last layer as (instances, 1, outputs), or 0."""
        return 0.0

    def coordinates(self, point: Point) -> Tensor:
        """Return x of a point or of a difference of points, (instances, n, outputs)."""
        return torch.bmm(self.basis, self.last(point))

    def _outside(self, last: Tensor) -> Tensor:
        """V2^T V2 times a last layer: what is left without x."""
        return last - torch.bmm(self.basis.mT, torch.bmm(self.basis, last))

    def _split(self, difference: Tensor) -> tuple[Tensor, Tensor]:
        """Squared lengths of V1 D and V2 D for a difference D of last layers."""
        inside = torch.bmm(self.basis, difference)
        outside = difference - torch.bmm(self.basis.mT, inside)
        return inside.square().sum(dim=(1, 2)), outside.square().sum(dim=(1, 2))

    def measure(self, difference: Point) -> tuple[Tensor, Tensor]:
        """Squared lengths of the x and u parts of a difference of points."""
        x, u = self._split(self.last(difference))
        for part in difference[:-1]:
            u = u + torch.linalg.vector_norm(part.flatten(1), dim=1).square()
        return x, u

    def inner_u(self, first: Point, second: Point) -> Tensor:
        """Inner product of the u parts of two differences of points."""
        found = (self._outside(self.last(first)) * self._outside(self.last(second))).sum(dim=(1, 2))
        for one, other in zip(first[:-1], second[:-1], strict=True):
            found = found + (one * other).flatten(1).sum(dim=1)
        return found

    def minimiser(self, point: Point) -> Tensor:
        """Return x*(v), the minimiser of f(., v) for the u part v of a point, (instances, n, outputs).

        It solves (H(v) V1^T) x = Y - 1 b^T - H(v) V2^T V2 W_L; NaN where that matrix is singular.
        """
        hidden = self.hidden(point)
        rest = self.targets - self.offset(point) - torch.bmm(hidden, self._outside(self.last(point)))
        return solved(torch.bmm(hidden, self.basis.mT), rest)
