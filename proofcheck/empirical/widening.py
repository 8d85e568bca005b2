"""Networks that differ in the width of the last hidden layer: made, or extrapolated."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from math import sqrt

from proofcheck.empirical.contenders import Contender
from proofcheck.empirical.data import Data
from proofcheck.empirical.norms import NetworkNorms, norms_of
from proofcheck.empirical.relu_networks import networks


@dataclass
class Family:
    """Networks on one data set, one for each seed, whose last hidden layer has any width; what was made is kept."""

    data: Data
    hidden: tuple[int, ...]
    initialisation: str
    seeds: tuple[int, ...]
    made: dict[int, list[NetworkNorms]] = field(default_factory=dict)
    known: dict[tuple[str, str, int], bool] = field(default_factory=dict)

    def each(self, width: int) -> Iterator[NetworkNorms]:
        """The norms of the networks of this width, one after the other; a network is made when it is asked for."""
        kept = self.made.setdefault(width, [])
        for number, seed in enumerate(self.seeds):  # one at a time: the widest fill the memory
            if number == len(kept):
                models = networks(
                    self.data, [*self.hidden, width], initialisation=self.initialisation, seeds=[seed], device="cpu"
                )
                kept.extend(entry for entry in norms_of(models) if isinstance(entry, NetworkNorms))
            yield kept[number]

    def at(self, width: int) -> tuple[NetworkNorms, ...]:
        """The norms of all networks of this width."""
        return tuple(self.each(width))

    def passes(self, contender: Contender, width: int) -> bool:
        """Whether a theorem applies to all networks of this width."""
        key = contender.theorem, contender.constants, width
        if key not in self.known:
            self.known[key] = all(map(contender.holds, self.each(width)))
        return self.known[key]

    def beyond(self, width: float, reference: int) -> tuple[NetworkNorms, ...]:
        """The norms at a width that is not made, from those at one that is."""
        fan_in = self.hidden[-1] if self.hidden else self.data.inputs.shape[1]
        return tuple(widened(norms, reference, width, fan_in, self.initialisation) for norms in self.at(reference))


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
