"""Pictures of `proofcheck validate`: losses beside proved bounds, slacks, sweeps over width and depth. All OBSERVED."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import isfinite, nan
from pathlib import Path
from typing import Any

from proofcheck.report.plots import HUGE, figure_of, save

Record = Mapping[str, Any]
ROWS = 4
"""Instance groups in one picture; of more, evenly spaced ones are drawn, and the tables have all."""
LABEL = "OBSERVED in float64"
LOW = 1e-24


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
    figure = figure_of(9.0, 2.5 * len(records) + 0.6)
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
    return _finish(figure, grid[-1], f"{title}\n{LABEL}: mean and standard deviation over the seeds", folder, "panels")


def _band(axes: Any, curve: Mapping[str, Sequence[float | None]], label: str, colour: str, first: int) -> None:
    """A mean with its standard deviation; a band that reaches 0 ends at the smallest mean."""
    mean = _numbers(curve["mean"][first:])
    std = [0.0 if s is None else s for s in curve["std"][first:]]
    ks = range(first, first + len(mean))
    foot = min((m for m in mean if m > 0), default=1.0)
    axes.plot(ks, mean, color=colour, label=label)
    axes.fill_between(
        ks,
        [max(m - s, foot) if isfinite(m) else nan for m, s in zip(mean, std, strict=True)],
        [min(m + s, HUGE) for m, s in zip(mean, std, strict=True)],
        color=colour, alpha=0.2, linewidth=0,
    )  # fmt: skip


def _bounds(records: Sequence[Record], title: str, folder: str | Path) -> list[Path]:
    """f_k/f_0 of all seeds and the proved bound, one column a tuning."""
    tunings = list(records[0]["curves"])
    figure = figure_of(max(3.4 * len(tunings), 6.8) + 0.4, 2.5 * len(records) + 0.6)
    grid = figure.subplots(len(records), len(tunings), squeeze=False, sharey="row")
    for row, record in zip(grid, records, strict=True):
        for axes, tuning in zip(row, tunings, strict=True):
            curves = record["curves"][tuning]
            low, high = (_numbers(curves["relative"][key]) for key in ("low", "high"))
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
    figure = figure_of(max(3.4 * len(tunings), 6.8) + 0.4, 2.5 * len(records) + 0.6)
    grid = figure.subplots(len(records), len(tunings), squeeze=False, sharey=True)
    for row, record in zip(grid, records, strict=True):
        for axes, tuning in zip(row, tunings, strict=True):
            for label, drawn, colour in GROUPS:
                found = _smallest([s for s in record["slacks"][tuning] if drawn(s["kind"], s["check"])])
                if found:
                    axes.plot(list(found), list(found.values()), color=colour, label=label, linewidth=1.2)
            axes.axhline(0, color="black", linewidth=0.8)
            axes.set_title(f"{record['label']}\n{tuning.replace('_', ' ')}", fontsize="small")
            axes.grid(alpha=0.3)
    for row in grid:
        row[0].set_ylabel("smallest slack")
    text = f"{title}\n{LABEL}: (right - left)/max(|left|, |right|), below 0 is violated"
    return _finish(figure, grid[-1], text, folder, "slacks")


def _smallest(slacks: Sequence[Mapping[str, Any]]) -> dict[int, float]:
    found: dict[int, float] = {}
    for entry in slacks:
        for k, value in enumerate(entry["slack"], entry["first"]):
            if value is not None:
                found[k] = min(value, found.get(k, value))
    return dict(sorted(found.items()))


WIDTH_ROWS = (
    ("kappa", r"$\kappa=L_1/\mu$", True),
    ("tau", r"$\tau=L_2G_1^2/\mu$", True),
    ("actual_rate", "rate seen", False),
    ("ratio", r"$\log$ rate seen / $\log\rho$", True),
)


def _widths(records: Sequence[Record], title: str, folder: str | Path) -> list[Path]:
    """Condition, coupling, rate and its ratio to the proved one over the last width: one line for each depth."""
    tunings = list(records[0]["curves"])
    figure = figure_of(3.4 * len(tunings) + 0.4, 2.1 * len(WIDTH_ROWS) + 0.6)
    grid = figure.subplots(len(WIDTH_ROWS), len(tunings), squeeze=False, sharex=True, sharey="row")
    depths = sorted({len(record["widths"]) + 1 for record in records})
    for row, (key, label, logarithmic) in zip(grid, WIDTH_ROWS, strict=True):
        for axes, tuning in zip(row, tunings, strict=True):
            for number, depth in enumerate(depths):
                _line(
                    axes, [r for r in records if len(r["widths"]) + 1 == depth], tuning, key, f"depth {depth}", number
                )
            axes.set_xscale("log", base=2)
            if logarithmic:
                axes.set_yscale("log")
            axes.grid(alpha=0.3, which="both" if key == "ratio" else "major")
            if key == "kappa":
                axes.set_title(tuning.replace("_", " "), fontsize="medium")
        row[0].set_ylabel(label)
    _limits(grid[1], records)
    return _finish(figure, grid[-1], f"{title}\n{LABEL}: mean over the seeds, bars from smallest to largest", folder,
                   "widths", "width of the last hidden layer")  # fmt: skip


def _limits(row: Sequence[Any], records: Sequence[Record]) -> None:
    for axes in row:
        axes.axhline(0.25, color="black", linewidth=0.8, linestyle="--", label=r"$\tau=1/4$")


def _line(axes: Any, records: Sequence[Record], tuning: str, key: str, label: str, number: int) -> None:
    points: dict[int, list[float]] = {}
    for record in records:
        rows = {(r["seed"], r["theorem"]): r[key] for r in record["rates"] if r["tuning"] == tuning}
        values = [value for value in rows.values() if value is not None]
        if values:
            points.setdefault(record["widths"][-1], []).extend(values)
    if not points:
        return
    xs = sorted(points)
    means = [sum(points[x]) / len(points[x]) for x in xs]
    bars = [[m - min(points[x]) for m, x in zip(means, xs, strict=True)],
            [max(points[x]) - m for m, x in zip(means, xs, strict=True)]]  # fmt: skip
    axes.errorbar(
        xs, means, yerr=bars, color=f"C{number}", marker="os^Dv"[number % 5], markersize=4, capsize=2, label=label
    )


def _logarithmic(axes: Any) -> None:
    axes.set_yscale("log")
    axes.minorticks_off()  # their labels are set one by one, and that takes seconds
    axes.grid(alpha=0.3)


def _finish(
    figure: Any, last: Sequence[Any], text: str, folder: str | Path, name: str, label: str = "iteration $k$"
) -> list[Path]:
    for axes in last:
        axes.set_xlabel(label)
    for axes in figure.axes:
        if axes.get_legend_handles_labels()[0]:
            axes.legend(fontsize="x-small", loc="best")
    figure.suptitle(text, fontsize="medium")
    return save(figure, folder, name)
