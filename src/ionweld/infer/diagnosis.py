"""What a diagnosis says: the mechanism with its odds, what fits and what does not, what is known better now, what to do next."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from ionweld.infer.advice import Advice, Counsel
from ionweld.infer.counsel import row
from ionweld.result import EventKind
from ionweld.spec.cell import switch_names

Mechanism = str  # the switch of a mechanism in the twin, or one of OUTSIDE, or "none"
_SAID = {
    "contact_loss": "contact loss",
    "interphase": "a growing interphase",
    "filament": "a filament",
    "soft_short": "a soft short",
    "layer": "the solid layer that the liquid left",
    "cathode": "fading of the cathode",
    "salt": "salt used up in the polymer",
}


def switches_of(names: Iterable[str]) -> dict[Mechanism, str]:
    """Return each mechanism that can be left out, and how it is called in a sentence: those that we know come first."""
    return _SAID | {name: name.replace("_", " ") for name in names if name not in _SAID}


SWITCHES = switches_of(switch_names())
WORDS: dict[Mechanism, str] = SWITCHES | {
    "electrolyte": "ageing of the electrolyte",
    "leads": "a bad lead or contact outside of the cell",
    "none": "nothing",
}
OUTSIDE: tuple[Mechanism, ...] = ("leads", "electrolyte")  # not of the twin's cell: laid over what is measured of it
MECHANISMS = tuple(WORDS)
MOSTLY = 0.5  # odds from which on a filament is said to cross a cell that something else limits
NAMED = 0.05  # odds: a rival with less goes without saying
_DEADLY = (EventKind.HARD_SHORT, EventKind.SOFT_SHORT, EventKind.END_OF_LIFE)
LEAST_BITS = 0.01  # what an experiment teaches at least, to be named


@dataclass(frozen=True, slots=True)
class SeenOutcome:
    """How the measured test ended: an event of the analysis, or "alive", and in which cycle."""

    kind: str
    cycle: int


@dataclass(frozen=True, slots=True)
class MechanismOdds:
    """The odds that a mechanism is the cause: that leaving it out would help this cell most."""

    mechanism: Mechanism
    odds: float


@dataclass(frozen=True, slots=True)
class Tie:
    """Two mechanisms of which either acts through the other. odds: that leaving out either would have spared this cell alike."""

    mechanisms: tuple[Mechanism, Mechanism]
    odds: float

    def __str__(self) -> str:
        return " and ".join(WORDS[name] for name in self.mechanisms)


@dataclass(frozen=True, slots=True)
class PosteriorRow:
    """A parameter before and after the data, each as a 95 % interval, in `unit`. prior: its lowest and highest value."""

    parameter: str
    unit: str
    prior: tuple[float, float]
    low: float
    median: float
    high: float


@dataclass(frozen=True, slots=True)
class RankedExperiment:
    """A measurement that could be made next: what it is expected to teach of the cause, and how long it takes.

    low, high: between which values the bits are known, from so few draws.
    """

    experiment: str
    bits: float
    hours: float
    low: float
    high: float

    @property
    def told(self) -> str:
        """What is expected, in words."""
        return f"{self.bits:.2f} bits ({self.low:.2f} to {self.high:.2f}), {self.hours:.3g} h"


@dataclass(frozen=True, slots=True)
class Misfit:
    """A feature of the measured cell that hardly any virtual cell has. share: of the draws that lie as far out, or farther."""

    feature: str
    value: float
    low: float
    high: float
    share: float

    def __str__(self) -> str:
        return f"{self.feature} is {self.value:.3g}; 95 % of the virtual cells lie between {self.low:.3g} and {self.high:.3g}"


@dataclass(frozen=True, slots=True)
class Findings:
    """All that is to be said of one cell.

    mechanisms: most likely first; with `undecided` (ties, and cells that no single change helps) their odds add up to 1.
    ties: pairs that help alike, likeliest first: a part of `undecided` each.
    resemblance: the share of the draws that are as strange among the others as the measured cell is; below 5 % the
    cell is not explained. bridged: the odds that a filament crossed the pellet, whatever limits the cell. borrowed: the
    sentence on parameters of other materials, "" without any.
    """

    cell: str
    explained: bool
    outcome: SeenOutcome
    mechanisms: tuple[MechanismOdds, ...]
    undecided: float
    posterior: tuple[PosteriorRow, ...]
    misfit: tuple[Misfit, ...]
    seconds: float
    draws: int = 0
    resemblance: float = 1.0
    borrowed: str = ""
    warnings: tuple[str, ...] = ()
    experiments: tuple[RankedExperiment, ...] = ()
    counsel: Counsel | None = None
    ties: tuple[Tie, ...] = ()
    files: tuple[str, ...] = ()
    bridged: float = 0.0

    def odds(self, mechanism: Mechanism) -> float:
        """Return the odds of a mechanism."""
        return next((one.odds for one in self.mechanisms if one.mechanism == mechanism), 0.0)

    @property
    def telling(self) -> tuple[RankedExperiment, ...]:
        """The experiments that are expected to say more of the cause, the most telling first."""
        return tuple(one for one in self.experiments if one.bits >= LEAST_BITS)

    @property
    def deciding(self) -> str:
        """What is to be said of the next experiment, in one sentence."""
        if not self.experiments:
            return "None was ranked: the cause is settled within the twin, or too few draws stand for this cell."
        if not self.telling:
            most = max(one.high for one in self.experiments)
            return (
                "None of these experiments is seen to say more of the cause; "
                f"with so few virtual cells {most:.2f} bits could go unseen."
            )
        first = self.telling[0]
        said = f"{first.experiment}: {first.bits:.2f} bits of information on the cause are expected, in {first.hours:.3g} h"
        return f"{said}; from so few virtual cells, between {first.low:.2f} and {first.high:.2f}."

    @property
    def advice(self) -> tuple[Advice, ...]:
        """What to change, the likeliest to help first."""
        return () if self.counsel is None else self.counsel.advice

    @property
    def verdict(self) -> str:
        """What is to be said first, in one sentence."""
        said = _verdict(self)
        return (
            said if self.explained else f"not explained: no virtual cell behaves like this one. If it were one: {said}"
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the diagnosis as `--json` prints it."""
        return {
            "cell": self.cell,
            "explained": self.explained,
            "verdict": self.verdict,
            "borrowed": self.borrowed,
            "outcome": {"kind": self.outcome.kind, "cycle": self.outcome.cycle},
            "mechanisms": [{"mechanism": one.mechanism, "odds": one.odds} for one in self.mechanisms],
            "undecided": self.undecided,
            "ties": [{"mechanisms": list(one.mechanisms), "odds": one.odds} for one in self.ties],
            "bridged": self.bridged,
            "posterior": [_posterior_row(one) for one in self.posterior],
            "experiments": [
                {"experiment": one.experiment, "bits": one.bits, "low": one.low, "high": one.high, "hours": one.hours}
                for one in self.experiments
            ],
            "deciding": self.deciding,
            "advice": [row(one) for one in self.advice],
            "goal": None if self.counsel is None else self.counsel.goal.text,
            "reachable": None if self.counsel is None else self.counsel.reachable,
            "misfit": [_misfit_row(one) for one in self.misfit],
            "resemblance": self.resemblance,
            "draws": self.draws,
            "warnings": list(self.warnings),
            "files": list(self.files),
            "seconds": self.seconds,
        }


