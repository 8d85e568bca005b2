"""Relations between powers, up to constants, as linear relations between logarithms.

`n^(7/2)*alpha >= M` for all n, ... >= 1 and up to a constant factor is `7/2*n + alpha >= M` in the logarithms.
"""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Any

_TOKEN = re.compile(r"\s*(?:([0-9]+)|([A-Za-z][A-Za-z0-9_]*)|([*/^()-]))")
_RELATION = re.compile(r"(.*?)(>=|<=|=)(.*)", re.DOTALL)
Powers = dict[str, Fraction]


def linear_claim(entry: dict[str, Any]) -> dict[str, Any]:
    """The claim about logarithms, without `show` and with `shown`."""
    free = list(entry.get("free", []))
    names = list(entry.get("scales", []))
    for key in ("free", "max"):
        for name in entry.get(key, []):
            if name not in names:
                raise ValueError(f"{key}: {name!r} is not one of scales")
    let: dict[str, Powers] = {}
    for name, text in entry.get("let", []):
        let[name] = monomial(text, names, let)
    assumed = []
    for text in entry.get("assume", []):
        name, _, relation = text.partition(":")
        assumed.append({"name": name.strip(), "for": [], "holds": linear(relation, names, let), "premise": False})
    for name, parts in entry.get("max", {}).items():
        differences = [f"({name} - ({spelled(monomial(part, names, let))}))" for part in parts]
        for number, difference in enumerate(differences, 1):
            assumed.append({"name": f"{name}max{number}", "for": [], "holds": f"{difference} >= 0", "premise": False})
        holds = f"{'*'.join(differences)} = 0"
        assumed.append({"name": f"{name}max", "for": [], "holds": holds, "premise": False})
    shown = entry["show"] if isinstance(entry["show"], list) else [entry["show"]]
    return {
        "format": "proofcheck-obligation/1", "spaces": [], "sets": {},
        "scalars": {name: "real" if name in free else "nonnegative" for name in names}, "vectors": {}, "functions": {},
        "let": [], "members": {}, "domain": [], "hypotheses": assumed,
        "shown": [linear(text, names, let) for text in shown],
    }  # fmt: skip


def linear(text: str, names: list[str], let: dict[str, Powers]) -> str:
    """A relation between monomials, in logarithms."""
    match = _RELATION.fullmatch(text)
    if match is None:
        raise ValueError(f"{text!r} is not a relation between monomials")
    return f"{spelled(monomial(match[1], names, let))} {match[2]} {spelled(monomial(match[3], names, let))}"


def spelled(powers: Powers) -> str:
    """A linear form in the names."""
    return " + ".join(f"({power})*{name}" for name, power in sorted(powers.items()) if power) or "0"


def monomial(text: str, names: list[str], let: dict[str, Powers]) -> Powers:
    """Read products, quotients and rational powers of names; numbers are constants and do not count."""
    tokens = []
    position, text = 0, text.strip()
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            raise ValueError(f"cannot read {text[position : position + 20]!r}")
        tokens.append(match[0].strip())
        position = match.end()
    found, rest = _product([*tokens, ""], names, let, 0)
    if rest != [""]:
        raise ValueError(f"{rest[0]!r} is left over in {text!r}")
    return found


def _product(tokens: list[str], names: list[str], let: dict[str, Powers], depth: int) -> tuple[Powers, list[str]]:
    if depth > 20:
        raise ValueError("nested deeper than 20")
    total: Powers = {}
    sign = Fraction(1)
    while True:
        if tokens[0] == "(":
            part, tokens = _product(tokens[1:], names, let, depth + 1)
            if tokens[0] != ")":
                raise ValueError("a parenthesis is not closed")
            tokens = tokens[1:]
        elif tokens[0] in let or tokens[0] in names:
            part, tokens = dict(let.get(tokens[0], {tokens[0]: Fraction(1)})), tokens[1:]
        elif tokens[0].isdigit() and int(tokens[0]) > 0:
            part, tokens = {}, tokens[1:]
        else:
            raise ValueError(f"{tokens[0] or 'the end'!r} where a scale is expected")
        power = Fraction(1)
        if tokens[0] == "^":
            power, tokens = _power(tokens[1:])
        for name, value in part.items():
            total[name] = total.get(name, Fraction(0)) + sign * power * value
        if tokens[0] not in ("*", "/"):
            return total, tokens
        sign = Fraction(1 if tokens[0] == "*" else -1)
        tokens = tokens[1:]


def _power(tokens: list[str]) -> tuple[Fraction, list[str]]:
    if tokens[0].isdigit() and len(tokens[0]) < 6:
        return Fraction(int(tokens[0])), tokens[1:]
    match = re.match(r"\( (-? ?)([0-9]{1,5})(?: / ([0-9]{1,5}))? \)", " ".join(tokens))
    if match is None or int(match[3] or 1) == 0:
        raise ValueError("^ needs an integer or (a/b) after it")
    used = 3 + (1 if match[1].strip() else 0) + (2 if match[3] else 0)
    sign = -1 if match[1].strip() else 1
    return Fraction(sign * int(match[2]), int(match[3] or 1)), tokens[used:]
