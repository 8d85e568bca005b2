"""Measure `assert_holds`: python benchmarks/assumptions.py [100 [1000]] [float|exact] [names ...].

For each assumption, in floats and in exact numbers: how many constants that are 5 % too optimistic were caught at
default settings (A6: f_star wrong by 5 % of f_0 - f_star in both directions, so two for each seed), median and largest
seconds of one core, and false alarms on the valid functions. The functions have known sharp constants; seeds go
around the families of tests/testing/instances.py. A caught constant that was missed is named.
"""

import importlib.util
import statistics
import sys
import time
from pathlib import Path

from proofcheck.testing import AssumptionViolated, assert_holds

PATH = Path(__file__).parents[1] / "tests" / "testing" / "instances.py"
SIX = ("A1", "A2", "A3", "A4", "A5", "A6")


def instances():
    """The functions of the tests."""
    spec = importlib.util.spec_from_file_location("testing_instances", PATH)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def raised(name, f, region, seed, constants=None):
    """Whether an assumption is found to be violated, and the seconds of one core that took."""
    start = time.process_time()
    try:
        assert_holds(name, f, region, seed=seed, constants=constants)
    except AssumptionViolated:
        return True, time.process_time() - start
    return False, time.process_time() - start


def row(draws, name, wrong, seeds, valid):
    """Counts and times of one assumption."""
    caught, false, times, quiet, notes = 0, 0, [], [], []
    for seed in range(max(seeds, valid)):
        family, draw = draws[seed % len(draws)]
        f, region = draw(seed)
        if seed < valid:
            found, seconds = raised(name, f, region, seed)
            false += found
            quiet.append(seconds)
            notes += [f"false alarm: {family}, seed {seed}"] * found
        if seed < seeds:
            for constants in wrong(f, region, name):
                found, seconds = raised(name, f, region, seed, constants)
                caught += found
                times.append(seconds)
                notes += [f"missed: {family}, seed {seed}, {constants}"] * (not found)
    return caught, false, times, quiet, notes


def shown(seconds):
    """Median and largest."""
    return f"{statistics.median(seconds):6.3f} {max(seconds):6.3f}" if seconds else f"{'-':>6} {'-':>6}"


def main(seeds, valid, names, kinds):
    """Print the table."""
    known = instances()
    print("numbers  assumption         caught      seconds         false alarms  seconds        families")
    for exact in kinds:
        families = known.families(exact)
        for name in names or list(dict.fromkeys(n for _, sharp in families.values() for n in sharp)):
            draws = [(family, draw) for family, (draw, sharp) in families.items() if name in sharp]
            caught, false, times, quiet, notes = row(draws, name, known.wrong, seeds, valid)
            print(
                f"{'exact' if exact else 'float':8} {name:18} {caught:4}/{len(times):<4}  {shown(times)}   "
                f"{false:3}/{valid:<6}   {shown(quiet)}  {len(draws)}",
                *notes, sep="\n    ", flush=True,
            )  # fmt: skip


if __name__ == "__main__":
    numbers = [int(argument) for argument in sys.argv[1:] if argument.isdigit()]
    words = [argument for argument in sys.argv[1:] if not argument.isdigit()]
    kinds = [word == "exact" for word in words if word in ("float", "exact")] or [False, True]
    names = [word for word in words if word not in ("float", "exact")]
    main(*(numbers + [100, 1000][len(numbers) :]), names, kinds)
