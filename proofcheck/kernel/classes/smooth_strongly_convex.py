"""L1-smooth mu-strongly convex functions of one block of variables."""

from __future__ import annotations

from ..outcome import Invalid, require
from . import inequalities as known
from .inequalities import Inequality, Parameters

NAME = "smooth_strongly_convex"
PARTIAL = False
PARAMETERS = ("mu", "L1")
OPTIONAL: tuple[str, ...] = ()


def domain(p: Parameters) -> None:
    """0 < mu <= L1."""
    require(p["mu"] > 0, Invalid, f"claim: class.mu={p['mu']} must be > 0")


def inhabit(p: Parameters) -> None:
    """The quadratic (mu x1^2 + L1 x2^2)/2 is in the class: its curvatures lie in [mu, L1]."""
    for curvature in (p["mu"], p["L1"]):
        inside = p["mu"] <= curvature <= p["L1"]
        require(inside, Invalid, f"claim: class.mu={p['mu']} must be <= L1={p['L1']}")


def inequalities(p: Parameters) -> dict[str, Inequality]:
    """The inequalities by name."""
    return {
        "interpolation": known.interpolation,
        "scaled_interpolation": known.scaled_interpolation,
        "strong_convexity": known.strong_convexity,
        "smoothness": known.smoothness,
        "cocoercivity": known.cocoercivity,
        "nonnegative_value": known.nonnegative_value,
    }


def premises(p: Parameters) -> list[str]:
    """What is assumed of f."""
    return [
        f"f is {p['mu']}-strongly convex on the whole space",
        f"f is differentiable and {p['L1']}-smooth on the whole space",
    ]


def words(p: Parameters) -> list[str]:
    """The class, for a reader."""
    return [f"f: R^d -> R, mu-strongly convex and L1-smooth, mu = {p['mu']}, L1 = {p['L1']}, any dimension d"]
