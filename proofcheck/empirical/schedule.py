"""Which instances are run together, on which cores, and what happens when they do not fit the memory."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field

import torch

from proofcheck.empirical.devices import one_thread
from proofcheck.empirical.iteration import Models
from proofcheck.errors import InvalidInput

CPU_BYTES, GPU_BYTES = 2**22, 2**31
"""Memory of a chunk: on a CPU what one core's share of the cache holds, on a GPU enough to keep it busy."""
POLL = 0.5
SIGNS = ("not enough memory", "can't allocate memory", "out of memory", "ALLOC_FAILED")
"""What PyTorch's RuntimeErrors about memory say."""


@dataclass(frozen=True)
class Part:
    """Consecutive rows of one group that are run together.

    Attributes
    ----------
    group, first, stop : int
    wide : bool
        Alone with all threads (large instances, or a GPU); else one of several with one thread each.
    """

    group: int
    first: int
    stop: int
    wide: bool


def parts_of(group: int, models: Models, rows: int, chunk_bytes: int | None) -> list[Part]:
    """Plan the parts of one group; they do not depend on the other groups, so neither does a result."""
    on_cpu = models.device.type == "cpu"
    size = max(1, (chunk_bytes or (CPU_BYTES if on_cpu else GPU_BYTES)) // models.bytes_each)
    cores = torch.get_num_threads()
    wide = not on_cpu or (size == 1 and rows < cores)  # a few large instances
    if not wide and rows > size:  # else it is over before a second core helps
        size = min(size, -(-rows // cores))
    return [Part(group, first, min(first + size, rows), wide) for first in range(0, rows, size)]


class Interrupted(Exception):
    """The run was told to stop between two steps."""


def execute(tasks: Sequence[tuple[bool, Callable[[], None]]], stop: threading.Event) -> Generator[None]:
    """Run tasks, first those with one thread each on all cores, then the wide ones one after the other.

    Two threads in one small operation lose more in waiting than they gain. Work is done on other threads, so that
    this one hears Ctrl-C at once: it sets `stop`, whereupon the tasks store where they are and end.

    Yields
    ------
    None
        After every task and twice a second, for a progress bar.
    """
    cores = torch.get_num_threads()
    narrow = [task for wide, task in tasks if not wide]
    if narrow:
        with one_thread():
            yield from _pooled(narrow, min(cores, len(narrow)), 1, stop)
    wide = [task for wide, task in tasks if wide]
    if wide:
        yield from _pooled(wide, 1, cores, stop)


def _pooled(tasks: Sequence[Callable[[], None]], workers: int, threads: int, stop: threading.Event) -> Generator[None]:
    with ThreadPoolExecutor(workers, initializer=torch.set_num_threads, initargs=(threads,)) as pool:
        try:
            waiting: set[Future[None]] = {pool.submit(task) for task in tasks}
            while waiting:
                done, waiting = wait(waiting, timeout=POLL, return_when=FIRST_COMPLETED)
                for future in done:
                    future.result()
                yield
        except BaseException:
            stop.set()
            pool.shutdown(wait=False, cancel_futures=True)
            raise


@dataclass
class Fitting:
    """Rows in pieces that fit the memory: one that does not is halved, and later ones are as small from the start."""

    limit: int = field(default=2**62)

    def pieces(self, compute: Callable[[int, int], object], first: int, stop: int) -> Iterator[object]:
        """Yield compute(a, b) for consecutive pieces of the rows from first to stop.

        Raises
        ------
        InvalidInput
            Where one instance alone does not fit.
        """
        while first < stop:
            end = min(stop, first + self.limit)
            try:
                result = compute(first, end)
            except (MemoryError, RuntimeError) as error:  # CUDA's is a RuntimeError, too
                if not out_of_memory(error):
                    raise
                result = None
            if result is None:  # here, not above: the error would keep the tensors of the attempt alive
                if end - first == 1:
                    raise InvalidInput("one instance alone does not fit the memory of the device")
                if torch.cuda.is_available():
                    torch.cuda.empty_cache()
                self.limit = (end - first) // 2
                continue
            first = end
            yield result


def out_of_memory(error: BaseException) -> bool:
    """Tell whether an error says that memory, of the CPU or of a GPU, is used up."""
    return isinstance(error, MemoryError | torch.cuda.OutOfMemoryError) or any(sign in str(error) for sign in SIGNS)
