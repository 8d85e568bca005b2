"""The width at which a theorem applies to ReLU networks: the paper's condition (5) beside ours. OBSERVED."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import astuple, dataclass, field, fields, replace
from math import inf, sqrt

from proofcheck.discover.candidate import Progress, silent
from proofcheck.empirical.conditions import Applied, Condition, TheoremInBalls, apply, paper_conditions
from proofcheck.empirical.constants import formula, sharp
from proofcheck.empirical.data import Data, digits, gaussian, orthogonal
from proofcheck.empirical.devices import positive, seeds_of
from proofcheck.empirical.networks import networks
from proofcheck.empirical.norms import NetworkNorms, norms_of
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


@dataclass
class _Family:
    """Networks on one data set, one for each seed, whose last hidden layer has any width; what was made is kept."""

    data: Data
    hidden: tuple[int, ...]
    initialisation: str
    seeds: tuple[int, ...]
    made: dict[int, tuple[NetworkNorms, ...]] = field(default_factory=dict)

    def at(self, width: int) -> tuple[NetworkNorms, ...]:
        if width not in self.made:
            found: list[NetworkNorms] = []
            for seed in self.seeds:  # one at a time: the widest fill the memory
                models = networks(
                    self.data, [*self.hidden, width], initialisation=self.initialisation, seeds=[seed], device="cpu"
                )
                found.extend(entry for entry in norms_of(models) if isinstance(entry, NetworkNorms))
            self.made[width] = tuple(found)
        return self.made[width]

    def beyond(self, width: float) -> tuple[NetworkNorms, ...]:
        """The norms at a width that is not made, from the largest one that was."""
        reference = max(self.made)
        fan_in = self.hidden[-1] if self.hidden else self.data.inputs.shape[1]
        return tuple(widened(norms, reference, width, fan_in, self.initialisation) for norms in self.made[reference])


def widened(norms: NetworkNorms, width: int, wider: float, fan_in: int, initialisation: str) -> NetworkNorms:
    """Norms to expect at another width of the last hidden layer (an extrapolation, no bound).

    The squared singular values of that layer are sums over its units, so they grow like the width; the norm of its
    weights like sqrt(width/fan_in) + 1; W_L shrinks as the initialisation says. f at the start is kept.

    Parameters
    ----------
    norms : NetworkNorms
        At `width`.
    width, wider : int and float
    fan_in : int
        d_{L-2}.
    initialisation : str
    """
    share = wider / width
    grown = (sqrt(wider / fan_in) + 1) / (sqrt(width / fan_in) + 1)
    last = share ** (-0.25) if initialisation == "paper" else 1.0
    return replace(
        norms,
        layers=(*norms.layers[:-1], norms.layers[-1] * sqrt(share)),
        weights=(*norms.weights[:-2], norms.weights[-2] * grown, norms.weights[-1] * last),
        last=norms.last * last,
        smallest=norms.smallest * sqrt(share),
        distance=norms.distance / sqrt(share),
    )


def _tried(condition: Condition, constants: str, found: Sequence[NetworkNorms]) -> Applied:
    """The answer of the seed that fares worst."""
    provider = PROVIDERS[constants]
    worst: Applied | None = None
    for norms in found:
        answer = apply(condition, lambda Rx, Ru, norms=norms: provider(norms, Rx, Ru), norms.f0)
        if not answer.holds:
            return answer
        if worst is None or _tightest(answer)[1] > _tightest(worst)[1]:
            worst = answer
    assert worst is not None  # there is at least one seed
    return worst


def _tightest(answer: Applied) -> tuple[str, float]:
    rest = {name: value for name, value in answer.ratios.items() if name not in ("R_x", "R_u")}
    return max(rest.items(), key=lambda item: item[1])


def _computed(family: _Family, answer: Callable[[Sequence[NetworkNorms]], Applied]) -> int | None:
    """The least width among those made, refined to an eighth of an octave; None where none of them is enough."""
    powers = sorted(family.made)
    high = next((width for width in powers if answer(family.at(width)).holds), None)
    if high is None or high == powers[0]:
        return high
    low, steps = high / 2, OCTAVE
    while steps > 1:
        steps //= 2
        middle = round(low * 2 ** (steps / OCTAVE))
        if answer(family.at(middle)).holds:
            high = middle
        else:
            low = middle
    return high


def _extrapolated(family: _Family, answer: Callable[[Sequence[NetworkNorms]], Applied]) -> float:
    low = high = float(max(family.made))
    for _ in range(BEYOND):
        low, high = high, 2 * high
        if answer(family.beyond(high)).holds:
            break
    else:
        return inf
    for _ in range(10):
        middle = sqrt(low * high)
        low, high = (low, middle) if answer(family.beyond(middle)).holds else (middle, high)
    return high


def examples() -> list[Data]:
    """The data sets of the comparison: orthogonal, Gaussian and digits with n = 16, digits with n = 64."""
    return [orthogonal(16, 16), gaussian(16, 32), digits(16), digits(64)]


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
        n, d0 = entry.inputs.shape
        if n > largest:
            raise InvalidInput(f"largest={largest} must be >= n={n}")
        family = _Family(entry, tuple(hidden), initialisation, seeds_of(seeds))
        width, passed = n, False
        while width <= largest and not (passed and width > REFERENCE):
            passed = passed or _tried(ours, "sharp", family.at(width)).holds
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


def _row(family: _Family, condition: Condition, constants: str) -> Width:
    def answer(found: Sequence[NetworkNorms]) -> Applied:
        return _tried(condition, constants, found)

    computed = _computed(family, answer)
    width = float(computed) if computed is not None else _extrapolated(family, answer)
    if width == inf:
        name, ratio = answer(family.beyond(max(family.made) * 2.0**BEYOND)).worst
    else:
        name, ratio = _tightest(answer(family.at(computed) if computed is not None else family.beyond(width)))
    n, d0 = family.data.inputs.shape
    how = "extrapolated" if computed is None else "computed"
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
    found = [f"{'data':<18}{'theorem':<28}{'constants':<10}{'width':>10}  {'':<13}{'factor':>9}  tightest"]
    for row in rows:
        head = f"{f'{row.data} n={row.n} d0={row.d0}':<18}{row.theorem:<28}{row.constants:<10}"
        width = f"{row.width:>10.4g}" if row.how == "extrapolated" else f"{row.width:>10.0f}"
        found.append(f"{head}{width}  {row.how:<13}{row.factor:>9.3g}  {row.tightest}: {row.ratio:.2g}")
    return found
