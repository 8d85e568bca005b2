"""Pictures of `proofcheck validate`: losses beside proved bounds, slacks, sweeps over width and depth. All OBSERVED."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import isfinite, nan
from pathlib import Path
from statistics import median
from typing import Any

from proofcheck.report.plots import HUGE, _figure, _save

Record = Mapping[str, Any]
ROWS = 4
"""Instance groups in one picture; of more, evenly spaced ones are drawn, and the tables have all."""
LABEL = "OBSERVED in float64"
LOW = 1e-24
BAND = "mean and standard deviation over the seeds (the band not below the smallest)"


def plot_validation(records: Sequence[Record], title: str, folder: str | Path) -> list[Path]:
    """Draw everything for the records of an experiment as PNG and PDF.

    Parameters
    ----------
    records : sequence of records
        Of `proofcheck.empirical.validation.validate`.
    title : str
    folder : path
        Receives panels, bounds, slacks and, where several widths were run, widths.

    Raises
    ------
    NotSupported
        If matplotlib is not installed.
    """
    chosen = _spread(records, ROWS)
    written = [*_panels(chosen, title, folder), *_bounds(chosen, title, folder), *_slacks(chosen, title, folder)]
    sweep = [record for record in records if record["widths"]]
    if len({tuple(record["widths"]) for record in sweep}) > 1:
        written += _widths(sweep, title, folder)
    return written


def _spread(records: Sequence[Record], count: int) -> list[Record]:
    if len(records) <= count:
        return list(records)
    return [records[round(i * (len(records) - 1) / (count - 1))] for i in range(count)]


def _numbers(values: Sequence[float | None], low: float = LOW) -> list[float]:
    """For a logarithmic axis: nothing where a value is missing, not positive or huge."""
    return [value if value is not None and low <= value <= HUGE else nan for value in values]


def _panels(records: Sequence[Record], title: str, folder: str | Path) -> list[Path]:
    """The paper's Figure 1 for any instances: losses on the left, squared steps of the first tuning on the right."""
    figure = _figure(9.0, 2.5 * len(records) + 0.6)
    grid = figure.subplots(len(records), 2, squeeze=False)
    for (left, right), record in zip(grid, records, strict=True):
        for number, (tuning, curves) in enumerate(record["curves"].items()):
            _band(left, curves["f"], tuning.replace("_", " "), f"C{number}", 0)
        first, curves = next(iter(record["curves"].items()))
        _band(right, curves["dx2"], r"$\Vert x_k-x_{k-1}\Vert^2$", "C0", 1)
        _band(right, curves["du2"], r"$\Vert u_k-u_{k-1}\Vert^2$", "C1", 1)
        left.set_ylabel("loss $f(x_k,u_k)$")
        right.set_ylabel("squared step")
        left.set_title(record["label"], fontsize="medium")
        right.set_title(first.replace("_", " "), fontsize="medium")
        for axes in (left, right):
            _logarithmic(axes)
    return _finish(figure, grid[-1], f"{title}\n{LABEL}: {BAND}", folder, "panels")


def _band(axes: Any, curve: Mapping[str, Sequence[float | None]], label: str, colour: str, first: int) -> None:
    """A mean with its standard deviation; the band ends at the smallest value where that is larger."""
    mean = _numbers(curve["mean"][first:])
    std, least = ([0.0 if x is None else x for x in curve[key][first:]] for key in ("std", "least"))
    ks = range(first, first + len(mean))
    axes.plot(ks, mean, color=colour, label=label)
    low = [max(m - s, x, LOW) if isfinite(m) else nan for m, s, x in zip(mean, std, least, strict=True)]
    high = [min(m + s, HUGE) for m, s in zip(mean, std, strict=True)]
    axes.fill_between(ks, low, high, color=colour, alpha=0.2, linewidth=0)


