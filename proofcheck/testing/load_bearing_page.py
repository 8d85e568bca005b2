"""docs/assumptions.md, from the examples and the notes."""

from __future__ import annotations

from collections.abc import Sequence

from proofcheck.testing.load_bearing import LoadBearing, NotNeeded

HEAD = """# What each assumption is there for

For every premise of every shipped theorem: a function that breaks this premise, satisfies all the others, and on which the
conclusion fails, in exact arithmetic; or a note that says why the premise is not needed, or what was tried. Premises are read from the
kernel (for the paper's theorems from the rows of the audit), so a theorem or a premise without an entry fails the tests.

The table is generated: `python -m proofcheck.testing.load_bearing_page > docs/assumptions.md`, and a test compares. Each function and start:

```python
from proofcheck.testing import load_bearing_examples

for example in load_bearing_examples():
    print(example.theorem, example.assumption, example.draft.formula, example.k, example.check() or "checked")
```

`example.check()` decides every assumption from the pieces of the function (for all points at once), evaluates it again at the start, at
visited points, at random rational points and at pairs of them, evaluates both sides of the broken one at a pair of points
(`example.witness`), and runs the method by its textbook definition until the conclusion fails, all in Fractions.
`mu`, `L1`, `L2`, `G1`, `G2`, `eta` are those of the theorem. Theorems about every condition number are taken at two values of
q = 1/sqrt(kappa), with c = 1: 1/2 and 1/10 where the premises leave room for the function. A3min is the second half of A3, min g = min f;
where a case asks for the best rate or constant, what the search reaches is rounded up. Where assumptions are needed in balls, the broken one
is broken inside; `balls` is broken by balls in u that are too small. Network certificates have no premise: their rule computes them all.
"""


def page(examples: Sequence[LoadBearing], notes: Sequence[NotNeeded]) -> str:
    """The page in Markdown."""
    return "\n".join([HEAD, *_functions(examples), *_table(examples), *_notes(notes), ""])


def _functions(examples: Sequence[LoadBearing]) -> list[str]:
    lines = ["## The functions", "", "| | breaks | f | what happens |", "|---|---|---|---|"]
    for label, example in _labels(examples).values():
        broken = "A1, strong convexity" if example.key == "A1" else "A2, smoothness" if example.key == "A2" else example.key
        broken += " (the paper: chain)" if example.key == "proviso" else ""
        cells = (label, broken, example.draft.formula, example.draft.happens)
        lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    return [*lines, ""]


def _labels(examples: Sequence[LoadBearing]) -> dict[tuple[str, str], tuple[str, LoadBearing]]:
    found: dict[tuple[str, str], tuple[str, LoadBearing]] = {}
    for example in sorted(examples, key=lambda e: e.key):
        label = f"F{len(found) + 1}"
        found.setdefault((example.key, example.draft.formula), (label, example))
    return found


def _table(examples: Sequence[LoadBearing]) -> list[str]:
    labels = _labels(examples)
    lines = ["## The theorems", "", "k is the first step at which the conclusion fails.", ""]
    lines += ["| theorem | assumption | function | k |", "|---|---|---|---|"]
    rows: dict[tuple[str, str, str], list[str]] = {}
    for e in examples:
        label = labels[e.key, e.draft.formula][0]
        at = "" if e.instance.q is None else f" (q = {e.instance.q})"
        rows.setdefault((e.theorem, e.assumption, label), []).append(f"{e.k}{at}")
    lines += [f"| {name} | {premise} | {label} | {', '.join(ks)} |" for (name, premise, label), ks in rows.items()]
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
