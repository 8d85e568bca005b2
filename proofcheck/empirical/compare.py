"""The width at which a theorem applies to ReLU networks: the paper's condition (5) beside ours. OBSERVED."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import astuple, dataclass, fields, replace
from functools import partial
from math import inf, sqrt

from proofcheck.discover.candidate import Progress, silent
from proofcheck.empirical.conditions import Condition, TheoremInBalls, paper_conditions
from proofcheck.empirical.constants import formula, sharp
from proofcheck.empirical.data import Data, digits, gaussian, orthogonal
from proofcheck.empirical.devices import positive, seeds_of
from proofcheck.empirical.norms import NetworkNorms
from proofcheck.empirical.radii import applied, applies
from proofcheck.empirical.widening import Family
from proofcheck.errors import InvalidInput

PROVIDERS = {"Lemma 14": formula, "sharp": sharp}
REFERENCE, LARGEST = 2**14, 2**17
OCTAVE = 8  # computed widths are found to a factor 2^(1/8)
BEYOND = 200  # doublings past the largest computed width after which the answer is: never


@dataclass(frozen=True)
class Width:
    """The least width found at which a theorem applies to all seeds (OBSERVED).

    Attributes
    ----------
    data : str
    n, d0 : int
    theorem, constants : str
        Which condition, with which constants ("Lemma 14" or "sharp").
    width : float
        Infinite where there is none.
    how : str
        "computed": the network of this width was made. "extrapolated": the last hidden layer's squared singular values
        were taken to be proportional to the width beyond the largest width that was computed.
    factor : float
        The width over that of our theorem with sharp constants.
    tightest : str
        The inequality, radii left aside, that is nearest to failing at this width.
    ratio : float
        Its left over its right side; well below 1 it is the radii that need this width.
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


Test = Callable[[Sequence[NetworkNorms]], bool]


def _for_all(condition: Condition, constants: str, found: Sequence[NetworkNorms]) -> bool:
    """Whether the theorem applies to every seed."""
    return all(applies(condition, partial(PROVIDERS[constants], norms), norms.f0) for norms in found)


def _tightest(condition: Condition, constants: str, found: Sequence[NetworkNorms]) -> tuple[str, float]:
    """The inequality nearest to failing over all seeds, radii left aside; where it fails, the one that fails most."""
    answers = [applied(condition, partial(PROVIDERS[constants], norms), norms.f0) for norms in found]
    failed = [answer.worst for answer in answers if not answer.holds]
    rest = [item for answer in answers for item in answer.ratios.items() if item[0] not in ("R_x", "R_u")]
    return max(failed or rest, key=lambda item: item[1])


def _computed(family: Family, test: Test) -> int | None:
    """The least width among those made, refined to an eighth of an octave; None where none of them is enough."""
    powers = sorted(family.made)
    high = next((width for width in powers if test(family.at(width))), None)
    if high is None or high == powers[0]:
        return high
    low, steps = high / 2, OCTAVE
    while steps > 1:
        steps //= 2
        middle = round(low * 2 ** (steps / OCTAVE))
        low, high = (low, middle) if test(family.at(middle)) else (middle, high)
    return high


def _extrapolated(family: Family, test: Test) -> float:
    low = high = float(max(family.made))
    for _ in range(BEYOND):
        low, high = high, 2 * high
        if test(family.beyond(high)):
            break
    else:
        return inf
    for _ in range(10):
        middle = sqrt(low * high)
        low, high = (low, middle) if test(family.beyond(middle)) else (middle, high)
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

    The paper's condition is read in its favour: the explicit constants of the audit instead of unnamed ones, the
    smallest lambda_l, and the smallest radii that (5) allows.

    Parameters
    ----------
    data : sequence of Data, optional
        Four data sets where left out (needs scikit-learn).
    theorem : TheoremInBalls, optional
        That of docs/theorem.md where left out.
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
    ours = theorem or TheoremInBalls()
    positive("largest", largest)
    pairs: list[tuple[Condition, str]] = [(ours, "sharp"), (ours, "Lemma 14")]
    pairs += [(condition, constants) for condition in paper_conditions(c) for constants in ("sharp", "Lemma 14")]
    chosen = examples() if data is None else list(data)
    if not chosen:
        raise InvalidInput("data must hold at least one data set")
    rows = []
    for number, entry in enumerate(chosen):
        n = len(entry.inputs)
        if n > largest:
            raise InvalidInput(f"largest={largest} must be >= n={n}")
        family = Family(entry, tuple(hidden), initialisation, seeds_of(seeds))
        width, passed = n, False
        while width <= largest and not (passed and width > REFERENCE):
            here = family.at(width)  # made even past our width: the widest one is what is extrapolated from
            passed = passed or _for_all(ours, "sharp", here)
            width *= 2
        made = dict(family.made)
        base = inf
        for condition, constants in pairs:
            family.made = dict(made)  # what a refinement makes must not become the start of an extrapolation
            row = _row(family, condition, constants)
            base = row.width if condition is ours and constants == "sharp" else base
            rows.append(replace(row, factor=row.width / base if base < inf else inf))
        progress(f"widths for {entry.name}, n = {n}", (number + 1) / len(chosen))
    return rows


def _row(family: Family, condition: Condition, constants: str) -> Width:
    computed = _computed(family, partial(_for_all, condition, constants))
    width = float(computed or _extrapolated(family, partial(_for_all, condition, constants)))
    norms = family.at(computed) if computed else family.beyond(min(width, max(family.made) * 2.0**BEYOND))
    name, ratio = _tightest(condition, constants, norms)
    n, d0 = family.data.inputs.shape
    how = "computed" if computed else "extrapolated"
    return Width(family.data.name, n, d0, condition.name, constants, width, how, inf, name, ratio)


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
        found.append(f"{head}{width}  {row.how:<13}{row.factor:>9.3g}  {row.tightest}: {row.ratio:.2g}")
    return found
