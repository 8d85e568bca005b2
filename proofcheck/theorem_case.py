"""Case files about every condition number ("proofcheck-case/2"). docs/format.md specifies every key."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from proofcheck import case, methods
from proofcheck.errors import InvalidInput, NotSupported, ProofcheckError
from proofcheck.families import ClassFamily, MethodFamily, Q, function
from proofcheck.kernel.parameter.ratio import Ratio
from proofcheck.kernel.statements import INITIAL, METRICS

FORMAT = "proofcheck-case/2"
BEST, SOME = "best", "some"
KINDS = ("linear_rate", "rate_lower_bound")


@dataclass(frozen=True)
class TheoremRequest:
    """What to prove for every q in (0, 1].

    Attributes
    ----------
    kind : str
        "linear_rate" or "rate_lower_bound".
    metric, initial : str
        As in a claim.
    rate : Ratio or None
        The rate as a function of q; None (for lower bounds) asks for the largest one found.
    constant : Ratio, "some" or None
        None asks for a small one.
    """

    kind: str = "linear_rate"
    metric: str = "objective_gap"
    initial: str = "objective_gap"
    rate: Ratio | None = None
    constant: Ratio | str | None = None


@dataclass(frozen=True)
class TheoremCase:
    """A case file about every condition number."""

    title: str
    source: str
    known: str
    problem: ClassFamily
    method: MethodFamily
    request: TheoremRequest
    balls: bool
    start: Ratio | None = None
    expect: str = ""


def load(path: str | Path) -> TheoremCase:
    """Read a case file of format 2.

    Raises
    ------
    InvalidInput, NotSupported
        With one line that names the file, the key, the value and the bound.
    """
    name = str(path)
    try:
        return from_document(case.read_document(name))
    except ProofcheckError as error:
        message = str(error)
        raise type(error)(message if message.startswith(f"{name}: ") else f"{name}: {message}") from None


def from_document(document: Mapping[str, Any]) -> TheoremCase:
    """Build a case from a parsed document; every key is known, every number exact."""
    top = case.read_table(document, "case", case.REQUIRED, case.OPTIONAL)
    found = case.read_text(top["format"], "format")
    if found != FORMAT:
        raise NotSupported(f"format={case.shorten(found)} must be {FORMAT!r}")
    problem, balls, start = _problem(top["class"])
    method = _method(top["method"])
    texts = {key: case.read_line(top.get(key, ""), key) for key in ("title", "source", "known")}
    return TheoremCase(
        **texts,
        problem=problem,
        method=method,
        request=_request(top["statement"], problem),
        balls=balls,
        start=start,
        expect=case.read_expected(top),
    )


def _problem(value: Any) -> tuple[ClassFamily, bool, Ratio | None]:
    found = case.read_table(value, "class", ("name",), ("tau", "balls", "start"))
    given: dict[str, Any] = {key: function(found[key], f"class.{key}") for key in ("tau",) if key in found}
    radii, start = found.get("balls"), None
    if "start" in found:
        start = function(found["start"], "class.start")
        if radii is None or not start > 0:
            raise InvalidInput(f"class.start={start} must be > 0 on (0, 1], and needs class.balls")
    if radii not in (None, BEST):
        table = case.read_table(radii, "class.balls", ("x", "u"), ())
        given["balls"] = {key: function(table[key], f"class.balls.{key}") for key in ("x", "u")}
        given["balls"] |= {} if start is None else {"start": start}
    try:
        return ClassFamily(case.read_text(found["name"], "class.name"), **given), radii is not None, start
    except ProofcheckError as error:
        raise type(error)(f"class.{error}") from None


def _method(value: Any) -> MethodFamily:
    name = case.read_name(value, "method.name", methods.REGISTRY)
    try:
        if "tuning" in value:
            found = case.read_table(value, "method", ("name", "tuning"), ())
            return MethodFamily.tuned(name, case.read_text(found["tuning"], "method.tuning"))
        return MethodFamily(name, {key: entry for key, entry in value.items() if key != "name"})
    except ProofcheckError as error:
        raise type(error)(str(error) if str(error).startswith("method") else f"method.{error}") from None


def _request(value: Any, problem: ClassFamily) -> TheoremRequest:
    where = "statement"
    kind = case.read_text(value.get("kind") if isinstance(value, Mapping) else None, f"{where}.kind")
    if kind not in KINDS:
        raise NotSupported(f"{where}.kind={case.shorten(kind)} must be one of {', '.join(KINDS)}")
    optional = ("rate", "theta", "constant") if kind == KINDS[0] else ("rate",)
    found = case.read_table(value, where, ("kind", "metric", "initial"), optional)
    measures = {}
    for key, known in (("metric", tuple(METRICS)), ("initial", INITIAL)):
        measures[key] = case.read_text(found[key], f"{where}.{key}")
        if measures[key] not in known:
            raise NotSupported(f"{where}.{key}={case.shorten(measures[key])} must be one of {', '.join(known)}")
        if problem.tau is not None and measures[key] != "objective_gap":
            raise NotSupported(f"{where}.{key}={measures[key]!r} is not defined on the class {problem.name}")
    rate = _rate(found)
    if kind == KINDS[0] and rate is None:
        raise InvalidInput(f"{where}: key 'theta' or 'rate' is missing")
    given = found.get("constant", BEST)
    constant = given if given == SOME else None if given == BEST else function(given, f"{where}.constant")
    if isinstance(constant, Ratio) and not constant > 0:
        raise InvalidInput(f"{where}.constant={constant} must be > 0 on (0, 1]")
    return TheoremRequest(kind, measures["metric"], measures["initial"], rate, constant)


def _rate(found: Mapping[str, Any]) -> Ratio | None:
    if "theta" in found and "rate" in found:
        raise InvalidInput("statement.theta: give either theta or rate, not both")
    if "theta" in found:
        rate = 1 - function(found["theta"], "statement.theta") * Q
    elif found.get("rate", BEST) == BEST:
        return None
    else:
        rate = function(found["rate"], "statement.rate")
    if found["kind"] == KINDS[0] and not 0 <= rate < 1:
        raise InvalidInput(f"statement.{'theta' if 'theta' in found else 'rate'}: the rate {rate} must be in [0, 1)")
    return rate
