"""From a claim and a certificate to the LaTeX source of their report."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

import jinja2

import proofcheck
from proofcheck.classes import REGISTRY as CLASSES
from proofcheck.documents import Document, parse, verdict
from proofcheck.errors import InvalidInput, NotSupported, ProofcheckError
from proofcheck.kernel import Refusal, Verdict, explain
from proofcheck.kernel.claim import FAMILY, Claim
from proofcheck.kernel.statements import LinearRate, WorstCase
from proofcheck.kernel.wire import canonical_bytes, digest

from . import counterexample, family, notation, pieces, premises, proof
from .escape import Tex, text

TEMPLATES = Path(__file__).parent / "templates"
NUMBERS = {"mu": r"\mu", "L1": "L_1", "L2": "L_2", "G1": "G_1", "G2": "G_2"}
COEFFICIENTS = {"eta": r"\eta", "beta": r"\beta", "gamma": r"\gamma"}
CITED = {"source": "Source", "known": "Known"}
PLAIN = {key: f"{key}.tex" for key in ("theorem", "setting", "part", "slacks", "pivots")}
MAX_NOTES = 64
NO_CERTIFICATE = Verdict("UNDECIDED", "neither a proof nor a counterexample was found")


@dataclass(frozen=True)
class Provenance:
    """Where a claim comes from, in words that nobody vouches for."""

    title: Tex | None = None
    cited: list[tuple[Tex, Tex]] = field(default_factory=list)
    notes: list[tuple[Tex, Tex]] = field(default_factory=list)


def _only_tex(value: Any) -> Any:
    """Refuse to print anything but LaTeX made on purpose; undefined names fail by themselves."""
    if isinstance(value, (Tex, jinja2.Undefined)) or type(value) is int:
        return value
    raise TypeError(f"a template prints {type(value).__name__}, expected Tex")


ENVIRONMENT = jinja2.Environment(
    loader=jinja2.FileSystemLoader(TEMPLATES),
    block_start_string=r"\BLOCK{",
    block_end_string="}",
    variable_start_string=r"\VAR{",
    variable_end_string="}",
    comment_start_string=r"\COMMENT{",
    comment_end_string="}",
    undefined=jinja2.StrictUndefined,
    finalize=_only_tex,
    autoescape=False,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
)


def render(claim: Document, certificate: Document | None, provenance: Mapping[str, Any] | None = None) -> str:
    r"""Return the LaTeX source of the report on a claim.

    The verdict is asked from the kernel here and now. The contents of a certificate are printed only if the kernel
    accepts it; without a certificate the word is UNDECIDED.

    Parameters
    ----------
    claim : dict
        The claim document.
    certificate : dict or None
        The certificate document.
    provenance : mapping, optional
        Strings ``title``, ``source`` and ``known``, and ``notes``: floating-point observations, printed as such and
        apart from the verdict. All of it is escaped; other keys are ignored.

    Returns
    -------
    str

    Raises
    ------
    InvalidInput, NotSupported
        If the kernel does not understand the claim, or a part of the provenance is not text.

    Examples
    --------
    >>> claim = {"format": "proofcheck-claim/1", "class": {"name": "smooth_strongly_convex", "mu": "1", "L1": "4"},
    ...     "method": {"name": "gradient_descent", "eta": "1/4"}, "statement": {"kind": "linear_rate",
    ...     "metric": "objective_gap", "initial": "objective_gap", "rate": "1/2", "constant": "1"}}
    >>> r"\word{UNDECIDED}" in render(claim, None)
    True
    """
    try:
        read = parse(claim)
        words = explain(canonical_bytes(claim))
        answer = NO_CERTIFICATE if certificate is None else verdict(claim, certificate)
        hashes = read.hash, None if certificate is None else digest(certificate)
    except Refusal as refusal:
        raise (NotSupported if refusal.word == "DECLINED" else InvalidInput)(str(refusal)) from None
    except (TypeError, ValueError, RecursionError) as error:
        raise InvalidInput(f"claim or certificate is not a JSON document ({type(error).__name__})") from None
    context: dict[str, Any] = {
        "verdict": answer,
        "word": text(answer.word),
        "reason": text(answer.reason),
        "colour": Tex({"PROVED": "proved", "REFUTED": "refuted"}.get(answer.word.partition("_")[0], "open")),
        "claim_hash": Tex(hashes[0]),
        "short_hash": Tex(hashes[0][:12]),
        "certificate_hash": None if hashes[1] is None else Tex(hashes[1]),
        "words": [(len(line) - len(line.lstrip()), text(line)) for line in words],
        "version": text(proofcheck.__version__),
        "formats": [text(str(document["format"])) for document in (claim, certificate or {}) if "format" in document],
        "provenance": _provenance(provenance or {}),
        "status": Tex({"REFUTED": "refuted", "UNDECIDED": "undecided"}.get(answer.word, "not proved")),
        "rule": None,
    }
    accepted = certificate if answer.accepted else None
    if read.format == FAMILY:
        context |= family.context(read, accepted)
    else:
        context |= _about_numbers(read, claim, accepted)
    return ENVIRONMENT.get_template("report.tex").render(context)


def _about_numbers(read: Claim, claim: Document, certificate: Document | None) -> dict[str, Any]:
    """What the templates print about a claim whose numbers are rationals."""
    found = {"templates": PLAIN, "setting": _setting(read, claim), "theorem": _theorem(read, certificate)}
    found |= {"family": None, "radii": None, "comparison": None}
    return found if certificate is None else found | _evidence(read, claim, certificate)


def _evidence(read: Claim, claim: Document, certificate: Document) -> dict[str, Any]:
    """What an accepted certificate says, for the template of its rule."""
    rule = certificate["rule"]
    if rule == "instance":
        return {"rule": rule, "instance": counterexample.instance(read, certificate)}
    if rule == "growth":
        return {"rule": rule, "growth": counterexample.grow(read, certificate)}
    if rule not in ("lyapunov", "worst_case"):
        raise ProofcheckError(f"there is no report for certificates of rule {rule!r}")
    parts = proof.parts(read, certificate)
    slacks = [slack for part in parts.values() for slack in part.slacks]
    found = {
        "rule": rule,
        "parts": parts,
        "slacks": slacks,
        "spaces": _spaces(slacks),
        "legends": proof.legends(read, [group for part in parts.values() for group in part.groups]),
    }
    return found if rule == "worst_case" else found | {"lyapunov": _function(read, claim, certificate)}


def _spaces(slacks: list[proof.Slack]) -> list[Tex]:
    """The spaces in which there is any slack."""
    return [name for name in proof.SPACE_NAMES.values() if any(slack.space == name for slack in slacks)]


def _provenance(found: Mapping[str, Any]) -> Provenance:
    """Read what nobody vouches for."""

    def checked(value: Any, name: str, limit: int) -> Tex:
        if not isinstance(value, str):
            raise InvalidInput(f"provenance: {name}: expected a string, got {type(value).__name__}")
        return text(value, limit)

    title = checked(found["title"], "title", 200) if found.get("title") else None
    cited = [(Tex(name), checked(found[key], key, 1_000)) for key, name in CITED.items() if found.get(key)]
    notes = found.get("notes") or {}
    if not isinstance(notes, Mapping):
        raise InvalidInput(f"provenance: notes: expected a table, got {type(notes).__name__}")
    listed = [(checked(k, "notes", 80), checked(v, f"notes.{k}", 400)) for k, v in list(notes.items())[:MAX_NOTES]]
    return Provenance(title, cited, listed)


def _setting(read: Claim, claim: Document) -> pieces.Setting:
    coefficients, (title, source) = premises.coefficients(read), premises.method_of(read)
    found = _about_class(read) if not read.problem.assumed else _about_premises(read, claim)
    return pieces.Setting(
        **found,
        heading=Tex(title[:1].upper() + title[1:]),
        method_title=title,
        method_source=source,
        exact_coefficients=[notation.exactly(COEFFICIENTS[key], n) for key, n in coefficients.items()],
        coefficients=[notation.equation(COEFFICIENTS[key], value) for key, value in coefficients.items()],
        pieces=pieces.recursion(premises.symbolic(read)[1], read.problem.partial),
    )


def _about_premises(read: Claim, claim: Document) -> dict[str, Any]:
    """A class that the claim states by named premises; its title and parameters are words of the claim."""
    p = {key: Fraction(number) for key, number in claim["class"]["parameters"].items()}
    names = {key: premises.symbol(key, NUMBERS) for key in p}
    return {
        "partial": False,
        "coupled": False,
        "fifth": False,
        "class_title": Tex(f"``{text(claim['class']['title'])}''"),
        "class_source": Tex("named by the claim, in words that nobody checked"),
        "assumptions": premises.assumptions(read),
        "exact": [notation.exactly(names[key], value) for key, value in p.items()],
        "parameters": [notation.equation(names[key], value) for key, value in p.items()],
        "derived": [],
        "assumed": read.problem.assumed,
    }


def _about_class(read: Claim) -> dict[str, Any]:
    """A class that the kernel knows."""
    p = {key: read.problem.parameters[key] for key in NUMBERS if key in read.problem.parameters}
    problem = CLASSES[read.problem.name](**p)
    coupling = p["L2"] * p["G1"] ** 2 if read.problem.partial else Fraction(0)
    derived = [notation.equation(r"\kappa=L_1/\mu", problem.kappa)]
    if read.problem.partial:
        derived.append(notation.equation(r"\tau=L_2G_1^2/\mu", coupling / p["mu"]))
    return {
        "partial": read.problem.partial,
        "coupled": coupling != 0,
        "fifth": "G2" in p,
        "class_title": text(problem.title),
        "class_source": text(problem.source),
        "assumptions": [Tex(line) for line in problem.latex_assumptions()],
        "exact": [notation.exactly(NUMBERS[key], value) for key, value in p.items()],
        "parameters": [notation.equation(NUMBERS[key], value) for key, value in p.items()],
        "derived": derived,
    }


def _theorem(read: Claim, certificate: Document | None) -> pieces.Theorem:
    s, partial = read.statement, read.problem.partial
    step = str(s.steps) if isinstance(s, WorstCase) else "k"
    metric, initial = notation.measure(s.metric, partial, step), notation.bracketed(s.initial, partial, "0")
    if isinstance(s, WorstCase):
        factor = notation.fraction(s.bound) if notation.is_short(s.bound) else Tex("B")
        numbers = [notation.equation("B", s.bound, up=True)]
        if factor != "B":
            numbers = [Tex(f"${factor}{notation.bounded(s.bound, up=True)}$")] if s.bound.denominator > 1 else []
        statement = rf"{metric}\;\le\;{factor}\,{initial}"
    else:
        assert isinstance(s, LinearRate)
        rate = rf"\Bigl({notation.fraction(s.rate)}\Bigr)" if notation.is_short(s.rate) else r"\rho"
        numbers = [notation.equation(r"\rho", s.rate, up=True)]
        constant = s.constant
        factor = Tex("C")
        if constant is None and certificate is not None and "constant" in certificate:
            constant = Fraction(certificate["constant"])
        if s.constant is not None:
            factor = notation.fraction(s.constant) if notation.is_short(s.constant) else factor
        if constant is not None:
            numbers.append(notation.equation("C", constant, up=True))
        shown = "" if s.constant == 1 else rf"{factor}\,"
        statement = rf"{metric}\;\le\;{shown}{rate}^{{k}}\,{initial}\qquad\text{{for all }}k\ge0"
    return pieces.Theorem(
        rate=isinstance(s, LinearRate),
        some=isinstance(s, LinearRate) and s.constant is None,
        statement=Tex(statement),
        numbers=numbers,
        factor=factor,
        metric=metric,
        metric_k=notation.measure(s.metric, partial, "k"),
        initial=initial,
        metric_0=notation.measure(s.metric, partial, "0"),
    )


def _function(read: Claim, claim: Document, certificate: Document) -> pieces.Function:
    s, given = read.statement, certificate["lyapunov"]
    symbolic = pieces.conditions(*premises.symbolic(read), s.metric, s.initial)
    values = [notation.equation(f"a_{{{i}}}", Fraction(number)) for i, number in enumerate(given["values"])]
    matrices = [tex for letter, key in (("P", "x"), ("B", "u")) if given[key] for tex in _matrix(letter, given[key])]
    constant = notation.equation("C", Fraction(certificate["constant"]), up=True)
    return pieces.Function(constant, values, matrices, symbolic)


def _matrix(letter: str, rows: list[list[str]]) -> list[Tex]:
    """A symmetric matrix, exactly and in decimals: as displays, or entry by entry where it is too wide."""
    numbers = [[Fraction(number) for number in row] for row in rows]
    if not all(notation.is_short(number) for row in numbers for number in row):
        entries = [(i, j) for i in range(len(rows)) for j in range(i, len(rows))]
        listed = [notation.equation(f"{letter}_{{{i + 1}{j + 1}}}", numbers[i][j]) for i, j in entries]
        return [Tex(", ".join(listed) + ".")]
    exact = pieces.pmatrix([[notation.fraction(number) for number in row] for row in numbers], stretch=True)
    decimals = pieces.pmatrix([[notation.near(number) for number in row] for row in numbers])
    if all(number.denominator == 1 for row in numbers for number in row):
        return [Tex(rf"\[{letter}={exact}\]")]
    if sum(len(str(number)) for number in numbers[0]) > 44:
        return [Tex(rf"\begin{{align*}}{letter}&={exact}\\&\approx{decimals}\end{{align*}}")]
    return [Tex(rf"\[{letter}={exact}\approx{decimals}\]")]
