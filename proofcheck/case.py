"""Case files: a theorem to prove, as TOML with exact numbers. docs/format.md specifies every key."""

from __future__ import annotations

import dataclasses
import re
import stat
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from proofcheck import classes, methods
from proofcheck.classes import ProblemClass
from proofcheck.errors import InvalidInput, NotSupported, ProofcheckError
from proofcheck.kernel.statements import INITIAL, MAX_STEPS, METRICS
from proofcheck.methods import Method
from proofcheck.numbers import MAX_CHARACTERS, exact

FORMAT = "proofcheck-case/1"
MAX_BYTES = 64_000
BEST = "best"
SOME = "some"
_EXPECTED = re.compile(r"PROVED|PROVED_UNDER(_[1-9][0-9]{0,5})?|REFUTED|UNDECIDED", re.ASCII)


REQUIRED = ("format", "title", "class", "method", "statement")
OPTIONAL = ("source", "known", "expect")


@dataclass(frozen=True)
class RateRequest:
    """Prove metric_k <= constant * rate^k * initial for all k.

    Attributes
    ----------
    rate : Fraction or None
        The claimed contraction factor; None asks for the best provable one.
    constant : Fraction, "some" or None
        The claimed constant; None asks for a small one, "some" claims only that there is one.
    """

    metric: str = "objective_gap"
    initial: str = "objective_gap"
    rate: Fraction | None = None
    constant: Fraction | str | None = None


@dataclass(frozen=True)
class BoundRequest:
    """Prove metric_N <= bound * initial after N = steps; bound None asks for the best provable one."""

    steps: int
    metric: str = "objective_gap"
    initial: str = "objective_gap"
    bound: Fraction | None = None


@dataclass(frozen=True)
class Case:
    """A case file: what to prove, with its source and what is known about it.

    `expect` is the word in which the author says that it ends, "" where the file does not say.
    """

    title: str
    source: str
    known: str
    problem: ProblemClass
    method: Method
    request: RateRequest | BoundRequest
    expect: str = ""


def load(path: str | Path) -> Case:
    """Read a case file.

    Raises
    ------
    InvalidInput, NotSupported
        With one line that names the file, the key, the value and the bound.
    """
    document = read_document(path)
    try:
        return from_document(document)
    except ProofcheckError as error:
        raise type(error)(f"{path}: {error}") from None


