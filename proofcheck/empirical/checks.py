"""Inequalities along a run: left <= right at each k, with the smallest slack and the first violation. OBSERVED."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite

import torch
from torch import Tensor

from proofcheck.empirical.trace import Trace

TOLERANCE, NOISE = 1e-6, 1e-14
"""A smaller relative excess is not called a violation; rounding of a residual, relative to the sizes it is made of."""


@dataclass(frozen=True)
class Constants:
    """What an instance is asked about, each an (instances,) tensor; L2 = 1 for the squared loss.

    Attributes
    ----------
    mu, L1, G1, G2 : tensors
    c : float
    eta, beta : tensors
    origin, doubts : tuples of str
        For each instance where the constants come from, and why those asked for were not to be had (or "").
    """

    mu: Tensor
    L1: Tensor
    G1: Tensor
    G2: Tensor
    c: float
    eta: Tensor
    beta: Tensor
    origin: tuple[str, ...]
    doubts: tuple[str, ...]

    @property
    def tau(self) -> Tensor:
        """L2 G1^2/mu."""
        return self.G1**2 / self.mu

    @property
    def kappa(self) -> Tensor:
        """L1/mu."""
        return self.L1 / self.mu

    @property
    def q(self) -> Tensor:
        """sqrt(c/kappa)."""
        return torch.sqrt(self.c / self.kappa)


@dataclass(frozen=True)
class Check:
    """left <= right for each instance and k.

    Attributes
    ----------
    kind : str
        "assumption", "bound", "lyapunov", "radius", "paper" or "condition" (a premise, which may fail).
    name : str
    left, right : (instances, records) tensors
        NaN where there is nothing to check.
    first : int
        The k of the first record.
    noise : tensor or None
        What rounding may add to the left; smaller differences are no violation.
    tolerance : float
        The relative excess that is not called a violation.
    theorem : str
        The theorem it belongs to; empty for what has no further premise.
    """

    kind: str
    name: str
    left: Tensor
    right: Tensor
    first: int = 0
    noise: Tensor | None = None
    tolerance: float = TOLERANCE
    theorem: str = ""

    @property
    def slack(self) -> Tensor:
        """(right - left)/max(abs(left), abs(right)): 0 for equality, negative where violated, NaN where 0 <= 0."""
        scale = torch.maximum(self.left.abs(), self.right.abs())
        found = (self.right - self.left) / scale
        if self.noise is not None:
            found = torch.where(scale > 1e3 * self.noise, found, torch.nan)
        return found

    @property
    def violated(self) -> Tensor:
        """Where the inequality fails by more than rounding; booleans of shape (instances, records)."""
        beyond = self.slack < -self.tolerance
        return beyond if self.noise is None else beyond & (self.left - self.right > self.noise)

    def finding(self, row: int) -> Finding:
        """What one instance showed."""
        slack, violated = self.slack[row], self.violated[row]
        seen = torch.nonzero(~torch.isnan(slack)).flatten()
        if not len(seen):
            return Finding(0, None, None, None, None, 0, None)
        at = int(seen[torch.argmin(slack[seen])])
        bad = torch.nonzero(violated).flatten()
        numbers = [float(x) for x in (slack[at], self.left[row, at], self.right[row, at])]
        first = int(bad[0]) + self.first if len(bad) else None
        return Finding(len(seen), numbers[0], at + self.first, numbers[1], numbers[2], len(bad), first)


@dataclass(frozen=True)
class Finding:
    """A check of one instance: how many k, the smallest slack, its k and both sides there; violations.

    Attributes
    ----------
    checked : int
    slack, at, left, right : numbers or None
        None where nothing was checked.
    violations : int
    first_violation : int or None
        The k of the first one.
    """

    checked: int
    slack: float | None
    at: int | None
    left: float | None
    right: float | None
    violations: int
    first_violation: int | None

    @property
    def word(self) -> str:
        """What tables say: "holds", "violated" or "not checked"."""
        return "violated" if self.violations else "holds" if self.checked else "not checked"

    @property
    def size(self) -> float | None:
        """Left over right where the slack is smallest."""
        if self.left is None or self.right is None or not self.right:
            return None
        return self.left / self.right if isfinite(self.left / self.right) else None


def assumptions(seen: Trace, given: Constants) -> list[Check]:
    """A1 to A6 in the forms of docs/theory.md, section 3, and the paper's Lemmas 8, 9 and 20, at the visited points."""
    mu, L1, G1, G2, tau = (number[:, None] for number in (given.mu, given.L1, given.G1, given.G2, given.tau))
    zero = torch.zeros_like(seen.f)
    rounding = NOISE * seen.size
    root = torch.sqrt(seen.f.clamp(min=0) * 2)
    roots = {name: torch.sqrt(getattr(seen, name) * 2) for name in ("fv", "fb", "fs")}
    value_root = "A3, A4: |sqrt(2f(x,u)) - sqrt(2f(x,v))| <= G1 |u - v|"
    gradients = "A5: |grad_1 f(x,u) - grad_1 f(x,v)| <= G2 |u - v|"
    lipschitz = NOISE * seen.size * torch.sqrt(L1)
    star = rounding / torch.sqrt(mu)
    floor = NOISE * seen.high
    jumps = [
        (f"{value_root}, x_k, u_k, v_k", (root - roots["fv"]).abs(), G1 * seen.vu.sqrt(), rounding),
        (f"{value_root}, x_k, u_k, v_(k-1)", (root - roots["fb"]).abs(), G1 * seen.ub.sqrt(), rounding),
        (f"{value_root}, x*(v_(k-1)), v_k, v_(k-1)", roots["fs"], G1 * seen.vb.sqrt(), rounding),
        (f"{gradients}, x_k, u_k, v_k", seen.jv.sqrt(), G2 * seen.vu.sqrt(), lipschitz),
        (f"{gradients}, x_k, u_k, v_(k-1)", seen.jb.sqrt(), G2 * seen.ub.sqrt(), lipschitz),
        ("minimisers: |x*(v_k) - x*(v_(k-1))| <= sqrt(tau) |v_k - v_(k-1)|", seen.ss.sqrt(),
         tau.sqrt() * seen.vb.sqrt(), star),
    ]  # fmt: skip
    lemma8 = "Lemma 8: |x*(v_k) - x*(v_(k-1))| <= G2/mu |v_k - v_(k-1)|"
    lemma9 = "Lemma 9: |grad_2 f|^2 <= G1^2 L2/mu |grad_1 f|^2 at (y_k, v_k)"
    bound = "step_bound, Lemma 20: |grad_2 f|^2 <= 2 G1^2 L2 f at (y_k, v_k)"
    return [
        Check("assumption", "A1: mu <= smallest eigenvalue in x, at u_k and v_k", mu + zero, seen.low, tolerance=1e-9),
        Check("assumption", "A2: largest eigenvalue in x <= L1, at u_k and v_k", seen.high, L1 + zero, tolerance=1e-9),
        Check("assumption", "A6: smallest eigenvalue in x > 0, so min f(., u) = 0, at u_k and v_k", floor, seen.low),
        *(Check("assumption", name, left, right, 0, noise) for name, left, right, noise in jumps),
        Check("assumption", bound, seen.ww[:, 1:], 2 * G1**2 * seen.fq[:, 1:]),
        Check("paper", lemma8, seen.ss.sqrt(), G2 / mu * seen.vb.sqrt(), 0, star),
        Check("paper", lemma9, seen.ww[:, 1:], tau * seen.gg[:, 1:]),
    ]


