"""The paper's Figure 1: gradient descent and Nesterov's momentum on additive models. OBSERVED."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass

import torch

from proofcheck.discover.candidate import Progress, silent
from proofcheck.empirical.additive import additive_models
from proofcheck.empirical.devices import positive
from proofcheck.empirical.runs import CONVERGED, Run, run
from proofcheck.empirical.tunings import tuned
from proofcheck.errors import InvalidInput

COUPLINGS = (0.01, 0.3, 5.0)
LABELS = {"nesterov": "Nesterov", "gradient_descent": "GD"}
COLUMNS = ("status", "sigma_max_A2", "tau", "method", "k", "quantity", "mean", "std")


@dataclass(frozen=True)
class Curve:
    """Mean and standard deviation (over the trials, divisor: their number) of one quantity.

    Attributes
    ----------
    mean, std : tuple of float
        One entry for each k = 0, ..., steps.
    """

    mean: tuple[float, ...]
    std: tuple[float, ...]


@dataclass(frozen=True)
class Panel:
    """One row of the figure.

    Attributes
    ----------
    sigma_max : float
        The largest singular value of A2.
    tau : float
        L2 G1^2 / mu of Lemma 12.
    curves : dict
        (method, quantity) to Curve; the quantities are f, dx2 and du2.
    verdicts : dict
        Method to (trials that converged, trials that diverged).
    """

    sigma_max: float
    tau: float
    curves: dict[tuple[str, str], Curve]
    verdicts: dict[str, tuple[int, int]]

    def rate(self, method: str) -> float:
        """(mean f_N / mean f_0)^(1/N), up to the first N with mean f_N <= 1e-20 mean f_0 (below is rounding)."""
        mean = self.curves[method, "f"].mean
        last = next((k for k, value in enumerate(mean) if value <= CONVERGED * mean[0]), len(mean) - 1)
        return float((mean[last] / mean[0]) ** (1 / max(last, 1)))


def figure1(
    *,
    couplings: Sequence[float] = COUPLINGS,
    trials: int = 10,
    steps: int = 100,
    m: int = 50,
    kappa: float = 16.0,
    c: float = 0.5,
    tuning: str = "paper",
    activation: str = "relu",
    seed: int = 0,
    device: str = "auto",
    progress: Progress = silent,
) -> list[Panel]:
    """Run the experiment of the paper's Figure 1.

    The paper gives the three sigma_max(A2) and the ten trials, not the sizes, the spectra, sigma or c. Here A1 and A2
    are m x m with evenly spaced singular values from 1 to sqrt(kappa) and from sigma_max/m to sigma_max, and b, x_0,
    u_0 are standard normal. With c = 1 some trials of the third row are slower with momentum than without.

    Parameters
    ----------
    couplings : sequence of float
        The values of sigma_max(A2).
    trials, steps, m : int
    kappa : float
        Squared ratio of the extreme singular values of A1.
    c : float
        The step size is c/L1 for both methods.
    tuning : str
        Of Nesterov's momentum: "paper" or "classical". Gradient descent has the same eta.
    activation, device : str
    seed : int
        The trials have the seeds seed, seed + 1, ...; all three rows use the same.
    progress : callable, optional

    Raises
    ------
    InvalidInput

    Source: Liao and Kyrillidis (ALT 2024), Figure 1 and Section 4.1.
    """
    positive("trials", trials, 10_000)
    if not 1 <= kappa < float("inf"):
        raise InvalidInput(f"kappa={kappa} must be finite and >= 1")
    largest = kappa**0.5
    first = torch.linspace(1.0, largest, positive("m", m), dtype=torch.float64).tolist()
    panels = []
    for number, sigma_max in enumerate(couplings):
        second = torch.linspace(0.0, sigma_max, m + 1, dtype=torch.float64)[1:].tolist()
        seeds = range(seed, seed + trials)
        models = additive_models(first, second, activation=activation, seeds=seeds, device=device)
        pair = [
            tuned(*names, models.mu, models.L1, c)
            for names in (("nesterov", tuning), ("gradient_descent", "classical"))
        ]
        seen = run(models, pair, steps)
        tau = float(models.G1[0] ** 2 / models.mu[0])
        panels.append(_panel(float(sigma_max), tau, seen))
        progress(f"sigma_max(A2) = {sigma_max}", (number + 1) / len(couplings))
    return panels


def _panel(sigma_max: float, tau: float, seen: Run) -> Panel:
    curves, verdicts = {}, {}
    for number, method in enumerate(LABELS):
        for quantity in ("f", "dx2", "du2"):
            values = getattr(seen, quantity)[number]
            spread = values.std(dim=0, correction=0)
            curves[method, quantity] = Curve(tuple(values.mean(dim=0).tolist()), tuple(spread.tolist()))
        words = seen.verdicts[number]
        verdicts[method] = (words.count("converged"), words.count("diverged"))
    return Panel(sigma_max, tau, curves, verdicts)


def table(panels: Sequence[Panel]) -> bytes:
    """Every curve as CSV, each line labelled OBSERVED."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(COLUMNS)
    for panel in panels:
        for (method, quantity), curve in panel.curves.items():
            for k, (mean, std) in enumerate(zip(curve.mean, curve.std, strict=True)):
                numbers = (repr(mean), repr(std))
                writer.writerow(["OBSERVED", panel.sigma_max, repr(panel.tau), method, k, quantity, *numbers])
    return stream.getvalue().encode()


def lines(panels: Sequence[Panel]) -> list[str]:
    """A summary for a reader: one line for each row and method."""
    found = ["sigma_max(A2)  tau        method    mean f_0   mean f_N   std f_N    rate    converged  diverged"]
    for panel in panels:
        for method, label in LABELS.items():
            curve, (converged, diverged) = panel.curves[method, "f"], panel.verdicts[method]
            numbers = f"{curve.mean[0]:<9.3g}  {curve.mean[-1]:<9.3g}  {curve.std[-1]:<9.3g}  {panel.rate(method):.4f}"
            head = f"{panel.sigma_max:<13g}  {panel.tau:<9.3g}  {label:<8}  "
            found.append(f"{head}{numbers}  {converged:<9}  {diverged}")
    return found
