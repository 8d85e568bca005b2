"""Planted errors in the inequalities of the shipped classes, as a table: `python benchmarks/mutants.py [--all]`.

Without --all, false mutants are counted and the first witness of each inequality and kind is shown.
"""

import sys
import time
from collections import Counter

import proofcheck as pc
from proofcheck.testing.class_conformance import table_defects
from proofcheck.testing.classes_under_test import instances, table_of, under_test
from proofcheck.testing.mutants import Judged, inequality_mutants, judge
from proofcheck.testing.witness import Samples


def row(name: str, found: Judged) -> str:
    proof = found.witness or str(found).partition("WEAKER, ")[2] or "the same form"
    planted = f"{found.mutant.kind} at {found.mutant.term}"
    cells = [name, found.mutant.statement.name, planted, found.verdict, str(proof)]
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def main(every: bool) -> None:
    print("| class | inequality | mutant | verdict | witness, or why it is true |\n|---|---|---|---|---|")
    totals = []
    for cls in (pc.SmoothStronglyConvex, pc.PartialStrongConvexity):
        start = time.perf_counter()
        subject = under_test(instances(cls)[0])
        samples = Samples(subject)
        judged = [judge(mutant, subject, samples) for mutant in inequality_mutants(cls)]
        seconds = time.perf_counter() - start
        sampled = compared = 0
        shown = set()
        for found in judged:
            statement = found.mutant.statement
            compared += bool(table_defects(table_of(statement.form), table_of(subject.statements[statement.name].form)))
            if found.verdict == "FALSE":
                sampled += samples.exact_violation(statement) is not None
            key = (statement.name, found.mutant.kind)
            if every or found.verdict != "FALSE" or key not in shown:
                print(row(cls.name, found))
            shown.add(key) if found.verdict == "FALSE" else None
        counts = Counter(found.verdict for found in judged)
        words = ", ".join(f"{counts[verdict]} {verdict}" for verdict in ("FALSE", "WEAKER", "EQUAL", "OPEN"))
        totals.append(
            f"{cls.name}: {len(judged)} mutants, {words}; {sampled} of {counts['FALSE']} FALSE caught by sampling "
            f"alone, {compared} of {len(judged) - counts['EQUAL']} that are not EQUAL by the comparison; "
            f"{seconds:.1f} s"
        )
    print("\n" + "\n".join(totals))


if __name__ == "__main__":
    main("--all" in sys.argv[1:])
