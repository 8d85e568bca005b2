"""The radii at one q in floating point: which numbers of the rule are good ones, and how small the balls become."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from scipy.optimize import minimize

from proofcheck.discover.candidates import Term
from proofcheck.discover.elimination import Equalities
from proofcheck.discover.functions import Unknown, power
from proofcheck.discover.parametric_program import minimum
from proofcheck.discover.radii_search import MAIN, PartSearch
from proofcheck.discover.slacks import Block
from proofcheck.discover.theorem_search import Shape
from proofcheck.documents import Document
from proofcheck.kernel.forms import Form, square
from proofcheck.kernel.parameter.ratio import Ratio, of
from proofcheck.kernel.rules.radii import coefficients

ROOT_OF_2 = Fraction(99, 70)
SHARES = np.linspace(0.0, 0.9, 91)
HOPELESS = 1e3
MOVE, MOVE_NEAR = 1.5, 2.0  # move over q; a smaller U, where the start is near, needs more
TOLERANCE = 1e-4
KEPT = 1e-4


@dataclass(frozen=True)
class Setting:
    """Numbers at one q: 1 - rate over q^loss, query^-2, and the path's weight over its natural power of q."""

    theta: float
    nu: float
    path: float


class PointSearch(PartSearch):
    """The main parts with the numbers left open, for one q at a time."""

    def __init__(self, document: Document) -> None:
        super().__init__(document, Shape(0))
        self.bounds = {self.program.first["constant"]: (0.0, 1e5)}
        self.cost = np.zeros(self.program.size)
        self.cost[self.program.first["constant"]] = 1.0
        self.q = 0.0

    def _parts(self) -> list[Block]:
        run, lost, memory = self.step, power(self.scales.loss), self.scales.memory
        one, now, later = self.u_forms(self.rest, 1), self.u_forms(run, 0), self.u_forms(run, 1)
        first = self.claim.measure(self.rest, "objective_gap", 0)
        self.unknowns.append(Unknown("constant", (of(1),), False))
        for unknown in list(self.unknowns):
            self.unknowns += [Unknown(f"{kind} {unknown.name}", unknown.basis, False) for kind in ("lost", "query")]
        self.unknowns.append(Unknown("path", (power(memory - 2),), False))
        base = {
            "path": -1 * self.between(self.rest, "0", "1"),
            "constant": first,
            "lost constant": _times(-lost, first),
        }
        base |= {name: -1 * form for name, form in one.items()}
        decrease = {"path": -1 * self.between(run, "k", "k+1"), **{n: form - later[n] for n, form in now.items()}}
        decrease |= {f"lost {name}": _times(-lost, form) for name, form in now.items()}
        apart = self.distance(run.x_at("y[k]"), run.x_at("x*[v[k]]"))
        begin, spent = _times(-lost, square(self.rest.w_at("0"))), _times(-lost, square(run.w_at("k")))
        return [
            self._block("base", self.rest, begin, base, self.offers("base")),
            self._block("decrease", run, spent, decrease, self.offers("decrease"), self.scales.loss),
            self._block("query", run, -1 * apart, {f"query {n}": f for n, f in now.items()}, self.offers("query")),
        ]

    def smallest(self, q: float, setting: Setting) -> tuple[float, np.ndarray]:
        """The smallest constant, and the solution; infinity if there is none."""
        if q != self.q:
            self.q, self.program.samples = q, np.array([q])
            self.program.resample()
        solution = minimum(self.program, self._fixed(setting), self.bounds, self.cost, 0.0)
        bad = solution.z.size == 0 or solution.margin < -TOLERANCE
        return (float("inf") if bad else float(self.cost @ solution.z)), solution.z

    def _fixed(self, setting: Setting) -> Equalities:
        found = Equalities([1.0] * self.program.size)
        factors = {"lost": _fraction(setting.theta), "query": _fraction(1 / setting.nu)}
        for name, column in self.program.first.items():
            kind, _, base = name.partition(" ")
            if base:
                found.add({column: Fraction(1), self.program.first[base]: -factors[kind]})
        found.add({self.program.first["path"]: Fraction(1), -1: -_fraction(setting.path)})
        return found

    def used(self, solutions: list[tuple[float, np.ndarray]]) -> dict[str, set[Term]]:
        """The inequalities that one of the solutions (with its q) needs."""
        found: dict[str, set[Term]] = {part: set() for part in MAIN}
        for q, z in solutions:
            self.program.samples = np.array([q])
            self.program.resample()
            sizes = self.program.sizes(z)
            for part in MAIN:
                terms = {term: sizes[self.program.first[label]] for label, term in self.terms[part].items()}
                most = max(terms.values(), default=0.0)
                found[part] |= {term for term, size in terms.items() if size > KEPT * most}
        self.q = 0.0
        return found


