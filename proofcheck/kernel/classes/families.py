"""Classes with the parameter q in (0, 1]: kappa = L1/mu >= 1 and c in (0, 1] enter through q = sqrt(c/kappa).

Units: L1/c = 1. An L1-smooth function is L1/c-smooth, so mu = q^2 and "L1" = 1; L2 G1^2 <= tau mu. A class
of the family holds the functions with less coupling too: every inequality is monotone in L2 G1^2.

Balls may come with a bound `start` on the distance from x_0 to the minimiser of f(., u_0), in units of
sqrt(F_0/mu): a premise about the start, which A1 gives with sqrt(2) for every start.
"""

from __future__ import annotations

from typing import Any

from .. import wire
from ..forms import Form, square
from ..outcome import Declined, Invalid, Rejected, require
from ..parameter.ratio import Ratio, of
from ..parameter.reading import function
from ..run import Run
from . import REGISTRY, ProblemClass
from .inequalities import Inequality, Parameters, outside

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
    inequalities = module.inequalities(parameters)
    if balls and "start" in balls:
        inequalities["start_distance"] = start_distance(balls["start"])
    return ProblemClass(name, parameters, module.PARTIAL, inequalities, premises, words, outside, balls)


def start_distance(bound: Any) -> Inequality:
    """Return mu |x_0 - x*(u_0)|^2 <= bound^2 F_0: what `start` says. Only a run from rest has an x_0."""

    def form(p: Parameters, run: Run, at: list[str]) -> Form:
        require(at == [], Rejected, f"start_distance is about the start alone, got {len(at)} labels")
        gap: Form = bound**2 * run.point("x[0]@u[0]").value
        return gap - p["mu"] * square(run.x_at("x[0]") - run.x_at("x*[v[0]]"))

    return form


def _balls(value: Any) -> dict[str, Ratio]:
    """Radii {"x": C_x, "u": C_u}: R_x = C_x sqrt(F_0/mu), R_u = C_u G1 sqrt(L2 F_0)/mu; and maybe a start."""
    found = wire.fields(value, ("x", "u"), "claim: class.balls", ("start",))
    radii = {key: function(found[key], f"claim: class.balls.{key}") for key in found}
    for key, radius in radii.items():
        require(radius > 0, Invalid, f"claim: class.balls.{key}={radius} must be > 0 on (0, 1]")
    return radii


def _local(balls: dict[str, Ratio]) -> list[str]:
    """What is assumed of f, and maybe of the start, where balls are given."""
    near = f"start: |x_0 - x*(u_0)| <= ({balls.get('start')}) sqrt(F_0/mu), x*(u_0) the minimiser of f(., u_0)"
    return [
        *([near] if "start" in balls else []),
        f"balls, with F_0 = f(x_0, u_0) - f*: X = {{|x - x_0| <= R_x}}, R_x = ({balls['x']}) sqrt(F_0/mu), and",
        f"  U = {{|u - u_0| <= R_u}}, R_u = ({balls['u']}) G1 sqrt(L2 F_0)/mu",
        "A1: for every u in U, f(., u) is mu-strongly convex on the whole space",
        "A2: for every u in U, f(., u) is L1-smooth on the whole space",
        "A3: f = g(h(x, u)) where g is L2-smooth with min g = min f",
        "A4: for every x in X, h(x, .) is G1-Lipschitz on U",
        "A6: min over x of f(x, u) is f*, the global minimum, for every u in U",
        "proviso: the step in u uses grad_2 f = J^T grad g(h) with a matrix J, |J| <= G1, at points of X times U",
    ]
