"""How often the intervals of `ftir fit` hold the truth, on simulated spectra of known bands.

python benchmarks/ftir_coverage.py [draws]
"""

import sys
import time

import numpy as np

from ionweld.analyse.ftir import fit_infrared
from ionweld.simulate.ftir import InfraredSample, Spectrometer, infrared_spectrum
from ionweld.spec.infrared import bands

PRESENT = ("Li2OHCl", "LiOH", "CH_asymmetric", "CH_symmetric", "cyclic_carbonate", "carbonate", "ether")
ABSENT = ("LiOH.H2O", "nitrile", "amide", "sulfoxide")


def draw(seed: int) -> InfraredSample:
    """Return a sample whose bands have areas, places and widths drawn at random."""
    rng = np.random.default_rng(20_000 + seed)
    known = bands()
    areas = {"Li2OHCl": rng.uniform(8.0, 25.0)} | {name: rng.uniform(0.2, 3.0) for name in PRESENT[1:]}
    places = {
        n: float(
            np.clip(rng.normal(known[n].position, 0.5 * known[n].position_sigma), known[n].lowest, known[n].highest)
        )
        for n in areas
    }
    widths = {n: known[n].width * rng.uniform(0.75, 1.25) for n in areas}
    return InfraredSample(areas, places, widths, lorentz_share=rng.uniform(0.1, 0.9))


def main(draws: int) -> None:
    """Print the table."""
    held: dict[str, list[bool]] = {}
    seconds = []
    for seed in range(draws):
        sample = draw(seed)
        start = time.process_time()
        result = fit_infrared(infrared_spectrum(sample, Spectrometer(), seed))
        seconds.append(time.process_time() - start)
        for band in result.bands:
            if band.name in sample.areas and band.detected and band.position_cm1 and band.stderr and band.area_stderr:
                inside = abs(band.position_cm1 - sample.positions[band.name]) < 1.96 * band.stderr
                held.setdefault("position", []).append(inside)
                inside = abs((band.area or 0.0) - sample.areas[band.name]) < 1.96 * band.area_stderr
                held.setdefault("area", []).append(inside)
            if band.name in ABSENT:
                held.setdefault("absent band not detected", []).append(not band.detected)
    for name, values in held.items():
        print(f"{name:26s} {100.0 * np.mean(values):5.1f} % of {len(values)}")
    print(f"CPU seconds per fit: median {np.median(seconds):.2f}, longest {np.max(seconds):.2f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200)
