"""Step sizes and momenta of a batch, by the very formulas of the methods that the kernel knows."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from proofcheck.errors import InvalidInput
from proofcheck.methods import GradientDescent, NesterovMomentum

METHODS = {cls.name: cls for cls in (GradientDescent, NesterovMomentum)}


@dataclass(frozen=True)
class Tuning:
    """One step size and one momentum for each instance.

    Attributes
    ----------
    label : str
        What tables and plots call it.
    eta, beta : (instances,) tensors
        Steps > 0 and momenta in [0, 1); beta = 0 is gradient descent.

    Raises
    ------
    InvalidInput
    """

    label: str
    eta: Tensor
    beta: Tensor

    def __post_init__(self) -> None:
        if not bool((torch.isfinite(self.eta) & (self.eta > 0)).all()):
            raise InvalidInput(f"tuning {self.label!r}: every eta must be finite and > 0")
        if not bool(((self.beta >= 0) & (self.beta < 1)).all()):
            raise InvalidInput(f"tuning {self.label!r}: every beta must be in [0, 1)")


def tuned(method: str, tuning: str, mu: Tensor, L1: Tensor, c: float = 1.0) -> Tuning:
    """A named tuning for each instance: eta = c/L1, and beta from q = sqrt(c mu/L1).

    Parameters
    ----------
    method : str
        "gradient_descent" or "nesterov".
    tuning : str
        "classical", or for "nesterov" also "paper".
    mu, L1 : (instances,) tensors
        0 < mu <= L1.
    c : float
        In (0, 1] for the theorems; larger ones are run, too.

    Raises
    ------
    InvalidInput

    Source: Nesterov (2018), (2.2.22); Liao and Kyrillidis (ALT 2024), Theorem 7.
    """
    if method not in METHODS:
        raise InvalidInput(f"method={method!r} must be one of {', '.join(METHODS)}")
    formulas = METHODS[method].formulas
    if tuning not in formulas:
        raise InvalidInput(f"tuning={tuning!r} of {method} must be one of {', '.join(formulas)}")
    if not c > 0:
        raise InvalidInput(f"c={c} must be > 0")
    if not bool((mu > 0).all()):
        words = "(duplicate samples, or a last hidden layer of rank below n)"
        raise InvalidInput(f"mu={float(mu.min()):.3g} must be > 0 {words}")
    if not bool((mu <= L1).all()):
        raise InvalidInput("every mu must be <= L1")
    q = torch.sqrt(c * mu / L1).clamp(max=1.0)
    found = formulas[tuning](q)
    beta = torch.as_tensor(found.get("beta", 0.0), dtype=q.dtype, device=q.device).expand_as(q)
    return Tuning(f"{method} {tuning}", found["eta"] * c / L1, beta)
