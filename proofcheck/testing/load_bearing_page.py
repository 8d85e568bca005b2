"""docs/assumptions.md, from the examples and the notes."""

from __future__ import annotations

from collections.abc import Sequence

from proofcheck.testing.load_bearing import SAME, LoadBearing, NotNeeded

ORDER = ("A1", "A2", "A3", "A3min", "A4", "A5", "A6", "proviso", "start", "balls")
HEAD = """# What each assumption is there for

For every premise of every shipped theorem: a function that breaks this premise, satisfies all the others, and on
which the conclusion fails, in exact arithmetic; or a note that says why the premise is not needed, or what was
tried. Premises are read from the kernel (for the paper's theorems from the rows of the audit), so a theorem or a
premise without an entry fails the tests.

This page is generated: `python -m proofcheck.testing.load_bearing_page > docs/assumptions.md`; a test compares.

```python
from proofcheck.testing import load_bearing_examples

for example in load_bearing_examples():
    print(example.theorem, example.assumption, example.draft.formula, example.k, example.check() or "checked")
```

`example.check()` decides every assumption from the pieces of the function, for all points at once; evaluates it
again at the start, at visited points, at random rational points and at pairs of them; evaluates both sides of the
broken one at a pair of points (`example.witness`); and runs the method by its textbook definition until the
conclusion fails, all in Fractions.

`mu`, `L1`, `L2`, `G1`, `G2`, `eta` are those of the theorem; where nothing else is said x_0 > 0 and u_0 = 0. In
theorems without u, A1 and A2 are strong convexity and smoothness; A3min is the second half of A3, min g = min f; the
proviso is what the paper uses as the chain rule. Theorems about every condition number are taken at two values of
q = 1/sqrt(kappa), with c = 1: 1/2 and 1/10 where the premises leave room for the function. Where a case asks for the
best rate or constant, what the search reaches is rounded up. Where assumptions are needed in balls, the broken one is
broken inside; `balls` is broken by balls in u that are too small. Cases that end in REFUTED are no theorems. Network
certificates have no premise: their rule computes them all.
"""


def page(examples: Sequence[LoadBearing], notes: Sequence[NotNeeded]) -> str:
    """The page in Markdown."""
    return "\n".join([HEAD, *_functions(examples), *_table(examples, notes), *_notes(notes), ""])


def _functions(examples: Sequence[LoadBearing]) -> list[str]:
    lines = ["## The functions", "", "| | breaks | f | what happens |", "|---|---|---|---|"]
    for label, example in _labels(examples).values():
        cells = (label, example.key, example.draft.formula, example.draft.happens)
        lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    return [*lines, ""]


def _labels(examples: Sequence[LoadBearing]) -> dict[tuple[str, str], tuple[str, LoadBearing]]:
    found: dict[tuple[str, str], tuple[str, LoadBearing]] = {}
    for example in sorted(examples, key=lambda e: e.key):
        label = f"F{len(found) + 1}"
        found.setdefault((example.key, example.draft.formula), (label, example))
    return found


def _table(examples: Sequence[LoadBearing], notes: Sequence[NotNeeded]) -> list[str]:
    labels = _labels(examples)
    cells: dict[tuple[str, str], list[str]] = {}
    for e in examples:
        at = "" if e.instance.q is None else f" ({e.instance.q})"
        label = labels[e.key, e.draft.formula][0]
        cell = cells.setdefault((e.theorem, e.key), [])
        same = [i for i, entry in enumerate(cell) if entry.startswith(f"{label}:")]
        if same:
            cell[same[0]] += f", {e.k}{at}"
        else:
            cell.append(f"{label}: {e.k}{at}")
    for entry in notes:
        key = SAME.get(entry.assumption, entry.assumption)
        cells.setdefault((entry.theorem, key), []).append("not needed" if entry.proved else "open")
    columns = [key for key in ORDER if any(key == found for _, found in cells)]
    lines = [
        "## The theorems",
        "",
        "Function: first step k at which the conclusion fails (q for theorems about every q).",
        "",
    ]
    lines += [f"| theorem | {' | '.join(columns)} |", "|---" * (len(columns) + 1) + "|"]
    for name in dict.fromkeys(theorem for theorem, _ in cells):
        lines.append(f"| {name} | " + " | ".join("; ".join(cells.get((name, key), [])) for key in columns) + " |")
    return [*lines, ""]


def _notes(notes: Sequence[NotNeeded]) -> list[str]:
    groups: dict[tuple[bool, str, str], list[NotNeeded]] = {}
    for entry in notes:
        groups.setdefault((entry.proved, entry.why, entry.attempt), []).append(entry)
    lines = []
    for proved, title in ((True, "## Not needed"), (False, "## Open")):
        lines += [title, ""]
        for (known, why, attempt), entries in groups.items():
            if known == proved:
                lines += [f"- {_premises(entries)}: {why}. Run: {attempt}."]
        lines += [""]
    return lines


def _premises(entries: Sequence[NotNeeded]) -> str:
    by_theorem: dict[str, list[str]] = {}
    for entry in entries:
        by_theorem.setdefault(entry.theorem, []).append(entry.assumption)
    return "; ".join(f"{', '.join(premises)} of {name}" for name, premises in by_theorem.items())


__all__ = ["page"]


if __name__ == "__main__":
    import sys

    from proofcheck.testing.load_bearing import examples, notes

    sys.stdout.write(page(list(examples()), list(notes())))
