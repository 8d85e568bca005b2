"""A proved theorem along a run: its bound, its radii, and each decrease of its Lyapunov function. OBSERVED."""

from __future__ import annotations

import torch
from torch import Tensor

from proofcheck.empirical.bounds import Bound, at
from proofcheck.empirical.checks import Check, Constants
from proofcheck.empirical.runs import CONVERGED
from proofcheck.empirical.trace import Trace

SMALLEST = 1e-26
"""Below this share of f_0 the value itself is rounding."""


def lyapunov(bound: Bound, seen: Trace, given: Constants) -> Tensor:
    r"""V_k of the certificate along a run, (instances, records), in the units of f; NaN at k = 0.

    Parameters
    ----------
    bound : Bound
    seen : Trace
    given : Constants

    Statement
    ---------
    The certificate's V is in units in which f is divided by L1/c, and u by G1 sqrt(2 L2 c/L1). In the units of f,

    .. math:: V_k=a_1f(x_k,u_k)+a_2f(y_{k-1},v_{k-1})+\tfrac{L_1}c\sum_{ij}P_{ij}\langle x_i,x_j\rangle
              +\tfrac{L_1^2}{2c^2G_1^2L_2}\sum_{ij}B_{ij}\langle u_i,u_j\rangle

    with the vectors e, d, (c/L1) g in x and h, (c/L1) w in u.

    Source: docs/theory.md, Lemma 9.
    """
    q = given.q
    step = (given.c / given.L1)[:, None]
    products = {
        (0, 0): seen.ee, (0, 1): seen.ed, (0, 2): seen.eg * step, (1, 1): seen.dd, (1, 2): seen.dg * step,
        (2, 2): seen.gg * step**2,
    }  # fmt: skip
    inside = {(0, 0): seen.hh, (0, 1): seen.hw * step, (1, 1): seen.ww * step**2}
    first, second = (at(entry, q)[:, None] for entry in bound.values)
    total = first * seen.f + second * seen.fq
    moving = (given.G1 > 0)[:, None]
    in_u = torch.where(moving, 1 / (2 * step**2 * given.G1[:, None] ** 2), 0.0)  # without coupling u is a spectator
    for matrix, pairs, unit in ((bound.x, products, 1 / step), (bound.u, inside, in_u)):
        for (i, j), product in pairs.items():
            weight = (1.0 if i == j else 2.0) * at(matrix[i][j], q)[:, None]
            total = total + unit * weight * product
    return torch.cat([torch.full_like(total[:, :1], torch.nan), total[:, 1:]], dim=1)


def theorem_checks(bound: Bound, seen: Trace, f: Tensor, given: Constants) -> list[Check]:
    """The bound for every k, the certificate's four inequalities, and the radii where the claim has balls.

    Parameters
    ----------
    bound : Bound
    seen : Trace
    f : (instances, steps + 1) tensor
        f_k of the whole run.
    given : Constants
    """
    q = given.q
    rate, constant = at(bound.rate, q)[:, None], at(bound.constant, q)[:, None]
    start = f[:, :1]
    V = lyapunov(bound, seen, given)
    name = bound.name
    bounds = promise(bound, given, f)
    enough = bounds > SMALLEST * start
    made = [
        Check("bound", "f_k <= C rho^k f_0", torch.where(enough, f, torch.nan)[:, 1:], bounds[:, 1:], 1, theorem=name),
        Check("lyapunov", "base: V_1 <= C rho f_0", V[:, 1:2], constant * rate * start, 1, theorem=name),
        Check("lyapunov", "decrease: V_(k+1) <= rho V_k", V[:, 2:], rate * V[:, 1:-1], 2, theorem=name),
        Check("lyapunov", "bound: f_k <= V_k", seen.f[:, 1:], V[:, 1:], 1, theorem=name),
    ]
    if bound.balls is not None:
        radius = (at(bound.balls["x"], q) * torch.sqrt(f[:, 0] / given.mu))[:, None]
        other = (at(bound.balls["u"], q) * given.G1 * torch.sqrt(f[:, 0]) / given.mu)[:, None]
        still = torch.zeros_like(seen.f)
        made += [
            Check("radius", f"|{words} - x_0| <= R_x", getattr(seen, key).sqrt(), radius + still, theorem=name)
            for words, key in (("x_k", "rx"), ("y_k", "ry"), ("x*(v_k)", "rs"))
        ]
        made += [
            Check("radius", f"|{words} - u_0| <= R_u", getattr(seen, key).sqrt(), other + still, theorem=name)
            for words, key in (("u_k", "ru"), ("v_k", "rv"))
        ]
    return made


def start_checks(bound: Bound, seen: Trace, given: Constants) -> list[Check]:
    """The claim's premise about the start, if it has one: x_0 is near the minimiser of f(., u_0).

    Parameters
    ----------
    bound : Bound
    seen : Trace
    given : Constants
    """
    if bound.balls is None or "start" not in bound.balls:
        return []
    left = given.mu[:, None] * seen.rs[:, :1]  # v_0 = u_0
    right = at(bound.balls["start"], given.q)[:, None] ** 2 * seen.f[:, :1]
    return [Check("condition", "start: mu |x_0 - x*(u_0)|^2 <= C_s^2 f_0", left, right, theorem=bound.name)]


def promise(bound: Bound, given: Constants, f: Tensor) -> Tensor:
    """C rho^k f_0 for every k of f, (instances, steps + 1)."""
    k = torch.arange(f.shape[1], dtype=f.dtype)
    rate, constant = at(bound.rate, given.q)[:, None], at(bound.constant, given.q)[:, None]
    return constant * rate**k * f[:, :1]


def premises(bound: Bound, seen: Trace, given: Constants, broken: list[list[str]]) -> list[str]:
    """For each instance "applies", or why the theorem says nothing about it.

    Parameters
    ----------
    bound : Bound
    seen : Trace
    given : Constants
    broken : list of lists of str
        For each instance the assumptions that failed at a visited point.
    """
    found = []
    allowed, starts = at(bound.tau, given.q), start_checks(bound, seen, given)
    for row, failed in enumerate(broken):
        tau, most = float(given.tau[row]), float(allowed[row])
        if given.doubts[row]:
            found.append(given.doubts[row])
        elif given.c > 1:
            found.append(f"c={given.c:g} > 1")
        elif tau > most * (1 + 1e-9):
            found.append(f"tau={tau:.3g} > {bound.tau}")
        elif any(check.finding(row).word != "holds" for check in starts):
            found.append("the start is too far from the minimiser")
        else:
            found.append(f"{', '.join(failed)} fails" if failed else "applies")
    return found


def fitted_rate(f: Tensor) -> float | None:
    """Fit log f by a line over the second half of the run up to f = 1e-20 f_0: exp(slope); None below 4 values."""
    good = torch.nonzero(~((f > CONVERGED * f[0]) & torch.isfinite(f))).flatten()
    end = int(good[0]) if len(good) else len(f)
    start = end // 2
    if end - start < 4:
        return None
    k = torch.arange(start, end, dtype=f.dtype)
    logs = torch.log(f[start:end])
    centred = k - k.mean()
    return float(torch.exp((centred * logs).sum() / (centred**2).sum()))
