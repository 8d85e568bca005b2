"""What `proofcheck validate` writes and prints: tables as CSV and lines for a reader, all labelled OBSERVED."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

from proofcheck.empirical.examination import QUANTITIES, Record

CHECK_COLUMNS = (
    "status", "instance", "seed", "tuning", "kind", "check", "theorem", "premise", "word", "checked", "smallest_slack",
    "at_k", "left", "right", "left_over_right", "violations", "first_violation", "constants",
)  # fmt: skip
RATE_COLUMNS = (
    "status", "instance", "seed", "tuning", "c", "mu", "L1", "G1", "G2", "kappa", "tau", "q", "verdict", "f_0", "f_N",
    "actual_rate", "theorem", "theorem_tau", "premise", "proved_rate", "constant", "ratio", "constants",
)  # fmt: skip
CURVE_COLUMNS = ("status", "instance", "tuning", "quantity", "k", "mean", "std")
KINDS = ("assumption", "bound", "lyapunov", "radius", "paper")


def _csv(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(["" if x is None else repr(x) if isinstance(x, float) else x for x in row] for row in rows)
    return stream.getvalue().encode()


def check_table(records: Sequence[Record]) -> bytes:
    """One row for each instance, tuning and check."""
    return _table(records, "checks", CHECK_COLUMNS)


def rate_table(records: Sequence[Record]) -> bytes:
    """One row for each instance, tuning and theorem: constants, actual and proved rate."""
    return _table(records, "rates", RATE_COLUMNS)


def _table(records: Sequence[Record], key: str, columns: Sequence[str]) -> bytes:
    rows = ({"status": "OBSERVED", "instance": record["label"], **row} for record in records for row in record[key])
    return _csv(columns, ([row[name] for name in columns] for row in rows))


def curve_table(records: Sequence[Record]) -> bytes:
    """Mean and standard deviation of f and the squared steps for each k."""

    def rows() -> Iterable[Sequence[Any]]:
        for record in records:
            for tuning, curves in record["curves"].items():
                for name in QUANTITIES:
                    pairs = zip(curves[name]["mean"], curves[name]["std"], strict=True)
                    for k, (mean, std) in enumerate(pairs):
                        yield "OBSERVED", record["label"], tuning, name, k, mean, std

    return _csv(CURVE_COLUMNS, rows())


def lines(records: Sequence[Record]) -> list[str]:
    """A summary: rates, smallest slacks and violations."""
    return [*_rate_lines(records), "", *_slack_lines(records), "", *_violation_lines(records)]


def _aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    return ["  ".join(x.ljust(w) for x, w in zip(row, widths, strict=True)).rstrip() for row in rows]


def _short(value: float | None) -> str:
    return "-" if value is None else f"{value:.4g}"


def _span(values: Sequence[float]) -> str:
    low, high = f"{min(values):.3g}", f"{max(values):.3g}"
    return low if low == high else f"{low}..{high}"


def _rate_lines(records: Sequence[Record]) -> list[str]:
    """For each instance group and tuning: the slowest rate seen beside the slowest proved, and the smallest ratio."""
    found = [["instance", "tuning", "kappa", "tau", "rate seen", "proved", "ratio", "applies", "theorem"]]
    for record in records:
        groups: dict[tuple[str, str], list[Record]] = {}
        for row in record["rates"]:
            groups.setdefault((row["tuning"], row["theorem"]), []).append(row)
        for (tuning, theorem), rows in groups.items():
            seen, proved, ratio = (
                [row[key] for row in rows if row[key] is not None] for key in ("actual_rate", "proved_rate", "ratio")
            )
            count = sum(row["premise"] == "applies" for row in rows)
            found.append([
                record["label"], tuning, *(_span([row[key] for row in rows]) for key in ("kappa", "tau")),
                _short(max(seen, default=None)), _short(max(proved, default=None)), _short(min(ratio, default=None)),
                f"{count} of {len(rows)}" if theorem else "-", theorem or "-",
            ])  # fmt: skip
    return _aligned(found)


def _slack_lines(records: Sequence[Record]) -> list[str]:
    found = [["smallest slack", "tuning", *KINDS, "diverged"]]
    for record in records:
        for tuning in record["curves"]:
            cells = []
            for kind in KINDS:
                rows = [r for r in record["checks"] if (r["tuning"], r["kind"]) == (tuning, kind)]
                rows = [r for r in rows if r["smallest_slack"] is not None]
                worst = min(rows, key=lambda r: r["smallest_slack"], default=None)
                cells.append("-" if worst is None else f"{worst['smallest_slack']:.2g} at {worst['at_k']}")
            verdicts = {r["seed"]: r["verdict"] for r in record["rates"] if r["tuning"] == tuning}
            count = list(verdicts.values()).count("diverged")
            found.append([record["label"], tuning, *cells, f"{count} of {len(verdicts)}"])
    return _aligned(found)


def _violation_lines(records: Sequence[Record]) -> list[str]:
    """What does not hold, one line for each tuning and check, those first whose premises hold."""
    groups: dict[tuple[bool, str, str, str], list[tuple[str, Record]]] = {}
    for record in records:
        for row in record["checks"]:
            if row["violations"]:
                key = (row["premise"] == "applies", row["tuning"], row["check"], row["theorem"])
                groups.setdefault(key, []).append((record["label"], row))
    found = []
    for (_, tuning, check, theorem), pairs in sorted(groups.items(), key=lambda item: not item[0][0]):
        rows = [row for _, row in pairs]
        word = "not met" if rows[0]["kind"] == "condition" else "violated"
        labels = [label for label, _ in pairs]
        where = ", ".join(f"{label} ({labels.count(label)})" for label in dict.fromkeys(labels))
        first = min(row["first_violation"] for row in rows)
        sizes = [row["left_over_right"] for row in rows if row["left_over_right"] is not None]
        size = f"left/right up to {max(sizes):.4g}" if sizes else "right 0"
        premises = list(dict.fromkeys(row["premise"] for row in rows if row["premise"] != "assumed"))
        more = f" and {len(premises) - 1} others" if len(premises) > 1 else ""
        premise = f"; premise: {premises[0]}{more}" if premises else ""
        about = f" [{theorem}]" if theorem else ""
        found.append(f"{word}: {tuning}: {check}{about}")
        found.append(f"    first at k={first}, {size}{premise}; in {where}")
    contradictions = sum(key[0] for key in groups)
    return [*found, f"violated where the premises hold: {contradictions}"]
