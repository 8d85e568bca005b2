"""Local spectra at a point of a run: Hessian in x exactly, Jacobian and Hessian in u by Lanczos. OBSERVED."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from scipy.sparse.linalg import ArpackError, LinearOperator, eigsh
from torch import Tensor
from torch.func import grad, vjp

from proofcheck.empirical.additive import AdditiveModels
from proofcheck.empirical.devices import DTYPE, generator, normal
from proofcheck.empirical.points import Models, Point, directions, only_u, single
from proofcheck.errors import InvalidInput

DENSE = 8  # smaller matrices are formed from their products: Lanczos needs room
METHODS = ("lanczos", "dense")


def outputs(models: Models, point: Point) -> Callable[..., Tensor]:
    """The output h as a function of a change of u at a point, as a vector."""
    kept = single(models, point)
    if isinstance(models, AdditiveModels):
        A1, A2, value = models.A1[0], models.A2[0], models.activation.value
        return lambda du: A1 @ kept[0] + value(A2 @ (kept[1] + du))

    def network(*change: Tensor) -> Tensor:
        weights = [part + moved for part, moved in zip(kept, only_u(models, change), strict=True)]
        layer = models.inputs[0]
        for weight in weights[:-1]:
            layer = torch.relu(layer @ weight)
        return (layer @ weights[-1]).flatten()

    return network


def hessian_x(models: Models, point: Point) -> tuple[float, float]:
    """The extreme eigenvalues of the Hessian in x, from all singular values of A1 or of F_{L-1} V1^T."""
    kept = single(models, point)
    if isinstance(models, AdditiveModels):
        matrix = models.A1[0]
    else:
        layer = models.inputs[0]
        for weight in kept[:-1]:
            layer = torch.relu(layer @ weight)
        matrix = layer @ models.basis[0].mT
    values = torch.linalg.svdvals(matrix)
    return float(values[-1]) ** 2, float(values[0]) ** 2


def jacobian_norm(models: Models, point: Point, *, method: str = "lanczos") -> tuple[float, Point]:
    r"""The norm of J = dh/du at a point, and the unit change of u that attains it.

    Parameters
    ----------
    models : AdditiveModels or Networks
        One instance.
    point : tuple of tensors
    method : str
        "lanczos" or "dense": products with J J^T, of size n times outputs; few of them, or all columns.

    Raises
    ------
    InvalidInput

    Statement
    ---------
    .. math:: \lVert J\rVert^2=\lambda_{\max}(JJ^\top).
    """
    if method not in METHODS:
        raise InvalidInput(f"method={method!r} must be one of {', '.join(METHODS)}")
    h, zeros = outputs(models, point), directions(models, point)
    value, back = vjp(h, *zeros)
    _, forth = vjp(back, torch.zeros_like(value))  # the derivative of r -> J^T r, transposed: du -> J du

    def product(vector: Tensor) -> Tensor:
        moved: Tensor = forth(back(vector))[0]
        return moved

    square, vector = _largest(product, value.numel(), method)
    change = back(vector)  # h looks at the u part of a change alone, so this is one of u
    length = sum(float(part.square().sum()) for part in change) ** 0.5
    return max(square, 0.0) ** 0.5, tuple(part / (length or 1.0) for part in change)


def hessian_u(models: Models, point: Point, *, method: str = "lanczos") -> float:
    """The largest eigenvalue of the Hessian of f in u at a point where f is twice differentiable in u.

    Raises
    ------
    InvalidInput
    """
    if method not in METHODS:
        raise InvalidInput(f"method={method!r} must be one of {', '.join(METHODS)}")
    h, zeros = outputs(models, point), directions(models, point)
    target = (models.b if isinstance(models, AdditiveModels) else models.targets)[0].flatten()
    slope = grad(lambda *change: 0.5 * (h(*change) - target).square().sum(), argnums=tuple(range(len(zeros))))

    _, back = vjp(slope, *zeros)
    sizes = [part.numel() for part in zeros]

    def product(vector: Tensor) -> Tensor:
        change = tuple(part.reshape(zero.shape) for part, zero in zip(torch.split(vector, sizes), zeros, strict=True))
        return torch.cat([part.flatten() for part in back(change)])

    return _largest(product, sum(part.numel() for part in zeros), method)[0]


def _largest(product: Callable[[Tensor], Tensor], size: int, method: str) -> tuple[float, Tensor]:
    """The largest eigenvalue of a symmetric matrix that is given by its products, with a unit eigenvector.

    A Ritz value of Lanczos never exceeds the eigenvalue, so an early end makes the estimate smaller, not larger.
    """
    start = normal(generator(0), size)
    if method == "lanczos" and size > DENSE:
        if not bool(product(start).any()):  # ARPACK takes a zero matrix for an error
            return 0.0, start / torch.linalg.vector_norm(start)

        def on_arrays(vector: np.ndarray) -> np.ndarray:
            moved: np.ndarray = product(torch.as_tensor(vector.ravel(), dtype=DTYPE)).numpy()
            return moved

        operator = LinearOperator((size, size), matvec=on_arrays, dtype=np.float64)
        try:
            values, vectors = eigsh(operator, k=1, which="LA", v0=start.numpy(), tol=1e-10)
            return float(values[0]), torch.as_tensor(vectors[:, 0])
        except ArpackError:  # no convergence: all columns it is
            pass
    matrix = torch.stack([product(column) for column in torch.eye(size, dtype=DTYPE)])
    found, basis = torch.linalg.eigh((matrix + matrix.mT) / 2)
    return float(found[-1]), basis[:, -1]
