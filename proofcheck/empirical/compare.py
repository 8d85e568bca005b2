"""The width at which a theorem applies to ReLU networks: the paper's condition (5) beside ours. OBSERVED."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import astuple, dataclass, fields, replace
from math import inf, sqrt

from proofcheck.discover.candidate import Progress, silent
from proofcheck.empirical.conditions import TheoremInBalls
from proofcheck.empirical.contenders import Contender, contenders
from proofcheck.empirical.data import Data, digits, gaussian, orthogonal
from proofcheck.empirical.devices import positive, seeds_of
from proofcheck.empirical.widening import Family
from proofcheck.errors import InvalidInput

REFERENCE, LARGEST = 2**14, 2**17
BEYOND = 200  # doublings past the largest computed width after which the answer is: never


@dataclass(frozen=True)
class Width:
    """The least width found at which a theorem applies to all seeds (OBSERVED).

    Attributes
    ----------
    data : str
    n, d0 : int
    theorem, constants : str
        Which theorem ("ours" is what `certify-network` applies), with which constants ("Lemma 14" or "sharp").
    width : float
        Infinite where there is none.
    how : str
        "computed": the network of this width was made. "extrapolated": the last hidden layer's squared singular values
        were taken to be proportional to the width beyond the largest width that was computed.
    factor : float
        The width over ours.
    tightest : str
        The inequality, radii left aside, that is nearest to failing at this width.
    ratio : float
        Its left over its right side; well below 1 it is the radii that need this width.
    kept : str
        The kept theorems that apply; of ours only.
    """

    data: str
    n: int
    d0: int
    theorem: str
    constants: str
    width: float
    how: str
    factor: float
    tightest: str
    ratio: float
    kept: str


def _computed(family: Family, powers: Sequence[int], contender: Contender) -> int | None:
    """The least width among those made, refined to a part of an octave; None where none of them is enough."""
    high = next((width for width in powers if family.passes(contender, width)), None)
    if high is None or high == powers[0]:
        return high
    low, steps = high / 2, contender.octave
    while steps > 1:
        steps //= 2
        middle = round(low * 2 ** (steps / contender.octave))
        low, high = (low, middle) if family.passes(contender, middle) else (middle, high)
    return high


def _extrapolated(family: Family, reference: int, contender: Contender) -> float:
    low = high = float(reference)
    for _ in range(BEYOND):
        low, high = high, 2 * high
        if all(map(contender.holds, family.beyond(high, reference))):
            break
    else:
        return inf
    for _ in range(10):
        middle = sqrt(low * high)
        low, high = (low, middle) if all(map(contender.holds, family.beyond(middle, reference))) else (middle, high)
    return high


EXAMPLES: dict[str, Callable[[], Data]] = {
    "orthogonal": lambda: orthogonal(16, 16),
    "gaussian": lambda: gaussian(16, 32),
    "digits": lambda: digits(16),
    "digits64": lambda: digits(64),
}
"""The data sets of the comparison: n = 16 (d0 = 16, 32, 64), and 64 digits."""


def examples(names: Sequence[str] = ()) -> list[Data]:
    """The named data sets of the comparison, or all of them.

    Raises
    ------
    InvalidInput
    NotSupported
        For the digits, without scikit-learn.
    """
    for name in names:
        if name not in EXAMPLES:
            raise InvalidInput(f"data={name!r} must be one of {', '.join(EXAMPLES)}")
    return [EXAMPLES[name]() for name in names or EXAMPLES]


def widths(
    data: Sequence[Data] | None = None,
    *,
    theorem: TheoremInBalls | None = None,
    c: float = 4 / 9,
    hidden: Sequence[int] = (),
    initialisation: str = "zero_last",
    seeds: Sequence[int] = (0, 1, 2),
    largest: int = LARGEST,
    progress: Progress = silent,
) -> list[Width]:
    """Compare the widths of the last hidden layer that the paper's condition and our theorem need.

    Ours is what `proofcheck certify-network` applies. The paper's condition is read in its favour: the explicit
    constants of the audit instead of unnamed ones, the smallest lambda_l, and the smallest radii that (5) allows.

    Parameters
    ----------
    data : sequence of Data, optional
        Four data sets where left out (needs scikit-learn).
    theorem : TheoremInBalls, optional
        The theorem for any start; that of docs/theorem.md where left out.
    c : float
        Of the paper's step size; in (0, 4/9].
    hidden : sequence of int
        Widths of the hidden layers before the last one.
    initialisation : str
        As for `networks`.
    seeds : sequence of int
        The theorem has to apply to all of them.
    largest : int
        The largest width for which a network is made.
    progress : callable, optional

    Raises
    ------
    InvalidInput

    Source: Liao and Kyrillidis (ALT 2024), Theorem 7 and Lemma 14; docs/networks.md, The paper's condition.
    """
    positive("largest", largest)
    compared = contenders(theorem, c)
    chosen = examples() if data is None else list(data)
    if not chosen:
        raise InvalidInput("data must hold at least one data set")
    rows = []
    for number, entry in enumerate(chosen):
        n = len(entry.inputs)
        if n > largest:
            raise InvalidInput(f"largest={largest} must be >= n={n}")
        family = Family(entry, tuple(hidden), initialisation, seeds_of(seeds))
        width, passed, powers = n, False, list[int]()
        while width <= largest and not (passed and width > REFERENCE):
            powers.append(width)  # even past our width: the widest one is what is extrapolated from
            passed = passed or family.passes(compared[0], width)
            width *= 2
        found = [_row(family, powers, contender) for contender in compared]
        base = found[0].width
        rows += [replace(row, factor=row.width / base if base < inf else inf) for row in found]
        progress(f"widths for {entry.name}, n = {n}", (number + 1) / len(chosen))
    return rows


def _row(family: Family, powers: Sequence[int], contender: Contender) -> Width:
    computed, reference = _computed(family, powers, contender), powers[-1]
    width = float(computed or _extrapolated(family, reference, contender))
    norms = family.at(computed) if computed else family.beyond(min(width, reference * 2.0**BEYOND), reference)
    found, (n, d0) = contender.nearest(norms), family.data.inputs.shape
    how = "computed" if computed else "extrapolated"
    return Width(
        family.data.name, n, d0, contender.theorem, contender.constants, width, how, inf, found.name, found.ratio,
        found.kept,
    )  # fmt: skip


def table(rows: Sequence[Width]) -> bytes:
    """The rows as CSV, each labelled OBSERVED."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(["status", *(entry.name for entry in fields(Width))])
    writer.writerows(["OBSERVED", *astuple(row)] for row in rows)
    return stream.getvalue().encode()


def lines(rows: Sequence[Width]) -> list[str]:
    """A table for a reader."""
    found = [f"{'data':<24}{'theorem':<28}{'constants':<10}{'width':>10}  {'':<13}{'factor':>9}  tightest"]
    for row in rows:
        head = f"{f'{row.data} n={row.n} d0={row.d0}':<24}{row.theorem:<28}{row.constants:<10}"
        width = f"{row.width:>10.4g}" if row.how == "extrapolated" else f"{row.width:>10.0f}"
        kept = f"; by {row.kept}" if row.kept else ""
        found.append(f"{head}{width}  {row.how:<13}{row.factor:>9.3g}  {row.tightest}: {row.ratio:.2g}{kept}")
    return found
