"""Where a run is computed, and the checks that every argument passes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor

from proofcheck.errors import InvalidInput

DEVICES = ("auto", "cpu", "cuda")
DTYPE = torch.float64


def device_of(name: str) -> torch.device:
    """Turn `auto`, `cpu` or `cuda` into a device; `auto` is CUDA where there is one.

    Raises
    ------
    InvalidInput
        For another name, or for `cuda` where there is none.
    """
    if name not in DEVICES:
        raise InvalidInput(f"device={name!r} must be one of {', '.join(DEVICES)}")
    present = torch.cuda.is_available()
    if name == "cuda" and not present:
        raise InvalidInput("device='cuda' is not available here: no CUDA device or no CUDA build of PyTorch; use cpu")
    return torch.device("cuda" if name != "cpu" and present else "cpu")


@contextmanager
def one_thread() -> Iterator[None]:
    """Work on small matrices without PyTorch's threads, which spend more time in waiting than they save."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def finite(name: str, value: Any, dimensions: int) -> Tensor:
    """Return a float64 tensor with that many dimensions, no empty one and finite entries.

    Raises
    ------
    InvalidInput
    """
    try:
        found = torch.as_tensor(value, dtype=DTYPE)
    except (TypeError, ValueError, RuntimeError):
        raise InvalidInput(f"{name} must be an array of numbers") from None
    if found.ndim != dimensions:
        raise InvalidInput(f"{name} has {found.ndim} dimensions and must have {dimensions}")
    if not found.numel():
        raise InvalidInput(f"{name} has shape {tuple(found.shape)} and must not be empty")
    bad = int((~torch.isfinite(found)).sum())
    if bad:
        raise InvalidInput(f"{name} has {bad} entries that are not finite numbers (NaN or infinity)")
    return found


def positive(name: str, value: Any, limit: int = 10**6) -> int:
    """Return a positive int up to a limit that keeps a slip of the keyboard from filling the memory.

    Raises
    ------
    InvalidInput
    """
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise InvalidInput(f"{name}={value!r} must be an integer >= 1")
    if value > limit:
        raise InvalidInput(f"{name}={value} must be <= {limit:,}")
    return value


def factor(name: str, value: Any, *, zero: bool = False) -> float:
    """Return a finite float > 0, or >= 0 where zero is allowed.

    Raises
    ------
    InvalidInput
    """
    if not isinstance(value, int | float) or not 0 <= value < float("inf") or (value == 0 and not zero):
        raise InvalidInput(f"{name}={value!r} must be a finite number {'>=' if zero else '>'} 0")
    return float(value)


def seeds_of(seeds: Sequence[int]) -> tuple[int, ...]:
    """Return the seeds, one instance each; every seed is an integer in [0, 2^63).

    Raises
    ------
    InvalidInput
    """
    found = tuple(seeds)
    if not found:
        raise InvalidInput("seeds must hold at least one integer")
    for seed in found:
        if not isinstance(seed, int) or not 0 <= seed < 2**63:
            raise InvalidInput(f"seeds: {seed!r} must be an integer in [0, 2^63)")
    return found


def generator(seed: int) -> torch.Generator:
    """Return a generator on the CPU: the same numbers for every device and every batch."""
    return torch.Generator().manual_seed(seed)


def normal(source: torch.Generator, *shape: int) -> Tensor:
    """Independent standard normal numbers in float64."""
    return torch.randn(*shape, generator=source, dtype=DTYPE)


def rotation(source: torch.Generator, size: int) -> Tensor:
    """A uniformly distributed orthogonal matrix.

    Source: Mezzadri (2007), How to generate random matrices from the classical compact groups, Section 5.
    """
    q, r = torch.linalg.qr(normal(source, size, size))
    signs = torch.where(torch.diagonal(r) < 0, -1.0, 1.0).to(DTYPE)
    return q * signs
