"""Whether a theorem in balls applies to an instance: a search for the radii."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import inf, isfinite

from proofcheck.empirical.conditions import Condition
from proofcheck.empirical.constants import Constants
from proofcheck.errors import InvalidInput

Provider = Callable[[float, float], Constants]
ROUNDS, MOVES = 400, 200


@dataclass(frozen=True)
class Applied:
    """Whether a theorem applies to an instance, in floating point (OBSERVED).

    Attributes
    ----------
    holds : bool
    constants : Constants
        With the smallest radii where it applies; else at the radii where the largest ratio is smallest.
    ratios : dict
        Each inequality with its left over its right side; with "R_x" and "R_u" needed over given radii.
    """

    holds: bool
    constants: Constants
    ratios: Mapping[str, float]

    @property
    def worst(self) -> tuple[str, float]:
        """The inequality with the largest ratio, and that ratio: by which factor it fails where it is above 1."""
        name = max(self.ratios, key=lambda key: self.ratios[key])
        return name, self.ratios[name]


def applied(condition: Condition, provider: Provider, f0: float) -> Applied:
    """Search radii for which a theorem applies.

    All constants get worse as the radii grow, so the iteration R <- radii needed with the constants at R, from R = 0,
    rises to the smallest solution if there is one. Where it fails, the radii are varied to make the largest
    ratio small.

    Parameters
    ----------
    condition : TheoremInBalls or PaperCondition
    provider : callable
        (Rx, Ru) to Constants.
    f0 : float
        f at the start, f* being 0.

    Raises
    ------
    InvalidInput
        For an f0 that is not finite or negative.
    """
    found, last = _climb(condition, provider, f0)
    if found is not None:
        return Applied(True, found, _ratios(condition, found, f0))
    return _least_failure(condition, provider, f0, last)


def applies(condition: Condition, provider: Provider, f0: float) -> bool:
    """Whether there are radii for which a theorem applies; quicker than `applied`, which also says why not.

    Raises
    ------
    InvalidInput
        For an f0 that is not finite or negative.
    """
    return _climb(condition, provider, f0)[0] is not None


def _climb(condition: Condition, provider: Provider, f0: float) -> tuple[Constants | None, tuple[float, float]]:
    """The constants at the smallest radii for which a theorem applies, if any, and the last radii that were usable."""
    if not (isfinite(f0) and f0 >= 0):
        raise InvalidInput(f"f0={f0} must be finite and >= 0")
    radii = last = (0.0, 0.0)
    for _ in range(ROUNDS):
        constants = provider(*radii)
        if not _usable(constants) or radii[1] > constants.limit:
            break
        last = radii
        if max(condition.ratios(constants).values()) > 1:  # larger radii only make it worse
            break
        needed = condition.radii(constants, f0)
        if all(new <= old for new, old in zip(needed, radii, strict=True)):
            return constants, radii
        # a little more than needed, so that the iteration ends: the smallest solution to nine digits
        radii = (max(needed[0] * (1 + 1e-9), radii[0]), max(needed[1] * (1 + 1e-9), radii[1]))
    return None, last


def _usable(constants: Constants) -> bool:
    numbers = (constants.mu, constants.L1, constants.G1, constants.G2)
    return constants.mu > 0 and all(isfinite(value) for value in numbers)


def _ratios(condition: Condition, constants: Constants, f0: float) -> dict[str, float]:
    """Every inequality; all infinite where strong convexity is lost."""
    if not _usable(constants):
        return {"mu > 0": inf}
    found = condition.ratios(constants)
    for name, needed, given in zip(
        ("R_x", "R_u"), condition.radii(constants, f0), (constants.Rx, constants.Ru), strict=True
    ):
        found[name] = needed / given if given > 0 else (inf if needed > 0 else 0.0)
    if constants.limit < inf:
        found["R_u of Lemma 14"] = constants.Ru / constants.limit if constants.limit > 0 else inf
    return found


def _least_failure(condition: Condition, provider: Provider, f0: float, last: tuple[float, float]) -> Applied:
    """Radii at which the largest ratio is smallest: a pattern search in logarithms around the last usable radii."""
    start = provider(*last)
    if not _usable(start):
        return Applied(False, start, {"mu > 0": inf})
    first = [value or needed or 1.0 for value, needed in zip(last, condition.radii(start, f0), strict=True)]

    def at(a: float, b: float) -> tuple[float, Constants, dict[str, float]]:
        constants = provider(first[0] * 2.0**a, first[1] * 2.0**b)
        ratios = _ratios(condition, constants, f0)
        return max(ratios.values()), constants, ratios

    a = b = 0.0
    best, step = at(a, b), 8.0
    for _ in range(MOVES):
        moves = [(a + i * step, b + j * step) for i in (-1, 0, 1) for j in (-1, 0, 1) if i or j]
        value, place = min(((at(*move)[0], move) for move in moves), key=lambda pair: pair[0])
        if value < best[0]:
            (a, b), best = place, at(*place)
        else:
            step /= 2
            if step < 1e-6:
                break
    return Applied(best[0] <= 1, best[1], best[2])