def seen_lipschitz(seen: Trace) -> tuple[Tensor, Tensor]:
    """The smallest G1 and G2 for which value_root, step_bound and A5 hold at the visited points, each (instances,)."""
    least = NOISE * seen.size
    root = torch.sqrt(seen.f * 2)

    def largest(above: Tensor, below: Tensor, noise: Tensor) -> Tensor:
        ratio = torch.where((above > 1e3 * noise) & (below > 0), above / below, torch.nan)
        return torch.nan_to_num(ratio, nan=0.0).amax(dim=1)

    pairs = [
        ((root - torch.sqrt(2 * seen.fv)).abs(), seen.vu.sqrt(), least),
        ((root - torch.sqrt(2 * seen.fb)).abs(), seen.ub.sqrt(), least),
        (torch.sqrt(2 * seen.fs), seen.vb.sqrt(), least),
        (seen.ww.sqrt(), torch.sqrt(2 * seen.fq), 0 * least),
    ]
    G1 = torch.stack([largest(*pair) for pair in pairs]).amax(dim=0)
    steep = least * seen.high.sqrt()
    G2 = torch.stack([largest(seen.jv.sqrt(), seen.vu.sqrt(), steep), largest(seen.jb.sqrt(), seen.ub.sqrt(), steep)])
    return G1, G2.amax(dim=0)
