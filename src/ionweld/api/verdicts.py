"""What several instruments say together: is a solvent compatible with the electrolyte, and what is an interface made of?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from ionweld.api.eds import Profile
from ionweld.api.progress import Progress, unseen
from ionweld.api.quantities import Place, is_list, is_table, path_of, positive, text_of
from ionweld.api.reading import measured
from ionweld.api.result import Result
from ionweld.api.sem import Layers
from ionweld.api.xps import Surface
from ionweld.errors import Fault, InputError
from ionweld.read.ftir import read_infrared
from ionweld.read.xrd import read_diffractogram
from ionweld.result import plain
from ionweld.spec.own_files import solid_electrolyte
from ionweld.verdict import interface as joining
from ionweld.verdict import soaked as soaking
from ionweld.verdict.assumed import assumed
from ionweld.verdict.compatibility import Verdict, judge
from ionweld.verdict.compatibility_files import load_samples
from ionweld.verdict.interface_files import load_study

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_MEASURED = ("xrd", "ftir", "conductivity", "conductivity_error")
_JOINED = ("xps", "sem", "thickness", "eds", "resistance", "capacitance", "gap")


@dataclass(frozen=True, eq=False, repr=False)
class Compatibility(Result):
    """One verdict per treated sample: compatible, incompatible or undecided, with odds and the deciding instrument.

    Attributes
    ----------
    samples : tuple
        The verdicts, each with the odds of every instrument alone, residues and notes.
    electrolyte : str
        What was soaked.
    """

    samples: tuple[Verdict, ...]
    electrolyte: str

    @property
    def verdict(self) -> str:
        return "; ".join(f"{one.name} {one.verdict} (odds {one.odds:.2g})" for one in self.samples)

    @property
    def warnings(self) -> tuple[str, ...]:
        residues = [(one.name, f"residue: {text}") for one in self.samples for text in one.residues]
        notes = [(one.name, text) for one in self.samples for text in one.notes]
        return tuple(f"{name}: {text}" for name, text in (*notes, *residues))

    def table(self) -> pl.DataFrame:
        """Return one row per sample: verdict, odds (compatible against incompatible), what decided, and what to do next."""
        rows = [
            (one.name, one.verdict, one.odds, one.deciding, *(one.converted or (None, None, None)), one.next)
            for one in self.samples
        ]
        numbers = dict.fromkeys(("converted", "converted_low", "converted_high"), pl.Float64)
        kinds = {"sample": pl.String, "verdict": pl.String, "odds": pl.Float64, "deciding": pl.String}
        return pl.DataFrame(rows, schema=kinds | numbers | {"next": pl.String}, orient="row")

    def to_dict(self) -> dict[str, Any]:
        return plain({"electrolyte": self.electrolyte, "samples": self.samples, "assumed": assumed()})

    def _draw(self, ax: "Axes") -> None:
        from ionweld.report.verdicts import draw_odds

        draw_odds(ax, self.samples)


@dataclass(frozen=True, eq=False, repr=False)
class JoinedInterface(Result):
    """What an interface is made of: consistent, contradictory or incomplete, with each reason as a sentence.

    Attributes
    ----------
    evidence
        What was measured.
    found
        The verdict with its candidates, agreements, contradictions and cautions.
    """

    evidence: joining.Evidence
    found: joining.InterfaceVerdict

    @property
    def verdict(self) -> str:
        reasons = (*self.found.contradictions, *self.found.agreements)
        return f"{self.found.name}: {self.found.verdict}" + (f"; {reasons[0]}" if reasons else "")

    @property
    def warnings(self) -> tuple[str, ...]:
        return (*self.found.contradictions, *self.found.cautions)

    @property
    def twin_lines(self) -> str | None:
        """The measured gap, or layer, as lines of a cell's file; None where no thickness was measured."""
        return joining.twin_snippet(self.evidence.thickness) if self.evidence.thickness else None

    def table(self) -> pl.DataFrame:
        """Return one row per candidate phase: whether it could conduct as the layer does, its range, whether it was seen."""
        rows = [
            (one.phase, one.plausible, one.low_S_per_m / 100, one.high_S_per_m / 100, one.status, one.seen, one.source)
            for one in self.found.candidates
        ]
        numbers = dict.fromkeys(("low_S_per_cm", "high_S_per_cm"), pl.Float64)
        kinds = {"phase": pl.String, "plausible": pl.Boolean} | numbers
        known = {"status": pl.String, "seen_by_xps": pl.Boolean, "source": pl.String}
        return pl.DataFrame(rows, schema=kinds | known, orient="row")

    def to_dict(self) -> dict[str, Any]:
        from ionweld.report.surface_documents import interface_json

        return plain(interface_json(self.evidence, self.found, self.twin_lines))

    def _draw(self, ax: "Axes") -> None:
        from ionweld.report.verdicts import draw_candidates

        draw_candidates(ax, self.found)