def start_of(search: PartSearch) -> Ratio:
    """The distance from x_0 to the minimiser of f(., u_0) over sqrt(F_0/mu): given, or what A1 gives."""
    return of((search.claim.problem.balls or {}).get("start", ROOT_OF_2))


def move_of(search: PartSearch) -> float:
    """The number `move` over q."""
    return MOVE if search.claim.problem.balls is None else MOVE_NEAR


class Geometry:
    """The inequalities between the numbers at one q or many, in floating point."""

    def __init__(self, search: PartSearch, q: np.ndarray) -> None:
        claim, scales = search.claim, search.scales
        eta, beta, _ = (at(of(c), q) for c in coefficients(claim))
        p = claim.problem.parameters
        self.q, self.loss = q, q ** float(scales.loss)
        self.tau = at(of(p["L2"] * p["G1"] ** 2 / p["mu"]), q)
        self.reach = 2 * q**4 * eta**2 / (self.loss**2 * (1 - beta) ** 2)
        self.ratio = of(p["L2"] * p["G1"] ** 2 / p["mu"])
        self.start = start_of(search)
        self.far = at(self.start, q)
        self.move = move_of(search)

    def u(self, constant: np.ndarray, theta: np.ndarray) -> np.ndarray:
        """C_u."""
        return np.asarray(np.sqrt(self.reach * (1 - theta * self.loss) * constant / theta))

    def x(
        self, constant: np.ndarray, setting: tuple[np.ndarray, np.ndarray, np.ndarray], share: np.ndarray, u: np.ndarray
    ) -> np.ndarray:
        """C_x for the given share and C_u; the setting is theta, nu, path."""
        theta, nu, path = setting
        root, rest = np.sqrt(constant), 1 - share
        along = share * root * np.sqrt((1 - theta * self.loss) / (theta * np.maximum(path, 1e-9)))
        moved = np.hypot(along, rest * self.tau * u)
        ahead = rest * (self.far + root / np.sqrt(nu)) + share * self.move * self.q * root
        return np.asarray(np.maximum(np.maximum(rest * self.far + moved, ahead), self.far + self.tau * u))


def best_setting(search: PointSearch, q: float, start: Setting, wanted: tuple[float, float]) -> Setting:
    """Numbers for which C_x/wanted_x + C_u/wanted_u is small."""
    geometry = Geometry(search, np.array([q]))

    def value(logarithms: np.ndarray) -> float:
        setting = Setting(*np.exp(logarithms).tolist())
        if setting.theta * float(geometry.loss[0]) > 0.95:
            return HOPELESS
        constant, _ = search.smallest(q, setting)
        if constant == float("inf"):
            return HOPELESS
        x, u = sizes(geometry, constant, setting)
        return x / wanted[0] + u / wanted[1]

    first = np.log([start.theta, start.nu, start.path])
    corners = [first, *(first + np.diag([0.2, 0.2, -0.3]))]
    found = minimize(value, first, method="Nelder-Mead", options={"maxfev": 28, "initial_simplex": np.array(corners)})
    return Setting(*np.exp(found.x).tolist())


def sizes(geometry: Geometry, constant: float, setting: Setting) -> tuple[float, float]:
    """C_x with the best share, and C_u, at one q."""
    many = np.array([constant]), tuple(np.array([x]) for x in (setting.theta, setting.nu, setting.path))
    u = geometry.u(many[0], many[1][0])
    return float(geometry.x(many[0], many[1], SHARES, u).min()), float(u[0])  # type: ignore[arg-type]


def at(function: Ratio, q: np.ndarray) -> np.ndarray:
    """Values of a function of q."""
    above, below = (np.polynomial.polynomial.polyval(q, [float(x) for x in p] or [0.0])
                    for p in (function.numerator, function.denominator))  # fmt: skip
    return np.asarray(above / below)


def _times(factor: Any, form: Form) -> Form:
    """A function of q times a form."""
    product: Form = factor * form
    return product


def _fraction(value: float) -> Fraction:
    return Fraction(value).limit_denominator(10**6)
