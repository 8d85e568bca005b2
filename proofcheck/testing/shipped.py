"""The theorems that are shipped, with their premises as the kernel (or the audit of the paper) words them."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

from proofcheck import case, kept, theorem_case
from proofcheck.documents import claim_document, family_document, linear_rate, parse, worst_case
from proofcheck.errors import NotSupported
from proofcheck.families import document, function
from proofcheck.kernel.networks.claim import Network

AT_MOST: dict[str, tuple[str, ...]] = {
    "gradient_descent_partial_strong_convexity": ("0.98506", "1"),
    "gradient_descent_smooth_strongly_convex": ("0.81001", "1"),
    "gradient_descent_smooth_strongly_convex_20_steps": ("0.00033",),
    "heavy_ball_damped_smooth_strongly_convex": ("0.9701", "1.02"),
    "nesterov_partial_strong_convexity": ("39/40", "2.5"),
    "nesterov_partial_strong_convexity_6_steps": ("0.4474",),
    "nesterov_partial_strong_convexity_paper_tuning": ("39/40", "2"),
    "nesterov_partial_strong_convexity_with_a5": ("0.9334", "4.3"),
    "nesterov_smooth_strongly_convex": ("0.862", "9"),
    "nesterov_smooth_strongly_convex_paper_tuning": ("0.9324", "7"),
    "triple_momentum_smooth_strongly_convex": ("0.811", "125"),
}
"""Rate and constant, or bound, that `proofcheck certify` reaches in cases/NAME.toml, rounded up."""
CONSTANTS: dict[str, str] = {
    "nesterov_classical_tau_0": "2",
    "nesterov_classical_tau_1_4": "2",
    "nesterov_classical_tau_1_8": "2",
    "nesterov_classical_tau_2_5": "7/4",
    "nesterov_smooth_strongly_convex": "2",
}
"""Constants that `proofcheck theorem` reaches where a case asks for the best one and none is kept."""
_KEYED = re.compile(r"([A-Za-z]+\d*): |(balls), ")
_CLASSICAL = (
    (re.compile(r"f is \S+-strongly convex on the whole space"), "strong convexity"),
    (re.compile(r"f is differentiable and \S+-smooth on the whole space"), "smoothness"),
)


@dataclass(frozen=True)
class Instance:
    """A theorem in numbers: the class and the method at one q (c = 1), and what is concluded.

    Attributes
    ----------
    mu, L1, L2, G1, G2 : Fraction or None
        Only L2 G1^2 <= coupling is demanded where `scaled` (families); then G1 = 1 here.
    rate, constant : Fraction
        metric_k <= constant rate^k initial for all k; or, with `steps`, metric_steps <= constant initial.
    balls : mapping
        "x", "u" and maybe "start", at this q.
    """

    theorem: str
    q: Fraction | None
    mu: Fraction
    L1: Fraction
    L2: Fraction | None
    G1: Fraction | None
    G2: Fraction | None
    method: str
    coefficients: Mapping[str, Fraction]
    metric: str
    initial: str
    rate: Fraction
    constant: Fraction
    steps: int | None = None
    balls: Mapping[str, Fraction] = field(default_factory=dict)

    def allowed(self, k: int, initial: Fraction) -> Fraction | None:
        """The bound on the metric at k, if the theorem says anything about k."""
        if self.steps is not None:
            return self.constant * initial if k == self.steps else None
        return self.constant * self.rate**k * initial


@dataclass(frozen=True)
class Theorem:
    """A shipped theorem.

    Attributes
    ----------
    name : str
        Of the case file without its ending ("theorems/" in front for one about every condition number), or of the
        statement in the paper.
    premises : mapping
        Key ("A1", "balls", "strong convexity", ...) to the words of the kernel or of the audit.
    kind : str
        "linear_rate", "worst_case", "rate_lower_bound" or "network".
    claim : mapping
        The claim (the paper's: empty).
    """

    name: str
    premises: Mapping[str, str]
    kind: str
    claim: Mapping[str, Any] = field(default_factory=dict, repr=False)

    @property
    def family(self) -> bool:
        """Whether it is about every condition number."""
        return self.claim.get("format") == "proofcheck-claim/2" or self.name.startswith("liao24a")

    def at(self, q: Fraction | None = None) -> Instance:
        """The theorem in numbers, at this q where it is about every condition number (c = 1, L1 = 1)."""
        if self.name.startswith("liao24a"):
            assert q is not None
            return _of_paper(self.name, q)
        return _of_claim(self.name, self.claim, q)


def keys(premises: list[str]) -> dict[str, str]:
    """The kernel's lines by key; a line that nobody knows is its own key.

    Examples
    --------
    >>> list(keys(["A1: for every u ...", "balls, with F_0 ...", "  U = ...", "f is even"]))
    ['A1', 'balls', 'f is even']
    """
    found: dict[str, str] = {}
    last = ""
    for line in premises:
        if line.startswith(" "):
            found[last] += line
            continue
        keyed = _KEYED.match(line)
        classical = [key for pattern, key in _CLASSICAL if pattern.fullmatch(line)]
        last = (keyed[1] or keyed[2]) if keyed else (classical or [line])[0]
        found[last] = line
    return found


def folder_of_cases() -> Path | None:
    """cases/ of the checkout, if this is one."""
    folder = Path(__file__).parents[2] / "cases"
    return folder if folder.is_dir() else None


def theorems(folder: str | Path | None = None) -> list[Theorem]:
    """Return every shipped theorem with its premises, read from the kernel.

    Parameters
    ----------
    folder : path, optional
        The folder `cases` of the repository; by default that of this checkout. Without one: the kept theorems only.

    Raises
    ------
    NotSupported
        If a case asks for the best rate or constant and none is on record here (`AT_MOST`, `CONSTANTS`).
    """
    cases = folder_of_cases() if folder is None else Path(folder)
    found = [_network()]
    if cases is not None:
        # what a case expects to be REFUTED is no theorem
        found += [_fixed(path) for path in sorted(cases.glob("*.toml")) if case.load(path).expect != "REFUTED"]
        found += [_family(path) for path in sorted((cases / "theorems").glob("*.toml"))]
        found += list(_paper(cases / "liao24a")) if (cases / "liao24a").is_dir() else []
    known = {theorem.name for theorem in found}
    found += [
        _theorem(f"theorems/{name}", kept.theorem(name)[0]) for name in kept.NAMES if f"theorems/{name}" not in known
    ]
    return found


def _theorem(name: str, claim: Mapping[str, Any]) -> Theorem:
    read = parse(dict(claim))
    return Theorem(name, keys(read.problem.premises), claim["statement"]["kind"], claim)


def _network() -> Theorem:
    """The rule that applies a theorem to one network: the kernel checks every premise."""
    none = ("0" * 64, "0" * 64)
    from proofcheck.kernel import methods

    method = methods.read({"name": "nesterov", "eta": "1", "beta": "0"})
    files = dict(zip(("data", "weights"), none, strict=True))
    zero, half = Fraction(0), Fraction(1, 2)
    words = Network("", 1, (1, 1, 1), files, method, half, zero, {"x": zero, "u": zero}).words()
    start = words.index("under no premise") if "under no premise" in words else words.index("under the premises")
    return Theorem("network", keys(words[start + 1 :]), "network")


def _fixed(path: Path) -> Theorem:
    read, name = case.load(path), path.stem
    request = read.request
    best = AT_MOST.get(name)
    if isinstance(request, case.BoundRequest):
        bound = request.bound if request.bound is not None else Fraction(_recorded(name, best)[0])
        statement = worst_case(request.metric, request.initial, request.steps, bound)
    else:
        rate = request.rate if request.rate is not None else Fraction(_recorded(name, best)[0])
        constant = request.constant if request.constant is not None else Fraction(_recorded(name, best)[1])
        statement = linear_rate(request.metric, request.initial, rate, constant)
    return _theorem(name, claim_document(read.problem, read.method, statement))


def _recorded(name: str, best: tuple[str, ...] | None) -> tuple[str, ...]:
    if best is None:
        raise NotSupported(
            f"cases/{name}.toml asks for the best: record in AT_MOST what is reached, or write expect = 'REFUTED'"
        )
    return best


def _family(path: Path) -> Theorem:
    name = path.stem
    if name in kept.NAMES:
        return _theorem(f"theorems/{name}", kept.theorem(name)[0])
    read = theorem_case.load(path)
    request = read.request
    statement: dict[str, Any] = {"kind": request.kind, "metric": request.metric, "initial": request.initial}
    # a lower bound's rate matters to nobody here: with "best" the trivial one stands for it
    statement["rate"] = document(request.rate) if request.rate is not None else ["0"]
    if request.kind == "linear_rate":
        known = CONSTANTS.get(name)
        if request.constant is None and known is None:
            raise NotSupported(
                f"cases/theorems/{name}.toml asks for the best constant: record in CONSTANTS what is reached"
            )
        constant = function(known, "constant") if request.constant is None else request.constant
        statement["constant"] = constant if isinstance(constant, str) else document(constant)
    return _theorem(f"theorems/{name}", family_document(read.problem, read.method, statement))


def _paper(folder: Path) -> Iterator[Theorem]:
    """Theorems 6 and 7, with the hypotheses that the audit's rows name."""
    context = tomllib.loads((folder / "contexts.toml").read_text())["context"]["class"]
    words = {line.partition(":")[0]: line for line in context["hypotheses"]}
    rows = tomllib.loads((folder / "a_class_and_descent.toml").read_text())["row"]
    (step,) = [row for row in rows if row["id"] == "T6-const-step"]
    yield Theorem("liao24a Theorem 6", {key: words[key] for key in step["only"]}, "linear_rate")
    yield Theorem("liao24a Theorem 7", words, "linear_rate")


def _of_paper(name: str, q: Fraction) -> Instance:
    """At kappa = 1/q^2, in the units L1 = 1.

    Theorem 6 with c = 1, theta = 1/4: L2 G1^2 <= 3/8 mu, rate 1 - 1/(4 kappa) (row T6-const-step). Theorem 7 with
    c = 4/9: L2 = 1, G1 = 10^-10, G2 = 10 satisfy (5) with the constants of its own induction, C1 = c/5 and
    C2 = sqrt(c)/38 (row K-summary), which the test computes; rate 1 - c/(4 sqrt kappa), constant 2.
    Balls a little smaller than both theorems': 8 sqrt(2) = 11.31 for Theorem 6, more than 54 for Theorem 7.
    """
    mu, one = q**2, Fraction(1)
    balls = {"x": Fraction(113, 10), "u": Fraction(113, 10)}
    rate, gap = Fraction(0), "objective_gap"
    if name.endswith("6"):
        rate = 1 - mu / 4
        eta: dict[str, Fraction] = {"eta": one}
        method = "gradient_descent"
        return Instance(name, q, mu, one, 3 * mu / 8, one, None, method, eta, gap, gap, rate, one, balls=balls)
    e = Fraction(2, 3)
    c, beta = e**2, (4 - e * q) / (4 + 7 * e * q)
    numbers = {"eta": c, "beta": beta}
    rate = 1 - c * q / 4
    return Instance(
        name,
        q,
        mu,
        one,
        one,
        Fraction(1, 10**10),
        Fraction(10),
        "nesterov",
        numbers,
        gap,
        gap,
        rate,
        Fraction(2),
        balls=balls,
    )


def _of_claim(name: str, claim: Mapping[str, Any], q: Fraction | None) -> Instance:
    def number(value: Any, what: str) -> Fraction:
        return Fraction(value) if q is None else Fraction(function(value, what)(q))

    problem, method, statement = claim["class"], dict(claim["method"]), claim["statement"]
    label = method.pop("name")
    coefficients = {key: number(value, key) for key, value in method.items()}
    given = {key: Fraction(problem[key]) for key in ("mu", "L1", "L2", "G1", "G2") if q is None and key in problem}
    if q is not None:
        given = {"mu": q**2, "L1": Fraction(1)}
        if "tau" in problem:
            tau = number(problem["tau"], "tau")
            given |= {"L2": tau * q**2 if tau else Fraction(1), "G1": Fraction(1 if tau else 0)}
    steps = statement.get("steps")
    rate = Fraction(0) if steps is not None else number(statement["rate"], "rate")
    constant = statement["bound"] if steps is not None else statement.get("constant", "1")
    balls = {key: number(value, key) for key, value in problem.get("balls", {}).items()}
    return Instance(
        name,
        q,
        given["mu"],
        given["L1"],
        given.get("L2"),
        given.get("G1"),
        given.get("G2"),
        label,
        coefficients,
        statement["metric"],
        statement["initial"],
        rate,
        number(constant, "constant"),
        steps,
        balls,
    )


__all__ = ["AT_MOST", "CONSTANTS", "Instance", "Theorem", "keys", "theorems"]
