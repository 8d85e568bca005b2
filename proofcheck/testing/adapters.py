"""Functions from NumPy and PyTorch callables, and from a torch.nn.Module with its data."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from proofcheck.errors import InvalidInput
from proofcheck.testing.function import CONSTANTS, Function
from proofcheck.testing.region import Region


def numpy_function(
    value: Callable[[Any, Any], Any],
    *,
    dimensions: tuple[int, int],
    constants: Mapping[str, float] | None = None,
    gradient_x: Callable[[Any, Any], Any] | None = None,
    gradient_u: Callable[[Any, Any], Any] | None = None,
    inner: Callable[[Any, Any], Any] | None = None,
    outer: Callable[[Any], Any] | None = None,
    outer_gradient: Callable[[Any], Any] | None = None,
    minimiser: Callable[[Any], Any] | None = None,
    name: str | None = None,
) -> Function:
    """A Function from callables of float64 arrays.

    Parameters
    ----------
    value : callable (x, u) -> number
        x and u are arrays of the lengths in `dimensions`; they are copies, and what is returned is copied.
    dimensions : (int, int)
    constants : mapping
        Declared: any of mu, L1, L2, G1, G2, f_star.
    gradient_x, gradient_u, inner, outer, outer_gradient, minimiser
        See `Function`.
    name : str, optional
        By default that of the callable.

    Raises
    ------
    InvalidInput

    Examples
    --------
    >>> from proofcheck.testing import Region, assert_holds
    >>> f = numpy_function(
    ...     lambda x, u: 0.5 * np.sum((x - np.sin(u)) ** 2), gradient_x=lambda x, u: x - np.sin(u),
    ...     inner=lambda x, u: x - np.sin(u), dimensions=(2, 2), constants={"mu": 1, "G1": 1}, name="sine",
    ... )
    >>> region = Region(x=(0, 0), x_radius=1, u=(0.3, 0), u_radius=1)
    >>> assert_holds("A4", f, region).status
    'OBSERVED'
    >>> try:
    ...     assert_holds("A4", f, region, constants={"G1": 0.9})
    ... except AssertionError as error:
    ...     print(error.constant, error.would_pass > 0.9)
    G1 True
    """
    if not callable(value):
        raise InvalidInput(f"value is a {type(value).__name__} and must be callable")
    given = {"gradient_x": gradient_x, "gradient_u": gradient_u, "inner": inner, "outer": outer,
             "outer_gradient": outer_gradient, "minimiser": minimiser}  # fmt: skip
    parts: dict[str, Any] = {key: call if call is None else _apart(call) for key, call in given.items()}
    return Function(
        name=_label(name, value), dimensions=dimensions, constants=constants or {},
        value=_apart(value), **parts,
    )  # fmt: skip


def _label(name: str | None, value: Any) -> str:
    return name or str(getattr(value, "__name__", "f"))


def _apart(call: Callable[..., Any]) -> Callable[..., Any]:
    """A callable with arrays of its own: what it changes in place stays with it."""

    def inner(*given: Any) -> Any:
        found = call(*(np.array(vector, dtype=float) for vector in given))
        return np.array(found) if isinstance(found, np.ndarray) else found

    return inner


def torch_function(
    value: Callable[[Any, Any], Any],
    *,
    dimensions: tuple[int, int],
    constants: Mapping[str, float] | None = None,
    inner: Callable[[Any, Any], Any] | None = None,
    outer: Callable[[Any], Any] | None = None,
    minimiser: Callable[[Any], Any] | None = None,
    name: str | None = None,
) -> Function:
    """A Function from PyTorch callables; the gradients are autograd's.

    Parameters
    ----------
    value : callable (x, u) -> scalar tensor
        x and u are one-dimensional float64 tensors of the lengths in `dimensions`.
    dimensions : (int, int)
    constants : mapping
    inner, outer, minimiser : callables of tensors, optional
        h(x, u), g(s) and x*(u).
    name : str, optional

    Raises
    ------
    NotSupported
        Without PyTorch.
    InvalidInput

    Examples
    --------
    >>> import torch
    >>> from proofcheck.testing import Region, assert_holds
    >>> f = torch_function(lambda x, u: ((x + torch.tanh(u)) ** 2).sum(), dimensions=(3, 3), constants={"L1": 2})
    >>> assert_holds("A2", f, Region(x=(0, 0, 0), x_radius=1, u=(0, 0, 0))).status
    'OBSERVED'
    """
    if not callable(value):
        raise InvalidInput(f"value is a {type(value).__name__} and must be callable")
    parts = _callables().tensor_callables(value, inner=inner, outer=outer, minimiser=minimiser)
    return Function(name=_label(name, value), dimensions=dimensions, constants=constants or {}, **parts)


def module_function(
    module: Any,
    data: Any,
    *,
    last: str,
    partition: str = "auto",
    constants: Mapping[str, float] | None = None,
    name: str | None = None,
) -> tuple[Function, Region]:
    r"""The Function of a torch.nn.Module and data, and the region of radius 1 around its present parameters.

    :math:`h(x,u)` are the outputs on the data, :math:`g(s)=\tfrac12|s-Y|^2` and L2 = 1. `minimiser` solves the
    least-squares problem in x that is left when u is given; where more than one x does, it is the shortest. f_star = 0
    is declared: it is the minimum over x where the features at u have full row rank.

    Parameters
    ----------
    module : torch.nn.Module
        As in `proofcheck.empirical.module_models`; it stays as it is.
    data : proofcheck.empirical.Data
    last : str
        The name of the last layer, a torch.nn.Linear, of weight W, (outputs, features).
    partition : str
        "rows": with the features H of the n data at the present parameters and orthonormal rows V1 that span the rows
        of H, V2 the rest, :math:`x=WV_1^\top` are n numbers for each output, and u are all other parameters that are
        trained, in the module's order, and then :math:`WV_2^\top`; H needs at least n columns, and A1 fails where it
        has rank below n. "whole": x = W. "auto": "rows" where H has more columns than n. There f is not strongly
        convex in all of W, and A1 fails for "whole" with every mu > 0, as it must.
    constants : mapping, optional
        Beside L2 = 1 and f_star = 0. None are proved for modules; `estimate_constants` says what they cannot be.
    name : str, optional

    Raises
    ------
    NotSupported, InvalidInput

    Source: Liao and Kyrillidis (ALT 2024), Appendix F.1, for the partition.

    Examples
    --------
    >>> import torch
    >>> from proofcheck.empirical import orthogonal
    >>> from proofcheck.testing import assert_holds
    >>> net = torch.nn.Sequential(torch.nn.Linear(4, 8), torch.nn.Tanh(), torch.nn.Linear(8, 1))
    >>> f, region = module_function(net, orthogonal(3, 4), last="2")
    >>> f.dimensions, dict(f.constants)
    ((3, 46), {'L2': 1, 'f_star': 0})
    >>> assert_holds("A3", f, region).status
    'OBSERVED'
    >>> module_function(net, orthogonal(3, 4), last="2", partition="whole")[0].dimensions
    (8, 41)
    """
    dimensions, start, parts = _callables().module_callables(module, data, last, partition)
    known = {"L2": 1, "f_star": 0, **(constants or {})}
    f = Function(name=name or type(module).__name__, dimensions=dimensions, constants=known, **parts)
    x, u = start
    return f, Region(x=tuple(x.tolist()), x_radius=1, u=tuple(u.tolist()), u_radius=1)


def network_function(
    models: Any, instance: int = 0, *, radii: tuple[float, float] | None = None, name: str | None = None
) -> tuple[Function, Region]:
    r"""The Function of a ReLU network, with the constants that are proved in balls around its start, and these balls.

    x and u are those of `module_function` with the partition "rows". The constants mu, L1, L2 = 1, G1 and G2 are those
    of `proofcheck.empirical.sharp` (in floating point: the formulas are proved, the numbers put into them are not
    rounded outwards); mu and L1 hold for every x. f_star = 0, which is attained for every u of the ball if mu > 0.

    Parameters
    ----------
    models : proofcheck.empirical.Networks
    instance : int
        Which of them.
    radii : (float, float), optional
        R_x and R_u. By default R_u is the radius at which mu is a quarter of its value at the start, and
        :math:`R_x=\sqrt{2f(x_0,u_0)/\mu}` (1 where that is 0), within which the minimiser of f(., u_0) lies. Where R_u
        is too large for strong convexity to be shown, mu = 0.
    name : str, optional

    Raises
    ------
    NotSupported, InvalidInput

    Source: docs/networks.md, Constants.

    Examples
    --------
    >>> from proofcheck.empirical import networks, orthogonal
    >>> from proofcheck.testing import assert_holds
    >>> f, region = network_function(networks(orthogonal(3, 4), [8], seeds=range(2)), 1)
    >>> f.dimensions, sorted(f.constants)
    ((3, 37), ['G1', 'G2', 'L1', 'L2', 'f_star', 'mu'])
    >>> assert_holds("A1", f, region).status
    'OBSERVED'
    """
    dimensions, start, parts, known = _callables().network_callables(models, instance, radii)
    constants = {key: getattr(known, key) for key in CONSTANTS if key != "f_star"}
    label = name or f"network {instance}"
    f = Function(name=label, dimensions=dimensions, constants={**constants, "f_star": 0}, **parts)
    x, u = start
    return f, Region(x=tuple(x.tolist()), x_radius=known.Rx, u=tuple(u.tolist()), u_radius=known.Ru)


def _callables() -> Any:
    from proofcheck import empirical

    empirical.require_torch()
    from proofcheck.empirical import callables

    return callables
