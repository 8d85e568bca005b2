"""Callables of float64 arrays from PyTorch code: values, h and g, and autograd's gradients."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import sqrt
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.func import functional_call

from proofcheck.empirical.constants import Constants, sharp
from proofcheck.empirical.data import Data
from proofcheck.empirical.devices import DTYPE, one_thread
from proofcheck.empirical.last_layer import spectrum
from proofcheck.empirical.module_checks import acceptable, applied, copied
from proofcheck.empirical.norms import NetworkNorms, norms_of
from proofcheck.empirical.relu_networks import Networks
from proofcheck.errors import InvalidInput

Callables = dict[str, Callable[..., Any] | None]
PARTITIONS = ("auto", "rows", "whole")


def _tensor(vector: Any, gradient: bool = False) -> Tensor:
    return torch.tensor(np.asarray(vector, dtype=float), dtype=DTYPE, requires_grad=gradient)


def _array(found: Any, name: str) -> np.ndarray:
    if not isinstance(found, Tensor):
        raise InvalidInput(f"{name} gives a {type(found).__name__} and must give a tensor")
    numbers: np.ndarray = found.detach().to("cpu", DTYPE).reshape(-1).numpy().copy()
    return numbers


def _scalar(found: Any, name: str) -> Tensor:
    if not isinstance(found, Tensor) or found.numel() != 1:
        shape = tuple(found.shape) if isinstance(found, Tensor) else type(found).__name__
        raise InvalidInput(f"{name} gives {shape} and must give a tensor with one number")
    return found.reshape(())


def tensor_callables(
    value: Callable[[Tensor, Tensor], Tensor],
    *,
    inner: Callable[[Tensor, Tensor], Tensor] | None = None,
    outer: Callable[[Tensor], Tensor] | None = None,
    minimiser: Callable[[Tensor], Tensor] | None = None,
) -> Callables:
    """The callables of a `proofcheck.testing.Function`; where g and h are given, with the gradient of g.

    Raises
    ------
    InvalidInput
        When called: where `value` or `outer` gives no single number, or `value` one that depends on neither x nor u
        for autograd.
    """

    def slope(which: int) -> Callable[[Any, Any], np.ndarray]:
        def found(x: Any, u: Any) -> np.ndarray:
            given = _tensor(x, True), _tensor(u, True)
            result = _scalar(value(*given), "value")
            if not result.requires_grad:  # a gradient of 0 would be believed
                raise InvalidInput("value gives a number that autograd cannot follow (detached, or not made by torch)")
            return _gradient(result, given[which])

        return found

    def outer_gradient(s: Any) -> np.ndarray:
        given = _tensor(s, True)
        assert outer is not None
        return _gradient(_scalar(outer(given), "outer"), given)

    return {
        "value": lambda x, u: float(_scalar(value(_tensor(x), _tensor(u)), "value")),
        "gradient_x": slope(0),
        "gradient_u": slope(1),
        "inner": None if inner is None else lambda x, u: _array(inner(_tensor(x), _tensor(u)), "inner"),
        "outer": None if outer is None else lambda s: float(_scalar(outer(_tensor(s)), "outer")),
        "outer_gradient": None if outer is None else outer_gradient,
        "minimiser": None if minimiser is None else lambda u: _array(minimiser(_tensor(u)), "minimiser"),
    }


def _gradient(result: Tensor, given: Tensor) -> np.ndarray:
    """Autograd's gradient; 0 where the result does not depend on the vector."""
    if not given.numel() or not result.requires_grad:
        return np.zeros(given.numel())
    (found,) = torch.autograd.grad(result, given, allow_unused=True)
    return np.zeros(given.numel()) if found is None else _array(found, "gradient")


class Blocks:
    """How two vectors x and u hold the parameters of a network with the last weight W, (outputs, features).

    Parameters
    ----------
    weight : (outputs, features) tensor
    others : sequence of tensors
    basis : (n, features) tensor, optional
        Orthonormal rows V1. Then x = W V1^T, and u ends with W V2^T for V2 of orthonormal rows that span the rest;
        without it x = W. Rows of W, one for each output, come one after the other.

    Source: Liao and Kyrillidis (ALT 2024), Appendix F.1.
    """

    def __init__(self, weight: Tensor, others: Sequence[Tensor], basis: Tensor | None) -> None:
        self.shapes = [part.shape for part in others]
        self.outputs, self.basis = len(weight), basis
        pieces = [part.detach().reshape(-1) for part in others]
        if basis is None:
            x = weight.detach()
        else:
            self.rest = torch.linalg.qr(basis.mT, mode="complete").Q[:, len(basis) :].mT
            x = weight.detach() @ basis.mT
            pieces.append((weight.detach() @ self.rest.mT).reshape(-1))
        self.sizes = [len(piece) for piece in pieces]
        self.x, self.u = x.reshape(-1), torch.cat([torch.zeros(0, dtype=DTYPE), *pieces])

    def weight(self, x: Tensor, u: Tensor) -> Tensor:
        """Return W."""
        found = x.reshape(self.outputs, -1)
        if self.basis is None:
            return found
        left = u[len(u) - self.sizes[-1] :].reshape(self.outputs, -1)
        return found @ self.basis + left @ self.rest

    def others(self, u: Tensor) -> list[Tensor]:
        """Return all parameters but W."""
        pieces = torch.split(u, self.sizes)[: len(self.shapes)]
        return [piece.reshape(shape) for piece, shape in zip(pieces, self.shapes, strict=True)]

    def seen(self, hidden: Tensor) -> Tensor:
        """Return the matrix with which x acts, from a last hidden layer: H V1^T or H."""
        return hidden if self.basis is None else hidden @ self.basis.mT