def _verdict(found: Findings) -> str:
    undecided, (first, *others) = found.undecided, found.mechanisms
    tie = next((one for one in found.ties if one.odds >= 0.5 * undecided), None)
    if undecided > first.odds and tie is not None:
        return f"undecided between {tie}: without either this cell would fare alike (odds {tie.odds:.2f}){_alone(tie, found.mechanisms)}"
    rivals = [f"{WORDS[one.mechanism]} ({one.odds:.2f})" for one in others[:2] if one.odds >= NAMED]
    if undecided > first.odds:
        rival = _rival(rivals)
        return f"no single cause stands out (undecided: {undecided:.2f}); most likely {WORDS[first.mechanism]} ({first.odds:.2f}){rival}"
    if undecided >= NAMED:
        rivals.append(f"undecided ({undecided:.2f})" if tie is None else f"{tie} alike ({tie.odds:.2f})")
    return f"{_said_of(first.mechanism, found.outcome)} (odds {first.odds:.2f}){_bridge(found)}{_rival(rivals)}"


def _bridge(found: Findings) -> str:
    """Return that a filament crosses the pellet of a cell that something else limits, where that is likely."""
    limit = found.mechanisms[0].mechanism
    if limit in ("filament", "none") or found.bridged < MOSTLY:
        return ""
    return f", and a filament bridges it ({found.bridged:.2f})"


def _said_of(cause: Mechanism, outcome: SeenOutcome) -> str:
    dead = outcome.kind in _DEADLY
    if cause != "none":
        return f"{WORDS[cause]} {'kills' if dead else 'limits'} this cell"
    if dead:
        return f"the test ends ({outcome.kind}), but most likely by no mechanism of this cell"
    return f"nothing limits this cell within {outcome.cycle} cycles"


def _rival(rivals: list[str]) -> str:
    return f"; rival: {', '.join(rivals)}" if rivals else "; no rival"


def _alone(tie: Tie, mechanisms: tuple[MechanismOdds, ...]) -> str:
    """Return the odds of each mechanism of a tie to be the cause by itself."""
    odds = {one.mechanism: one.odds for one in mechanisms}
    return "".join(f"; {WORDS[name]} by itself: {odds[name]:.2f}" for name in tie.mechanisms)


def _posterior_row(row: PosteriorRow) -> dict[str, Any]:
    values = {"prior": list(row.prior), "low": row.low, "median": row.median, "high": row.high}
    return {"parameter": row.parameter, "unit": row.unit, **values}


def _misfit_row(row: Misfit) -> dict[str, Any]:
    numbers = {"value": row.value, "low": row.low, "high": row.high, "share": row.share}
    return {"feature": row.feature, **numbers, "said": str(row)}