def _bounds(records: Sequence[Record], title: str, folder: str | Path) -> list[Path]:
    """f_k/f_0 of all seeds and the proved bound, one column a tuning."""
    tunings = list(records[0]["curves"])
    figure = _figure(max(3.4 * len(tunings), 6.8) + 0.4, 2.5 * len(records) + 0.6)
    grid = figure.subplots(len(records), len(tunings), squeeze=False, sharey="row")
    for row, record in zip(grid, records, strict=True):
        for axes, tuning in zip(row, tunings, strict=True):
            curves = record["curves"][tuning]
            high = _numbers(curves["relative"]["high"])
            low = [max(x or 0.0, LOW) for x in curves["relative"]["low"]]
            axes.fill_between(range(len(low)), low, high, color="C0", alpha=0.3, linewidth=0)
            axes.plot(range(len(high)), high, color="C0", label="largest $f_k/f_0$")
            for number, (name, bound) in enumerate(curves["bounds"].items()):
                inside = _inside(record, tuning, name)
                style = "-" if inside == 1 else ":"
                words = "proved" if inside == 1 else "outside the theorem" if inside == 0 else "proved for some seeds"
                shown = _numbers(bound)
                label = rf"{words}: $\tau\leq{_tau(record, tuning, name)}$"
                axes.plot(range(len(shown)), shown, color=f"C{number + 1}", linestyle=style, label=label)
            axes.set_title(f"{record['label']}\n{tuning.replace('_', ' ')}", fontsize="small")
            _logarithmic(axes)
    for row in grid:
        row[0].set_ylabel("$f_k/f_0$")
    text = f"{title}\n{LABEL}, beside the bound $C\\rho^k$ of a theorem that the kernel PROVED"
    return _finish(figure, grid[-1], text, folder, "bounds")


def _inside(record: Record, tuning: str, theorem: str) -> float:
    """The share of the seeds to which the theorem applies."""
    rows = [row for row in record["rates"] if (row["tuning"], row["theorem"]) == (tuning, theorem)]
    return [row["premise"] for row in rows].count("applies") / max(len(rows), 1)


def _tau(record: Record, tuning: str, theorem: str) -> str:
    """The largest coupling that the theorem allows."""
    return str(next(r["theorem_tau"] for r in record["rates"] if (r["tuning"], r["theorem"]) == (tuning, theorem)))


Drawn = Callable[[str, str], bool]
GROUPS: tuple[tuple[str, Drawn, str], ...] = (
    ("A1, A2, A6", lambda kind, name: kind == "assumption" and name[:3] in ("A1:", "A2:", "A6:"), "C2"),
    ("A3 to A5", lambda kind, name: kind == "assumption" and name[:3] not in ("A1:", "A2:", "A6:"), "C8"),
    ("bound", lambda kind, name: kind == "bound", "C3"),
    ("Lyapunov decrease", lambda kind, name: kind == "lyapunov" and name.startswith(("base", "decrease")), "C0"),
    ("radii", lambda kind, name: kind == "radius", "C4"),
    ("paper's lemmas", lambda kind, name: kind == "paper" and not name.startswith(("(6)", "Theorem 6")), "C1"),
)


def _slacks(records: Sequence[Record], title: str, folder: str | Path) -> list[Path]:
    """The smallest relative slack at each k, one line for each kind of inequality, one column a tuning."""
    tunings = list(records[0]["curves"])
    figure = _figure(max(3.4 * len(tunings), 6.8) + 0.4, 2.5 * len(records) + 0.6)
    grid = figure.subplots(len(records), len(tunings), squeeze=False, sharey=True)
    for row, record in zip(grid, records, strict=True):
        for axes, tuning in zip(row, tunings, strict=True):
            last = 1
            for label, drawn, colour in GROUPS:
                found = _smallest([s for s in record["slacks"][tuning] if drawn(s["kind"], s["check"])])
                if found:
                    axes.plot(list(found), list(found.values()), color=colour, label=label, linewidth=1.2)
                    last = max(last, *found) if label != "bound" else last
            axes.set_xlim(-0.02 * last, 1.02 * last)
            axes.axhline(0, color="black", linewidth=0.8)
            axes.set_title(f"{record['label']}\n{tuning.replace('_', ' ')}", fontsize="small")
            axes.grid(alpha=0.3)
    for row in grid:
        row[0].set_ylabel("smallest slack")
    text = f"{title}\n{LABEL}: (right - left)/max(|left|, |right|), below 0 is violated"
    return _finish(figure, grid[-1], text, folder, "slacks", shared=True)


def _smallest(slacks: Sequence[Mapping[str, Any]]) -> dict[int, float]:
    found: dict[int, float] = {}
    for entry in slacks:
        for k, value in enumerate(entry["slack"], entry["first"]):
            if value is not None:
                found[k] = min(value, found.get(k, value))
    return dict(sorted(found.items()))


