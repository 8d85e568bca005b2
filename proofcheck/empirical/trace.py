"""A second pass over a run, which records what assumptions, lemmas and Lyapunov functions speak about."""

from __future__ import annotations

from dataclasses import dataclass, fields

import torch
from torch import Tensor

from proofcheck.discover.candidate import Progress, silent
from proofcheck.empirical.additive import AdditiveModels
from proofcheck.empirical.relu_networks import Networks
from proofcheck.empirical.runs import DIVERGED
from proofcheck.empirical.slices import Slice, extremes, inner, less, slice_at, u_of, x_of
from proofcheck.empirical.tunings import Tuning

FLOOR = 1e-16
"""The pass ends where f <= FLOOR f_0 in every instance: below it differences of positions are rounding."""


@dataclass(frozen=True)
class Trace:
    """Numbers of one tuning along a run, each an (instances, records) tensor on the CPU; record k is about step k.

    A record that is over or not yet (f <= FLOOR f_0 before it, or diverged) is NaN. With v_{-1} = u_0, y_{-1} = x_0
    (as in the paper's Appendix D), X* the minimiser of f(., u), and squared lengths everywhere:

    Attributes
    ----------
    f, fq : f(x_k, u_k) and f(y_{k-1}, v_{k-1})
    ee, ed, eg, dd, dg, gg : inner products of e = x_k - X*(v_{k-1}), d = x_k - x_{k-1}, g = grad_1 f(y_{k-1}, v_{k-1})
    hh, hw, ww : inner products of h = u_k - u_{k-1}, w = grad_2 f(y_{k-1}, v_{k-1})
    fv, fb : f(x_k, v_k) and f(x_k, v_{k-1})
    fs : f(X*(v_{k-1}), v_k)
    ss : |X*(v_k) - X*(v_{k-1})|^2
    vu, ub, vb : |v_k - u_k|^2, |u_k - v_{k-1}|^2, |v_k - v_{k-1}|^2
    jv, jb : |grad_1 f(x_k, v_k) - grad_1 f(x_k, u_k)|^2 and |grad_1 f(x_k, u_k) - grad_1 f(x_k, v_{k-1})|^2
    low, high : smallest and largest eigenvalue of the second derivative in x, over u_k and v_k
    rx, ry, rs, ru, rv : squared distances of x_k, y_k, X*(v_k) from x_0 and of u_k, v_k from u_0
    size : |target| + |residual at the start|, for estimates of rounding; the same in every record
    """

    f: Tensor
    fq: Tensor
    ee: Tensor
    ed: Tensor
    eg: Tensor
    dd: Tensor
    dg: Tensor
    gg: Tensor
    hh: Tensor
    hw: Tensor
    ww: Tensor
    fv: Tensor
    fb: Tensor
    fs: Tensor
    ss: Tensor
    vu: Tensor
    ub: Tensor
    vb: Tensor
    jv: Tensor
    jb: Tensor
    low: Tensor
    high: Tensor
    rx: Tensor
    ry: Tensor
    rs: Tensor
    ru: Tensor
    rv: Tensor
    size: Tensor


NAMES = tuple(field.name for field in fields(Trace))


def trace(models: AdditiveModels | Networks, tuning: Tuning, steps: int, *, progress: Progress = silent) -> Trace:
    """Run one tuning again and record what the checks need.

    Parameters
    ----------
    models : AdditiveModels or Networks
    tuning : Tuning
    steps : int
    progress : callable, optional
        Gets a message and the fraction of the steps done.
    """
    eta, beta = tuning.eta.to(models.device), tuning.beta.to(models.device)
    shaped = [
        (number[:, None] if part.ndim == 2 else number[:, None, None])
        for number in (eta, beta)
        for part in models.start
    ]
    etas, betas = shaped[: len(models.start)], shaped[len(models.start) :]
    now = before = models.start
    x0, u0 = x_of(models, now), u_of(models, now)
    last = slice_at(models, now)
    g, w, fq = last.gradient(x0), u_of(models, models.gradient(now)), last.value(x0)
    f0, v_before, spectrum = fq, u0, _Spectrum()
    targets = models.b if isinstance(models, AdditiveModels) else models.targets
    size = torch.sqrt(2 * f0) + torch.sqrt(targets.flatten(1).square().sum(dim=1))
    alive = torch.ones_like(f0, dtype=torch.bool)
    rows = []
    for k in range(steps + 1):
        query = tuple(new + b * (new - old) for new, old, b in zip(now, before, betas, strict=True))
        x, u, y, v = x_of(models, now), u_of(models, now), x_of(models, query), u_of(models, query)
        here, ahead = slice_at(models, now), slice_at(models, query)
        e, e_ahead, d, h = (
            last.to_minimiser(x),
            ahead.to_minimiser(x),
            x - x_of(models, before),
            less(u, u_of(models, before)),
        )
        star = x - e  # of v_{k-1}
        f, grad = here.value(x), here.gradient(x)
        low, high = spectrum(here, ahead)
        row = {
            "f": f, "fq": fq, "ee": inner(e, e), "ed": inner(e, d), "eg": inner(e, g), "dd": inner(d, d),
            "dg": inner(d, g), "gg": inner(g, g), "hh": inner(h, h), "hw": inner(h, w), "ww": inner(w, w),
            "fv": ahead.value(x), "fb": last.value(x), "fs": ahead.value(star),
            "ss": _square(e - e_ahead), "vu": _square(less(v, u)), "ub": _square(less(u, v_before)),
            "vb": _square(less(v, v_before)), "jv": _square(ahead.gradient(x) - grad),
            "jb": _square(last.gradient(x) - grad), "low": low**2, "high": high**2,
            "rx": _square(x - x0), "ry": _square(y - x0), "rs": _square(x - e_ahead - x0),
            "ru": _square(less(u, u0)), "rv": _square(less(v, u0)), "size": size,
        }  # fmt: skip
        found = torch.stack([row[name] for name in NAMES])
        rows.append(torch.where(alive, found, torch.nan).cpu())
        alive = alive & torch.isfinite(f) & (f > FLOOR * f0) & (f <= DIVERGED * f0)
        if not bool(alive.any()):
            break
        gradient = models.gradient(query)
        before, now = now, tuple(p - step * part for p, step, part in zip(query, etas, gradient, strict=True))
        g, w, fq, last, v_before = x_of(models, gradient), u_of(models, gradient), ahead.value(y), ahead, v
        progress(f"{tuning.label}: step {k} of {steps}", k / steps)
    return Trace(**dict(zip(NAMES, torch.stack(rows, dim=2), strict=True)))


def _square(difference: Tensor | tuple[Tensor, ...]) -> Tensor:
    return inner(difference, difference)


class _Spectrum:
    """Extreme singular values over two slices; remembered while the matrix is the same, as A1 of additive models is."""

    def __init__(self) -> None:
        self._K: Tensor | None = None
        self._found: tuple[Tensor, Tensor] | None = None

    def __call__(self, here: Slice, ahead: Slice) -> tuple[Tensor, Tensor]:
        if self._found is None or here.K is not self._K or ahead.K is not self._K:
            pairs = [extremes(K) for K in ([here.K] if here.K is ahead.K else [here.K, ahead.K])]
            self._found = (
                torch.stack([low for low, _ in pairs]).amin(dim=0),
                torch.stack([high for _, high in pairs]).amax(dim=0),
            )
            self._K = ahead.K
        return self._found
