"""True functions of the classes in floating point, and a kernel `Run` evaluated on them.

Written from the textbook definitions alone, without the kernel's recursions and inequalities.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import sqrt

import numpy as np

Array = np.ndarray


@dataclass
class Truth:
    """A function with its derivatives, its minimisers in x, and the parameters of its class."""

    name: str
    parameters: dict[str, float]
    dimensions: tuple[int, int]
    value: Callable[[Array, Array], float]
    gradient: Callable[[Array, Array], Array]
    u_gradient: Callable[[Array, Array], Array]
    minimiser: Callable[[Array], Array]


def huber(s: Array) -> float:
    """s^2/2 within [-1, 1], linear beyond, summed over the entries."""
    return float(np.sum(np.where(abs(s) <= 1, s**2 / 2, abs(s) - 0.5)))


def clip(s: Array) -> Array:
    return np.clip(s, -1, 1)


def rotation(rng: np.random.Generator, size: int) -> Array:
    return np.linalg.qr(rng.normal(size=(size, size)))[0]


def plain(rng: np.random.Generator, mu: float, big: float, kind: str, size: int) -> Truth:
    """A member of the smooth strongly convex class: quadratic, Huber-like or log-cosh."""
    centre, turn = rng.normal(size=size), rotation(rng, size)
    spectrum = np.array([mu, big, *rng.uniform(mu, big, size)])[:size]
    rng.shuffle(spectrum)
    hessian = turn @ np.diag(spectrum) @ turn.T
    bend = big - mu

    def value(x: Array, u: Array) -> float:
        d = x - centre
        if kind == "quadratic":
            return float(d @ hessian @ d) / 2
        return mu / 2 * float(d @ d) + bend * (huber(turn @ d) if kind == "huber" else np.log(np.cosh(turn @ d)).sum())

    def gradient(x: Array, u: Array) -> Array:
        d = x - centre
        if kind == "quadratic":
            return hessian @ d
        return mu * d + bend * turn.T @ (clip(turn @ d) if kind == "huber" else np.tanh(turn @ d))

    def nothing(x: Array, u: Array) -> Array:
        return np.zeros(0)

    return Truth(kind, {"mu": mu, "L1": big}, (size, 0), value, gradient, nothing, lambda u: centre)


def partial(rng: np.random.Generator, p: dict[str, float], kind: str, size: int) -> Truth:
    """f = g(A x + phi(u)) with g quadratic or Huber-like, phi linear, triangular or a sine, G1-Lipschitz."""
    outer, inner = kind.split("-")
    least = 1.0 if outer == "quadratic" else 0.5
    low, high = sqrt(p["mu"] / (least * p["L2"])), sqrt(p["L1"] / p["L2"])
    assert low <= high
    singular = np.array([low, high, *rng.uniform(low, high, size)])[:size]
    rng.shuffle(singular)
    left, right = rotation(rng, size), rotation(rng, size)
    a = left @ np.diag(singular) @ right
    inverse = np.linalg.inv(a)
    turn, shift = rotation(rng, size), rng.normal(size=size)
    waves = {
        "linear": (lambda s: s, lambda s: np.ones_like(s)),
        "triangle": (lambda s: abs((s - 1) % 4 - 2) - 1, lambda s: np.where((s - 1) % 4 < 2, -1.0, 1.0)),
        "sine": (np.sin, np.cos),
    }
    wave, slope = waves[inner]
    bend = p["L2"] * (1 - least)

    def h(x: Array, u: Array) -> Array:
        return a @ x + p["G1"] * left @ wave(turn @ u + shift)

    def outer_gradient(s: Array) -> Array:
        return least * p["L2"] * s + bend * left @ clip(left.T @ s)

    def value(x: Array, u: Array) -> float:
        s = h(x, u)
        return least * p["L2"] / 2 * float(s @ s) + bend * huber(left.T @ s)

    def gradient(x: Array, u: Array) -> Array:
        return a.T @ outer_gradient(h(x, u))

    def u_gradient(x: Array, u: Array) -> Array:
        jacobian = p["G1"] * left @ np.diag(slope(turn @ u + shift)) @ turn
        return jacobian.T @ outer_gradient(h(x, u))

    def minimiser(u: Array) -> Array:
        return -inverse @ (p["G1"] * left @ wave(turn @ u + shift))

    constants = {**p, "G2": high * p["L2"] * p["G1"]}
    return Truth(kind, constants, (size, size), value, gradient, u_gradient, minimiser)


def step(name: str, c: dict[str, float], x: Array, before: Array, derivative: Callable[[Array], Array]) -> Array:
    """The textbook step of a method."""
    move = x - before
    if name == "gradient_descent":
        return x - c["eta"] * derivative(x)
    if name == "heavy_ball":
        return x - c["eta"] * derivative(x) + c["beta"] * move
    if name == "linear":
        at = c["query_0"] * x + c["query_1"] * before
        return c["state_0"] * x + c["state_1"] * before - c["eta"] * derivative(at)
    if name == "nesterov":
        y = x + c["beta"] * move
        return y - c["eta"] * derivative(y)
    return x + c["beta"] * move - c["eta"] * derivative(x + c["gamma"] * move)


def query(name: str, c: dict[str, float], x: Array, before: Array) -> Array:
    """Where the method takes its gradient."""
    weight = {"nesterov": "beta", "triple_momentum": "gamma"}.get(name)
    if name == "linear":
        return c["query_0"] * x + c["query_1"] * before
    return x + c[weight] * (x - before) if weight else x


class Trajectory:
    """The positions of a run on a true function, by the kernel's labels, and its forms as numbers."""

    def __init__(self, run, method, truth: Truth, rng: np.random.Generator, first: int, last: int) -> None:
        self.run, self.truth = run, truth
        size_x, size_u = truth.dimensions
        p, c = truth.parameters, {key: float(number) for key, number in method.coefficients.items()}
        self.unit = p["G1"] * sqrt(2 * p["L2"]) if run.partial else 1.0
        spread = 10.0 ** rng.uniform(-2, 1)
        x, u = spread * rng.normal(size=size_x), spread * rng.normal(size=size_u)
        x_before, u_before = x, u
        if run.generic:
            x_before, u_before = (s + spread * rng.normal(size=s.size) for s in (x, u))
        self.x, self.u, self.w = {f"x[{run.step(first)}]": x}, {f"u[{run.step(first)}]": u}, {}
        before = run.step(first - 1)
        self.x_start, self.u_start = x, u
        self.free = {f"x[{before}]": x_before, f"u[{before}]": u_before}
        if run.generic:
            self.x[f"x[{before}]"] = x_before
        for index in range(first, last):
            here, after = run.step(index), run.step(index + 1)
            y, v = query(method.name, c, x, x_before), query(method.name, c, u, u_before)
            self.x[f"y[{here}]"], self.u[f"v[{here}]"] = y, v
            self.w[f"w[{here}]"] = truth.u_gradient(y, v) / self.unit
            x_next = step(method.name, c, x, x_before, lambda at, v=v: truth.gradient(at, v))
            u_next = step(method.name, c, u, u_before, lambda at, y=y: truth.u_gradient(y, at))
            x, x_before, u, u_before = x_next, x, u_next, u
            self.x[f"x[{after}]"], self.u[f"u[{after}]"] = x, u
        self.origin = truth.minimiser(self.u.get(f"v[{run.step(first)}]", self.u_start))
        self.stars = {}
        for label, position in self.u.items() if run.partial else []:
            self.x[f"x*[{label}]"] = truth.minimiser(position)
            self.stars.update({name: truth.minimiser(position) for name in run.x_at(f"x*[{label}]").terms})
        if not run.partial:
            self.x["x*"] = truth.minimiser(u)

    def at(self, label: str) -> tuple[Array, Array]:
        """The position (x, u) with a label."""
        x, _, u = label.partition("@")
        return self.x[x], self.u[u] if self.run.partial else np.zeros(0)

    def basis(self, space: str, name: str) -> Array:
        """A basis vector of the kernel, as numbers."""
        if space == "r":
            return np.array([sqrt(max(self.truth.value(*self.at(name)), 0.0))])
        if name.startswith("g("):
            return self.truth.gradient(*self.at(name[2:-1]))
        if space == "u":
            return self.w[name] if name in self.w else (self.free[name] - self.u_start) / self.unit
        known = self.stars[name] if name in self.stars else self.x.get(name, self.free.get(name))
        return known - self.origin

    def vector(self, vector) -> Array:
        """A kernel vector, as numbers."""
        size = {"x": self.truth.dimensions[0], "u": self.truth.dimensions[1], "r": 1}[vector.space]
        total = np.zeros(size)
        for name, factor in vector.terms.items():
            total = total + float(factor) * self.basis(vector.space, name)
        return total

    def form(self, form) -> tuple[float, float]:
        """A kernel form, as a number, and the size of its largest term."""
        terms = [float(c) * self.truth.value(*self.at(name)) for name, c in form.values.items()]
        for space, pairs in form.gram.items():
            terms += [float(c) * float(self.basis(space, a) @ self.basis(space, b)) for (a, b), c in pairs.items()]
        return sum(terms), max(map(abs, terms), default=0.0)
