"""Trees of the kernel's language, taken apart and written again, and the instances that hints name."""

from __future__ import annotations

from typing import Any


def calls(node: Any) -> list[Any]:
    """The calls in a tree, inner ones first."""
    if isinstance(node, list):
        return [call for part in node for call in calls(part)]
    if not isinstance(node, tuple):
        return []
    found = [call for part in node[1:] for call in calls(part)]
    return [*found, node] if node[0] == "call" else found


def names(node: Any) -> set[str]:
    """The names in a tree."""
    if isinstance(node, tuple) and node[0] == "name":
        return {node[1]}
    parts = node if isinstance(node, (list, tuple)) else ()
    return {name for part in parts for name in names(part)}


def replaced(node: Any, at: dict[str, Any]) -> Any:
    """A tree with trees in place of names."""
    if isinstance(node, list):
        return [replaced(part, at) for part in node]
    if not isinstance(node, tuple):
        return node
    if node[0] == "name":
        return at.get(node[1], node)
    return (node[0], *(replaced(part, at) for part in node[1:]))


def unparsed(node: Any) -> str:
    """The text of a tree.

    Examples
    --------
    >>> from proofcheck.kernel.obligations.language import expression
    >>> unparsed(expression("f(x - 2*y)^2/-a", ""))
    '((f((x - (2 * y))))^2 / (-a))'
    """
    kind, *rest = node
    if kind in ("number", "name"):
        return str(rest[0])
    if kind == "call":
        return f"{rest[0]}({', '.join(map(unparsed, rest[1]))})"
    if kind == "negative":
        return f"(-{unparsed(rest[0])})"
    if kind == "^":
        return f"({unparsed(rest[0])})^{rest[1]}"
    first, *others = rest[0]
    return f"({unparsed(first[1])}" + "".join(f" {sign} {unparsed(part)}" for sign, part in others) + ")"


def instance(text: str) -> tuple[str, dict[str, str]]:
    """Read the name of a hypothesis and what is put for its variables.

    Examples
    --------
    >>> instance("A1(x = f(a, b), y = x - g)")
    ('A1', {'x': 'f(a, b)', 'y': 'x - g'})
    """
    name, _, inside = text.strip().removesuffix(")").partition("(")
    parts, depth, start = [], 0, 0
    for i, character in enumerate(inside):
        depth += (character == "(") - (character == ")")
        if character == "," and depth == 0:
            parts.append(inside[start:i])
            start = i + 1
    pairs = (part.partition("=") for part in [*parts, inside[start:]])
    return name.strip(), {letter.strip(): value.strip() for letter, _, value in pairs}
