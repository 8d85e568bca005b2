"""Best rates at single condition numbers, from above and from below: a table over (kappa, tau).

Above: the smallest rate for which a certificate was found (PROVED). Below: a rate that an explicit function
of the class rules out with any constant (REFUTED). Both are exact, and both passed the kernel.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from fractions import Fraction
from math import isqrt
from multiprocessing import get_context
from pathlib import Path

from proofcheck.classes import PartialStrongConvexity
from proofcheck.discover.candidate import Progress, silent
from proofcheck.documents import Document, claim_document, linear_rate, parse, verdict
from proofcheck.errors import InvalidInput
from proofcheck.files import make_directory, write_atomically
from proofcheck.kernel import Refusal
from proofcheck.kernel.wire import read_json
from proofcheck.methods import REGISTRY, Method
from proofcheck.numbers import decimal, significant
from proofcheck.result import Result

GAPS = tuple(Fraction(1, 10**digits) for digits in (9, 8, 7, 6, 4, 2))
ONE, GAP = Fraction(1), "objective_gap"
COLUMNS = ("kappa", "tau", "proved", "refuted", "theta proved", "theta refuted", "rate proved", "rate refuted")


@dataclass(frozen=True)
class Bracket:
    """The best rate at one (kappa, tau), between two exact numbers.

    Attributes
    ----------
    kappa, tau : Fraction
    proved : Result
        Status PROVED with the smallest rate found, or UNDECIDED.
    refuted : Result
        Status REFUTED: this rate is impossible with any constant; or UNDECIDED.
    """

    kappa: Fraction
    tau: Fraction
    proved: Result
    refuted: Result

    def theta(self, result: Result, *, up: bool) -> str:
        """(1 - rate) sqrt(kappa) as a decimal on the safe side, or nothing."""
        if result.certificate is None or not isinstance(result.rate, Fraction):
            return ""
        squared = (1 - result.rate) ** 2 * self.kappa
        digits = 10**12
        root = Fraction(_root(squared * digits**2), digits)  # rounded down
        return decimal(root + Fraction(1, digits) if up else root, 6, up=up)

    def row(self) -> list[str]:
        """The entries of COLUMNS."""
        rates = [str(r.rate) if r.certificate is not None else "" for r in (self.proved, self.refuted)]
        thetas = [self.theta(self.proved, up=False), self.theta(self.refuted, up=True)]
        return [str(self.kappa), str(self.tau), self.proved.status, self.refuted.status, *thetas, *rates]


def _root(number: Fraction) -> int:
    return isqrt(number.numerator // number.denominator)


def bracket(kappa: Fraction, tau: Fraction, method: str, tuning: str) -> Bracket:
    """The best rate of a method on the partial class with mu = 1, from both sides.

    Parameters
    ----------
    kappa, tau : Fraction
        kappa >= 1, the square of a rational where the tuning needs it; 0 <= tau.
    method, tuning : str
        For example "nesterov" and "classical".
    """
    from proofcheck.certifier import prove_rate

    problem, rule = _setting(kappa, tau, method, tuning)
    return Bracket(kappa, tau, prove_rate(problem, rule, constant="some"), impossible(problem, rule))


def _setting(kappa: Fraction, tau: Fraction, method: str, tuning: str) -> tuple[PartialStrongConvexity, Method]:
    problem = PartialStrongConvexity(ONE, kappa, tau or ONE, ONE if tau else Fraction(0))
    rule: Method = REGISTRY[method].tunings[tuning](problem)
    return problem, rule


def impossible(problem: PartialStrongConvexity, method: Method) -> Result:
    """The largest rate found that an explicit function rules out, with any constant."""
    from proofcheck.discover.refutation import refute
    from proofcheck.discover.spectrum import obstruction

    template = claim_document(problem, method, linear_rate(GAP, GAP, Fraction(1, 2), "some"))
    limit = obstruction(parse(template)).rate
    for gap in GAPS:
        loss = Fraction(1 - limit) * (1 + gap) + Fraction(1, 10**12)
        rate = significant(1 - loss, 12, up=False)
        if not 0 <= rate < 1:
            continue
        claim = {**template, "statement": {**template["statement"], "rate": str(rate)}}
        found = refute(claim)
        if found is not None and found.certificate is not None:
            answer = verdict(claim, found.certificate)
            return Result(answer.word, answer.reason, claim, found.certificate)
    return Result("UNDECIDED", "no rate was ruled out", None, None)


def table(
    kappas: Iterable[Fraction],
    taus: Iterable[Fraction],
    method: str,
    tuning: str,
    folder: str | Path,
    *,
    workers: int = 2,
    progress: Progress = silent,
) -> list[Bracket]:
    """All brackets of a grid; each finished one is kept in the folder, so that a second call goes on from there.

    Parameters
    ----------
    kappas, taus : iterables of Fraction
    method, tuning : str
    folder : path
        Receives points/*.json (claims and certificates) and brackets.csv.
    workers : int
        Processes.
    progress : callable, optional

    Raises
    ------
    InvalidInput
        If the method, the tuning or a parameter is not defined.
    """
    if method not in REGISTRY or tuning not in REGISTRY[method].tunings:
        known = ", ".join(f"{name}/{t}" for name, m in REGISTRY.items() for t in m.tunings)
        raise InvalidInput(f"method={method!r}, tuning={tuning!r} must be one of {known}")
    grid = [(kappa, tau) for kappa in kappas for tau in taus]
    for kappa, tau in grid:
        _setting(kappa, tau, method, tuning)  # refuse what is not defined before anything is searched
    points = Path(folder) / "points"
    make_directory(points)
    names = {(k, t): points / f"{method}-{tuning}-{k}-{t}.json".replace("/", "_") for k, t in grid}
    loaded = {place: _load(*place, method, tuning, path) for place, path in names.items()}
    known_points = {place: found for place, found in loaded.items() if found is not None}
    missing = [place for place in grid if place not in known_points]
    with ProcessPoolExecutor(max_workers=workers, mp_context=get_context("spawn")) as pool:
        jobs = {pool.submit(bracket, *place, method, tuning): place for place in missing}
        for job in as_completed(jobs):
            place = jobs[job]
            known_points[place] = job.result()
            write_atomically(names[place], _bytes(known_points[place]))
            progress(f"kappa = {place[0]}, tau = {place[1]}", len(known_points) / len(grid))
    brackets = [known_points[place] for place in grid]
    write_atomically(Path(folder) / "brackets.csv", _csv(brackets))
    return brackets


def _csv(found: Sequence[Bracket]) -> bytes:
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(entry.row() for entry in found)
    return stream.getvalue().encode()


def _bytes(found: Bracket) -> bytes:
    sides = {"proved": found.proved, "refuted": found.refuted}
    record = {name: {"claim": r.claim, "certificate": r.certificate} for name, r in sides.items()}
    return (json.dumps(record, indent=1) + "\n").encode()


def _load(kappa: Fraction, tau: Fraction, method: str, tuning: str, path: Path) -> Bracket | None:
    """A finished point, asked of the kernel anew; None if there is none or it is not about this point."""
    problem, rule = _setting(kappa, tau, method, tuning)
    template = claim_document(problem, rule, linear_rate(GAP, GAP, Fraction(1, 2), "some"))
    try:
        record = read_json(path.read_bytes(), str(path))
        sides = [_side(record[name], word) for name, word in (("proved", "PROVED"), ("refuted", "REFUTED"))]
        for claim in (side.claim for side in sides if side.claim is not None):
            statement = {**claim["statement"], "rate": template["statement"]["rate"]}
            if {**claim, "statement": statement} != template:
                return None
    except (OSError, Refusal, KeyError, TypeError):
        return None
    return Bracket(kappa, tau, *sides) if all(side.status != "REJECTED" for side in sides) else None


def _side(record: Document, word: str) -> Result:
    claim, certificate = record["claim"], record["certificate"]
    if claim is None or certificate is None:
        return Result("UNDECIDED", "nothing was found", claim, None)
    answer = verdict(claim, certificate)
    status = answer.word if answer.word == word else "REJECTED"
    return Result(status, answer.reason, claim, certificate)
