"""Pictures of results; needs matplotlib (extra `plots`)."""

from __future__ import annotations

import io
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

from proofcheck.brackets import Bracket
from proofcheck.errors import NotSupported
from proofcheck.files import write_atomically

FORMATS = ("png", "pdf")


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
    try:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
    except ImportError:
        raise NotSupported("plots need matplotlib: pip install 'proofcheck[plots]'") from None
    figure: Any = Figure(figsize=(7.0, 4.6), layout="constrained")
    FigureCanvasAgg(figure)
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
    written = []
    for form in FORMATS:
        stream = io.BytesIO()
        figure.savefig(stream, format=form, dpi=160, metadata={"CreationDate": None} if form == "pdf" else None)
        path = Path(folder) / f"brackets.{form}"
        write_atomically(path, stream.getvalue())
        written.append(path)
    return written


def _shown(kappa: Fraction) -> str:
    power = len(str(kappa)) - 1
    return f"10^{{{power}}}" if power > 2 and kappa == 10**power else str(kappa)
