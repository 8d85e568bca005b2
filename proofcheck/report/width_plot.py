"""The widths that theorems need, as a picture; needs matplotlib (extra `plots`)."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING

from proofcheck.report.plots import _figure, _save

if TYPE_CHECKING:
    from proofcheck.empirical.compare import Width


def plot_widths(rows: Sequence[Width], folder: str | Path) -> list[Path]:
    """Draw the width that each theorem needs for each data set, as PNG and PDF.

    Parameters
    ----------
    rows : sequence of Width
        Of `proofcheck.empirical.widths`.
    folder : path
        Receives widths.png and widths.pdf.

    Raises
    ------
    NotSupported
        If matplotlib is not installed.
    """
    figure = _figure(7.6, 4.8)
    axes = figure.add_subplot()
    sets = list(dict.fromkeys((row.data, row.n, row.d0) for row in rows))
    theorems = list(dict.fromkeys(row.theorem for row in rows))
    constants = list(dict.fromkeys(row.constants for row in rows))
    for row in rows:
        if not isfinite(row.width):
            continue
        colour, marker = f"C{theorems.index(row.theorem)}", "os^v"[constants.index(row.constants) % 4]
        place = sets.index((row.data, row.n, row.d0)) + 0.12 * (constants.index(row.constants) - 0.5)
        left = constants.index(row.constants) % 2 == 0
        face = colour if row.how == "computed" else "white"
        axes.plot(place, row.width, marker=marker, color=colour, markerfacecolor=face, markersize=8, linestyle="none")
        axes.annotate(
            f"{row.width:,.0f}" if row.width < 1e5 else _power(row.width),
            (place, row.width),
            xytext=(-7, -3) if left else (7, -3),
            ha="right" if left else "left",
            textcoords="offset points",
            fontsize="x-small",
        )
    for number, name in enumerate(theorems):
        axes.plot([], [], color=f"C{number}", linewidth=4, label=name)
    for number, name in enumerate(constants):
        axes.plot([], [], color="black", marker="os^v"[number % 4], linestyle="none", label=f"constants: {name}")
    axes.plot(
        [], [], color="black", marker="D", markerfacecolor="white", linestyle="none", label="hollow: extrapolated"
    )
    axes.set_yscale("log")
    axes.minorticks_off()
    low, high = axes.get_ylim()
    axes.set_ylim(low, high * 300)  # room for the legend
    axes.set_xlim(-0.6, len(sets) - 0.4)
    axes.set_xticks(range(len(sets)), [f"{name}\nn = {n}, $d_0$ = {d0}" for name, n, d0 in sets])
    axes.set_ylabel("width of the last hidden layer")
    axes.set_title("Where the theorem applies (OBSERVED: floating point, not rounded outwards)", fontsize="medium")
    axes.grid(alpha=0.3)
    axes.legend(fontsize="small", ncols=2, loc="upper left")
    return _save(figure, folder, "widths")


def _power(width: float) -> str:
    mantissa, exponent = f"{width:.1e}".split("e")
    return rf"${mantissa}\cdot10^{{{int(exponent)}}}$"
