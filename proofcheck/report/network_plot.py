"""The run of a certified network as a picture, beside the proved bound; needs matplotlib (extra `plots`)."""

from __future__ import annotations

from math import isfinite, nan
from pathlib import Path
from typing import Any

from .evidence import Evidence
from .plots import _figure, _save

NAME = "run"
LOW = 1e-24  # a run that ends at 0 leaves the picture here


def plot_run(seen: Evidence, folder: str | Path) -> list[Path]:
    """Draw f_k/f_0 and the proved bound on the left, their ratio on the right, as PNG and PDF.

    Parameters
    ----------
    seen : Evidence
    folder : path
        Receives run.png and run.pdf.

    Raises
    ------
    NotSupported
        If matplotlib is not installed.
    """
    figure = _figure(7.6, 3.1)
    figure.set_facecolor("none")  # it lies on grey in the report
    left, right = figure.subplots(1, 2)
    ks = range(len(seen.f))
    left.plot(ks, _drawn(seen.relative(seen.bound)), color="C3", linestyle="--", label=r"proved: $C\rho^k$")
    left.plot(ks, _drawn(seen.relative(seen.f)), color="C0", label="observed: $f_k/f_0$")
    right.plot(ks, _drawn(seen.shares()), color="C0", label=r"$f_k\,/\,C\rho^kf_0$")
    right.axhline(1, color="C3", linestyle="--", label="1: the bound")
    for axes, title in ((left, "value and bound"), (right, "share of the bound that is used")):
        axes.set_yscale("log")
        axes.minorticks_off()  # their labels are set one by one, and that takes seconds
        if seen.violation is not None:
            axes.axvline(seen.violation, color="black", linewidth=0.8, linestyle=":", label="first violation")
        axes.set_title(title, fontsize="medium")
        axes.set_xlabel("iteration $k$")
        axes.grid(alpha=0.3)
        axes.legend(fontsize="small", loc="lower left")
    figure.suptitle("OBSERVED in float64: no part of the proof", fontsize="medium")
    return _save(figure, folder, NAME)


def _drawn(values: list[float]) -> list[Any]:
    return [max(value, LOW) if isfinite(value) else nan for value in values]