def module_callables(
    module: torch.nn.Module, data: Data, last: str, partition: str = "auto"
) -> tuple[tuple[int, int], tuple[np.ndarray, np.ndarray], Callables]:
    """Dimensions, the start (x, u) and the callables of f = |module(inputs) - targets|^2 / 2.

    Parameters
    ----------
    module, data, last
        As in `module_models`.
    partition : str
        See `proofcheck.testing.module_function`.

    Raises
    ------
    InvalidInput
    """
    weight = acceptable(module, last)
    if partition not in PARTITIONS:
        raise InvalidInput(f"partition={partition!r} must be one of {', '.join(PARTITIONS)}")
    private = copied(module).to("cpu", DTYPE)
    parameters = {name: part for name, part in private.named_parameters() if part.requires_grad}
    names = [name for name in parameters if name != weight]
    private.requires_grad_(False)
    inputs, targets = data.inputs, data.targets

    def called(given: dict[str, Tensor]) -> Tensor:
        found: Tensor = functional_call(private, given, (inputs.clone(),))
        return found

    _, hidden = applied(private, last, lambda: called({}), targets.shape)
    others = [parameters[name] for name in names]
    blocks = Blocks(parameters[weight], others, _basis(hidden, partition, last))

    def output(x: Tensor, u: Tensor) -> Tensor:
        return called({**dict(zip(names, blocks.others(u), strict=True)), weight: blocks.weight(x, u)})

    def inner(x: Tensor, u: Tensor) -> Tensor:
        return output(x, u).reshape(-1)

    def outer(s: Tensor) -> Tensor:
        return 0.5 * (s - targets.reshape(-1)).square().sum()

    def minimiser(u: Tensor) -> Tensor:
        nothing, hidden = applied(private, last, lambda: output(torch.zeros_like(blocks.x), u))
        return (torch.linalg.pinv(blocks.seen(hidden)) @ (targets - nothing)).mT.reshape(-1)

    parts = tensor_callables(lambda x, u: outer(inner(x, u)), inner=inner, outer=outer, minimiser=minimiser)
    start = blocks.x.numpy().copy(), blocks.u.numpy().copy()
    return (len(blocks.x), len(blocks.u)), start, parts


def _basis(hidden: Tensor, partition: str, last: str) -> Tensor | None:
    """V1 of a last hidden layer at the start; None where x is the whole last weight."""
    n, features = hidden.shape
    if partition == "whole" or (partition == "auto" and features <= n):
        return None
    if features < n:
        raise InvalidInput(f"partition='rows': the {features} features before {last!r} must be >= n={n}")
    with one_thread():
        return spectrum(hidden[None])[0][0]


def network_callables(
    models: Networks, instance: int, radii: tuple[float, float] | None
) -> tuple[tuple[int, int], tuple[np.ndarray, np.ndarray], Callables, Constants]:
    """The same for one network of a batch, with the constants that are proved over balls around its start.

    Parameters
    ----------
    models : Networks
    instance : int
    radii : (float, float), optional
        R_x and R_u; by default see `proofcheck.testing.network_function`.

    Raises
    ------
    InvalidInput
    """
    if not isinstance(models, Networks):
        raise InvalidInput(f"models is a {type(models).__name__} and must be Networks")
    if not 0 <= instance < len(models):
        raise InvalidInput(f"instance={instance} must be >= 0 and < {len(models)}, the number of networks")
    one = models.take(torch.tensor([instance]))
    (norms,) = norms_of(one)
    assert isinstance(norms, NetworkNorms)
    constants = sharp(norms, *(_radii(norms) if radii is None else radii))
    layers: list[torch.nn.Module] = []
    for part in one.start:
        linear = torch.nn.Linear(part.shape[1], part.shape[2], bias=False, dtype=DTYPE)
        linear.weight = torch.nn.Parameter(part[0].mT.cpu())
        layers += [linear, torch.nn.ReLU()]
    data = Data("network", one.inputs[0].cpu(), one.targets[0].cpu())
    last = str(len(layers) - 2)
    return (*module_callables(torch.nn.Sequential(*layers[:-1]), data, last, "rows"), constants)


def _radii(norms: NetworkNorms) -> tuple[float, float]:
    """R_u at which sqrt(mu) is half of what it is at the start, and sqrt(2 f_0/mu) for R_x."""
    if not norms.smallest > 0:
        raise InvalidInput("the last hidden layer is singular at the start: there is no mu > 0, give radii")
    u = norms.sizes.room(norms.smallest / 2)
    mu = sharp(norms, 0.0, u).mu
    return sqrt(2 * norms.f0 / mu) or 1.0, u