def compatibility(
    samples: Place | Sequence[Mapping[str, Any]], *, electrolyte: str | None = None, progress: Progress | None = None
) -> Compatibility:
    """Say for each treated sample whether its solvent is compatible with the electrolyte, from all instruments together.

    Parameters
    ----------
    samples : path or list of dict
        A study file, or the samples, the pristine one first: each with a `name`, and of `xrd` and `ftir` (a measurement or
        a path), `conductivity` ("1.2e-5 S/cm") with `conductivity_error` ("10 %") what was measured.
    electrolyte : str, optional
        What was soaked: a name of the library, or a file of your own whose `[appearance]` names its phase (a .cif file
        too), what it becomes, and its infrared bands. Without it what the study file says, or Li2OHCl.
    progress : callable, optional
        As for `reproduce`.

    Returns
    -------
    Compatibility
        One row per treated sample: verdict, odds, the deciding instrument, the converted share, what to do next.

    Raises
    ------
    InputError
        For a sample of which nothing was measured, or a key that is not known, every one of them named.

    Examples
    --------
    >>> import ionweld as iw
    >>> pristine = {"name": "pristine", "conductivity": "1.0e-5 S/cm", "conductivity_error": "10 %"}
    >>> thf = pristine | {"name": "THF", "conductivity": "0.9e-5 S/cm"}
    >>> iw.compatibility([pristine, thf]).table()["sample"].to_list()
    ['THF']
    """
    if isinstance(samples, Sequence) and not isinstance(samples, str):
        soaked, known = "Li2OHCl", [_sample(one, place) for place, one in enumerate(samples)]
    else:
        soaked, known = load_samples(path_of(samples, "samples"))
    if len(known) < 2:
        raise InputError(Fault("samples", f"holds {len(known)}", "Give the pristine one and one treated at least"))
    host = solid_electrolyte(text_of(electrolyte or soaked, "electrolyte", "Li2OHCl"))
    done = (progress or unseen)("samples analysed", len(known))
    found: list[soaking.SolventEvidence] = []
    for one in known:
        found.append(soaking.evidence(one, host))
        done()
    return Compatibility(tuple(judge(found[0], one) for one in found[1:]), host.name)


def interface_verdict(evidence: Place | Mapping[str, Any]) -> JoinedInterface:
    """Join XPS, EDS, SEM and impedance of one interface; contradictions between them are reported as such.

    Parameters
    ----------
    evidence : path or dict
        A study file; or `name`, `temperature` ("80 degC") and what was measured: `xps` (of `fit_xps`), `sem` (of
        `measure_sem`) or `thickness` ("2 um", "0.1 um": value and standard error), `gap` (True where what was measured is
        empty), `eds` (of `profile_eds`), `resistance` of one interface ("120 ohm*cm^2", "10 ohm*cm^2") and `capacitance`
        of the same arc ("1 uF/cm^2").

    Returns
    -------
    JoinedInterface
        The verdict; one row per phase that could be the layer, with the conductivity that it can have (S/cm).

    Raises
    ------
    InputError
        For a key that is not known, a bare number, or where nothing was measured.

    Examples
    --------
    >>> import ionweld as iw
    >>> layer = {"thickness": ("2 um", "0.1 um"), "resistance": ("120 ohm*cm^2", "10 ohm*cm^2")}
    >>> found = iw.interface_verdict({"name": "cell 7", "temperature": "80 degC"} | layer)
    >>> round(found.to_dict()["conductivity_S_per_cm"]["value"], 9)
    1.667e-06
    """
    joined = _evidence(evidence) if isinstance(evidence, Mapping) else load_study(path_of(evidence, "evidence"))
    return JoinedInterface(joined, joining.judge(joined))


