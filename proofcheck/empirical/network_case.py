"""Case files about one network: where the data and the weights at the start come from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from stat import S_ISREG
from typing import Any

import numpy as np
from numpy.typing import NDArray

from proofcheck.case import read_document, read_expected, read_line, read_table, read_text, shorten
from proofcheck.empirical.groups import make_data, read_data
from proofcheck.empirical.reading import choice, integer, number, sequence
from proofcheck.empirical.relu_networks import INITIALISATIONS, networks
from proofcheck.errors import InvalidInput, NotSupported, ProofcheckError
from proofcheck.kernel.networks.claim import MAX_LAYERS, MAX_WIDTH

FORMAT = "proofcheck-network-case/1"
MAX_FILE = 1 << 28
Array = NDArray[np.float64]


@dataclass(frozen=True)
class NetworkCase:
    """A case file about one network.

    Attributes
    ----------
    title, source : str
    data : mapping
        A named data set as `read_data` gives it, or paths "inputs" and "targets".
    widths : tuple of int
        Hidden layers; empty where the weights come from files.
    weights : tuple of Path
    settings : mapping
        seed, initialisation, first_scale, target_scale of drawn weights.
    expect : str
        The word in which the author says that it ends, "" where the file does not say.
    """

    title: str
    source: str
    data: Mapping[str, Any]
    widths: tuple[int, ...]
    weights: tuple[Path, ...]
    settings: Mapping[str, Any]
    expect: str = ""

    @property
    def drawn(self) -> bool:
        """Whether the weights are drawn, so that other widths and seeds make sense."""
        return not self.weights

    def other(self, *, width: int | None = None, seed: int | None = None) -> NetworkCase:
        """The case with another last hidden width or seed.

        Raises
        ------
        InvalidInput
            If the weights come from files.
        """
        if not self.drawn and (width is not None or seed is not None):
            raise InvalidInput("the weights come from files: --width and --seed need a drawn network")
        widths = self.widths if width is None else (*self.widths[:-1], integer(width, "--width", 1, MAX_WIDTH))
        settings = self.settings if seed is None else {**self.settings, "seed": integer(seed, "--seed", 0, 2**63 - 1)}
        return replace(self, widths=widths, settings=settings)

    def arrays(self) -> tuple[Array, Array, list[Array]]:
        """Inputs, targets and the weights at the start.

        Raises
        ------
        InvalidInput, NotSupported
        """
        if not self.drawn:
            return load_array(self.data["inputs"]), load_array(self.data["targets"]), [*map(load_array, self.weights)]
        given = dict(self.settings)
        made = networks(make_data(self.data), self.widths, seeds=[given.pop("seed")], device="cpu", **given)
        inputs, targets, *weights = (part[0].numpy() for part in (made.inputs, made.targets, *made.start))
        return inputs, targets, weights


def load(path: str | Path) -> NetworkCase:
    """Read a case file.

    Raises
    ------
    InvalidInput, NotSupported
        With one line that names the file, the key, the value and the bound.
    """
    name = str(path)
    document = read_document(name)
    try:
        return from_document(document, Path(path).parent)
    except ProofcheckError as error:
        raise type(error)(f"{name}: {error}") from None


def from_document(document: Mapping[str, Any], folder: Path) -> NetworkCase:
    """Build a case from a parsed document; files are looked for relative to the folder."""
    if "format" in document:  # another format has other keys
        found = read_text(document["format"], "format")
        if found != FORMAT:
            raise NotSupported(f"format={shorten(found)} must be {FORMAT!r}")
    top = read_table(document, "case", ("format", "title", "data", "network"), ("source", "expect"))
    texts = {key: read_line(top.get(key, ""), key) for key in ("title", "source")} | {"expect": read_expected(top)}
    network = top["network"]
    if isinstance(network, Mapping) and "weights" in network:
        table = read_table(network, "network", ("weights",), ())
        names = sequence(table["weights"], "network.weights", MAX_LAYERS)
        weights = tuple(folder / read_line(entry, f"network.weights[{i}]") for i, entry in enumerate(names))
        files = read_table(top["data"], "data", ("inputs", "targets"), ())
        data = {key: folder / read_line(files[key], f"data.{key}") for key in ("inputs", "targets")}
        return NetworkCase(**texts, data=data, widths=(), weights=weights, settings={})
    table = read_table(network, "network", ("widths",), ("seed", "initialisation", "first_scale", "target_scale"))
    listed = sequence(table["widths"], "network.widths", MAX_LAYERS - 1)
    widths = tuple(integer(width, f"network.widths[{i}]", 1, MAX_WIDTH) for i, width in enumerate(listed))
    start = choice(table.get("initialisation", "zero_last"), "network.initialisation", INITIALISATIONS)
    settings: dict[str, Any] = {
        "seed": integer(table.get("seed", 0), "network.seed", 0, 2**63 - 1),
        "initialisation": start,
        "first_scale": number(table.get("first_scale", 1), "network.first_scale", above=0, most=1e6),
        "target_scale": number(table.get("target_scale", 1), "network.target_scale", least=0, most=1e6),
    }
    return NetworkCase(**texts, data=read_data(top["data"], "data"), widths=widths, weights=(), settings=settings)


def load_array(path: Path) -> Array:
    """A .npy file with a matrix of numbers; objects in it are refused.

    Raises
    ------
    InvalidInput, NotSupported
    """
    try:
        status = path.stat()
        if not S_ISREG(status.st_mode):
            raise InvalidInput(f"{path}: cannot be read (not a regular file)")
        if status.st_size > MAX_FILE:
            raise NotSupported(f"{path}: larger than {MAX_FILE} bytes")
        with path.open("rb") as stream:
            found = np.load(stream, allow_pickle=False)
    except OSError as error:
        raise InvalidInput(f"{path}: cannot be read ({error.strerror or 'not a .npy file'})") from None
    except (ValueError, EOFError, MemoryError):  # a header may name any size
        raise InvalidInput(f"{path}: not a .npy file of numbers") from None
    if not isinstance(found, np.ndarray) or found.dtype.kind not in "fiu" or found.dtype.itemsize > 8:
        raise InvalidInput(f"{path}: not an array of real numbers of at most 8 bytes")
    return np.asarray(found, dtype=np.float64)
