"""The paper's own proof along a run: its potential (8), Theorem 7, Lemmas 10, 11 and 21, and Theorem 6. OBSERVED."""

from __future__ import annotations

import torch
from torch import Tensor

from proofcheck.empirical.checks import Check, Constants
from proofcheck.empirical.proved import SMALLEST
from proofcheck.empirical.trace import Trace

THEOREM = "Theorem 7"
CONDITIONS = (
    "(5): G1^4 <= C1 mu^2/(L2 (L2 + 1)^2) ((1 - beta)/(1 + beta))^3, C1 = c/5",
    "(5): G1^2 G2^2 <= C2 mu^3/(L2 (L2 + 1)) sqrt(kappa) ((1 - beta)/(1 + beta))^2, C2 = sqrt(c)/38",
)
"""With L2 = 1, and constants with which the paper's induction is proved for c <= 4/9 (cases/liao24a)."""


def potential(seen: Trace, given: Constants) -> tuple[Tensor, Tensor, Tensor]:
    r"""The paper's potential along a run, (instances, records), with gamma and Q1 as (instances,) tensors.

    Statement
    ---------
    .. math:: \phi_k=f(x_k,u_k)+Q_1\lVert z_k-x^\star_{k-1}\rVert^2+\tfrac\eta8\lVert\nabla_1f(y_{k-1},v_{k-1})\rVert^2,
              \quad z_k-x^\star_{k-1}=e_k+d_k/\lambda,

    gamma = c/(2 sqrt(kappa) - c), lambda = (1 + gamma)^3 - 1, Q1 = lambda^2/(2 eta (1 + gamma)^5), and x*_k the
    minimiser of f(., v_k).

    Source: Liao and Kyrillidis (ALT 2024), (26).
    """
    gamma = given.c / (2 * torch.sqrt(given.kappa) - given.c)
    lam = (1 + gamma) ** 3 - 1
    Q1 = lam**2 / (2 * given.eta * (1 + gamma) ** 5)
    scale = lam[:, None]
    square = seen.ee + 2 * seen.ed / scale + seen.dd / scale**2
    return seen.f + Q1[:, None] * square + given.eta[:, None] / 8 * seen.gg, gamma, Q1