def read_document(path: str | Path, limit: int = MAX_BYTES) -> Mapping[str, Any]:
    """The TOML document in a file of at most `limit` bytes, of any format."""
    name = str(path)
    try:
        if not stat.S_ISREG(Path(path).stat().st_mode):
            raise InvalidInput(f"{name}: cannot be read (not a regular file)")
        with Path(path).open("rb") as stream:
            data = stream.read(limit + 1)
    except OSError as error:
        raise InvalidInput(f"{name}: cannot be read ({error.strerror})") from None
    if len(data) > limit:
        raise NotSupported(f"{name}: larger than {limit} bytes")
    try:
        return tomllib.loads(data.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise InvalidInput(f"{name}: not UTF-8 text (byte {error.start})") from None
    except RecursionError:
        raise NotSupported(f"{name}: nested too deeply") from None
    except tomllib.TOMLDecodeError as error:
        raise InvalidInput(f"{name}: not TOML ({_where(str(error), data)})") from None
    except ValueError:  # the interpreter's own limit on integers
        raise NotSupported(f"{name}: an integer of more than 4300 digits, the limit is {MAX_CHARACTERS}") from None


def _where(message: str, data: bytes) -> str:
    """The parser's message with the line it is about, so that key and value are named."""
    found = re.search(r"at line (\d+)", message)
    lines = data.decode("utf-8").splitlines()
    first = message.splitlines()[0][:100]
    number = int(found[1]) if found else len(lines) + 1
    return f"{first}: {shorten(lines[number - 1].strip())}" if number <= len(lines) else first


def from_document(document: Mapping[str, Any]) -> Case:
    """Build a case from a parsed document; every key is known, every number exact."""
    if "format" in document and read_text(document["format"], "format") != FORMAT:  # another format has other keys
        raise NotSupported(f"format={shorten(document['format'])} must be {FORMAT!r}")
    top = read_table(document, "case", REQUIRED, OPTIONAL)
    problem = _problem(top["class"])
    method = _method(top["method"], problem)
    request = _request(top["statement"], problem)
    texts = {key: read_line(top.get(key, ""), key) for key in ("title", "source", "known")}
    return Case(**texts, problem=problem, method=method, request=request, expect=read_expected(top))


def _problem(value: Any) -> ProblemClass:
    name = read_name(value, "class.name", classes.REGISTRY)
    known = classes.REGISTRY[name]
    keys = [field.name for field in dataclasses.fields(known)]
    optional = ("G2",) if "G2" in keys else ()
    found = read_table(value, "class", ("name", *(key for key in keys if key not in optional)), optional)
    numbers = {key: exact(found[key], f"class.{key}") for key in found if key != "name"}
    built: ProblemClass = _built("class", known, numbers)
    return built


def _method(value: Any, problem: ProblemClass) -> Method:
    name = read_name(value, "method.name", methods.REGISTRY)
    known = methods.REGISTRY[name]
    if "tuning" not in value:
        coefficients = tuple(field.name for field in dataclasses.fields(known))
        found = read_table(value, "method", ("name", *coefficients), ())
        numbers = {key: exact(found[key], f"method.{key}") for key in coefficients}
        made: Method = _built("method", known, numbers)
        return made
    found = read_table(value, "method", ("name", "tuning"), ("c",))
    tuning = read_text(found["tuning"], "method.tuning")
    if tuning not in known.tunings:
        raise NotSupported(f"method.tuning={shorten(tuning)} must be one of {', '.join(known.tunings)}")
    options = {"c": exact(found["c"], "method.c")} if "c" in found else {}
    try:
        method: Method = known.tunings[tuning](problem, **options)
    except TypeError:
        raise InvalidInput(f"method.c is not an option of the tuning {tuning!r}") from None
    except InvalidInput as error:
        raise InvalidInput(f"method.tuning={tuning!r}: {error}") from None
    return method


def _request(value: Any, problem: ProblemClass) -> RateRequest | BoundRequest:
    where = "statement"
    kind = read_text(value.get("kind") if isinstance(value, Mapping) else None, f"{where}.kind")
    shared = ("kind", "metric", "initial")
    if kind == "linear_rate":
        found = read_table(value, where, shared, ("rate", "theta", "constant"))
        metric, initial = _measures(found, problem)
        return RateRequest(metric, initial, _rate(found, problem), _constant(found.get("constant", BEST)))
    if kind == "worst_case":
        found = read_table(value, where, (*shared, "steps"), ("bound",))
        metric, initial = _measures(found, problem)
        steps = found["steps"]
        if type(steps) is not int or steps < 0:
            raise InvalidInput(f"{where}.steps={shorten(steps)} must be an integer from 0 to {MAX_STEPS}")
        if steps > MAX_STEPS:
            raise NotSupported(f"{where}.steps={shorten(steps)} must be an integer from 0 to {MAX_STEPS}")
        bound = None if found.get("bound", BEST) == BEST else exact(found["bound"], f"{where}.bound")
        if bound is not None and bound < 0:
            raise InvalidInput(f"{where}.bound={bound} must be >= 0")
        return BoundRequest(steps, metric, initial, bound)
    raise NotSupported(f"{where}.kind={shorten(kind)} must be 'linear_rate' or 'worst_case'")


def _rate(found: Mapping[str, Any], problem: ProblemClass) -> Fraction | None:
    if "theta" in found and "rate" in found:
        raise InvalidInput("statement.theta: give either theta or rate, not both")
    if "theta" in found:
        rate = 1 - exact(found["theta"], "statement.theta") * problem.q
    elif found.get("rate", BEST) == BEST:
        return None
    else:
        rate = exact(found["rate"], "statement.rate")
    if not 0 <= rate < 1:
        key = "theta" if "theta" in found else "rate"
        raise InvalidInput(f"statement.{key}={shorten(found[key])}: the rate {rate} must be in [0, 1)")
    return rate


def _constant(value: Any) -> Fraction | str | None:
    if value in (BEST, SOME):
        return None if value == BEST else SOME
    constant = exact(value, "statement.constant")
    if constant <= 0:
        raise InvalidInput(f"statement.constant={constant} must be > 0")
    return constant


def _measures(found: Mapping[str, Any], problem: ProblemClass) -> tuple[str, str]:
    chosen = []
    for key, known in (("metric", tuple(METRICS)), ("initial", INITIAL)):
        name = read_text(found[key], f"statement.{key}")
        if name not in known:
            raise NotSupported(f"statement.{key}={shorten(name)} must be one of {', '.join(known)}")
        if problem.partial and name != "objective_gap":
            raise NotSupported(
                f"statement.{key}={name!r} is not defined on the class {problem.name}: use objective_gap"
            )
        chosen.append(name)
    return chosen[0], chosen[1]


def _built(where: str, known: Any, numbers: dict[str, Fraction]) -> Any:
    try:
        return known(**numbers)
    except InvalidInput as error:
        raise InvalidInput(f"{where}.{error}") from None


def read_expected(top: Mapping[str, Any]) -> str:
    """The word that a case file expects, "" where it has none."""
    if "expect" not in top:
        return ""
    word = read_text(top["expect"], "expect")
    if not _EXPECTED.fullmatch(word):
        raise InvalidInput(f"expect={shorten(word)} must be one of PROVED, PROVED_UNDER, REFUTED, UNDECIDED")
    return word


def as_expected(word: str, wanted: str) -> bool:
    """Whether an outcome is the expected one; PROVED_UNDER stands for any number of premises, "" for any proof.

    Examples
    --------
    >>> as_expected("PROVED_UNDER_2", "PROVED_UNDER"), as_expected("PROVED_UNDER_2", "PROVED")
    (True, False)
    >>> as_expected("PROVED", ""), as_expected("REFUTED", "")
    (True, False)
    """
    if not wanted:
        return word.startswith("PROVED")
    return word == wanted or (wanted == "PROVED_UNDER" and word.startswith("PROVED_UNDER_"))


def read_name(value: Any, where: str, registry: Mapping[str, Any]) -> str:
    """A key of a registry."""
    if not isinstance(value, Mapping):
        raise InvalidInput(f"{where.partition('.')[0]}={shorten(value)}: expected a table")
    name = read_text(value.get("name"), where)
    if name not in registry:
        raise NotSupported(f"{where}={shorten(name)} must be one of {', '.join(registry)}")
    return name


def read_table(value: Any, where: str, names: tuple[str, ...], optional: tuple[str, ...]) -> Mapping[str, Any]:
    """A table with these keys and no others."""
    if not isinstance(value, Mapping):
        raise InvalidInput(f"{where}={shorten(value)}: expected a table")
    for name in names:
        if name not in value:
            raise InvalidInput(f"{where}: key {name!r} is missing")
    for name in value:
        if name not in names and name not in optional:
            allowed = ", ".join((*names, *optional))
            raise InvalidInput(f"{where}: unknown key {shorten(name)} (known: {allowed})")
    return value


def read_text(value: Any, where: str) -> str:
    """A string of moderate length."""
    if not isinstance(value, str):
        raise InvalidInput(f"{where}={shorten(value)}: expected a string")
    if len(value) > 1000:
        raise NotSupported(f"{where}: {len(value)} characters, the limit is 1000")
    return value


def read_line(value: Any, where: str) -> str:
    """A printable line."""
    line = read_text(value, where)
    if not line.isprintable():
        raise InvalidInput(f"{where}={shorten(line)}: only printable characters, on one line")
    return line


def shorten(value: Any) -> str:
    """A value for a message."""
    shown = repr(value) if isinstance(value, (str, int, float, bool, type(None))) else type(value).__name__
    return shown if len(shown) <= 60 else shown[:57] + "..."
