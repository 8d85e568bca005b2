"""The constants of the assumptions for a given instance: as the paper prints them, and sharper ones. Floating point."""

from __future__ import annotations

from dataclasses import dataclass
from math import hypot, inf, isfinite, prod, sqrt

from proofcheck.empirical.norms import AdditiveNorms, NetworkNorms
from proofcheck.errors import InvalidInput

NAMES = ("mu", "L1", "L2", "G1", "G2")


@dataclass(frozen=True)
class Constants:
    """The constants of Assumptions 1 to 5 in balls around the start (OBSERVED: not rounded outwards).

    Attributes
    ----------
    mu, L1, L2, G1, G2 : float
        As in Assumptions 1 to 5; mu = 0 where strong convexity in x is not shown.
    Rx, Ru : float
        Radii of the balls around x_0 and u_0.
    limit : float
        The largest Ru for which the formulas are proved.
    """

    mu: float
    L1: float
    L2: float
    G1: float
    G2: float
    Rx: float
    Ru: float
    limit: float = inf


def formula(norms: AdditiveNorms | NetworkNorms, Rx: float | None = None, Ru: float | None = None) -> Constants:
    r"""The constants of the paper's Lemma 12 (additive) or Lemma 14 (networks).

    Parameters
    ----------
    norms : AdditiveNorms or NetworkNorms
    Rx, Ru : float, optional
        Radii; those of the lemma where left out, which for additive models are infinite.

    Raises
    ------
    InvalidInput
        For a negative radius.

    Statement
    ---------
    Lemma 12, with B the Lipschitz constant of sigma:

    .. math:: \mu=\sigma_{\min}(A_1)^2,\ L_1=\sigma_{\max}(A_1)^2,\ G_1=B\sigma_{\max}(A_2),\
              G_2=B\sigma_{\max}(A_1)\sigma_{\max}(A_2).

    Lemma 14, with :math:`\xi=\lVert X\rVert_F\lambda_{1\to\Lambda-1}`, :math:`m=\min_{\ell<\Lambda}\lambda_\ell`:

    .. math:: \mu=\tfrac12\alpha_0^2,\ L_1=\xi^2,\ G_1=(\lambda_\Lambda+R_u)\sqrt\Lambda\xi/m,\
              G_2=((2\lambda_\Lambda+R_u)\xi+\lVert Y\rVert_F)\sqrt\Lambda\xi/m,\
              R_x=\tfrac12\lambda_\Lambda,\ R_u\le\tfrac m2\min\{1,\alpha_0/(2\sqrt\Lambda\xi)\}^2.

    Corrected: x is the part of the last layer in the row space of the last hidden layer at the start (rows
    L14-partition and L14-orthogonal of cases/liao24a), and :math:`\lambda_\ell` is a number with
    :math:`2\lVert W_\ell(0)\rVert\le\lambda_\ell`, not a supremum, which no network satisfies (L14-lambda,
    L14-sup-empty). Here it is the smallest one, in the last layer the smallest with
    :math:`R_x\le\frac12\lambda_\Lambda`. The printed G1 and G2 hold, by another chain (L14-G1, L14-G2).

    Source: Liao and Kyrillidis (ALT 2024), Lemmas 12 and 14.

    Tight: no; see `sharp`.
    """
    _radii(Rx, Ru)
    if isinstance(norms, AdditiveNorms):
        mixed = norms.largest * norms.coupling
        radii = (inf if R is None else R for R in (Rx, Ru))
        return Constants(norms.smallest**2, norms.largest**2, 1.0, norms.coupling, mixed, *radii)
    hidden = [2 * value for value in norms.weights[:-1]]
    last = max(2 * norms.weights[-1], 2 * (Rx or 0.0))
    depth, least, xi = len(norms.weights), min(hidden), norms.inputs * prod(hidden)
    if not least > 0:  # a hidden layer of zeros: alpha_0 = 0, and the lemma does not apply
        return Constants(0.0, 0.0, 1.0, inf, inf, last / 2, 0.0, 0.0)
    limit = least / 2 * min(1.0, norms.smallest / (2 * sqrt(depth) * xi)) ** 2
    Ru = limit if Ru is None else Ru
    slope = sqrt(depth) * xi / least
    return Constants(
        mu=norms.smallest**2 / 2,
        L1=xi**2,
        L2=1.0,
        G1=(last + Ru) * slope,
        G2=((2 * last + Ru) * xi + norms.targets) * slope,
        Rx=last / 2 if Rx is None else Rx,
        Ru=Ru,
        limit=limit,
    )


def sharp(norms: AdditiveNorms | NetworkNorms, Rx: float = inf, Ru: float = inf) -> Constants:
    r"""Sharper constants over given balls, from spectral norms.

    Parameters
    ----------
    norms : AdditiveNorms or NetworkNorms
    Rx, Ru : float
        Radii; finite for networks.

    Raises
    ------
    InvalidInput
        For a radius that is negative, or infinite for a network.

    Statement
    ---------
    For networks, with :math:`S_\ell`, :math:`S_L` bounds of :math:`\lVert W_\ell\rVert`, D_l of
    :math:`\lVert F_\ell-F_\ell(0)\rVert_F` and N_l of :math:`\lVert F_\ell\rVert` over the balls:

    .. math::
        \mu=(\sigma_{\min}(H_0)-D_{L-1})_+^2,\quad L_1=N_{L-1}^2,\quad G_1=KS_L,\quad
        G_2=K\rho+N_{L-1}G_1,

    :math:`K^2=\sum_{\ell<L}(N_{\ell-1}\prod_{\ell<k<L}S_k)^2`, and rho a bound of the residual: mu, L1 and G1 are
    the kernel's (kernel/networks/balls.py) in floating point. For additive models those of Lemma 12, with a sharper G2
    for the identity.

    Source: docs/networks.md, Constants.

    Tight: for one unit a layer, one sample, and positive weights mu and L1 are attained; else sufficient.
    """
    _radii(Rx, Ru)
    if isinstance(norms, AdditiveNorms):
        return Constants(norms.smallest**2, norms.largest**2, 1.0, norms.coupling, norms.mixed, Rx, Ru)
    if not (isfinite(Rx) and isfinite(Ru)):
        raise InvalidInput(f"Rx={Rx}, Ru={Ru}: the radii of a network must be finite")
    change, K = norms.sizes.over(Ru)
    moved = hypot(Rx, Ru)  # how far W_L moves: V1 W_L with x, V2 W_L with u
    top, N = norms.weights[-1] + moved, norms.layers[-1] + change
    G1 = norms.sizes.slope(Rx, Ru)
    residual = min(
        sqrt(2 * norms.f0) + G1 * Ru + norms.layers[-1] * Rx,
        N * (norms.last + moved) + norms.targets,
        norms.inputs * prod(value + Ru for value in norms.weights[:-1]) * top + norms.targets,
    )
    mu = max(norms.smallest - change, 0.0) ** 2
    return Constants(mu=mu, L1=N**2, L2=1.0, G1=G1, G2=K * residual + N * G1, Rx=Rx, Ru=Ru)


def _radii(Rx: float | None, Ru: float | None) -> None:
    for name, value in (("Rx", Rx), ("Ru", Ru)):
        if value is not None and not value >= 0:
            raise InvalidInput(f"{name}={value} must be >= 0")
