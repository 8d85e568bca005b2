"""Certificates for readers: what was added to what, or where a claim fails."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .engine import Checked

SHORT = 8
_PARTS = {"square": "({})^2", "norm2": "norm2({})", "norm": "norm({})", "times": "({})"}


def setting(item: Checked) -> dict[str, Any]:
    """What a claim is about: its declarations and hypotheses, as the kernel reads them."""
    claim = item.claim
    return {
        "scalars": dict(claim.get("scalars", {})),
        "vectors": dict(claim.get("vectors", {})),
        "let": [list(pair) for pair in claim.get("let", [])],
        "members": dict(claim.get("members", {})),
        "domain": list(claim.get("domain", [])),
        "hypotheses": [
            {"name": h["name"], "text": stated(h), "general": bool(h["for"]), "premise": h["premise"]}
            for h in claim.get("hypotheses", [])
        ],
    }


def stated(hypothesis: dict[str, Any]) -> str:
    """A hypothesis with its quantifiers.

    Examples
    --------
    >>> stated({"for": [["u", "U", "Bu"]], "holds": "f(u) >= 0"})
    'for all u in Bu: f(u) >= 0'
    """
    bound = ", ".join(f"{letter} in {inside or space}" for letter, space, inside in hypothesis["for"])
    return f"for all {bound}: {hypothesis['holds']}" if bound else str(hypothesis["holds"])


def restated(claim: dict[str, Any]) -> str:
    """The name of the assumption that says word for word what the claim shows, or "".

    Examples
    --------
    >>> restated({"show": "a >= b", "domain": [], "hypotheses": [{"name": "h", "for": [], "holds": "a>=b"}]})
    'h'
    """
    plain = "".join(claim["show"].split())
    named = [(f"domain{number}", text) for number, text in enumerate(claim["domain"], 1)]
    named += [(h["name"], h["holds"]) for h in claim["hypotheses"] if not h["for"]]
    return next((name for name, text in named if "".join(text.split()) == plain), "")


def evidence(item: Checked) -> dict[str, Any] | None:
    """The certificate of a claim in words; None where there is none."""
    found = item.certificate
    if found is None:
        return None
    if found["rule"] == "counterexample":
        return {"rule": "counterexample", "model": in_order(found["model"], item.claim)}
    leaves = list(_leaves(found["proof"]))
    terms = [term for leaf in leaves for term in leaf]
    used = {name for term in terms for name in _names(term)}
    return {
        "rule": found["rule"],
        "terms": len(terms),
        "cases": len(leaves),
        "divisors": [entry["divisor"] for entry in found["divisors"]],
        "facts": sorted(used - {"goal"}),
        "sum": [written(term) for term in terms] if len(terms) <= SHORT and len(leaves) == 1 else [],
        "instances": {name: _instance(entry) for name, entry in found["instances"].items() if name in used},
        "equation": not any("goal" in _names(term) for term in terms),
    }


def in_order(model: dict[str, Any], claim: dict[str, Any]) -> dict[str, Any]:
    """A model with its names in the order of the claim: a certificate from a store has them sorted."""
    kinds = ("scalars", "vectors", "functions")
    return {**model, **{kind: {name: model[kind][name] for name in claim[kind]} for kind in kinds}}


def pointed(model: Mapping[str, Any]) -> list[str]:
    """What a model consists of, in exact numbers.

    Examples
    --------
    >>> pointed({"scalars": {"L": "1/2"}, "vectors": {"x": ["0", "1"]}, "functions": {}})
    ['L = 1/2', 'x = (0, 1)']
    """
    parts = [f"{name} = {value}" for name, value in model["scalars"].items()]
    parts += [f"{name} = ({', '.join(value)})" for name, value in model["vectors"].items()]
    for name, formula in model["functions"].items():
        letters = ", ".join(", ".join(group) for group in formula["arguments"])
        parts.append(f"{name}({letters}) = {', '.join(formula['values'])}")
    return parts


def _leaves(proof: dict[str, Any]) -> Any:
    if "terms" in proof:
        yield proof["terms"]
        return
    yield from _leaves(proof["nonnegative"])
    yield from _leaves(proof["negative"])


def _names(term: dict[str, Any]) -> set[str]:
    return {*term.get("facts", {}), *term.get("vanishing", [])[:1]}


def _instance(entry: dict[str, Any]) -> str:
    return f"{entry['of']} at {', '.join(f'{letter} = {text}' for letter, text in entry['at'].items())}"


def written(term: dict[str, Any]) -> str:
    """A term of a certificate, facts in brackets.

    Examples
    --------
    >>> written({"coefficient": "1/2", "facts": {"mu": 1, "A1_1": 2}, "norm2": "x - y"})
    '1/2 * [mu] * [A1_1]^2 * norm2(x - y)'
    """
    parts = [f"[{name}]" + (f"^{power}" if power > 1 else "") for name, power in term.get("facts", {}).items()]
    parts += [form.format(term[key]) for key, form in _PARTS.items() if key in term]
    if "cauchy" in term:
        one, two = term["cauchy"]
        parts.append(f"(norm({one})*norm({two}) - inner({one}, {two}))")
    if "norm_is" in term:
        parts.append(f"(norm({term['norm_is']})^2 - norm2({term['norm_is']}))")
    if "vanishing" in term:
        _, one, two = term["vanishing"]
        parts.append(f"inner({one}, {two})")
    shown = str(term["coefficient"])
    if parts and shown in ("1", "-1"):
        return shown.removesuffix("1") + " * ".join(parts)
    return " * ".join([shown, *parts])
