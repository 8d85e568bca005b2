"""Pictures of results; needs matplotlib (extra `plots`)."""

from __future__ import annotations

import io
from collections.abc import Sequence
from fractions import Fraction
from math import nan
from pathlib import Path
from typing import TYPE_CHECKING, Any

from proofcheck.brackets import Bracket
from proofcheck.errors import NotSupported
from proofcheck.files import write_atomically

if TYPE_CHECKING:
    from proofcheck.empirical.figures import Curve, Panel

FORMATS = ("png", "pdf")
HUGE = 1e100  # what diverged leaves the picture here


def plot_brackets(found: Sequence[Bracket], title: str, folder: str | Path) -> list[Path]:
    """Draw (1 - rate) sqrt(kappa) over tau for each kappa, proved and refuted, as PNG and PDF.

    Parameters
    ----------
    found : sequence of Bracket
    title : str
        The heading.
    folder : path
        Receives brackets.png and brackets.pdf.

    Raises
    ------
    NotSupported
        If matplotlib is not installed.
    """
    figure = _figure(7.0, 4.6)
    axes = figure.add_subplot()
    kappas = sorted({bracket.kappa for bracket in found})
    for number, kappa in enumerate(kappas):
        colour = f"C{number}"
        row = sorted((bracket for bracket in found if bracket.kappa == kappa), key=lambda bracket: bracket.tau)
        proved = [(float(b.tau), float(b.theta(b.proved, up=False))) for b in row if b.proved.certificate is not None]
        refuted = [(float(b.tau), float(b.theta(b.refuted, up=True))) for b in row if b.refuted.certificate is not None]
        if proved:
            axes.plot(*zip(*proved, strict=True), color=colour, marker="o", label=rf"$\kappa={_shown(kappa)}$")
        if refuted:
            axes.plot(*zip(*refuted, strict=True), color=colour, marker="v", linestyle="--", linewidth=1)
        both = [(t, low, high) for (t, low), (s, high) in zip(proved, refuted, strict=False) if t == s]
        if both:
            axes.fill_between(*zip(*both, strict=True), color=colour, alpha=0.12)
    axes.plot([], [], color="black", marker="o", label="PROVED (at least this fast)")
    axes.plot([], [], color="black", marker="v", linestyle="--", label="REFUTED (no faster)")
    axes.set_xlabel(r"coupling $\tau=L_2G_1^2/\mu$")
    axes.set_ylabel(r"$(1-\rho)\sqrt{\kappa}$")
    axes.set_ylim(bottom=0)
    axes.set_xlim(left=0)
    axes.set_title(title)
    axes.grid(alpha=0.3)
    axes.legend(fontsize="small", ncols=2)
    return _save(figure, folder, "brackets")


def plot_figure1(panels: Sequence[Panel], folder: str | Path) -> list[Path]:
    """Draw the paper's Figure 1 as PNG and PDF: loss on the left, squared steps of Nesterov's momentum on the right.

    Parameters
    ----------
    panels : sequence of Panel
        Of `proofcheck.empirical.figure1`.
    folder : path
        Receives figure1.png and figure1.pdf.

    Raises
    ------
    NotSupported
        If matplotlib is not installed.
    """
    figure = _figure(8.0, 2.5 * len(panels) + 0.4)
    grid = figure.subplots(len(panels), 2, squeeze=False)
    for (left, right), panel in zip(grid, panels, strict=True):
        for method, label, colour in (("nesterov", "Nesterov", "C4"), ("gradient_descent", "GD", "C8")):
            _band(left, panel.curves[method, "f"], label, colour, 0)
        _band(right, panel.curves["nesterov", "dx2"], r"$\Vert x_k-x_{k-1}\Vert^2$", "C0", 1)
        _band(right, panel.curves["nesterov", "du2"], r"$\Vert u_k-u_{k-1}\Vert^2$", "C1", 1)
        left.set_ylabel("loss $f(x_k,u_k)$")
        right.set_ylabel("squared step (Nesterov)")
        title = rf"$\sigma_{{\max}}(A_2)={panel.sigma_max:g}$, $\tau={panel.tau:.3g}$"
        for axes in (left, right):
            axes.set_yscale("log")
            axes.set_title(title, fontsize="medium")
            axes.minorticks_off()  # their labels are set one by one, and that takes seconds
            axes.grid(alpha=0.3)
            axes.legend(fontsize="small", loc="upper right")
    for axes in grid[-1]:
        axes.set_xlabel("iteration $k$")
    figure.suptitle("OBSERVED in float64: mean and standard deviation of the trials", fontsize="medium")
    return _save(figure, folder, "figure1")


def _band(axes: Any, curve: Curve, label: str, colour: str, first: int) -> None:
    """A mean with its standard deviation; where the band goes down to 0 it goes down to the smallest mean."""
    pairs = [(m, s) if m + s < HUGE else (nan, nan) for m, s in zip(curve.mean[first:], curve.std[first:], strict=True)]
    ks = range(first, first + len(pairs))
    foot = min((m for m, _ in pairs if m > 0), default=1.0)
    axes.plot(ks, [m for m, _ in pairs], color=colour, label=label)
    low = [max(m - s, foot) if m == m else nan for m, s in pairs]
    axes.fill_between(ks, low, [m + s for m, s in pairs], color=colour, alpha=0.2, linewidth=0)


def _figure(width: float, height: float) -> Any:
    """A figure that is drawn without a screen."""
    try:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
    except ImportError:
        raise NotSupported("plots need matplotlib: pip install 'proofcheck[plots]'") from None
    figure: Any = Figure(figsize=(width, height), layout="constrained")
    FigureCanvasAgg(figure)
    return figure


def _save(figure: Any, folder: str | Path, name: str) -> list[Path]:
    """Write the figure in every format."""
    written = []
    for form in FORMATS:
        stream = io.BytesIO()
        figure.savefig(stream, format=form, dpi=160, metadata={"CreationDate": None} if form == "pdf" else None)
        path = Path(folder) / f"{name}.{form}"
        write_atomically(path, stream.getvalue())
        written.append(path)
        figure.set_layout_engine("none")  # the same places in every format
    return written


def _shown(kappa: Fraction) -> str:
    power = len(str(kappa)) - 1
    return f"10^{{{power}}}" if power > 2 and kappa == 10**power else str(kappa)
