"""What a diagnosis says of a paper's own cells: simulated with the study's parameters, then diagnosed from their tests and spectra.

    python benchmarks/diagnosis_paper.py [--study yu2021] [--only TEST] [--seed 3] [--workers 2] [--keep FOLDER]

One line of a table per cell: how it ended, what is said and at which odds, which mechanisms would spare it alike, whether it
is explained, and how long that took.
"""

import argparse
from pathlib import Path
from time import perf_counter

from ionweld.infer.diagnosis import NAMED
from ionweld.infer.engine import Inference, infer
from ionweld.infer.kept import KeptDraws
from ionweld.infer.moments import SpectrumMoment
from ionweld.infer.observation import observe
from ionweld.simulate.cell import simulate
from ionweld.simulate.cell_spectra import spectrum_of
from ionweld.simulate.run import SimulatedTest
from ionweld.simulate.snapshot import BEFORE, moment
from ionweld.simulate.spectra import FrequencySweep
from ionweld.spec.library import Entry
from ionweld.study.calibration import predictive
from ionweld.study.model import load_study
from ionweld.study.published import Study
from ionweld.study.settings import CellTest
from ionweld.twin.pool import Mapper, workers

SWEEP = FrequencySweep(1e6, 0.1, 60, 0.003)
SHOWN = 3  # causes


def main() -> None:
    asked = _asked()
    study = load_study(asked.study)
    parameters, _ = predictive(study, study.calibration, study.calibrated)
    print("| cell | ended | said, with its odds | alike | explained | seconds |\n|---|---|---|---|---|---|")
    with workers(asked.workers) as mapper:
        for test in study.tests:
            if asked.only in (None, test.name):
                print(_line(test.name, _diagnosed(study, test, parameters, asked, mapper)), flush=True)


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--study", default="yu2021")
    parser.add_argument("--only")
    parser.add_argument("--seed", type=int, default=3)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument(
        "--keep", type=Path, help="where draws are kept; nowhere without it, and the seconds are those of all"
    )
    return parser.parse_args()


def _diagnosed(
    study: Study, test: CellTest, parameters: Entry, asked: argparse.Namespace, mapper: Mapper
) -> tuple[Inference, float]:
    """Return the diagnosis of a simulated cell, and how long it took (s)."""
    cell, protocol = study.described(test)
    run = simulate(cell, protocol, parameters, f"{study.name}/{test.name}/{asked.seed}")
    spectra = [_spectrum(run, "before", BEFORE), _spectrum(run, "after", len(run.snapshots) - 1)]
    begun = perf_counter()
    seen = observe(cell, [run.measurement], spectra, "charge")
    kept = (lambda key: KeptDraws(asked.keep, key)) if asked.keep else None
    return infer(cell, seen, mapper, lambda _title, _total: lambda: None, kept=kept), perf_counter() - begun


def _spectrum(run: SimulatedTest, when: str, half_cycle: int):
    return SpectrumMoment(when), spectrum_of(run, moment(run, half_cycle), SWEEP)


def _line(name: str, diagnosed: tuple[Inference, float]) -> str:
    found, seconds = diagnosed
    said = found.diagnosis
    odds = [*((one.mechanism.replace("_", " "), one.odds) for one in said.mechanisms), ("undecided", said.undecided)]
    told = ", ".join(f"{mechanism} {share:.2f}" for mechanism, share in sorted(odds, key=lambda one: -one[1])[:SHOWN])
    alike = ", ".join(f"{tie} {tie.odds:.2f}" for tie in said.ties if tie.odds >= NAMED)
    ended = f"{said.outcome.kind}, cycle {said.outcome.cycle}"
    explained = f"{'yes' if said.explained else 'no'} ({said.resemblance:.2f})"
    return f"| {name.replace('_', ' ')} | {ended} | {told} | {alike} | {explained} | {seconds:.0f} |"


if __name__ == "__main__":
    main()
