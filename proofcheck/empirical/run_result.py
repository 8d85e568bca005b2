"""What a run returns. OBSERVED."""

from __future__ import annotations

from dataclasses import dataclass, field

import torch
from torch import Tensor

from proofcheck.empirical.devices import DTYPE
from proofcheck.empirical.iteration import Point

DIVERGED, CONVERGED = 1e8, 1e-20


def _nothing() -> Tensor:
    return torch.empty(0, dtype=DTYPE)


@dataclass(frozen=True)
class Run:
    r"""What was OBSERVED; every tensor is on the CPU.

    Attributes
    ----------
    labels : tuple of str
        The tunings.
    steps : (records,) tensor of int
        The k of each record.
    f : (tunings, instances, records) tensor
        f(x_k, u_k).
    dx2, du2 : tensors of that shape
        Squared lengths of x_k - x_{k-1} and u_k - u_{k-1}; 0 at k = 0.
    x2, u2 : tensors of that shape
        Squared distances of x_k and u_k from the start.
    gx2, gu2 : tensors of that shape
        Squared lengths of both parts of the gradient at the point from which step k was made (for momentum the
        extrapolated point); NaN at k = 0. The six are empty where only f was recorded.
    last : tuple of (tunings, instances, ...) tensors
        The point after the last step.
    fq : tensor of that shape
        f at the point (y_{k-1}, v_{k-1}) from which step k was made; NaN at k = 0. This one and the next five are
        empty where no features were recorded.
    ee, ed, eg, dg : tensors of that shape
        Inner products of e, d and g, see below; NaN at k = 0, and with e also where x*(v) is not unique.
    hw : tensor of that shape
        Inner product of h and w; NaN at k = 0.

    Statement
    ---------
    .. math:: e=x_k-x^*(v_{k-1}),\quad d=x_k-x_{k-1},\quad g=\nabla_1f(y_{k-1},v_{k-1}),\quad
       h=u_k-u_{k-1},\quad w=\nabla_2f(y_{k-1},v_{k-1}),

    where x*(v) is the minimiser of f(., v). The squares of d, g, h and w are dx2, gx2, du2 and gu2.
    """

    labels: tuple[str, ...]
    steps: Tensor
    f: Tensor
    dx2: Tensor
    du2: Tensor
    x2: Tensor
    u2: Tensor
    gx2: Tensor
    gu2: Tensor
    last: Point
    fq: Tensor = field(default_factory=_nothing)
    ee: Tensor = field(default_factory=_nothing)
    ed: Tensor = field(default_factory=_nothing)
    eg: Tensor = field(default_factory=_nothing)
    dg: Tensor = field(default_factory=_nothing)
    hw: Tensor = field(default_factory=_nothing)

    @property
    def verdicts(self) -> list[list[str]]:
        """One word for each tuning and instance: "diverged", "converged" (f <= 1e-20 f_0) or "running"."""
        return [[_word(row) for row in rows] for rows in self.f]


def _word(values: Tensor) -> str:
    if not bool(torch.isfinite(values).all()) or bool(values[-1] > DIVERGED * values[0]):
        return "diverged"
    return "converged" if bool(values[-1] <= CONVERGED * values[0]) else "running"