def _sample(given: Any, place: int) -> soaking.Sample:
    """Return a sample as the verdict takes it. Raises InputError."""
    where = f"samples[{place}]"
    if not is_table(given):
        raise InputError(Fault(where, f"{given!r} is no table", 'Write {"name": "THF", "xrd": "thf.xy"}'))
    _refuse_unknown(given, ("name", *_MEASURED), where)
    xrd, ftir = given.get("xrd"), given.get("ftir")
    sigma = positive(given.get("conductivity"), "S/m", f"{where}.conductivity")
    error = positive(given.get("conductivity_error"), "1", f"{where}.conductivity_error")
    if (sigma is None) != (error is None):
        raise InputError(Fault(where, "a conductivity needs its error, and an error its conductivity", "Give both"))
    return soaking.Sample(
        str(given.get("name", where)),
        None if xrd is None else measured(xrd, "xrd", f"{where}.xrd", read_diffractogram),
        None if ftir is None else measured(ftir, "ftir", f"{where}.ftir", read_infrared),
        None if sigma is None or error is None else soaking.Conductivity(sigma, error),
    )


def _evidence(given: Mapping[str, Any]) -> joining.Evidence:
    """Return the evidence as the verdict takes it. Raises InputError."""
    _refuse_unknown(given, ("name", "temperature", *_JOINED), "evidence")
    if not any(name in given for name in _JOINED):
        raise InputError(Fault("evidence", "nothing was measured", f"Give of {', '.join(_JOINED)}"))
    T = positive(given.get("temperature"), "K", "temperature")
    if T is None:
        raise InputError(Fault("temperature", "is not given", 'Write "temperature": "80 degC"'))
    xps, eds = (_analysed(given, name, kind) for name, kind in (("xps", Surface), ("eds", Profile)))
    return joining.Evidence(str(given.get("name", "interface")), T, xps, eds, _thickness(given), _resistance(given))


def _thickness(given: Mapping[str, Any]) -> joining.Thickness | None:
    picture, is_gap = _analysed(given, "sem", Layers), bool(given.get("gap", False))
    if picture is not None:
        layer = picture.layers[0]
        return joining.Thickness(layer.thickness_m, layer.stderr_m, f"SEM, {given['sem'].source}", is_gap)
    pair = _with_error(given, "thickness", "m")
    return None if pair is None else joining.Thickness(*pair, "given", is_gap)


def _resistance(given: Mapping[str, Any]) -> joining.Resistance | None:
    pair = _with_error(given, "resistance", "ohm*m^2")
    stored = positive(given.get("capacitance"), "F/m^2", "capacitance")
    return None if pair is None else joining.Resistance(*pair, "given", stored)


def _with_error(given: Mapping[str, Any], name: str, unit: str) -> tuple[float, float] | None:
    pair = given.get(name)
    if pair is None:
        return None
    if not is_list(pair) or len(pair) != 2:
        raise InputError(Fault(name, f"{pair!r} is no value with its error", 'Write ("2 um", "0.1 um")'))
    value, error = (positive(one, unit, name) or 0.0 for one in pair)
    return value, error


def _analysed(given: Mapping[str, Any], name: str, kind: type) -> Any:
    """Return what an analysis found. Raises InputError for anything but a result of that analysis."""
    one = given.get(name)
    if one is None:
        return None
    if not isinstance(one, kind):
        raise InputError(
            Fault(name, f"{one!r} is no {kind.__name__}", "Give what the analysis of that instrument returned")
        )
    return one.found


def _refuse_unknown(given: Mapping[str, Any], known: Sequence[str], where: str) -> None:
    unknown = [
        Fault(f"{where}.{key}", "is not known", f"Known: {', '.join(known)}") for key in given if key not in known
    ]
    if unknown:
        raise InputError(unknown)
