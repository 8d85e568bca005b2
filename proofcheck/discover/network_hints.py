"""Floating point about a network at its start: the hints of a certificate, and estimates without the kernel."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import floor, log2, sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from proofcheck.discover.network_plan import Sizes
from proofcheck.errors import InvalidInput, NotSupported
from proofcheck.kernel.networks.layers import MAX_BITS, MAX_SIZE

Array = NDArray[np.float64]
MOST_BITS, FEWEST_BITS = 26, 6
SAFE = 61.0  # bits of a product, one less than the kernel allows
DIGITS = 60


def matrix(name: str, value: Any) -> Array:
    """A finite float64 matrix.

    Raises
    ------
    InvalidInput, NotSupported
    """
    try:
        if np.iscomplexobj(value):
            raise TypeError
        found = np.asarray(value, dtype=np.float64)
    except (TypeError, ValueError):
        raise InvalidInput(f"{name} must be an array of real numbers") from None
    if found.ndim != 2 or not found.size:
        raise InvalidInput(f"{name} has the shape {found.shape}; a matrix with entries is needed")
    bad = np.argwhere(~np.isfinite(found))
    if len(bad):
        raise InvalidInput(f"{name}[{bad[0][0]}, {bad[0][1]}]={found[tuple(bad[0])]} must be finite")
    if np.abs(found).max() > MAX_SIZE:
        raise NotSupported(f"{name}: a number above 2^40")
    return np.ascontiguousarray(found)


def raw(matrices: Sequence[Array]) -> bytes:
    """Little-endian float64, one matrix after the other, row by row."""
    return b"".join(part.astype("<f8").tobytes() for part in matrices)


@dataclass(frozen=True)
class Hints:
    """What the kernel is told about a start, and the sizes in floating point."""

    bits: int
    lowest: Fraction
    solution: list[list[Fraction]]
    sizes: Sizes


def hints(inputs: Array, targets: Array, weights: Sequence[Array]) -> Hints:
    """Singular values, the shortest way to an interpolating last layer, and the bits that fit.

    Raises
    ------
    NotSupported
        If the numbers need too many bits.
    """
    layers, spectral, room = [inputs], list[float](), [float(MOST_BITS), float(MAX_BITS)]
    for weight in weights[:-1]:
        rows, columns = np.linalg.norm(layers[-1], axis=1).max(), np.linalg.norm(weight, axis=0).max()
        room.append(_bits(rows * columns))
        spectral.append(_largest(weight))
        room.append(_bits(_rows(weight)))
        layers.append(np.maximum(layers[-1] @ weight, 0.0))
    last = layers[-1]
    room += [_bits(_rows(layer)) for layer in (*layers, weights[-1])]
    room.append(_bits(sqrt(_rows(last)) * float(np.linalg.norm(weights[-1], axis=0).max())))
    bits = int(min(room))
    if bits < FEWEST_BITS:
        raise NotSupported(
            f"numbers this large need more than 62 bits: {bits} bits are left for each, of {FEWEST_BITS}"
        )
    gram = last @ last.T
    values = np.linalg.eigvalsh(gram)
    residual = targets - last @ weights[-1]
    lost = 3 * sqrt(last.size) * 2.0 ** -(bits + 1) * max(1.0, *spectral)
    low, high = sqrt(max(values[0], 0.0)), sqrt(values[-1])
    lowest = max(low * (1 - 1e-7) - 1e-15 * high**2 / max(low, 1e-300) - lost, 0.0)
    solution = np.linalg.lstsq(gram, residual, rcond=None)[0]
    distance = sqrt(max(float(np.sum(residual * solution)), 0.0))
    layer_sizes = tuple(_largest(layer) for layer in layers[:-1])
    value = float(np.square(residual).sum()) / 2
    sizes = Sizes((*spectral, _largest(weights[-1])), layer_sizes, lowest, high, value, value, distance)
    return Hints(bits, rounded(lowest**2, up=False), [[rounded(x) for x in column] for column in solution.T], sizes)


def _rows(array: Array) -> float:
    """The largest square of a row, or of a column if there are fewer of them: an entry of the smaller Gram matrix."""
    return float(np.square(array).sum(axis=1 if array.shape[0] <= array.shape[1] else 0).max())


def _largest(array: Array) -> float:
    """The largest singular value, by the smaller Gram matrix."""
    square = array @ array.T if array.shape[0] <= array.shape[1] else array.T @ array
    return sqrt(max(float(np.linalg.eigvalsh(square)[-1]), 0.0))


def _bits(product: float) -> float:
    """The bits of each factor with which a product of this size has 61."""
    return floor((SAFE - log2(product)) / 2) if product > 0 else MAX_BITS


def rounded(value: float, *, up: bool = True, bits: int = DIGITS) -> Fraction:
    """A dyadic rational with about `bits` leading bits, not below (or not above) the value."""
    exact = Fraction(value)
    if not exact:
        return exact
    shift = bits - (abs(exact.numerator).bit_length() - exact.denominator.bit_length())
    scaled = exact * Fraction(2) ** shift
    return Fraction(-(-scaled.numerator // scaled.denominator) if up else scaled.numerator // scaled.denominator) / (
        Fraction(2) ** shift
    )