def nesterov_checks(seen: Trace, f: Tensor, given: Constants) -> list[Check]:
    """Theorem 7 with (5) and (6), equations (8) to (10), Lemmas 10, 11, 17 and 21; L2 = 1.

    Parameters
    ----------
    seen : Trace
    f : (instances, steps + 1) tensor
        f_k of the whole run.
    given : Constants
        Of a momentum with beta > 0; at c >= 2 sqrt(kappa) the paper's gamma is not defined, and there are no checks.
    """
    if not bool(((given.beta > 0) & (given.c < 2 * torch.sqrt(given.kappa))).all()):
        return []
    phi, gamma, Q1 = potential(seen, given)
    mu, G1, G2, eta, beta, kappa = (
        number[:, None] for number in (given.mu, given.G1, given.G2, given.eta, given.beta, given.kappa)
    )
    gamma, Q1, c, root = gamma[:, None], Q1[:, None], given.c, torch.sqrt(kappa)
    k = torch.arange(phi.shape[1], dtype=phi.dtype)
    rate = 1 - c / (4 * root)
    geometric = rate**k
    first = phi[:, :1]
    Q2 = 6 * eta * 2 / (1 - beta)
    Q3 = 6 * eta * 2 * (1 + beta) ** 3 / (mu * beta * (1 - beta) ** 3)
    left = (1 + gamma) * phi[:, 1:]
    moved = seen.hh[:, :-1]
    printed = c * beta**2 * root * (G1**2 + 8 * Q1 * G1**2 * G2**2 / mu**2)
    repaired = beta**2 * root / c * (G1**2 + 8 * Q1 * G2**2 / mu**2)
    longer = (G1**2 / (2 * gamma) + 4 * Q1 * G2**2 * (1 + gamma) / (gamma * mu**2)) * beta**2
    start = torch.sqrt(f[:, :1])
    zero = torch.zeros_like(phi)
    Rx = 36 / c * root * torch.sqrt(2 * eta / (1 - beta)) * start
    Ru = 36 / c * root * torch.sqrt(2 * eta * G1**2 * (1 + beta) ** 3 / (mu * beta * (1 - beta) ** 3)) * start
    ratio = (1 - beta) / (1 + beta)
    steps = torch.arange(f.shape[1], dtype=f.dtype)
    promised = 2 * rate**steps * f[:, :1]
    grown, size = Q2 * geometric * first, G1**2 * Q3 * geometric * first
    extra = (c / (4 * root) * geometric * first)[:, :-1]
    kept = torch.where(promised > SMALLEST * f[:, :1], f, torch.nan)
    rows = [
        (CONDITIONS[0], G1**4, c / 20 * mu**2 * ratio**3, 0),
        (CONDITIONS[1], G1**2 * G2**2, c**0.5 / 76 * mu**3 * root * ratio**2, 0),
        ("(5): |x_k - x_0| <= R_x", seen.rx.sqrt(), Rx + zero, 0),
        ("(5): |u_k - u_0| <= R_u", seen.ru.sqrt(), Ru + zero, 0),
        ("(6): f_k <= 2 (1 - c/(4 sqrt(kappa)))^k f_0", kept[:, 1:], promised[:, 1:], 1),
        ("Lemma 21: phi_0 <= 2 f_0", first, 2 * f[:, :1], 0),
        ("(10): phi_k <= (1 - c/(4 sqrt(kappa)))^k phi_0", phi[:, 1:], (geometric * first)[:, 1:], 1),
        ("(8): phi_(k+1)/(1 - c/(2 sqrt(kappa))) - phi_k <= c/(4 sqrt(kappa)) (1 - c/(4 sqrt(kappa)))^k phi_0",
         left, phi[:, :-1] + extra, 0),
        ("Lemma 10: |x_k - x_(k-1)|^2 <= Q2 (1 - c/(4 sqrt(kappa)))^k phi_0", seen.dd[:, 1:], grown[:, 1:], 1),
        ("Lemma 10: |u_k - u_(k-1)|^2 <= G1^2 Q3 (1 - c/(4 sqrt(kappa)))^k phi_0", seen.hh[:, 1:], size[:, 1:], 1),
        ("Lemma 11 as printed", left, phi[:, :-1] + printed * moved, 0),
        ("Lemma 11 corrected (1/c for c, no G1^2 before G2^2)", left, phi[:, :-1] + repaired * moved, 0),
        ("Lemma 17", left, phi[:, :-1] + longer * moved, 0),
    ]  # fmt: skip
    return [
        Check("condition" if name in CONDITIONS else "paper", name, a, b, k0, theorem=THEOREM)
        for name, a, b, k0 in rows
    ]


def descent_checks(f: Tensor, given: Constants) -> list[Check]:
    """Theorem 6: f_k <= (1 - c/(4 kappa))^k f_0 for gradient descent."""
    steps = torch.arange(f.shape[1], dtype=f.dtype)
    promised = (1 - given.c / (4 * given.kappa))[:, None] ** steps * f[:, :1]
    left = torch.where(promised > SMALLEST * f[:, :1], f, torch.nan)
    name = "Theorem 6: f_k <= (1 - c/(4 kappa))^k f_0"
    return [Check("paper", name, left[:, 1:], promised[:, 1:], 1, theorem="Theorem 6")]


def paper_premises(given: Constants, checks: list[Check], tuning: str, broken: list[list[str]]) -> list[str]:
    """For each instance "applies", or which premise of Theorem 7 with explicit constants it does not meet.

    With C1 = c/5, C2 = sqrt(c)/38 and c <= 4/9 the paper's induction is proved (cases/liao24a).
    """
    conditions = [check for check in checks if check.kind == "condition"]
    found = []
    for row, failed in enumerate(broken):
        words = [] if tuning == "paper" else [f"{tuning} tuning"]
        words += [f"c={given.c:g} > 4/9"] if given.c > 4 / 9 else []
        words += ["outside (5)"] if any(check.finding(row).word == "violated" for check in conditions) else []
        words += [f"{', '.join(failed)} fails"] if failed else []
        found.append("; ".join(words) or "applies")
    return found


def descent_premises(given: Constants, broken: list[list[str]]) -> list[str]:
    """For each instance "applies", or which premise of Theorem 6 it does not meet: G1^4 <= mu^2/(8 L2^2), c <= 1."""
    found = []
    for row, failed in enumerate(broken):
        words = [f"c={given.c:g} > 1"] if given.c > 1 else []
        words += ["G1^4 > mu^2/8"] if float(given.tau[row]) ** 2 > 1 / 8 else []
        words += [f"{', '.join(failed)} fails"] if failed else []
        found.append("; ".join(words) or "applies")
    return found
