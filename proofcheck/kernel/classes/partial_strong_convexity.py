"""Functions strongly convex in part of their parameters (Liao and Kyrillidis, ALT 2024, Assumptions 1 to 6)."""

from __future__ import annotations

from ..outcome import Invalid, require
from . import coupling
from . import inequalities as known
from .inequalities import Inequality, Parameters

NAME = "partial_strong_convexity"
PARTIAL = True
PARAMETERS = ("mu", "L1", "L2", "G1")
OPTIONAL = ("G2",)


def domain(p: Parameters) -> None:
    """0 < mu, 0 < L2, 0 <= G1, 0 <= G2."""
    require(p["mu"] > 0, Invalid, f"claim: class.mu={p['mu']} must be > 0")
    require(p["L2"] > 0, Invalid, f"claim: class.L2={p['L2']} must be > 0")
    require(p["G1"] >= 0, Invalid, f"claim: class.G1={p['G1']} must be >= 0")
    require(p.get("G2", p["G1"]) >= 0, Invalid, f"claim: class.G2={p.get('G2')} must be >= 0")


def inhabit(p: Parameters) -> None:
    """An explicit member with G1 attained.

    f = (L2/2) |h|^2, h = (a x1 + G1 u, b x2) with a^2 = mu/L2, b^2 = L1/L2. Then f is quadratic in x
    with curvatures L2 a^2 and L2 b^2; g = (L2/2)|.|^2 is L2-smooth with the minimum of f; |dh/du| = G1
    everywhere; min_x f = 0 for every u; and |d grad_1 f / du|^2 = (L2 a G1)^2 = mu L2 G1^2.
    """
    for square in (p["mu"] / p["L2"], p["L1"] / p["L2"]):
        inside = p["mu"] <= p["L2"] * square <= p["L1"]
        require(inside, Invalid, f"claim: class.mu={p['mu']} must be <= L1={p['L1']}")
    if "G2" in p:
        need = p["mu"] * p["L2"] * p["G1"] ** 2
        message = f"claim: class.G2={p['G2']}: G2^2 must be >= mu L2 G1^2 = {need}, else G1 is not attained"
        require(p["G2"] ** 2 >= need, Invalid, message)


def inequalities(p: Parameters) -> dict[str, Inequality]:
    """The inequalities by name."""
    table: dict[str, Inequality] = {
        "interpolation": known.interpolation,
        "scaled_interpolation": known.scaled_interpolation,
        "strong_convexity": known.strong_convexity,
        "smoothness": known.smoothness,
        "cocoercivity": known.cocoercivity,
        "nonnegative_value": known.nonnegative_value,
        "value_root": coupling.value_root,
        "step_bound": coupling.step_bound,
        "minimisers": coupling.minimisers,
    }
    if "G2" in p:
        table["gradient_lipschitz"] = coupling.gradient_lipschitz
    return table


def premises(p: Parameters) -> list[str]:
    """What is assumed of f."""
    lines = [
        f"A1: for every u, f(., u) is {p['mu']}-strongly convex on the whole space",
        f"A2: for every u, f(., u) is {p['L1']}-smooth on the whole space",
        f"A3: f = g(h(x, u)) where g is {p['L2']}-smooth with min g = min f",
        f"A4: for every x, h(x, .) is {p['G1']}-Lipschitz on the whole space",
        "A6: min over x of f(x, u) is f*, the global minimum, for every u",
        f"proviso: the step in u uses grad_2 f = J^T grad g(h) with a matrix J, |J| <= {p['G1']}",
    ]
    if "G2" in p:
        lines.append(f"A5: for every x, grad_1 f(x, .) is {p['G2']}-Lipschitz on the whole space")
    return lines


def words(p: Parameters) -> list[str]:
    """The class, for a reader."""
    tau = p["L2"] * p["G1"] ** 2 / p["mu"]
    shown = ", ".join(f"{name} = {value}" for name, value in p.items())
    return [
        "f(x, u) = g(h(x, u)), strongly convex and smooth in x only, any dimensions; A1 to A4 and A6"
        + (", and A5," if "G2" in p else " (not A5)")
        + " on the whole space (no balls)",
        f"{shown}; kappa = L1/mu = {p['L1'] / p['mu']}, tau = L2 G1^2/mu = {tau}",
    ]
