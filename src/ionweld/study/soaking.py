"""Solvent compatibility as a study shows it: simulated portions before and after soaking, analysed as measured ones.

What each solvent does to the electrolyte was put in from the paper's own verdicts (spec/library/solvents.toml), with
assumed amounts. That the verdict comes back says that XRD and FTIR of ordinary quality can tell, not that the paper is
right.
"""

from dataclasses import dataclass

from ionweld.analyse.ftir import BandResult, FtirResult, fit_infrared
from ionweld.analyse.xrd import PhaseResult, XrdResult, fit_pattern
from ionweld.simulate.soaking import HOST, SoakedSample, soaked, solvents
from ionweld.spec.crystal import phases_of
from ionweld.spec.infrared import bands
from ionweld.spec.library import entry
from ionweld.study.settings import SoakingSettings
from ionweld.study.text import CheckedRow, PaperNumber
from ionweld.twin.pool import Mapper
from ionweld.units import to_si
from ionweld.verdict.compatibility import Verdict, judge
from ionweld.verdict.soaked import Sample, SolventEvidence, electrolyte_soaked, weighed

_CH = ("CH_asymmetric", "CH_symmetric")


@dataclass(frozen=True, slots=True)
class AnalysedPortion:
    """A simulated portion and what the analyses found in it."""

    sample: SoakedSample
    xrd: XrdResult
    ftir: FtirResult
    evidence: SolventEvidence

    @property
    def host(self) -> PhaseResult:
        """The electrolyte as XRD sees it."""
        return next(one for one in self.xrd.phases if one.phase == HOST)

    def band(self, name: str) -> BandResult:
        """Return a band of the infrared spectrum by its name in the library."""
        return next(one for one in self.ftir.bands if one.name == name)


@dataclass(frozen=True, slots=True)
class SolventVerdict:
    """What the paper says, what was put in, and the verdict on the simulated portion."""

    name: str
    paper: str
    converted_truth: float
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Soaking:
    """The pristine portion, the one that was soaked in the study's liquid, and the verdict on every solvent."""

    pristine: AnalysedPortion
    soaked: AnalysedPortion
    solvents: tuple[SolventVerdict, ...]
    rows: tuple[CheckedRow, ...]

    @property
    def verdict(self) -> Verdict:
        """The verdict on the liquid that is shown."""
        return next(one.verdict for one in self.solvents if one.name == self.soaked.sample.name)


def soak(sample: SoakingSettings, numbers: dict[str, PaperNumber], mapper: Mapper = map) -> Soaking:
    """Simulate, analyse and judge one portion of each solvent of the library."""
    names = (None, *solvents())
    pristine, *portions = mapper(_portion, [(name, sample.seed) for name in names])
    shown = next(one for one in portions if one.sample.name == sample.liquid)
    return Soaking(
        pristine, shown, tuple(_solvent(pristine, one) for one in portions), _rows(sample, pristine, shown, numbers)
    )


def _portion(task: tuple[str | None, int]) -> AnalysedPortion:
    """Simulate and analyse one portion: soaked in a solvent, or pristine (None)."""
    made = soaked(*task)
    xrd = fit_pattern(made.pattern, phases_of(entry(HOST)))
    ftir = fit_infrared(made.spectrum, entry(HOST))
    sample = Sample(made.name, made.pattern, made.spectrum)
    return AnalysedPortion(made, xrd, ftir, weighed(sample, electrolyte_soaked(entry(HOST)), xrd, ftir))


def _solvent(pristine: AnalysedPortion, treated: AnalysedPortion) -> SolventVerdict:
    made = treated.sample
    paper = "compatible" if made.compatible else "incompatible"
    return SolventVerdict(made.name, paper, 1.0 - made.moles[HOST], judge(pristine.evidence, treated.evidence))


def _rows(
    sample: SoakingSettings, pristine: AnalysedPortion, shown: AnalysedPortion, numbers: dict[str, PaperNumber]
) -> tuple[CheckedRow, ...]:
    """Return the paper's positions beside what the fits found."""
    hump, oh, ch = (numbers[name] for name in (sample.hump, sample.host_band, sample.residue_band))
    known, host = bands()[HOST], pristine.band(HOST)
    residues = [one for one in map(shown.band, _CH) if one.detected]
    residue = max(residues, key=lambda one: one.area or 0.0, default=None)
    low, high = (
        pick(getattr(bands()[name], side) for name in _CH) for pick, side in ((min, "lowest"), (max, "highest"))
    )
    paper, reach = _per_cm(ch.value), _per_cm(ch.precision or "0 1/cm")
    return (
        CheckedRow(hump.id, hump.quantity, hump.where, "deg", _degrees(hump), pristine.xrd.hump_deg,
            pristine.xrd.hump_stderr_deg, "", "paper only", "put in where the paper has it; the fit returns it"),
        CheckedRow(oh.id, oh.quantity, oh.where, "1/cm", _per_cm(oh.value), host.position_cm1, host.stderr,
            f"{known.lowest:g} to {known.highest:g}", "paper only", "the band table holds the paper's own value; no other "
            "reference was found"),
        CheckedRow(ch.id, ch.quantity, ch.where, "1/cm", paper, residue and residue.position_cm1, residue and residue.stderr,
            f"{low:g} to {high:g}", "agrees" if low - reach <= paper <= high + reach else "flagged",
            "C-H, which nitriles, ethers and carbonates have alike: it cannot name the solvent"),
    )  # fmt: skip


def _per_cm(text: str) -> float:
    return to_si(text, "1/m") / 100.0


def _degrees(number: PaperNumber) -> float:
    return to_si(number.value, "degree")


def document(found: Soaking) -> dict[str, object]:
    """Return the part of the JSON document that holds the soaked portions."""
    return {
        "kind": "simulated",
        "liquid": found.soaked.sample.name,
        "samples": [
            {"name": one.name, "paper": one.paper, "verdict": one.verdict.verdict, "odds": one.verdict.odds,
             "deciding": one.verdict.deciding, "next": one.verdict.next, "converted": one.verdict.converted,
             "converted_truth": one.converted_truth}
            for one in found.solvents
        ],
        "xrd": {one.sample.name: one.xrd.phases for one in (found.pristine, found.soaked)},
        "ftir": {one.sample.name: one.ftir.bands for one in (found.pristine, found.soaked)},
    }  # fmt: skip
