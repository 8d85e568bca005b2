"""Certificates of networks: which are proved, how long making and checking takes, and the run beside each.

python benchmarks/certificates.py [NAME ...] [--half] [--seeds N] [--steps N]
"""

import argparse
import resource
import time
from pathlib import Path

from proofcheck.empirical import network_case, network_runs
from proofcheck.networks import certify_network

CASES = Path(__file__).parents[1] / "cases/networks"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", default=sorted(path.stem for path in CASES.glob("*.toml")))
    parser.add_argument("--half", action="store_true", help="half of the width of each case")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--steps", type=int, default=500)
    options = parser.parse_args()
    print("case              width  seed  word       rate      kappa    make s  check s  run: steps  f/f_0     bound")
    for name in options.names:
        case = network_case.load(CASES / f"{name}.toml")
        width = case.widths[-1] // (2 if options.half else 1)
        for seed in range(options.seeds):
            arrays = case.other(width=width, seed=seed).arrays()
            begin = time.perf_counter()
            result = certify_network(*arrays)
            made = time.perf_counter()
            word = result.check().word
            checked = time.perf_counter()
            line = f"{name:<16} {width:>6}  {seed:>4}  {word:<9}"
            if word == "PROVED":
                seen = network_runs.observe(result, arrays, steps=options.steps)
                held = "holds" if seen.violation is None else f"VIOLATED at {seen.violation}"
                line += f"  {float(result.rate):.6f}  {result.numbers['kappa']:>8.2f}"
                line += f"  {made - begin:>7.1f}  {checked - made:>7.2f}  {seen.stopped:>10}"
                line += f"  {seen.f[-1] / seen.f[0]:.1e}  {held}"
            else:
                line += f"  {result.reason}"
            print(line, flush=True)
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20:.2f} GiB")


if __name__ == "__main__":
    main()
