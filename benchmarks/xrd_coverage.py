"""How often the intervals of `xrd fit` hold the truth, on simulated patterns of known composition.

python benchmarks/xrd_coverage.py [draws]
"""

import sys
import time

import numpy as np

from ionweld.analyse.xrd import fit_pattern
from ionweld.simulate.xrd import Diffractometer, PhaseAmount, diffractogram
from ionweld.spec.crystal import library_names, library_phase


def draw(seed: int) -> tuple[list[PhaseAmount], Diffractometer]:
    """Return a sample of Li2OHCl with LiOH and LiCl, and an instrument, all drawn at random."""
    rng = np.random.default_rng(10_000 + seed)
    lioh, licl = rng.uniform(0.1, 0.3), rng.uniform(0.05, 0.2)
    parts = []
    for name, share in (("Li2OHCl", 1.0 - lioh - licl), ("LiOH", lioh), ("LiCl", licl)):
        phase = library_phase(name)
        factor = 1.0 + rng.uniform(-0.6, 0.6) * phase.cell_tolerance
        a, b, c, *angles = phase.cell
        cell = (a * factor, b * factor, c * factor, *angles)
        parts.append(PhaseAmount(phase, share, cell, size_width_deg=rng.uniform(0.04, 0.15)))
    instrument = Diffractometer(
        displacement_deg=rng.normal(0.0, 0.05),
        zero_deg=rng.normal(0.0, 0.01),
        width_deg=rng.uniform(0.05, 0.1),
        peak_counts=rng.uniform(1500.0, 6000.0),
    )
    return parts, instrument


def main(draws: int) -> None:
    """Print the table."""
    held: dict[str, list[bool]] = {}
    seconds = []
    phases = [library_phase(name) for name in library_names()]
    for seed in range(draws):
        parts, instrument = draw(seed)
        pattern = diffractogram(parts, instrument, seed)
        start = time.process_time()
        result = fit_pattern(pattern, phases)
        seconds.append(time.process_time() - start)
        for part in parts:
            found = next(item for item in result.phases if item.phase == part.phase.name)
            held.setdefault(f"{found.phase} found", []).append(found.present)
            if (
                not found.present
                or found.cell_stderr is None
                or found.fraction_stderr is None
                or found.fraction is None
            ):
                continue
            cell = part.cell or part.phase.cell
            held.setdefault(f"{found.phase} a", []).append(
                abs(found.cell_angstrom[0] - cell[0]) < 1.96 * found.cell_stderr[0]
            )
            held.setdefault(f"{found.phase} share", []).append(
                abs(found.fraction - part.mass_fraction) < 1.96 * found.fraction_stderr
            )
        truth = {part.phase.name for part in parts}
        wrong = [item for item in result.phases if item.present and item.phase not in truth]
        held.setdefault("no phase too many", []).append(not wrong)
        held.setdefault("cubic", []).append((result.cubic_odds or 0.0) > 1.0)
    for name, values in held.items():
        print(f"{name:22s} {100.0 * np.mean(values):5.1f} % of {len(values)}")
    pooled = [value for name, values in held.items() if name.endswith((" a", " share")) for value in values]
    print(f"{'all intervals':22s} {100.0 * np.mean(pooled):5.1f} % of {len(pooled)}")
    print(f"CPU seconds per fit: median {np.median(seconds):.2f}, longest {np.max(seconds):.2f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200)
