"""Virtual cells under laws that the twin does not have and no diagnosis is taught, each a mechanism in held_out_laws/.

By its number a cell has each of these, or not, at even odds:

    runaway    filaments above a fixed critical current, squared at their onset, an avalanche once they are long
    clusters   contact that is lost in clusters
    linear     an interphase that grows with time itself, as much in the first day as the parabola that it replaces
    noise      of the voltage: one that remembers a few records, and one that jumps between two levels
"""

from dataclasses import fields, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.signal import lfilter

from ionweld.infer.draws import DiagnosisDraw, DrawPlan, VirtualCell, looked_at, virtual_cell
from ionweld.infer.kept import KeptDraws
from ionweld.infer.nuisances import Nuisances
from ionweld.infer.strata import numbers_of, run_of
from ionweld.simulate import mechanisms
from ionweld.simulate.seeds import stream
from ionweld.spec.library import Entry
from ionweld.spec.quantity import Quantity

LAWS = Path(__file__).parent / "held_out_laws"
mechanisms.__path__.append(str(LAWS))  # where the twin finds mechanisms, here and in workers
DAY_S = 86400.0
MEMORY, CHANGES, LEVEL = 0.6, 0.02, 2.0  # of the noise: from record to record; how often it jumps, and how far
Real = NDArray[np.float64]


class OtherNoise(Nuisances):
    """Surroundings with the other noise; all else as it was drawn."""

    __slots__ = ()

    def noise(self, count: int) -> Real:
        """Return the noise of so many records of the voltage (V)."""
        rng = stream(self.seed, "other noise")
        remembered = lfilter([np.sqrt(1.0 - MEMORY**2)], [1.0, -MEMORY], rng.standard_normal(count))
        jumps = np.cumsum(rng.random(count) < CHANGES) % 2
        return self.noise_V * (np.asarray(remembered) + LEVEL * jumps)


def held_out_draws(plan: DrawPlan, count: int, mapper: Any, keep: Path) -> list[DiagnosisDraw | None]:
    """Return the looks at so many cells under the other laws; those that are kept are read."""
    laws = b"".join(one.read_bytes() for one in (Path(__file__), *sorted(LAWS.glob("*.py"))))
    kept = KeptDraws(keep, sha256(plan.key.encode() + laws).hexdigest())
    known = kept.load(0)
    if known is None or len({run_of(one.number) for one in known if one}) < 0.5 * count:
        known = [one for some in mapper(_draws_of, [(plan, run) for run in range(count)]) for one in some]
        kept.keep(0, known)
    return known


def _draws_of(task: tuple[DrawPlan, int]) -> tuple[DiagnosisDraw | None, ...]:
    plan, run = task
    return looked_at(plan, [altered(virtual_cell(plan, number)) for number in numbers_of(run)])


def altered(one: VirtualCell) -> VirtualCell:
    """Return a virtual cell under other laws, those that its seed draws."""
    runaway, clusters, linear, noise = stream(one.seed, "held-out laws").random(4) < 0.5
    names = list(one.parameters.mechanisms or mechanisms.ORDINARY)
    if runaway:
        names = ["runaway" if name in ("filament", "fracture") else name for name in names]
    if clusters:
        contact = next(place for place, name in enumerate(names) if name in ("contact", "voids"))
        names.insert(contact + 1, "clusters")
    parameters = replace(one.parameters, mechanisms=tuple(names))
    around = OtherNoise(**{field.name: getattr(one.nuisances, field.name) for field in fields(Nuisances)})
    return replace(
        one,
        parameters=_linear(parameters) if linear else parameters,
        nuisances=around if noise else one.nuisances,
    )


def _linear(parameters: Entry) -> Entry:
    parabola = parameters.properties["interphase_growth"]
    rate = parabola.value / np.sqrt(DAY_S)
    grows = Quantity(rate, "ohm*m^2/s", f"{rate:.6g} ohm*m^2/s", "assumed")
    known = parameters.properties | {"interphase_growth": parabola.moved(0.0), "interphase_linear_growth": grows}
    return replace(parameters, properties=known)
