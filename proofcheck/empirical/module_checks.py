"""What a user's module must be like before it is run."""

from __future__ import annotations

import copy
from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn.modules.batchnorm import _NormBase
from torch.nn.modules.dropout import _DropoutNd
from torch.nn.parameter import UninitializedParameter

from proofcheck.errors import InvalidInput

FAILURES = (RuntimeError, ValueError, TypeError, KeyError, IndexError, AttributeError, NotImplementedError)
"""What a module raises on inputs that it was not made for."""


def acceptable(module: torch.nn.Module, last: str) -> str:
    """Return the name of the last layer's weight, if the module is one that can be run.

    Raises
    ------
    InvalidInput
    """
    if not isinstance(module, torch.nn.Module):
        raise InvalidInput(f"module is a {type(module).__name__} and must be a torch.nn.Module")
    layers = dict(module.named_modules())
    if not last or last not in layers:
        known = [name for name in layers if name]
        raise InvalidInput(f"last={last!r} is no layer of the module; its layers: {', '.join(known) or 'none'}")
    if not isinstance(layers[last], torch.nn.Linear):
        raise InvalidInput(f"last={last!r} is a {type(layers[last]).__name__} and must be a torch.nn.Linear")
    for name, layer in layers.items():
        if layer.training and isinstance(layer, _NormBase | _DropoutNd):
            raise InvalidInput(f"module: {type(layer).__name__} {name!r} is in training mode: call eval() first")
    weight = f"{last}.weight"
    parameters = dict(module.named_parameters(remove_duplicate=False))
    for name, part in parameters.items():
        if isinstance(part, UninitializedParameter):
            raise InvalidInput(f"module: {name} has no values yet: call the module once")
        if not part.is_floating_point():
            raise InvalidInput(f"module: {name} has dtype {part.dtype} and must be real")
        if not bool(torch.isfinite(part).all()):
            raise InvalidInput(f"module: {name} has entries that are not finite numbers (NaN or infinity)")
    if weight not in parameters or not parameters[weight].requires_grad:
        raise InvalidInput(f"module: {weight} must be a parameter that is trained, not frozen or computed from others")
    shared = [name for name, part in parameters.items() if part is parameters[weight] and name != weight]
    if shared:
        raise InvalidInput(f"module: {weight} is also {shared[0]}; the last layer must have a weight of its own")
    return weight


def drawn(module: torch.nn.Module, seed: int) -> torch.nn.Module:
    """Return a copy on the CPU with new parameters, by each layer's own `reset_parameters`; frozen ones are kept.

    Raises
    ------
    InvalidInput
        Where a layer has parameters and no `reset_parameters`.
    """
    found = copied(module).to("cpu")
    kept = {name: part.detach().clone() for name, part in found.named_parameters() if not part.requires_grad}
    with torch.random.fork_rng(devices=[]), torch.no_grad():
        torch.default_generator.manual_seed(seed)
        for name, layer in found.named_modules():
            if not any(part.requires_grad for part in layer.parameters(recurse=False)):
                continue
            if not callable(getattr(layer, "reset_parameters", None)):
                raise InvalidInput(f"seeds: {type(layer).__name__} {name!r} has no reset_parameters(); leave seeds out")
            layer.reset_parameters()
        for name, part in found.named_parameters():
            if name in kept:
                part.copy_(kept[name])
    return found


def copied(module: torch.nn.Module) -> torch.nn.Module:
    """Return a copy of a module.

    Raises
    ------
    InvalidInput
    """
    try:
        return copy.deepcopy(module)
    except FAILURES as error:
        raise InvalidInput(f"module cannot be copied: {_line(error)}") from None


def _line(error: BaseException) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0]


def applied(
    module: torch.nn.Module, last: str, call: Callable[[], Tensor], shape: torch.Size | None = None
) -> tuple[Tensor, Tensor]:
    """Call a module and return its output and the input of its last layer.

    With a shape, check the module, too: the output has that shape and is the last layer's, is the same in a second
    call, and no buffer changes.

    Raises
    ------
    InvalidInput
    """
    seen: list[tuple[Tensor, Tensor]] = []

    def note(layer: torch.nn.Module, given: tuple[Tensor, ...], named: dict[str, Tensor], output: Tensor) -> None:
        seen.append((given[0] if given else named["input"], output))

    handle = module.get_submodule(last).register_forward_hook(note, with_kwargs=True)
    try:
        if shape is None:
            return call(), seen[0][0]
        buffers = [part.clone() for part in module.buffers()]
        with torch.random.fork_rng(devices=[]):
            output, again = call(), call()
    except FAILURES as error:
        raise InvalidInput(f"module cannot be applied to the inputs: {_line(error)}") from None
    finally:
        handle.remove()
    if not isinstance(output, Tensor) or output.shape != shape:
        found = tuple(output.shape) if isinstance(output, Tensor) else type(output).__name__
        raise InvalidInput(f"module: the outputs are {found} and the targets {tuple(shape)}; must be equal")
    if not bool(torch.isfinite(output).all()):
        raise InvalidInput("module: the outputs have entries that are not finite numbers at the start")
    if not torch.equal(output, again) or not all(map(torch.equal, buffers, module.buffers())):
        raise InvalidInput("module: a second call with the same inputs gives another result (randomness or a state)")
    if len(seen) != 2 or seen[0][0].ndim != 2 or not torch.equal(seen[0][1], output):
        raise InvalidInput(f"last={last!r} must be called once, on a matrix, and its output be that of the module")
    return output, seen[0][0]
