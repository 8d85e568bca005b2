"""The inequalities behind the radii of rule lyapunov_in_balls, and the order in which points are known."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from ..claim import Claim
from ..forms import Form, Vector, square
from ..outcome import Rejected, require
from ..run import Run
from .combine import Permission
from .lyapunov_form import Lyapunov

AHEAD = {"x[k+1]", "u[k+1]", "x*[u[k+1]]"}  # what step k leads to


def known(ahead: set[str]) -> Permission:
    """Permit an inequality only at points that are in the balls already, none of them ahead."""

    def permit(name: str, at: list[str], where: str) -> None:
        for label in at:
            x, _, u = label.partition("@")
            needed = {"value_root": [x, u], "minimisers": [label, f"x*[{label}]"], "step_bound": [f"y[{label}]"]}
            for part in needed.get(name, [u]):  # A1, A2 and A6 are about every x
                require(part not in ahead, Rejected, f"{where}: {part} is not yet known to be in its ball")

    return permit


def goals(claim: Claim, n: dict[str, Any], potential: Lyapunov) -> dict[str, tuple[Run, Form, set[str]]]:
    """What is to be proved nonnegative, in which run, and what is ahead of it."""
    rest, run, mu = claim.run(0, 1, generic=False), claim.run(-1, 1, generic=True), claim.problem.parameters["mu"]
    now, budget = potential.form(run, 0), n["constant"] * claim.measure(rest, "objective_gap", 0)
    minimiser = run.x_at("x*[v[k]]")

    def apart(a: Vector, b: Vector) -> Form:
        form: Form = mu * square(a - b)
        return form

    def spent(of: Run, here: str, after: str) -> Form:
        following = claim.method.query(of.x_at(f"x[{after}]"), of.x_at(f"x[{here}]"))
        form: Form = n["weight"] * square(of.w_at(here)) + n["path"] * apart(following, of.x_at(f"y[{here}]"))
        return form

    found = {
        "base": (rest, n["rate"] * budget - spent(rest, "0", "1") - potential.form(rest, 1), set[str]()),
        "query": (run, n["query"] ** 2 * now - apart(run.x_at("y[k]"), minimiser), AHEAD | {"y[k]"}),
        "early": (run, n["rate"] * now - n["weight"] * (1 - n["rate"]) * square(run.w_at("k")), AHEAD),
        "next": (run, n["next"] ** 2 * now - apart(run.x_at("x[k+1]"), minimiser), AHEAD),
        "decrease": (run, n["rate"] * now - spent(run, "k", "k+1") - potential.form(run, 1), set[str]()),
    }
    if n["share"]:
        found["move"] = (run, n["move"] ** 2 * now - apart(run.x_at("x[k+1]"), run.x_at("y[k]")), AHEAD)
    return found


def coefficients(claim: Claim) -> tuple[Any, Any, Any]:
    """Step size, momentum and look-ahead of x+ = x + beta dx - eta g, y = x + gamma dx, read off the method."""
    one, zero, method = Fraction(1), Fraction(0), claim.method
    ahead = method.query(one, zero)
    return -method.advance(zero, zero, zero, one), method.advance(one, zero, ahead, zero) - 1, ahead - 1


def fit(claim: Claim, n: dict[str, Any], balls: dict[str, Any], where: str) -> None:
    """The inequalities between numbers: every point is in its ball."""
    p, (eta, beta, gamma), r = claim.problem.parameters, coefficients(claim), n["rate"]
    tau, end = p["L2"] * p["G1"] ** 2 / p["mu"], n["root_of_constant"]
    start = balls.get("start", n["root_of_2"])
    first = start**2 * eta**2 if "start" in balls else start**2 * p["mu"] * eta**2  # A2: by the distance, or by F_0
    rest, reach = 1 - n["share"], 2 * p["mu"] ** 2 * eta**2 * r * n["constant"]
    across = n["share"] ** 2 * r * n["constant"] <= (n["part_x"] ** 2 * n["moved"] ** 2) * n["path"] * (1 - r)
    for holds, message in (
        (0 <= beta < 1 and gamma >= 0, "the momentum of the method is not in [0, 1), or its query looks back"),
        (gamma * (1 - beta) <= beta, "the query of the method looks too far ahead"),
        (n["weight"] * (1 - r) <= r * n["constant"], "weight (1 - rate) is above rate times constant"),
        (n["part_u"] ** 2 + n["part_x"] ** 2 <= 1, "part_u^2 + part_x^2 is above 1"),
        (reach <= balls["u"] ** 2 * n["weight"] * (1 - r) * (1 - beta) ** 2, "u may leave its ball"),
        (across and rest * tau * balls["u"] <= n["part_u"] * n["moved"], "moved is too small"),
        (first <= balls["x"] ** 2, "x_1 may leave its ball"),
        (start + tau * balls["u"] <= balls["x"], "minimisers over x may leave the ball"),
        (rest * start + n["moved"] <= balls["x"], "x may leave its ball in the long run"),
        (rest * (start + n["query"] * end) <= balls["x"], "y_k may leave its ball"),
        (n["share"] * n["move"] * end + rest * (start + n["next"] * end) <= balls["x"], "x_{k+1} may leave its ball"),
    ):
        require(holds, Rejected, f"{where}: {message}")
