"""Infrared bands and the regions of a spectrum they stand in: an electrolyte's own, and those of what forms beside it."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pydantic import Field

from ionweld.errors import Fault, SpecError
from ionweld.spec.appearance import BandRecord, RegionRecord
from ionweld.spec.entry import Entry
from ionweld.spec.faults import check, read_toml, shipped
from ionweld.spec.library import entry, material_names
from ionweld.spec.part import Part


@dataclass(frozen=True, slots=True)
class InfraredBand:
    """One band: where it may stand and how wide it may be (cm-1), what it stands for, and who says so."""

    name: str
    region: str
    assignment: str
    family: str
    position: float
    position_sigma: float
    lowest: float
    highest: float
    width: float
    width_lowest: float
    width_highest: float
    status: str
    source: str


@dataclass(frozen=True, slots=True)
class InfraredRegion:
    """A part of the spectrum (cm-1) whose bands share one baseline, a polynomial of this degree."""

    name: str
    lowest: float
    highest: float
    baseline_degree: int


class AreaRatio(Part):
    """Band area per mole of a substance over that in Li2OHCl, with its range."""

    value: float
    range: tuple[float, float]
    status: str
    source: str


class VapourLines(Part):
    """Where water vapour has its strong lines (cm-1), how well that is known, and how wide spectrometers show them.

    width, width_sigma: what is usual; widths: between which they lie.
    """

    positions: list[float]
    position_sigma: float
    width: float
    width_sigma: float
    widths: tuple[float, float]
    status: str
    source: str


class _BandTable(Part):
    vapour: VapourLines
    region: dict[str, RegionRecord]
    band: dict[str, BandRecord]
    ratio: dict[str, AreaRatio]


class OwnBands(Part):
    """A person's own bands, and regions of the spectrum that ours do not cover: `[band.NAME]`, `[region.NAME]`."""

    region: dict[str, RegionRecord] = Field(default_factory=dict)
    band: dict[str, BandRecord] = Field(default_factory=dict)


def own_bands(paths: Sequence[Path]) -> OwnBands:
    """Return what the files say, a later one before an earlier. Raises FileFormatError, SpecError with every fault."""
    found = OwnBands()
    for path in paths:
        said = check(OwnBands, read_toml(path), str(path))
        known = {region.name for region in regions()} | set(found.region) | set(said.region)
        strange = [
            Fault(
                f"{path}: band.{name}", f"its region {row.region!r} is not known", f"Known: {', '.join(sorted(known))}"
            )
            for name, row in said.band.items()
            if row.region not in known
        ]
        if strange:
            raise SpecError(strange)
        found = OwnBands(region=found.region | said.region, band=found.band | said.band)
    return found


def bands(electrolyte: Entry | None = None, own: OwnBands | None = None) -> dict[str, InfraredBand]:
    """Return the bands that a spectrum of an electrolyte is searched for, its own first, by name.

    Without one: those of every electrolyte that comes with ionweld. own: beside or, of the same name, in place of these.
    Raises SpecError for a band in no known region.
    """
    hosts = [electrolyte] if electrolyte is not None else _shipped()
    found = dict(_table().band)
    for host in hosts:
        found = (host.appearance.bands if host.appearance is not None else {}) | found
    found |= own.band if own else {}
    known = {region.name for region in regions(electrolyte, own)}
    strange = [name for name, row in found.items() if row.region not in known]
    if strange:
        where = (electrolyte.file or electrolyte.name) if electrolyte is not None else "library"
        seen = f"the region of the band {strange[0]!r} is not known"
        raise SpecError(Fault(where, seen, f"Known: {', '.join(sorted(known))}; or add it under [appearance.regions]"))
    return {name: InfraredBand(name=name, **row.model_dump()) for name, row in found.items()}


def regions(electrolyte: Entry | None = None, own: OwnBands | None = None) -> tuple[InfraredRegion, ...]:
    """Return the regions that a spectrum of an electrolyte is fitted in; without one, those of all that come along."""
    found = dict(_table().region)
    for host in [electrolyte] if electrolyte is not None else _shipped():
        found |= host.appearance.regions if host.appearance is not None else {}
    found |= own.region if own else {}
    return tuple(InfraredRegion(name=name, **row.model_dump()) for name, row in found.items())


def area_ratio(name: str) -> AreaRatio:
    """Return how strongly a substance absorbs, per mole, relative to Li2OHCl."""
    return _table().ratio[name]


def vapour_lines() -> VapourLines:
    """Return the strong lines of water vapour."""
    return _table().vapour


def _shipped() -> list[Entry]:
    return [entry(name) for name in material_names("solid electrolyte")]


@cache
def _table() -> _BandTable:
    return check(_BandTable, shipped("ionweld.spec", "library/ir_bands.toml"), "library/ir_bands.toml")
