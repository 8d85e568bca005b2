"""What a claim about one network says: its files, its iteration, its rate and radii."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Any

from .. import methods, wire
from ..outcome import Declined, Invalid, require

FORMAT = "proofcheck-network/1"
FILES = ("data", "weights")
MAX_SAMPLES, MAX_WIDTH, MAX_LAYERS, MAX_WORK = 256, 1 << 18, 8, 1 << 31
MAX_DIGITS = 200
_HASH = re.compile(r"[0-9a-f]{64}", re.ASCII)


@dataclass(frozen=True)
class Network:
    """A claim about one network, with the hash of its canonical bytes."""

    hash: str
    samples: int
    widths: tuple[int, ...]
    files: dict[str, str]
    method: methods.Method
    rate: Fraction
    constant: Fraction
    radii: dict[str, Fraction]

    def words(self) -> list[str]:
        """What is claimed, in words."""
        last = len(self.widths) - 1
        shapes = ", ".join(f"{a} x {b}" for a, b in pairwise(self.widths))
        return [
            f"The network F_0 = X, F_l = relu(F_(l-1) W_l) for l < {last}, F_{last} = F_{last - 1} W_{last},"
            " without biases,",
            f"  with X ({self.samples} x {self.widths[0]}) and Y ({self.samples} x {self.widths[-1]})"
            f" from the file of SHA-256 {self.files['data']},",
            f"  started at W_1, ..., W_{last} ({shapes})",
            f"  from the file of SHA-256 {self.files['weights']},",
            f"  and f(W) = |F_{last} - Y|^2 / 2, whose gradient is back-propagation with any relu'(0) in [0, 1]:",
            "in exact arithmetic the method, x standing for all weights,",
            *(f"  {line}" for line in self.method.words()),
            "satisfies",
            f"  f(W(k)) <= {self.constant} * ({self.rate})^k f(W(0)) for every k >= 0",
            f"  and |V1 (W_{last}(k) - W_{last}(0))| <= {self.radii['x']}, V1 an orthonormal basis of the rows of"
            f" F_{last - 1}(W(0)),",
            f"  and all other weights together stay within {self.radii['u']} of the start (Frobenius norms)",
            "under no premise",
        ]

    @property
    def sizes(self) -> dict[str, int]:
        """Bytes of each file."""
        outer = (self.widths[0] + self.widths[-1]) * self.samples
        return {"data": 8 * outer, "weights": 8 * sum(a * b for a, b in pairwise(self.widths))}

    def check_files(self, files: Mapping[str, bytes]) -> None:
        """Raise a Refusal unless these are the bytes that the claim is about."""
        for name, size in self.sizes.items():
            require(name in files, Invalid, f"{name}: the file of a network claim is missing")
            found = files[name]
            require(len(found) == size, Invalid, f"{name}: {len(found)} bytes, the claim is about {size}")
            same = hashlib.sha256(found).hexdigest() == self.files[name]
            require(same, Invalid, f"{name}: its SHA-256 is not the claimed {self.files[name]}")


def read(document: dict[str, Any]) -> Network:
    """Read and check a claim; raises a Refusal."""
    names = ("format", "samples", "widths", "activation", "files", "method", "statement")
    found = wire.fields(document, names, "claim")
    samples = wire.integer(found["samples"], "claim: samples", 1, MAX_SAMPLES)
    widths = tuple(
        wire.integer(width, f"claim: widths[{i}]", 1, MAX_WIDTH)
        for i, width in enumerate(wire.sequence(found["widths"], "claim: widths", MAX_LAYERS + 1))
    )
    require(len(widths) >= 3, Invalid, f"claim: widths: {len(widths)} entries, expected 3 or more")
    wide = samples <= widths[-2]
    require(wide, Invalid, f"claim: samples={samples} must be at most the last hidden width {widths[-2]}")
    work = sum(a * b * max(samples, min(a, b)) for a, b in pairwise(widths))
    work += samples**2 * (widths[-2] + widths[-1])  # the Gram matrix of the last hidden layer, and its solution
    require(work <= MAX_WORK, Declined, f"claim: {work} multiplications, the limit is {MAX_WORK}")
    activation = wire.text(found["activation"], "claim: activation")
    require(activation == "relu", Declined, f"claim: activation: unknown activation {wire.shorten(activation)}")
    hashes = wire.fields(found["files"], FILES, "claim: files")
    for name in FILES:
        fits = _HASH.fullmatch(wire.text(hashes[name], f"claim: files.{name}")) is not None
        require(fits, Invalid, f"claim: files.{name}: not a SHA-256 of 64 hexadecimal digits")
    method = methods.read(found["method"], _number)
    where = "claim: statement"
    said = wire.fields(found["statement"], ("rate", "constant", "radii"), where)
    rate, constant = (_number(said[key], f"{where}.{key}") for key in ("rate", "constant"))
    balls = wire.fields(said["radii"], ("x", "u"), f"{where}.radii")
    radii = {key: _number(balls[key], f"{where}.radii.{key}") for key in ("x", "u")}
    require(0 <= rate < 1, Invalid, f"{where}.rate={rate} must be in [0, 1)")
    for key, value in (("constant", constant), *((f"radii.{key}", radius) for key, radius in radii.items())):
        require(value >= 0, Invalid, f"{where}.{key}={value} must be >= 0")
    return Network(wire.digest(found), samples, widths, hashes, method, rate, constant, radii)


def _number(value: Any, where: str) -> Fraction:
    short = not isinstance(value, str) or len(value) <= MAX_DIGITS
    require(short, Declined, f"{where}: more than {MAX_DIGITS} characters")
    return wire.rational(value, where)
