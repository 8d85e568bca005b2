"""Callables of float64 arrays from PyTorch code: values, h and g, and autograd's gradients."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.func import functional_call

from proofcheck.empirical.data import Data
from proofcheck.empirical.devices import DTYPE
from proofcheck.empirical.module_checks import acceptable, applied, copied
from proofcheck.errors import InvalidInput

Callables = dict[str, Callable[..., Any] | None]


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
        When called: where `value` or `outer` gives no single number.
    """

    def slope(which: int) -> Callable[[Any, Any], np.ndarray]:
        def found(x: Any, u: Any) -> np.ndarray:
            given = _tensor(x, which == 0), _tensor(u, which == 1)
            return _gradient(_scalar(value(*given), "value"), given[which])

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


def module_callables(
    module: torch.nn.Module, data: Data, last: str
) -> tuple[tuple[int, int], tuple[np.ndarray, np.ndarray], Callables]:
    """Dimensions, the start (x, u) and the callables of f = |module(inputs) - targets|^2 / 2.

    Raises
    ------
    InvalidInput
    """
    weight = acceptable(module, last)
    private = copied(module).to("cpu", DTYPE)
    parameters = {name: part for name, part in private.named_parameters() if part.requires_grad}
    names = [name for name in parameters if name != weight]
    private.requires_grad_(False)
    shapes = [parameters[name].shape for name in names]
    sizes = [parameters[name].numel() for name in names]
    inputs, targets = data.inputs, data.targets
    wide = parameters[weight].shape

    def state(x: Tensor, u: Tensor) -> dict[str, Tensor]:
        cut = zip(names, torch.split(u, sizes), shapes, strict=True)
        return {**{name: part.reshape(shape) for name, part, shape in cut}, weight: x.reshape(wide)}

    def output(x: Tensor, u: Tensor) -> Tensor:
        found: Tensor = functional_call(private, state(x, u), (inputs.clone(),))
        return found

    def inner(x: Tensor, u: Tensor) -> Tensor:
        return output(x, u).reshape(-1)

    def outer(s: Tensor) -> Tensor:
        return 0.5 * (s - targets.reshape(-1)).square().sum()

    def minimiser(u: Tensor) -> Tensor:
        nothing, hidden = applied(private, last, lambda: output(torch.zeros(wide.numel(), dtype=DTYPE), u))
        return (torch.linalg.pinv(hidden) @ (targets - nothing)).mT.reshape(-1)

    x = parameters[weight].detach().reshape(-1)
    u = torch.cat([parameters[name].detach().reshape(-1) for name in names]) if names else torch.zeros(0, dtype=DTYPE)
    applied(private, last, lambda: output(x, u), targets.shape)
    parts = tensor_callables(lambda x, u: outer(inner(x, u)), inner=inner, outer=outer, minimiser=minimiser)
    return (x.numel(), u.numel()), (x.numpy().copy(), u.numpy().copy()), parts
