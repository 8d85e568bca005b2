"""Which numbered equations and statements of a paper have a row."""

from __future__ import annotations

from .entries import Paper


def uncovered(paper: Paper) -> list[str]:
    """The items of `numbered` in paper.toml that no row covers and that are not said to carry nothing."""
    covered = {item for row in paper.rows for item in row.covers} | set(paper.about.get("silent", {}))
    expected = [str(item) for item in paper.about.get("numbered", [])]
    count = paper.about.get("equations", 0)
    expected += [f"({number})" for number in range(1, count + 1)]
    return [item for item in expected if item not in covered]
