"""How often `ionweld compatibility` is right about the solvents of Yu 2021, on simulated portions of known truth.

python benchmarks/compatibility_acceptance.py [draws of each solvent]
"""

import sys
import time
from collections import Counter

from ionweld.simulate.soaking import soaked, solvents
from ionweld.spec.library import entry
from ionweld.verdict.compatibility import judge
from ionweld.verdict.soaked import Sample, SolventEvidence, evidence


def measured(solvent: str | None, seed: int) -> SolventEvidence:
    """Return what the analyses find in one simulated portion."""
    portion = soaked(solvent, seed)
    return evidence(Sample(portion.name, portion.pattern, portion.spectrum), entry("Li2OHCl"))


def main(draws: int) -> None:
    """Print one row per solvent: truth, how many verdicts of each kind, how often each instrument decided."""
    start = time.process_time()
    pristine = [measured(None, seed) for seed in range(draws)]
    for solvent, effect in solvents().items():
        truth = "compatible" if effect["compatible"] else "incompatible"
        verdicts = [judge(pristine[seed], measured(solvent, seed)) for seed in range(draws)]
        said, decided = Counter(v.verdict for v in verdicts), Counter(str(v.deciding) for v in verdicts)
        wrong = draws - said[truth] - said["undecided"]
        counts = f"right {said[truth]:3d} undecided {said['undecided']:3d} wrong {wrong:3d}"
        print(f"{solvent:8s} {truth:12s} {counts}  {dict(decided)}", flush=True)
    print(f"CPU seconds: {time.process_time() - start:.0f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20)
