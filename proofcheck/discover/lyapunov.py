"""Search for a Lyapunov certificate: one semidefinite program per rate, exact acceptance.

Every rate that this module returns passed the kernel's exact check; the solver's word decides nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import partial
from typing import Any

from proofcheck.case import SOME
from proofcheck.discover.candidate import Candidate, Progress, silent
from proofcheck.discover.candidates import Term, around
from proofcheck.discover.coordinates import Coordinates
from proofcheck.discover.curvatures import curvatures, momentum
from proofcheck.discover.program import Block, Program, Solution
from proofcheck.discover.pruning import prune
from proofcheck.discover.spectrum import obstruction
from proofcheck.documents import Document, certificate_document, parse, terms, verdict
from proofcheck.kernel.claim import Claim
from proofcheck.kernel.classes.premise import Premise
from proofcheck.kernel.forms import Form, Vector, inner
from proofcheck.kernel.rules import lyapunov as rule
from proofcheck.kernel.run import Run
from proofcheck.numbers import significant

DIGITS = (6, 9, 12, 15)
CAP = 100.0
ROUNDING = Fraction(1, 10**6)
LADDER = (1 - 1e-7, 1 - 1e-6, 1 - 1e-5, 1 - 1e-4, 0.99, 0.95, 0.8, 0.6, 0.3, 0.1, 0.03, 0.01, 1e-3)
RESOLUTION, FINE = 3e-4, 3e-6  # of the loss; fine for named premises, whose best rates are far from the obstruction
NEAR = Fraction(1, 10**7)  # of the loss: where a rate that is attained is looked at from above
SIMPLE = (4, 12, 60, 360, 10_000)  # denominators of multipliers at an attained rate
BLOCKS = ("start", "base", "decrease", "bound")


def scale_of(metric: str, claim: Claim) -> Fraction:
    """A factor that brings a metric to the order of a function value."""
    found = curvatures(claim)
    if metric == "objective_gap":
        return Fraction(1)
    return Fraction(found.mu if metric == "squared_distance" else 1 / found.L1)


class LyapunovSearch:
    """The program of one claim (class, method, metric, initial condition) for many rates.

    Parameters
    ----------
    claim : dict
        A linear_rate claim document; its rate and constant are replaced in what is returned.
    loss : float
        The expected order of 1 - rate, used for scaling only.
    """

    rich = False

    def __init__(self, claim: Document, loss: float) -> None:
        self.document = claim
        self.claim = parse(claim)
        self.metric, self.initial = claim["statement"]["metric"], claim["statement"]["initial"]
        self.scale_metric = scale_of(self.metric, self.claim)
        self.scale_initial = scale_of(self.initial, self.claim)
        self.loss = min(max(loss, 1e-12), 1.0)
        self.units: dict[str, Fraction] = {}
        self.rest, self.generic = self.claim.run(0, 1, generic=False), self.claim.run(-1, 1, generic=True)
        self.program = self._build()

    def _build(self) -> Program:
        """All coefficients of V are unknown; the constant is K / rho."""
        rest, generic = self.rest, self.generic
        first = self.scale_initial * self.claim.measure(rest, self.initial, 0)
        now, later, one = self._terms(generic, 0), self._terms(generic, 1), self._terms(rest, 1)
        start = {} if self.metric == self.initial else around(self.claim, rest, [0], [])
        blocks = [
            self._block("start", rest, start, fixed=-1 * self._measure(rest, 0), plain={"K": first},
                        rated={"K": first}, parameter="growth"),
            self._block("base", rest, around(self.claim, rest, [0], []),
                        plain={"K": first, **{name: -1 * form for name, form in one.items()}}),
            self._block("decrease", generic, around(self.claim, generic, [-1, 0], [], rich=self.rich),
                        plain={name: now[name] - later[name] for name in now},
                        rated={name: -1 * form for name, form in now.items()}, weight=1 / self.loss),
            self._block("bound", generic, around(self.claim, generic, [-1], [0]),
                        fixed=-1 * self._measure(generic, 0), plain=now),
        ]  # fmt: skip
        return Program(blocks, [*now, "K"], ["loss", "growth"])

    def _measure(self, run: Run, index: int) -> Form:
        return self.scale_metric * self.claim.measure(run, self.metric, index)

    def _block(
        self, name: str, run: Run, inequalities: Mapping[Term, Form], centre: Vector | None = None, **shape: Any
    ) -> Block:
        forms = [*shape.get("plain", {}).values(), *shape.get("rated", {}).values(), *inequalities.values()]
        fixed = shape.pop("fixed", Form({}, {}))
        coordinates = Coordinates.of(self.claim, self.loss, run, [fixed, *forms], centre)
        return Block(name, inequalities=inequalities, coordinates=coordinates, fixed=fixed, **shape)

    def _valued(self) -> bool:
        """Whether anything is known about values: premises may be about gradients alone, and then V has no values."""
        problem = self.claim.problem
        premises = [entry for entry in problem.inequalities.values() if isinstance(entry, Premise)]
        measured = "objective_gap" in (self.metric, self.initial)
        return measured or not premises or any(entry.values for entry in premises)

    def _terms(self, run: Run, index: int) -> dict[str, Form]:
        """The form that each scaled coefficient of V multiplies."""
        values, in_x, in_u = rule.features(run, index)
        found = {f"a{i}": form for i, form in enumerate(values)} if self._valued() else {}
        frame = Coordinates.of(self.claim, 1.0, run, [])
        lengths = {"x": (frame.mu**-0.5, frame.L1**-0.5, frame.L1**0.5), "u": (frame.eta * frame.accumulation, 1.0)}
        vectors: tuple[tuple[str, list[Vector]], ...] = (("x", in_x), ("u", in_u if self.claim.problem.partial else []))
        for space, listed in vectors:
            for i, left in enumerate(listed):
                for j in range(i, len(listed)):
                    unit = significant(1 / (lengths[space][i] * lengths[space][j]), 3)
                    self.units[f"{space}{i}{j}"] = unit
                    found[f"{space}{i}{j}"] = (unit if i == j else 2 * unit) * inner(left, listed[j])
        return found

    def solve(self, rate: Fraction, constant: Fraction | None = None) -> Solution:
        """Maximise the margin at this rate with at most this constant."""
        cap = CAP if constant is None else float(constant * rate * self.scale_initial_ratio)
        return self.program.solve(caps={"K": cap}, parameters=self._parameters(rate))

    @property
    def scale_initial_ratio(self) -> Fraction:
        """K = constant * rate * this ratio."""
        return self.scale_metric / self.scale_initial

    @staticmethod
    def _parameters(rate: Fraction) -> dict[str, float]:
        return {"loss": float(1 - rate), "growth": float(1 / rate - 1) if rate > Fraction(1, 10**9) else 1e9}

    def cheaper(self, solution: Solution, rate: Fraction) -> list[Solution]:
        """Solutions at the same rate with smaller constants, the smallest first."""
        cheap = [
            self.program.solve(
                minimise="K", floor=share * solution.margin, caps={"K": CAP}, parameters=self._parameters(rate)
            )
            for share in (0.003, 0.1)
        ]
        bounds = [K for K in (1.1, 1.5, 2.0, 4.0, 8.0, 16.0, 32.0) if 0.9 * solution.unknowns["K"] > K]
        capped = [self.program.solve(caps={"K": K}, parameters=self._parameters(rate)) for K in bounds]
        usable = [s for s in (*cheap, *capped) if s.unknowns and s.margin > 0]
        usable = [s for s in usable if s.unknowns["K"] < 0.98 * solution.unknowns["K"]]
        return sorted(usable, key=lambda s: s.unknowns["K"])

    def accepted(self, solution: Solution, rate: Fraction, constant: Fraction | str | None) -> Candidate | None:
        """Round the solution with more and more digits until the kernel accepts it; None if it never does."""
        if not solution.unknowns or solution.margin <= 0:
            return None
        for digits in (n for n in DIGITS if 10.0**-n < solution.margin):
            for c in [constant] if isinstance(constant, Fraction) else self._constants(solution, rate):
                claim = {**self.document, "statement": {**self.document["statement"], "rate": str(rate)}}
                claim["statement"]["constant"] = str(constant if isinstance(constant, str) else c)
                certificate = certificate_document(claim, "lyapunov", self._fields(solution, c, digits))
                if verdict(claim, certificate).accepted:
                    return Candidate(claim, certificate)
        return None

    def _constants(self, solution: Solution, rate: Fraction) -> list[Fraction]:
        """The found constant, fewer digits first, at last rounded up."""
        found = Fraction(solution.unknowns["K"]) / self.scale_initial_ratio / max(rate, ROUNDING)
        return [significant(found, 3), significant(found, 3, up=True), significant(found * (1 + ROUNDING), 7, up=True)]

    def _fields(self, solution: Solution, constant: Fraction, digits: int) -> Document:
        def number(value: float | Fraction) -> Fraction:
            return significant(Fraction(value) / self.scale_metric, digits)

        def entry(space: str, i: int, j: int) -> str:
            name = f"{space}{min(i, j)}{max(i, j)}"
            return str(number(Fraction(solution.unknowns[name]) * self.units[name]))

        sizes = {"x": rule.X_FEATURES, "u": rule.U_FEATURES if self.claim.problem.partial else 0}
        values = [str(number(solution.unknowns.get(f"a{i}", 0))) for i in range(rule.VALUES)]
        matrices = {s: [[entry(s, i, j) for j in range(n)] for i in range(n)] for s, n in sizes.items()}
        fields: Document = {"constant": str(constant), "lyapunov": {"values": values, **matrices}}
        for block in BLOCKS:
            fields[block] = _rounded(solution, block, number)
        return fields


class RichSearch(LyapunovSearch):
    """The same with more inequalities: slower, and a little closer to the obstruction."""

    rich = True


class MetricSearch(LyapunovSearch):
    """V is the metric itself and the constant is 1: enough for methods without memory."""

    def _build(self) -> Program:
        rest, generic = self.rest, self.generic
        first, later = self._measure(rest, 0), self._measure(generic, 1)
        now = self._measure(generic, 0)
        blocks = [
            self._block("base", rest, around(self.claim, rest, [0], []), plain={"a": first - self._measure(rest, 1)},
                        rated={"a": -1 * first}, weight=1 / self.loss),
            self._block("decrease", generic, around(self.claim, generic, [0], []),
                        generic.x_at(generic.minimiser_label(0)), plain={"a": now - later},
                        rated={"a": -1 * now}, weight=1 / self.loss),
        ]  # fmt: skip
        return Program(blocks, ["a"], ["loss"])

    def solve(self, rate: Fraction, constant: Fraction | None = None) -> Solution:
        """Maximise the margin at this rate; a claimed constant below 1 cannot hold."""
        return self.program.solve(caps={"a": CAP}, parameters={"loss": float(1 - rate)})

    def cheaper(self, solution: Solution, rate: Fraction) -> list[Solution]:
        """No constant is smaller than 1."""
        return []

    def _constants(self, solution: Solution, rate: Fraction) -> list[Fraction]:
        return [Fraction(1)]

    def _fields(self, solution: Solution, constant: Fraction, digits: int) -> Document:
        unit = Fraction(solution.unknowns["a"]) * self.scale_metric

        def number(value: float) -> Fraction:
            return significant(Fraction(value) / unit, digits)

        gap, u_size = self.metric == "objective_gap", rule.U_FEATURES if self.claim.problem.partial else 0
        square = [["0"] * rule.X_FEATURES for _ in range(rule.X_FEATURES)]
        square[0][0] = "0" if gap else "1"
        v = {"values": ["1" if gap else "0", "0"], "x": square, "u": [["0"] * u_size for _ in range(u_size)]}
        blocks = {block: _rounded(solution, block, number) for block in ("base", "decrease")}
        return {"constant": str(constant), "lyapunov": v, "start": [], "bound": [], **blocks}

    def attained(self, rate: Fraction, constant: Fraction | str | None) -> Candidate | None:
        """A proof of a rate that is attained, so that no margin is left: simple multipliers, or None.

        Just above the rate there is a margin; the multipliers found there are rounded to simple numbers, in units of
        powers of the step size.
        """
        if constant not in (None, SOME, 1):
            return None
        solution = self.solve(rate + NEAR * (1 - rate))
        if not solution.unknowns or solution.unknowns["a"] <= 0:
            return None
        unit = Fraction(solution.unknowns["a"]) * self.scale_metric
        eta = Fraction(self.claim.method.coefficients["eta"])
        claim = {**self.document, "statement": {**self.document["statement"], "rate": str(rate)}}
        claim["statement"]["constant"] = SOME if constant == SOME else "1"
        for limit in SIMPLE:
            fields = self._fields(solution, Fraction(1), 9)
            number = partial(_simple, unit=unit, eta=eta, limit=limit)
            fields |= {block: _rounded(solution, block, number) for block in ("base", "decrease")}
            certificate = certificate_document(claim, "lyapunov", fields)
            if verdict(claim, certificate).accepted:
                return Candidate(claim, certificate)
        return None


def _simple(given: float, unit: Fraction, eta: Fraction, limit: int) -> Fraction:
    """The simplest number near the value, in units of 1, eta or eta^2."""
    value = Fraction(given) / unit
    found = [(value / eta**power).limit_denominator(limit) for power in range(3)]
    options = [(entry.numerator + entry.denominator, entry * eta**power) for power, entry in enumerate(found) if entry]
    near = [option for option in options if abs(option[1] - value) <= value / 50]
    return min(near)[1] if near else Fraction(0)


def _rounded(solution: Solution, block: str, number: Callable[[float], Fraction]) -> list[Document]:
    listed = [(name, at, number(m)) for (name, at), m in solution.multipliers[block].items() if m > 1e-12]
    return terms([(name, at, m) for name, at, m in listed if m])


def _searches(claim: Document) -> list[type[LyapunovSearch]]:
    """The kinds of search to try, the simplest first."""
    same = claim["statement"]["metric"] == claim["statement"]["initial"]
    memoryless = not any(momentum(parse(claim)))
    has_value = claim["statement"]["metric"] != "squared_gradient_norm"
    kinds: list[type[LyapunovSearch]] = [MetricSearch] if same and memoryless and has_value else []
    moving = Fraction(claim["class"].get("G1", 0)) > 0
    return [*kinds, LyapunovSearch, RichSearch] if moving else [*kinds, LyapunovSearch]


def _tried(claim: Document) -> str:
    """What a search tries, for the notes of a result."""
    kinds = {MetricSearch: "V = metric", LyapunovSearch: "quadratic V", RichSearch: "quadratic V, more inequalities"}
    listed = "; ".join(kinds[kind] for kind in _searches(claim))
    return f"{listed}; rounded to {', '.join(map(str, DIGITS))} digits"


def fixed_rate(claim: Document, constant: Fraction | str | None, progress: Progress = silent) -> Candidate:
    """Prove the claim's own rate, with the claimed constant, some constant, or the smallest one found.

    Parameters
    ----------
    claim : dict
        A linear_rate claim document with the rate to prove.
    constant : Fraction, "some" or None
        The claimed constant; None asks for the smallest one.
    progress : callable, optional
        Called with a message and the fraction done.
    """
    rate = Fraction(claim["statement"]["rate"])
    notes = {
        "tried": _tried(claim),
        "smallest rate not excluded by a quadratic or staircase": f"{obstruction(parse(claim)).rate:.9f}",
    }
    for kind in _searches(claim):
        progress("searching a Lyapunov function", 0.2)
        search = kind(claim, float(1 - rate))
        solution = search.solve(rate, constant if isinstance(constant, Fraction) else None)
        notes["solver status"] = solution.status
        notes["margin of the best floating-point certificate"] = f"{solution.margin:.3e}"
        found = search.accepted(solution, rate, constant)
        if found is None and isinstance(search, MetricSearch):
            found = search.attained(rate, constant)
        if found is not None:
            progress("reducing the constant", 0.7)
            return _finish(search, found, solution, rate, constant, notes)
    return Candidate(None, None, notes)


def _finish(
    search: LyapunovSearch,
    found: Candidate,
    solution: Solution,
    rate: Fraction,
    constant: Fraction | str | None,
    notes: dict[str, str],
) -> Candidate:
    """Prefer a smaller constant at the same rate, if the kernel accepts one."""
    for cheap in [] if isinstance(constant, Fraction) else search.cheaper(solution, rate):
        candidate = search.accepted(cheap, rate, constant)
        if candidate is not None:
            found = candidate
            break
    assert found.claim is not None
    assert found.certificate is not None
    return Candidate(found.claim, prune(found.claim, found.certificate), notes)


def best_rate(claim: Document, constant: Fraction | str | None, progress: Progress = silent) -> Candidate:
    """Search the smallest rate for which the kernel accepts a certificate.

    First a few losses 1 - rho from the obstruction downwards, then bisection between the last refused
    and the first accepted one. Every accepted value passed the exact check.
    """
    limit = obstruction(parse(claim))
    notes = {"tried": _tried(claim), "smallest rate not excluded by a quadratic or staircase": f"{limit.rate:.9f}"}
    most, best = 1 - limit.rate, None
    fine = FINE if parse(claim).problem.assumed else RESOLUTION
    for kind in _searches(claim) if most > 0 else []:
        if best is None:
            coarse = kind is LyapunovSearch and RichSearch in _searches(claim)
            best = _bracket(kind, claim, constant, most, 1e-2 if coarse else fine, progress)
        elif kind is RichSearch and isinstance(best[0], LyapunovSearch) and not isinstance(best[0], MetricSearch):
            refine = _attempts(RichSearch(claim, best[4] * most), constant, most)
            best = _bisect(refine, best, min(1.0, 1.04 * best[4]), RESOLUTION, progress)
    if best is None:
        return Candidate(None, None, notes)
    search, found, solution, rate, _ = best
    progress("reducing the constant", 0.97)
    notes["solver status"] = solution.status
    return _finish(search, found, solution, rate, constant, notes)


Attempt = tuple[LyapunovSearch, Candidate, Solution, Fraction, float]


def _attempts(
    search: LyapunovSearch, constant: Fraction | str | None, most: float
) -> Callable[[float], Attempt | None]:
    """A function that tries to prove a share of the loss `most`."""

    def attempt(share: float) -> Attempt | None:
        rate = 1 - significant(share * most, 7, up=False)
        solution = search.solve(rate, constant if isinstance(constant, Fraction) else None)
        found = search.accepted(solution, rate, constant)
        return None if found is None else (search, found, solution, rate, share)

    return attempt


def _bracket(
    kind: type[LyapunovSearch],
    claim: Document,
    constant: Fraction | str | None,
    most: float,
    resolution: float,
    progress: Progress,
) -> Attempt | None:
    """The largest accepted share of the loss `most`: a ladder from above, then bisection."""
    search = kind(claim, most)
    refused = 1.0
    for number, share in enumerate(LADDER if kind is MetricSearch else LADDER[3:]):
        progress("bracketing the best rate", 0.5 * number / len(LADDER))
        if share * most < 0.3 * search.loss:
            search = kind(claim, share * most)
        attempt = _attempts(search, constant, most)
        best = attempt(share)
        if best is not None:
            return _bisect(attempt, best, refused, resolution, progress)
        refused = share
    return None


def _bisect(
    attempt: Callable[[float], Attempt | None], best: Attempt, refused: float, resolution: float, progress: Progress
) -> Attempt:
    """Improve an accepted share towards a refused one."""
    for number in range(12 if resolution >= RESOLUTION else 24):
        if refused - best[4] < resolution * best[4]:
            break
        progress("bisecting the rate", 0.5 + 0.02 * number)
        middle = (refused * best[4]) ** 0.5
        better = attempt(middle)
        if better is None:
            refused = middle
        else:
            best = better
    return best
