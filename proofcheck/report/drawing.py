"""A graph in layers: who stands above whom, in which order, and where. Names in, numbers out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

GAP, THIN = 2.3, 0.6
SWEEPS = 24
Arrow = tuple[str, str]


@dataclass(frozen=True)
class Layout:
    """Positions of the names, and for each arrow the points it passes."""

    places: dict[str, tuple[float, float]]
    paths: dict[Arrow, list[tuple[float, float]]]


def reduced(arrows: Iterable[Arrow]) -> list[Arrow]:
    """The arrows without those that others make up (transitive reduction), and without any that closes a circle.

    Examples
    --------
    >>> reduced([("a", "b"), ("b", "c"), ("a", "c"), ("c", "a")])
    [('a', 'b'), ('b', 'c')]
    """
    targets: dict[str, list[str]] = {}
    for start, end in arrows:
        if start != end and not _reaches(targets, end, start):
            targets.setdefault(start, []).append(end)
    found = []
    for start, ends in targets.items():
        for end in ends:
            others = {s: [e for e in listed if (s, e) != (start, end)] for s, listed in targets.items()}
            if not _reaches(others, start, end):
                found.append((start, end))
    return found


def _reaches(targets: dict[str, list[str]], start: str, end: str) -> bool:
    waiting, seen = [start], set()
    while waiting:
        name = waiting.pop()
        if name == end:
            return True
        if name not in seen:
            seen.add(name)
            waiting += targets.get(name, [])
    return False


def layout(arrows: list[Arrow]) -> Layout:
    """Place the ends of arrows without a circle: what is used lies below."""
    names = list(dict.fromkeys(name for arrow in arrows for name in arrow))
    heights = _heights(names, arrows)
    layers: list[list[str]] = [[] for _ in range(max(heights.values(), default=0) + 1)]
    for name in names:
        layers[heights[name]].append(name)
    chains, links = _chains(arrows, heights, layers)
    above: dict[str, list[str]] = {}
    below: dict[str, list[str]] = {}
    for high, low in links:
        below.setdefault(high, []).append(low)
        above.setdefault(low, []).append(high)
    _ordered(layers, above, below)
    x = _placed(layers, above, below, set(names))
    left = min(x.values(), default=0.0)
    height = {name: number for number, layer in enumerate(layers) for name in layer}
    place = {name: (round(x[name] - left, 3), float(height[name])) for name in x}
    paths = {arrow: [place[name] for name in chain] for arrow, chain in chains.items()}
    return Layout({name: place[name] for name in names}, paths)


def _heights(names: list[str], arrows: list[Arrow]) -> dict[str, int]:
    """The longest way down from each name, raised to its users where they are at least as many as what it uses."""
    found = dict.fromkeys(names, 0)
    for _ in names:
        for start, end in arrows:
            found[start] = max(found[start], found[end] + 1)
    for name in sorted(names, key=found.__getitem__, reverse=True):
        users = [found[start] for start, end in arrows if end == name]
        if users and len(users) >= sum(start == name for start, _ in arrows):
            found[name] = min(users) - 1
    return found


def _chains(
    arrows: list[Arrow], heights: dict[str, int], layers: list[list[str]]
) -> tuple[dict[Arrow, list[str]], list[Arrow]]:
    """Each arrow as a chain through the layers between, with a new name in each."""
    chains: dict[Arrow, list[str]] = {}
    links: list[Arrow] = []
    for start, end in arrows:
        between = [f"{start}>{end}>{height}" for height in range(heights[start] - 1, heights[end], -1)]
        for name in between:
            layers[int(name.rpartition(">")[2])].append(name)
        chains[start, end] = [start, *between, end]
        links += list(pairwise(chains[start, end]))
    return chains, links


def _ordered(layers: list[list[str]], above: dict[str, list[str]], below: dict[str, list[str]]) -> None:
    """Sort each layer by the middle of the neighbours, down and up; keep the order with the fewest crossings."""
    best, fewest = [list(layer) for layer in layers], _crossings(layers, below)
    for sweep in range(SWEEPS):
        upward = sweep % 2 == 0
        numbers = range(1, len(layers)) if upward else range(len(layers) - 2, -1, -1)
        for number in numbers:
            beside = layers[number - 1] if upward else layers[number + 1]
            position = {name: i for i, name in enumerate(beside)}
            neighbours = below if upward else above
            own = {name: float(i) for i, name in enumerate(layers[number])}
            middle = {name: _mean([position[n] for n in neighbours.get(name, [])], own[name]) for name in own}
            layers[number].sort(key=middle.__getitem__)
        crossings = _crossings(layers, below)
        if crossings < fewest:
            best, fewest = [list(layer) for layer in layers], crossings
    for layer, kept in zip(layers, best, strict=True):
        layer[:] = kept


def _mean(numbers: list[float] | list[int], otherwise: float) -> float:
    return sum(numbers) / len(numbers) if numbers else otherwise


def _crossings(layers: list[list[str]], below: dict[str, list[str]]) -> int:
    found = 0
    for lower, upper in pairwise(layers):
        position = {name: i for i, name in enumerate(lower)}
        ends = [position[n] for name in upper for n in sorted(below.get(name, []), key=position.__getitem__)]
        found += sum(one > other for i, one in enumerate(ends) for other in ends[i + 1 :])
    return found


def _placed(
    layers: list[list[str]], above: dict[str, list[str]], below: dict[str, list[str]], real: set[str]
) -> dict[str, float]:
    """Horizontal places near those of the neighbours, with room between, in the order of each layer."""

    def width(name: str) -> float:
        return GAP / 2 if name in real else THIN / 2

    x: dict[str, float] = {}
    for layer in layers:
        at = 0.0
        for name in layer:
            x[name] = at + width(name)
            at += 2 * width(name)
        for name in layer:
            x[name] -= at / 2
    for _ in range(SWEEPS):
        for layer in layers:
            offsets, at = [], 0.0
            for name in layer:
                offsets.append(at + width(name))
                at += 2 * width(name)
            wanted = [
                _mean([x[n] for n in above.get(name, []) + below.get(name, [])], x[name]) - offset
                for name, offset in zip(layer, offsets, strict=True)
            ]
            for name, value, offset in zip(layer, _increasing(wanted), offsets, strict=True):
                x[name] = value + offset
    return x


def _increasing(wanted: list[float]) -> list[float]:
    """The nearest numbers that do not decrease (least squares).

    Examples
    --------
    >>> _increasing([0.0, 3.0, 1.0])
    [0.0, 2.0, 2.0]
    """
    blocks: list[tuple[float, int]] = []
    for value in wanted:
        total, count = value, 1
        while blocks and blocks[-1][0] / blocks[-1][1] > total / count:
            more, members = blocks.pop()
            total, count = total + more, count + members
        blocks.append((total, count))
    return [total / count for total, count in blocks for _ in range(count)]
