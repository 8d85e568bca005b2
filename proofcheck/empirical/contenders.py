"""Theorems whose widths are compared: ours as networks are certified, ours for any start, and the paper's. OBSERVED."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from math import inf
from typing import Protocol

from proofcheck.discover import network_plan
from proofcheck.empirical.conditions import Condition, TheoremInBalls, paper_conditions
from proofcheck.empirical.constants import formula, sharp
from proofcheck.empirical.norms import NetworkNorms
from proofcheck.empirical.radii import applied, applies

PROVIDERS = {"Lemma 14": formula, "sharp": sharp}
RADIUS = "the radius of u"


@dataclass(frozen=True)
class Nearest:
    """The inequality, radii left aside, that is nearest to failing; where some fail, the one that fails most.

    Attributes
    ----------
    name : str
    ratio : float
        Its left over its right side.
    kept : str
        The kept theorems that apply, for those that are chosen from several.
    """

    name: str
    ratio: float
    kept: str = ""


class Contender(Protocol):
    """A theorem with constants."""

    @property
    def theorem(self) -> str:
        """What tables call it."""

    @property
    def constants(self) -> str:
        """Which constants: "sharp" or "Lemma 14"."""

    @property
    def octave(self) -> int:
        """Its computed width is found to a factor 2^(1/octave)."""

    def holds(self, norms: NetworkNorms) -> bool:
        """Whether it applies to a network."""

    def nearest(self, found: Sequence[NetworkNorms]) -> Nearest:
        """What is nearest to failing over several networks."""


@dataclass(frozen=True)
class Certified:
    """What `proofcheck certify-network` asks: one of the kept theorems, with the kernel's constants over its balls.

    Attributes
    ----------
    theorems : tuple of Known
    """

    theorems: tuple[network_plan.Known, ...]
    theorem: str = "ours"
    constants: str = "sharp"
    octave: int = 32

    def holds(self, norms: NetworkNorms) -> bool:
        """Whether a kept theorem fits."""
        return norms.smallest > 0 and self._fit(norms).worst[1] <= network_plan.MARGIN

    def nearest(self, found: Sequence[NetworkNorms]) -> Nearest:
        """What is nearest to failing, at the best rate of each network."""
        if not all(norms.smallest > 0 for norms in found):
            return Nearest("mu > 0", inf)
        fits = [self._fit(norms) for norms in found]
        failed = [fit.worst for fit in fits if fit.worst[1] > network_plan.MARGIN]
        rest = [item for fit in fits for item in fit.factors.items() if item[0] != RADIUS]
        return Nearest(
            *max(failed or rest, key=lambda item: item[1]),
            "" if failed else ", ".join(dict.fromkeys(fit.theorem.name for fit in fits)),
        )

    def _fit(self, norms: NetworkNorms) -> network_plan.Fit:
        return network_plan.plan(norms.sizes, list(self.theorems))


@dataclass(frozen=True)
class InBalls:
    """One theorem, with constants that depend on the radii alone.

    Attributes
    ----------
    condition : Condition
    constants : str
        "sharp" or "Lemma 14".
    """

    condition: Condition
    constants: str
    octave: int = 8

    @property
    def theorem(self) -> str:
        """What tables call it."""
        return self.condition.name

    def holds(self, norms: NetworkNorms) -> bool:
        """Whether there are radii for which it applies."""
        return applies(self.condition, partial(PROVIDERS[self.constants], norms), norms.f0)

    def nearest(self, found: Sequence[NetworkNorms]) -> Nearest:
        """What is nearest to failing, at the smallest radii of each network."""
        answers = [applied(self.condition, partial(PROVIDERS[self.constants], norms), norms.f0) for norms in found]
        failed = [answer.worst for answer in answers if not answer.holds]
        rest = [item for answer in answers for item in answer.ratios.items() if item[0] not in ("R_x", "R_u")]
        return Nearest(*max(failed or rest, key=lambda item: item[1]))


def contenders(theorem: TheoremInBalls | None = None, c: float = 4 / 9) -> list[Contender]:
    """Everything that `widths` compares; ours first.

    Parameters
    ----------
    theorem : TheoremInBalls, optional
        The one for any start.
    c : float
        Of the paper's step size.

    Raises
    ------
    InvalidInput
        For c outside (0, 4/9].
    """
    found: list[Contender] = [Certified(tuple(network_plan.known()))]
    for condition in (theorem or TheoremInBalls(), *paper_conditions(c)):
        found += [InBalls(condition, constants) for constants in ("sharp", "Lemma 14")]
    return found
