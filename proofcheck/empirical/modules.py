"""A user's own torch.nn.Module with a named last layer, many starts in one batch, gradients by torch.func."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor
from torch.func import functional_call, grad, vmap

from proofcheck.empirical.data import Data, squared
from proofcheck.empirical.devices import DTYPE, device_of, one_thread, seeds_of
from proofcheck.empirical.last_layer import LastLayer, Point, spectrum
from proofcheck.empirical.module_checks import acceptable, applied, copied, drawn
from proofcheck.errors import InvalidInput


@dataclass(frozen=True)
class ModuleModels(LastLayer):
    """Instances of f = |module(inputs) - targets|^2 / 2 with their own parameters.

    The module is a private copy in float64; its frozen parameters and its buffers are constants.

    Attributes
    ----------
    module : torch.nn.Module
    layer : str
        The name of the last layer, H W^T + bias. x = V1 W^T; the bias belongs to u, where it changes x*(v), not the
        minimum of f(., v).
    names : tuple of str
        The parameters in the order of a point; the weight of the last layer is the last.
    inputs : (n, d0) tensor
    targets : (instances, n, outputs) tensor
    start : tuple of (instances, ...) tensors
    basis : (instances, n, features) tensor
        V1, see `LastLayer`.
    mu, L1 : (instances,) tensors
        OBSERVED: squared extreme singular values of the last hidden layer at the start (not over a ball).
    batched : bool
        Whether the module can be run on all instances at once (torch.func.vmap); else one after the other.

    Source: Liao and Kyrillidis (ALT 2024), Appendix F.1.
    """

    module: torch.nn.Module
    layer: str
    names: tuple[str, ...]
    inputs: Tensor
    targets: Tensor
    start: Point
    basis: Tensor
    mu: Tensor
    L1: Tensor
    batched: bool

    def __len__(self) -> int:
        return len(self.basis)

    @property
    def device(self) -> torch.device:
        """Where the tensors are."""
        return self.basis.device

    @property
    def bytes_each(self) -> int:
        """Memory that one instance reads and writes in one iteration."""
        return int(8 * 4 * sum(part[0].numel() for part in self.start))

    def take(self, chosen: Tensor) -> ModuleModels:
        """Return the chosen instances, with a module of their own: a call puts parameters into it for a moment."""
        names = ("targets", "basis", "mu", "L1")
        parts = {name: getattr(self, name)[chosen] for name in names}
        start = tuple(part[chosen] for part in self.start)
        return replace(self, module=copy.deepcopy(self.module), start=start, **parts)

    def _output(self, *weights: Tensor) -> Tensor:
        parameters = dict(zip(self.names, weights, strict=True))
        return functional_call(self.module, parameters, (self.inputs.clone(),))

    def _loss(self, weights: Point, targets: Tensor) -> Tensor:
        return 0.5 * (self._output(*weights) - targets).square().sum()

    def _hidden(self, weights: Point) -> Tensor:
        return applied(self.module, self.layer, lambda: self._output(*weights))[1]

    def _each(self, function: Callable[..., Any], *given: Any) -> Any:
        """Apply a function of one instance to all of them."""
        if self.batched:
            return vmap(function)(*given)
        parts = [function(*(_at(entry, i) for entry in given)) for i in range(len(given[0][0]))]
        if isinstance(parts[0], Tensor):
            return torch.stack(parts)
        return tuple(torch.stack(part) for part in zip(*parts, strict=True))

    def hidden(self, point: Point) -> Tensor:
        """Return the input of the last layer, (instances, n, features)."""
        found: Tensor = self._each(self._hidden, point)
        return found

    def last(self, point: Point) -> Tensor:
        """Return the transposed weight of the last layer, (instances, features, outputs)."""
        return point[-1].mT

    def offset(self, point: Point) -> Tensor | float:
        """Return the bias of the last layer as (instances, 1, outputs), or 0."""
        bias = f"{self.layer}.bias"
        if bias in self.names:
            return point[self.names.index(bias)][:, None, :]
        frozen = self.module.get_submodule(self.layer).bias
        return 0.0 if frozen is None else frozen

    def value(self, point: Point) -> Tensor:
        """Return f at the parameters of every instance, shape (instances,)."""
        found: Tensor = self._each(self._loss, point, self.targets)
        return found

    def gradient(self, point: Point) -> Point:
        """The gradient of f in every parameter."""
        found: Point = self._each(grad(self._loss), point, self.targets)
        return found

    def descend(self, point: Point, eta: Tensor, measured: bool) -> tuple[Tensor, Tensor] | None:
        """Subtract eta times the gradient from the point, in place; |grad_1 f|^2 and |grad_2 f|^2 where wanted."""
        gradient = self.gradient(point)
        for part, change in zip(point, gradient, strict=True):
            part.addcmul_(change, eta.reshape(-1, *[1] * (part.ndim - 1)), value=-1)
        return self.measure(gradient) if measured else None


def _at(entry: Any, index: int) -> Any:
    return entry[index] if isinstance(entry, Tensor) else tuple(part[index] for part in entry)


def module_models(
    module: torch.nn.Module,
    data: Data,
    *,
    last: str,
    seeds: Sequence[int] | None = None,
    loss: str = "squared",
    device: str = "auto",
) -> ModuleModels:
    """A user's own module on a data set; the module itself stays as it is.

    Parameters
    ----------
    module : torch.nn.Module
        Takes the inputs, (n, d0), to the outputs (n, outputs) of its last layer; no randomness, and no buffers that
        change (BatchNorm and Dropout: call eval() first). Frozen parameters stay constant.
    data : Data
    last : str
        The name of its last layer, a torch.nn.Linear with or without bias and at least n features.
    seeds : sequence of int, optional
        One instance for each, drawn by the layers' own `reset_parameters`; without seeds one instance that starts at
        the module's present parameters.
    loss : str
        "squared", the only one for which the theorems' assumptions hold.
    device : str
        "auto", "cpu" or "cuda".

    Raises
    ------
    InvalidInput

    Examples
    --------
    >>> import torch
    >>> from proofcheck.empirical import module_models, orthogonal, run, tuned
    >>> net = torch.nn.Sequential(torch.nn.Linear(6, 64), torch.nn.Tanh(), torch.nn.Linear(64, 1))
    >>> models = module_models(net, orthogonal(4, 6), last="2", seeds=range(3), device="cpu")
    >>> seen = run(models, [tuned("nesterov", "classical", models.mu, models.L1, 0.1)], 20)
    >>> seen.f.shape, bool((seen.f[0, :, -1] < seen.f[0, :, 0]).all())
    (torch.Size([1, 3, 21]), True)
    """
    squared(loss)
    target = device_of(device)
    weight = acceptable(module, last)
    chosen = [module] if seeds is None else [drawn(module, seed) for seed in seeds_of(seeds)]
    names = [name for name, part in module.named_parameters() if part.requires_grad and name != weight] + [weight]
    states = [dict(each.named_parameters()) for each in chosen]
    start = tuple(torch.stack([s[name].detach().to(target, DTYPE) for s in states]) for name in names)
    private = copied(chosen[0]).to(target, DTYPE).requires_grad_(False)
    inputs, targets = data.inputs.to(target), data.targets.to(target).expand(len(chosen), -1, -1)
    empty = torch.zeros(0, device=target)
    found = ModuleModels(private, last, tuple(names), inputs, targets, start, empty, empty, empty, False)
    _, hidden = applied(private, last, lambda: found._output(*_at(start, 0)), data.targets.shape)
    if hidden.shape[1] < len(inputs):
        raise InvalidInput(f"module: the {hidden.shape[1]} features before {last!r} must be >= n={len(inputs)}")
    found = replace(found, batched=_batches(found))
    with one_thread():
        return replace(found, **dict(zip(("basis", "mu", "L1"), spectrum(found.hidden(start)), strict=True)))


def _batches(models: ModuleModels) -> bool:
    """Try the module on all instances at once."""
    at_once = replace(models, batched=True)
    try:
        for method in (at_once.value, at_once.gradient, at_once.hidden):
            method(models.start)
    except (RuntimeError, ValueError, TypeError, NotImplementedError):
        return False
    return True
