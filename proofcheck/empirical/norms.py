"""What the constants of an instance are made of: norms of its matrices at the start, in floating point."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from proofcheck.discover.network_plan import Sizes
from proofcheck.empirical.additive import AdditiveModels
from proofcheck.empirical.devices import one_thread
from proofcheck.empirical.relu_networks import Networks


@dataclass(frozen=True)
class AdditiveNorms:
    """Numbers of one additive model.

    Attributes
    ----------
    smallest, largest : float
        Extreme singular values of A1.
    coupling : float
        The Lipschitz constant of sigma times the largest singular value of A2.
    mixed : float
        A Lipschitz constant of A1^T sigma(A2 u): the largest singular value of A1 times `coupling`; for the identity
        the largest one of A1^T A2.
    f0 : float
        f at the start.
    distance : float
        From x_0 to the minimiser of f(., u_0).
    """

    smallest: float
    largest: float
    coupling: float
    mixed: float
    f0: float
    distance: float


@dataclass(frozen=True)
class NetworkNorms:
    """Numbers of one network with layers 1, ..., L.

    Attributes
    ----------
    inputs, targets : float
        Frobenius norms of X and Y.
    layers : tuple of L floats
        Largest singular values of F_0 = X, F_1(0), ..., F_{L-1}(0).
    weights : tuple of L floats
        Largest singular values of W_1(0), ..., W_L(0).
    last : float
        Frobenius norm of W_L(0).
    smallest : float
        The smallest (n-th) singular value of the last hidden layer at the start; the paper's alpha_0.
    f0 : float
        f at the start.
    distance : float
        From x_0 to the minimiser of f(., u_0): the Frobenius norm of H^+ (Y - H W_L(0)), H = F_{L-1}(0); infinite
        where H has rank below n.
    """

    inputs: float
    targets: float
    layers: tuple[float, ...]
    weights: tuple[float, ...]
    last: float
    smallest: float
    f0: float
    distance: float

    @property
    def sizes(self) -> Sizes:
        """What decides which kept theorem applies, as the kernel names it."""
        return Sizes(self.weights, self.layers[:-1], self.smallest, self.layers[-1], self.f0, self.f0, self.distance)


def norms_of(models: AdditiveModels | Networks) -> tuple[AdditiveNorms, ...] | tuple[NetworkNorms, ...]:
    """Measure every instance of a batch.

    Parameters
    ----------
    models : AdditiveModels or Networks

    Raises
    ------
    InvalidInput
        Where the instances were made; nothing else can fail.
    """
    with one_thread():
        if isinstance(models, AdditiveModels):
            return tuple(_additive(models, number) for number in range(len(models)))
        return tuple(_network(models, number) for number in range(len(models)))


def sigma_max(matrix: Tensor) -> float:
    """The largest singular value, from the smaller one of the two Gram matrices."""
    gram = matrix @ matrix.mT if matrix.shape[0] <= matrix.shape[1] else matrix.mT @ matrix
    return float(torch.linalg.eigvalsh(gram)[-1].clamp(min=0).sqrt())


def _additive(models: AdditiveModels, number: int) -> AdditiveNorms:
    A1, A2 = models.A1[number], models.A2[number]
    values = torch.linalg.svdvals(A1)
    x, u = (part[number] for part in models.start)
    residual = A1 @ x + models.activation.value(A2 @ u) - models.b[number]
    coupling = models.activation.lipschitz * sigma_max(A2)
    largest = float(values[0])
    return AdditiveNorms(
        smallest=float(values[-1]),
        largest=largest,
        coupling=coupling,
        mixed=sigma_max(A1.mT @ A2) if models.activation.name == "identity" else largest * coupling,
        f0=0.5 * float(residual.square().sum()),
        distance=float(torch.linalg.vector_norm(torch.linalg.solve(A1, residual))),
    )


def _network(models: Networks, number: int) -> NetworkNorms:
    weights = [part[number] for part in models.start]
    layers = [models.inputs[number]]
    for weight in weights[:-1]:
        layers.append((layers[-1] @ weight).relu_())
    residual = models.targets[number] - layers[-1] @ weights[-1]
    smallest = float(models.mu[number]) ** 0.5
    # x* - x_0 solves (H V1^T) d = residual, a square system; V1 has orthonormal rows that span those of H
    square = layers[-1] @ models.basis[number].mT
    distance = float(torch.linalg.matrix_norm(torch.linalg.solve(square, residual))) if smallest > 0 else float("inf")
    return NetworkNorms(
        inputs=float(torch.linalg.matrix_norm(layers[0])),
        targets=float(torch.linalg.matrix_norm(models.targets[number])),
        layers=(*(sigma_max(layer) for layer in layers[:-1]), float(models.L1[number]) ** 0.5),
        weights=tuple(sigma_max(weight) for weight in weights),
        last=float(torch.linalg.matrix_norm(weights[-1])),
        smallest=smallest,
        f0=0.5 * float(residual.square().sum()),
        distance=distance,
    )