WIDTH_ROWS = (
    ("kappa", r"$\kappa=L_1/\mu$", True, (1.0, 1e4)),
    ("tau", r"$\tau=L_2G_1^2/\mu$", True, (1e-6, 1e4)),
    ("actual_rate", "rate seen", False, (0.0, 1.05)),
    ("ratio", r"$\log$ rate seen / $\log\rho$", False, (0.0, 20.0)),
)


def _widths(records: Sequence[Record], title: str, folder: str | Path) -> list[Path]:
    """Condition, coupling, rate and its ratio to the proved one over the last width: one line for each depth."""
    tunings = list(records[0]["curves"])
    figure = _figure(max(3.4 * len(tunings), 6.8) + 0.4, 2.1 * len(WIDTH_ROWS) + 0.9)
    grid = figure.subplots(len(WIDTH_ROWS), len(tunings), squeeze=False, sharex=True, sharey="row")
    depths = sorted({len(record["widths"]) + 1 for record in records})
    for row, (key, label, logarithmic, limits) in zip(grid, WIDTH_ROWS, strict=True):
        seen = [nan]
        for axes, tuning in zip(row, tunings, strict=True):
            for number, depth in enumerate(depths):
                chosen = [record for record in records if len(record["widths"]) + 1 == depth]
                seen += _line(axes, chosen, tuning, key, f"depth {depth}", number)
            axes.set_xscale("log", base=2)
            axes.set_yscale("log" if logarithmic else "linear")
            axes.grid(alpha=0.3)
            if key == "kappa":
                axes.set_title(tuning.replace("_", " "), fontsize="medium")
            if key == "tau":
                axes.axhline(0.25, color="black", linewidth=0.8, linestyle="--", label=r"$\tau=1/4$")
        inside = [value for value in seen if limits[0] <= value <= limits[1]]
        if inside:
            low, high = min(inside), max(inside)
            row[0].set_ylim(low / 2 if logarithmic else limits[0], high * (2 if logarithmic else 1.1))
        row[0].set_ylabel(label)
    text = f"{title}\n{LABEL}: median over the seeds, bars from smallest to largest; rate of the first theorem"
    return _finish(figure, grid[-1], text, folder, "widths", "width of the last hidden layer", shared=True)


def _line(axes: Any, records: Sequence[Record], tuning: str, key: str, label: str, number: int) -> list[float]:
    """Medians and ranges over the seeds; returns all values."""
    points: dict[int, list[float]] = {}
    for record in records:
        rows = [row for row in record["rates"] if row["tuning"] == tuning]
        values = [row[key] for row in rows if row["theorem"] == rows[0]["theorem"] and row[key] is not None]
        if values:
            points.setdefault(record["widths"][-1], []).extend(values)
    xs = sorted(points)
    middle = [median(points[x]) for x in xs]
    bars = [[m - min(points[x]) for m, x in zip(middle, xs, strict=True)],
            [max(points[x]) - m for m, x in zip(middle, xs, strict=True)]]  # fmt: skip
    if xs:
        style = {"color": f"C{number}", "marker": "os^Dv"[number % 5], "markersize": 4, "capsize": 2}
        axes.errorbar(xs, middle, yerr=bars, label=label, **style)
    return [value for values in points.values() for value in values]


def _logarithmic(axes: Any) -> None:
    axes.set_yscale("log")
    axes.minorticks_off()  # their labels are set one by one, and that takes seconds
    axes.grid(alpha=0.3)


def _finish(
    figure: Any,
    last: Sequence[Any],
    text: str,
    folder: str | Path,
    name: str,
    label: str = "iteration $k$",
    shared: bool = False,
) -> list[Path]:
    """Labels, legends (one for all axes where shared) and the heading; then the files."""
    for axes in last:
        axes.set_xlabel(label)
    handles: dict[str, Any] = {}
    for axes in figure.axes:
        found, labels = axes.get_legend_handles_labels()
        handles |= dict(zip(labels, found, strict=True))
        if found and not shared:
            axes.legend(fontsize="x-small", loc="best")
    if shared:
        figure.legend(handles.values(), handles.keys(), loc="outside lower center", ncols=6, fontsize="small")
    figure.suptitle(text, fontsize="medium")
    return _save(figure, folder, name)
