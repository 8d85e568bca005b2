"""The constants with which an experiment tunes the methods and asks the theorems."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from math import inf

import torch
from torch import Tensor

from proofcheck.empirical.additive import AdditiveModels
from proofcheck.empirical.bounds import Bound, at
from proofcheck.empirical.checks import Constants, seen_lipschitz
from proofcheck.empirical.conditions import TheoremInBalls
from proofcheck.empirical.constants import Constants as Ball
from proofcheck.empirical.constants import sharp
from proofcheck.empirical.experiment import Assumed, Rule
from proofcheck.empirical.norms import NetworkNorms, norms_of
from proofcheck.empirical.radii import applied
from proofcheck.empirical.relu_networks import Networks
from proofcheck.empirical.trace import Trace
from proofcheck.empirical.tunings import Tuning

Models = AdditiveModels | Networks


@dataclass(frozen=True)
class Known:
    """What is known of the instances of a group before they are run.

    Attributes
    ----------
    mu, L1 : (instances,) tensors
        With the factors of the experiment.
    G1, G2 : (instances,) tensors
        NaN where they are taken from the run.
    origin : tuple of str
        Where the constants of an instance come from.
    doubts : tuple of str
        Why the constants asked for were not to be had; empty where they were.
    """

    mu: Tensor
    L1: Tensor
    G1: Tensor
    G2: Tensor
    origin: tuple[str, ...]
    doubts: tuple[str, ...]


def known(models: Models, rule: Rule, bounds: Sequence[Bound], assumed: Assumed) -> Known:
    """Constants of each instance for one tuning.

    Of additive models they are exact and hold everywhere. Of networks "start" takes mu and L1 from the last hidden
    layer at the start and G1, G2 from the run; "sharp" searches balls in which a theorem of the experiment about this
    tuning applies, with the constants over these balls, and falls back on "start" where there are none.

    Parameters
    ----------
    models : AdditiveModels or Networks
    rule : Rule
    bounds : sequence of Bound
        The theorems about this tuning.
    assumed : Assumed
    """
    factor = assumed.times
    mu, L1 = models.mu.cpu(), models.L1.cpu()
    count = len(models)
    if isinstance(models, AdditiveModels):
        G1, G2 = models.G1.cpu(), models.G1.cpu() * torch.sqrt(L1)
        origin, doubts = ["exact"] * count, [""] * count
    else:
        G1, G2 = torch.full_like(mu, torch.nan), torch.full_like(mu, torch.nan)
        origin, doubts = ["mu, L1 at the start; G1, G2 seen along the run"] * count, [""] * count
        if assumed.source == "sharp":
            mu, L1 = mu.clone(), L1.clone()
            balls = [bound for bound in bounds if bound.balls is not None]
            measured: tuple[NetworkNorms, ...] = norms_of(models)  # type: ignore[assignment]
            for row, norms in enumerate(measured):
                found = [_searched(bound, norms, rule.c) for bound in balls]
                held = [constants for constants, _ in found if constants is not None]
                if held:
                    mu[row], L1[row], G1[row], G2[row] = held[0].mu, held[0].L1, held[0].G1, held[0].G2
                    origin[row] = f"sharp, over the balls R_x={held[0].Rx:.4g}, R_u={held[0].Ru:.4g}"
                else:
                    failed = min((worst for _, worst in found), key=lambda pair: pair[1], default=("", 0.0))
                    doubts[row] = f"no balls: {failed[0]} by {failed[1]:.3g}" if found else "no theorem in balls"
    words = "".join(f", {key} x{value:g}" for key, value in factor.items() if value != 1)
    return Known(
        mu=mu * factor["mu"],
        L1=L1 * factor["L1"],
        G1=G1 * factor["G1"],
        G2=G2 * factor["G1"],
        origin=tuple(entry + words for entry in origin),
        doubts=tuple(doubts),
    )


def _searched(bound: Bound, norms: NetworkNorms, c: float) -> tuple[Ball | None, tuple[str, float]]:
    """Constants over balls in which a theorem applies, or None; what is furthest from holding, and by which factor."""
    assert bound.balls is not None
    condition = _condition(bound, _q(norms.smallest**2, norms.layers[-1] ** 2, c))
    answer = applied(condition, partial(sharp, norms), norms.f0)
    if not answer.holds:
        return None, answer.worst
    here = answer.constants
    q = _q(here.mu, here.L1, c)  # over the balls it is smaller: what the theorem asks for is looked at again
    needed = _condition(bound, q).radii(here, norms.f0)
    ratios = {"R_x": needed[0] / here.Rx if here.Rx else 0.0, "R_u": needed[1] / here.Ru if here.Ru else 0.0}
    if "start" in bound.balls:
        near = float(at(bound.balls["start"], q)) ** 2 * norms.f0
        ratios["mu |x_0 - x*(u_0)|^2"] = here.mu * norms.distance**2 / near if near else inf
    name = max(ratios, key=ratios.__getitem__)
    return here if ratios[name] <= 1 + 1e-9 else None, (name, ratios[name])


def _q(mu: float, L1: float, c: float) -> Tensor:
    return torch.tensor([c * mu / L1], dtype=torch.float64).sqrt().clamp(max=1.0)


def _condition(bound: Bound, q: Tensor) -> TheoremInBalls:
    assert bound.balls is not None
    tau, Cx, Cu, rate = (float(at(f, q)) for f in (bound.tau, bound.balls["x"], bound.balls["u"], bound.rate))
    return TheoremInBalls(tau, Cx, Cu, (1 - rate) / float(q), bound.name)


def complete(before: Known, rule: Rule, tuning: Tuning, seen: Trace, assumed: Assumed) -> Constants:
    """Fill in G1 and G2 that are taken from the run: the smallest for which the inequalities hold at visited points."""
    G1, G2 = seen_lipschitz(seen)
    factor = assumed.times["G1"]
    G1 = torch.where(torch.isnan(before.G1), G1 * factor, before.G1)
    G2 = torch.where(torch.isnan(before.G2), G2 * factor, before.G2)
    eta, beta = tuning.eta.cpu(), tuning.beta.cpu()
    return Constants(before.mu, before.L1, G1, G2, rule.c, eta, beta, before.origin, before.doubts)
