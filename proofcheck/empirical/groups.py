"""The instances that an experiment file names: batches of additive models or networks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise, product
from typing import Any

from proofcheck.case import read_line, read_table, shorten
from proofcheck.empirical.activations import ACTIVATIONS
from proofcheck.empirical.additive import AdditiveModels, additive_models
from proofcheck.empirical.data import Data, digits, gaussian, iris, orthogonal
from proofcheck.empirical.reading import choice, integer, number, once, sequence
from proofcheck.empirical.relu_networks import INITIALISATIONS, Networks, networks
from proofcheck.errors import InvalidInput, NotSupported

SYNTHETIC = {"orthogonal": orthogonal, "gaussian": gaussian}
SHIPPED = {"digits": (digits, 1797), "iris": (iris, 150)}
MAX_SIZE, MAX_SEEDS, MAX_SWEEP, MAX_DEPTH, MAX_WEIGHTS = 4096, 1000, 50, 20, 2**26


@dataclass(frozen=True)
class InstanceGroup:
    """Instances that differ in the seed only and are run as one batch.

    Attributes
    ----------
    kind : str
        "additive" or "networks".
    label : str
    seeds : tuple of int
    given : dict
        What the constructor takes.
    data : dict
        Of networks only.
    """

    kind: str
    label: str
    seeds: tuple[int, ...]
    given: Mapping[str, Any]
    data: Mapping[str, Any] = field(default_factory=dict)

    @property
    def widths(self) -> tuple[int, ...]:
        """Hidden layers of the networks; empty for additive models."""
        return tuple(self.given.get("widths", ()))

    def build(self, device: str) -> AdditiveModels | Networks:
        """Make the instances.

        Raises
        ------
        InvalidInput, NotSupported
        """
        if self.kind == "additive":
            return additive_models(**self.given, seeds=self.seeds, device=device)
        return networks(make_data(self.data), **self.given, seeds=self.seeds, device=device)


def make_data(read: Mapping[str, Any]) -> Data:
    """The data set that `read_data` read."""
    rest = {key: value for key, value in read.items() if key != "name"}
    name = read["name"]
    return SYNTHETIC[name](**rest) if name in SYNTHETIC else SHIPPED[name][0](**rest)


def read_instances(entries: Sequence[Any]) -> tuple[InstanceGroup, ...]:
    """Every entry of `instances`; a list of widths or scales makes one group for each combination.

    Raises
    ------
    InvalidInput, NotSupported
    """
    found: list[InstanceGroup] = []
    for i, entry in enumerate(entries):
        where = f"instances[{i}]"
        if not isinstance(entry, Mapping):
            raise InvalidInput(f"{where}={shorten(entry)}: expected a table")
        if "kind" not in entry:
            raise InvalidInput(f"{where}: key 'kind' is missing")
        read = {"additive": _additive, "networks": _networks}[choice(entry["kind"], f"{where}.kind", KINDS)]
        for group in read(entry, where):
            if group.label in {other.label for other in found}:
                raise InvalidInput(f"{where}.name={shorten(group.label)}: named twice")
            found.append(group)
    return tuple(found)


KINDS = ("additive", "networks")


def _seeds(value: Any, where: str) -> tuple[int, ...]:
    if type(value) is int:
        return tuple(range(integer(value, where, 1, MAX_SEEDS)))
    found = [integer(entry, f"{where}[{i}]", 0, 2**63 - 1) for i, entry in enumerate(sequence(value, where, MAX_SEEDS))]
    once(found, where)
    return tuple(found)


def _spectrum(value: Any, where: str, positive: bool) -> list[float]:
    """A list of singular values, or evenly spaced ones."""
    bound: Any = {"above": 0} if positive else {"least": 0}
    if not isinstance(value, Mapping):
        return [number(x, f"{where}[{i}]", **bound, most=1e6) for i, x in enumerate(sequence(value, where, MAX_SIZE))]
    table = read_table(value, where, ("from", "to", "count"), ())
    first, last = (number(table[key], f"{where}.{key}", **bound, most=1e6) for key in ("from", "to"))
    count = integer(table["count"], f"{where}.count", 1, MAX_SIZE)
    if count == 1 and first != last:
        raise InvalidInput(f"{where}.count=1 must be >= 2, as from={first:g} and to={last:g} differ")
    return [first + (last - first) * i / max(count - 1, 1) for i in range(count)]


def _additive(entry: Mapping[str, Any], where: str) -> list[InstanceGroup]:
    table = read_table(entry, where, ("kind", "name", "A1", "A2", "seeds"), ("d", "activation"))
    A1, A2 = _spectrum(table["A1"], f"{where}.A1", True), _spectrum(table["A2"], f"{where}.A2", False)
    d = integer(table.get("d", len(A1)), f"{where}.d", 1, MAX_SIZE)
    if len(A2) > min(len(A1), d):
        raise InvalidInput(f"{where}.A2: {len(A2)} singular values, must be at most {min(len(A1), d)}")
    given = {"A1_singular_values": A1, "A2_singular_values": A2, "d": d}
    given["activation"] = choice(table.get("activation", "relu"), f"{where}.activation", tuple(ACTIVATIONS))
    return [
        InstanceGroup(
            "additive", read_line(table["name"], f"{where}.name"), _seeds(table["seeds"], f"{where}.seeds"), given
        )
    ]


def read_data(value: Any, where: str) -> dict[str, Any]:
    """A data set by name, with its size.

    Raises
    ------
    InvalidInput, NotSupported
    """
    name = value.get("name") if isinstance(value, Mapping) else None
    if isinstance(name, str) and name in SHIPPED:
        table = read_table(value, where, ("name", "n"), ())
        return {"name": name, "n": integer(table["n"], f"{where}.n", 1, SHIPPED[name][1])}
    table = read_table(value, where, ("name", "n", "d0"), ("outputs", "seed"))
    found: dict[str, Any] = {"name": choice(table["name"], f"{where}.name", (*SYNTHETIC, *SHIPPED))}
    found |= {key: integer(table[key], f"{where}.{key}", 1, MAX_SIZE) for key in ("n", "d0")}
    found["outputs"] = integer(table.get("outputs", 1), f"{where}.outputs", 1, MAX_SIZE)
    found["seed"] = integer(table.get("seed", 0), f"{where}.seed", 0, 2**63 - 1)
    if name == "orthogonal" and found["n"] > found["d0"]:
        raise InvalidInput(f"{where}.n={found['n']} must be <= d0={found['d0']}")
    return found


def _widths(value: Any, where: str, n: int) -> list[tuple[int, ...]]:
    found = []
    for i, entry in enumerate(sequence(value, where, MAX_SWEEP)):
        at = f"{where}[{i}]"
        layers = [integer(x, f"{at}[{j}]", 1, 2**20) for j, x in enumerate(sequence(entry, at, MAX_DEPTH))]
        if layers[-1] < n:
            raise InvalidInput(f"{at}: the last hidden layer has width {layers[-1]} and must have >= n={n}")
        found.append(tuple(layers))
    once(found, where)
    return found


def _networks(entry: Mapping[str, Any], where: str) -> list[InstanceGroup]:
    required, scales = ("kind", "name", "data", "widths", "seeds"), ("target_scales", "first_scales")
    table = read_table(entry, where, required, ("initialisation", *scales))
    data = read_data(table["data"], f"{where}.data")
    widths = _widths(table["widths"], f"{where}.widths", data["n"])
    name, seeds = read_line(table["name"], f"{where}.name"), _seeds(table["seeds"], f"{where}.seeds")
    start = choice(table.get("initialisation", "paper"), f"{where}.initialisation", INITIALISATIONS)
    d0 = {"digits": 64, "iris": 4}.get(data["name"], data.get("d0", 0))
    for i, layers in enumerate(widths):
        sizes = [d0, *layers, data.get("outputs", 1)]
        weights = len(seeds) * sum(a * b for a, b in pairwise(sizes))
        if weights > MAX_WEIGHTS:
            raise NotSupported(f"{where}.widths[{i}]: {weights:,} weights for all seeds, the limit is {MAX_WEIGHTS:,}")
    factors: list[list[float]] = []
    for key in scales:
        listed = sequence(table.get(key, [1]), f"{where}.{key}", MAX_SWEEP)
        factors.append([number(x, f"{where}.{key}[{j}]", above=0, most=1e6) for j, x in enumerate(listed)])
        once(factors[-1], f"{where}.{key}")
    groups = []
    for hidden, (target, first) in product(widths, list(product(factors[0], factors[1]))):
        words = [name, *(["-".join(map(str, hidden))] if len(widths) > 1 else [])]
        given: dict[str, Any] = {"widths": list(hidden), "initialisation": start}
        for key, factor, several in (("target_scale", target, factors[0]), ("first_scale", first, factors[1])):
            words += [f"{key} {factor:g}"] if len(several) > 1 else []
            given |= {key: factor} if factor != 1 else {}
        groups.append(InstanceGroup("networks", " ".join(words), seeds, given, data))
    return groups
