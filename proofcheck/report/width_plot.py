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
    figure = _figure(9.4, 5.2)
    axes = figure.add_subplot()
    sets = list(dict.fromkeys((row.data, row.n, row.d0) for row in rows))
    theorems = list(dict.fromkeys(row.theorem for row in rows))
    constants = list(dict.fromkeys(row.constants for row in rows))
    for row in rows:
        if not isfinite(row.width):
            continue
        colour, marker = f"C{theorems.index(row.theorem)}", "os^v"[constants.index(row.constants) % 4]
        first, left = row.theorem == theorems[0], constants.index(row.constants) % 2 == 0
        place = sets.index((row.data, row.n, row.d0)) + (0.0 if first else -0.06 if left else 0.06)
        face = colour if row.how == "computed" else "white"
        axes.plot(place, row.width, marker=marker, color=colour, markerfacecolor=face, markersize=8, linestyle="none")
        axes.annotate(
            _number(row.width) + ("" if left else rf"  ($\times$ {_number(row.factor, 1e3)})"),
            (place, row.width),
            xytext=(0, -14) if first else (-7, -3) if left else (7, -3),  # ours is close to the next one above it
            ha="center" if first else "right" if left else "left",
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
    axes.set_ylim(low / 3, high * 300)  # room for the label of ours, and for the legend
    axes.set_xlim(-0.6, len(sets) - 0.3)
    axes.set_xticks(range(len(sets)), [f"{name}\nn = {n}, $d_0$ = {d0}" for name, n, d0 in sets])
    axes.set_ylabel("width of the last hidden layer")
    axes.set_title(
        "Where a theorem applies (OBSERVED: floating point, not rounded outwards); in brackets: over ours",
        fontsize="medium",
    )
    axes.grid(alpha=0.3)
    axes.legend(fontsize="small", ncols=2, loc="upper left")
    return _save(figure, folder, "widths")


def _number(value: float, limit: float = 1e5) -> str:
    if value < limit:
        return f"{value:,.0f}" if value >= 10 else f"{value:.2g}"
    mantissa, exponent = f"{value:.1e}".split("e")
    return rf"${mantissa}\cdot10^{{{int(exponent)}}}$"
