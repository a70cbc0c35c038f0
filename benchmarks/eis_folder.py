"""How much processor time `ionweld eis fit` takes for a folder of spectra: `python benchmarks/eis_folder.py [FILES]`.

Two folders of FILES (100) csv files each: one cell that ages from file to file, and cells of set (a) that have nothing in common
(tests/eisfit_sets.py). One process each; its user and system time counts, start-up included. Aim: 5 s for 100 files.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage

import numpy as np

ROOT = Path(__file__).parents[1]
sys.path += [str(ROOT / "src"), str(ROOT / "tests")]

from eisfit_sets import CIRCUIT, SWEEP, draw

from ionweld.measurement.impedance import ImpedanceSpectrum
from ionweld.simulate.spectra import simulate_spectrum

AIM_S = 5.0


def write(spectrum: ImpedanceSpectrum, path: Path) -> None:
    """Write a spectrum as a csv file."""
    Z = spectrum.impedance_ohm
    rows = np.column_stack([spectrum.frequency_Hz, Z.real, -Z.imag])
    np.savetxt(path, rows, "%.9g", ",", header="Frequency (Hz),Z' (Ohm),-Z'' (Ohm)", comments="")


def ageing(count: int) -> list[ImpedanceSpectrum]:
    """Return the spectra of one cell whose arcs grow threefold and slow down."""
    truth = draw("a", 0).truth
    found = []
    for n in range(count):
        grown = truth | {"R1": truth["R1"] * 3.0 ** (n / count), "R2": truth["R2"] * 2.0 ** (n / count)}
        found.append(simulate_spectrum(CIRCUIT, grown, SWEEP, noise=0.005, seed=n))
    return found


def fitted(spectra: list[ImpedanceSpectrum], folder: Path) -> float:
    """Fit a folder of these spectra, and return the processor time (s)."""
    folder.mkdir()
    for n, spectrum in enumerate(spectra):
        write(spectrum, folder / f"cell_{n:03d}.csv")
    before = getrusage(RUSAGE_CHILDREN)
    command = [sys.executable, "-m", "ionweld", "eis", "fit", *map(str, sorted(folder.iterdir())), "--circuit", CIRCUIT]
    environment = os.environ | {"PYTHONPATH": str(ROOT / "src")}
    subprocess.run([*command, "--json"], env=environment, check=True, stdout=subprocess.DEVNULL)
    after = getrusage(RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main(count: int = 100) -> None:
    with tempfile.TemporaryDirectory() as temporary:
        for name, spectra in (
            ("one cell that ages", ageing(count)),
            ("cells of set (a)", [draw("a", seed).spectrum for seed in range(count)]),
        ):
            took = fitted(spectra, Path(temporary) / name)
            print(f"{name:20} {count} files: {took:.2f} s of CPU (aim {AIM_S * count / 100:.1f})", flush=True)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
