"""Classes with the parameter q in (0, 1]: kappa = L1/mu >= 1 and c in (0, 1] enter through q = sqrt(c/kappa).

Units: L1/c = 1. An L1-smooth function is L1/c-smooth, so mu = q^2 and "L1" = 1; L2 G1^2 <= tau mu. A class
of the family holds the functions with less coupling too: every inequality is monotone in L2 G1^2.
"""

from __future__ import annotations

from typing import Any

from .. import wire
from ..outcome import Declined, Invalid, require
from ..parameter.ratio import Ratio, of
from ..parameter.reading import function
from . import REGISTRY, ProblemClass

NAMES = {name: name for name in ("mu", "L1", "L2", "G1")}
Q = Ratio((0, 1))
CONDITION = "mu > 0 and L1 >= mu arbitrary, kappa = L1/mu"


def read(value: Any) -> ProblemClass:
    """The family of classes of a claim."""
    name = wire.text(value.get("name") if isinstance(value, dict) else None, "claim: class.name")
    require(name in REGISTRY, Declined, f"claim: class.name: unknown class {wire.shorten(name)}")
    module = REGISTRY[name]
    parameters, words, balls = {"mu": Q**2, "L1": of(1)}, [CONDITION], None
    if module.PARTIAL:
        found = wire.fields(value, ("name", "tau"), "claim: class", ("balls",))
        tau = function(found["tau"], "claim: class.tau")
        # tau = 0 is the class without coupling; else tau > 0 on (0, 1], which is L2 > 0 in `domain`
        parameters |= {"L2": tau * Q**2, "G1": of(1)} if tau else {"L2": of(1), "G1": of(0)}
        words = [f"f(x, u) = g(h(x, u)), {CONDITION}, L2 G1^2 <= tau mu with tau = {tau}, any dimensions (not A5)"]
        balls = _balls(found["balls"]) if "balls" in found else None
    else:
        wire.fields(value, ("name",), "claim: class")
        words = [f"f: R^d -> R, mu-strongly convex and L1-smooth, {CONDITION}, any dimension d"]
    module.domain(parameters)
    module.inhabit(parameters)
    premises = module.premises(NAMES) if balls is None else _local(balls)
    return ProblemClass(name, parameters, module.PARTIAL, module.inequalities(parameters), premises, words, balls)


def _balls(value: Any) -> dict[str, Ratio]:
    """Radii {"x": C_x, "u": C_u}: R_x = C_x sqrt(F_0/mu), R_u = C_u G1 sqrt(L2 F_0)/mu."""
    found = wire.fields(value, ("x", "u"), "claim: class.balls")
    radii = {key: function(found[key], f"claim: class.balls.{key}") for key in ("x", "u")}
    for key, radius in radii.items():
        require(radius > 0, Invalid, f"claim: class.balls.{key}={radius} must be > 0 on (0, 1]")
    return radii


def _local(balls: dict[str, Ratio]) -> list[str]:
    """What is assumed of f where balls are given."""
    return [
        f"balls, with F_0 = f(x_0, u_0) - f*: X = {{|x - x_0| <= R_x}}, R_x = ({balls['x']}) sqrt(F_0/mu), and",
        f"  U = {{|u - u_0| <= R_u}}, R_u = ({balls['u']}) G1 sqrt(L2 F_0)/mu",
        "A1: for every u in U, f(., u) is mu-strongly convex on the whole space",
        "A2: for every u in U, f(., u) is L1-smooth on the whole space",
        "A3: f = g(h(x, u)) where g is L2-smooth with min g = min f",
        "A4: for every x in X, h(x, .) is G1-Lipschitz on U",
        "A6: min over x of f(x, u) is f*, the global minimum, for every u in U",
        "proviso: the step in u uses grad_2 f = J^T grad g(h) with a matrix J, |J| <= G1, at points of X times U",
    ]
