"""Photoelectron spectra: counts over binding energy, a region for each line."""

import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import polars as pl

from ionweld.measurement.photoelectron import Photoelectron
from ionweld.measurement.store import write_measurements
from ionweld.read.technique import Glimpse, Likeness, Technique
from ionweld.read.text import Text
from ionweld.read.xps import phi, vamas
from ionweld.read.xps.names import line_name

_WORDS = re.compile(
    r"\bbinding|bindungsenergie|\bB\.?E\.?\s*[/(\[]|\bB\.E\.|\bE_?B\b|kinetic|kinetische|\bE_?kin\b|\bhv\s*=|photoelectron|\bXPS\b"
    r"|\bpass energy|excitation energy|photon energy|\b1486\.\d|\b1253\.\d|\b(?:Al|Mg)\s*-?\s*K[\s_-]*(?:a\b|alpha|α)"
    r"|结合能|結合能|結合エネルギー|束縛エネルギー|결합에너지|[ée]nergie de liaison|энергия связи|动能|動能|運動エネルギー",
    re.IGNORECASE,
)
_LINE = re.compile(
    r"\s*[\"#]*\s*[A-Z][a-z]?[ _]?[1-5][spdf](?:[ _]?[1357]/2)?\s*\"?\s*"
)  # a field that says "C1s" and nothing else
_EVEN, _BELOW_THE_EDGE_eV = 0.2, -20.0
_ENERGY = re.compile(r"\b(?:energy|energie)\b|\beV\b", re.IGNORECASE)
_KEV = re.compile(r"\bkeV\b", re.IGNORECASE)


def _recognises(glimpse: Glimpse) -> Likeness:
    if phi.recognises(glimpse.head) or vamas.recognises(Text(list(glimpse.lines), "")):
        return Likeness.NAMED
    if not glimpse.columns.is_table:
        return Likeness.NO
    if any(map(_WORDS.search, glimpse.columns.header)) or _names_a_line(glimpse.columns.header):
        return Likeness.NAMED
    alone = any(_LINE.fullmatch(field) for line in glimpse.columns.header for field in re.split(r"[\t,;]", line))
    return Likeness.BARE if alone and _runs_as_energies(glimpse) else Likeness.NO


def _runs_as_energies(glimpse: Glimpse) -> bool:
    """Energies that run evenly one way, and no counts below zero."""
    energy, counts = glimpse.columns.values[:, 0], glimpse.columns.values[:, 1]
    steps = np.diff(energy)
    even = float(np.ptp(steps)) < _EVEN * abs(float(np.median(steps)))
    return even and energy.min() > _BELOW_THE_EDGE_eV and bool(np.all(counts >= 0.0))


def _names_a_line(header: tuple[str, ...]) -> bool:
    """Energies in eV beside the name of a photoelectron line; energies alone may be those of an X-ray or optical spectrum."""
    above = " ".join(header)
    return bool(_ENERGY.search(above)) and not _KEV.search(above) and bool(line_name(above))


def _read(path: Path) -> list[Photoelectron]:
    from ionweld.read.xps import read_xps

    return [read_xps(path)]


def _write(path: Path, samples: Sequence[Photoelectron]) -> Path:
    (sample,) = samples
    parts = [
        pl.DataFrame(
            {
                "Region / 1": pl.Series([number] * region.intensity.size, dtype=pl.Int64),
                "Line": [region.label] * region.intensity.size,
                "Binding Energy / eV": region.binding_energy_eV,
                "Intensity / 1": region.intensity,
            }
        )
        for number, region in enumerate(sample.regions, start=1)
    ]
    return write_measurements(path, pl.concat(parts), samples)


TECHNIQUE = Technique(
    name="xps",
    kind="photoelectron spectra",
    suffix=".xps.parquet",
    recognises=_recognises,
    read=_read,
    write=_write,
    next="ionweld xps fit {file}",
)
