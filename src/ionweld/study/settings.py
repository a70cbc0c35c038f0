"""What the files of a study's folder hold. All but paper.toml, study.toml and numbers.toml may be missing."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from ionweld.simulate.spectra import FrequencySweep
from ionweld.spec.cell import Part
from ionweld.spec.quantity import Frequency, In, Quantity, Share, Temperature, complaint
from ionweld.twin.conduction import Thermometry, evenly
from ionweld.twin.observables import Observable
from ionweld.twin.rivals import Tells


class Paper(Part):
    """paper.toml: where the study was published."""

    title: str
    authors: list[str] = Field(min_length=1, description='"Surname, Given names"')
    journal: str
    volume: str
    article_number: str
    year: int
    doi: str
    licence: str
    licence_url: str


class CellTest(Part):
    """A cell of the study, the protocol it goes through, and how many of it are drawn."""

    name: str = Field(examples=['"long"'], pattern="^[a-z][a-z0-9_]*$")
    cell: str = Field(examples=['"symmetric"'], description="a file of cells/, without .toml")
    protocol: str = Field(examples=['"cycling"'], description="a file of protocols/, without .toml")
    members: int = Field(strict=True, gt=0, le=100_000, examples=["40"])
    what: str = Field(examples=['"the symmetric cell that lived for 1000 h"'], description="what it stands for")


class Tests(Part):
    """study.toml: what is run, and what is read off it."""

    title: str = Field(examples=['"Lithium cells, bare and welded"'], description="of the report")
    test: list[CellTest] = Field(min_length=1)
    observable: list[Observable] = Field(default_factory=list)


class ToldRow(Part):
    """A number that the calibration is told, and how uncertain it is taken to be."""

    number: str
    target: str
    sigma: str
    scale: Literal["linear", "logarithmic"]
    why: str


class CalibrationTest(Part):
    """How a test is drawn while it is calibrated."""

    name: str = Field(description="one of study.toml")
    members: int = Field(gt=0)
    seed: str = Field(description="{} stands for the number of the member")


class CalibrationSettings(Part):
    """calibration.toml: what the calibration is told, and how it is run."""

    interface: str
    cathode: str | None = None
    conditions: dict[str, float] = Field(description="left out by the paper and fitted: the factor of one prior spread")
    carried: list[str] = Field(description="not fitted: their ranges are carried into every prediction")
    test: list[CalibrationTest] = Field(min_length=1)
    starts: int = Field(gt=0)
    draws: int = Field(gt=1, description="of what the rows leave open")
    seed: str
    remark: str = Field("", description="what a reader of the result is to know, for the report")
    row: list[ToldRow] = Field(min_length=1)


class TransitionSource(Part):
    """A transition temperature that a source gives."""

    temperature: Temperature
    source: str


class ImpedanceSettings(Part):
    """impedance.toml: how the spectra of pellets are simulated."""

    before: str
    after: str
    lowest_temperature: Temperature
    highest_temperature: Temperature
    temperatures: int = Field(strict=True, ge=3, le=1000)
    shown_temperature: Temperature
    circuit: str
    cold_circuit: str
    convention: Literal["sigma T", "sigma"]
    convention_remark: str = ""
    transition_remark: str = Field("", description="what follows for the paper from a transition inside the range")
    highest_frequency: Frequency
    lowest_frequency: Frequency
    points: int = Field(strict=True, ge=2, le=1000)
    noise: Share
    thermostat: Annotated[Quantity, In("K", "not negative")]
    seed: str
    transition: list[TransitionSource]

    @property
    def sweep(self) -> FrequencySweep:
        """Return what the instrument does."""
        return FrequencySweep(self.highest_frequency.value, self.lowest_frequency.value, self.points, self.noise.value)

    @property
    def thermometry(self) -> Thermometry:
        """Return at which temperatures, and how well known."""
        all_of_them = evenly(self.lowest_temperature.value, self.highest_temperature.value, self.temperatures)
        return Thermometry(all_of_them, self.thermostat.value)


class SoakingSettings(Part):
    """Which liquid is shown in figures, the seed of the portions, and the numbers that are checked."""

    liquid: str
    seed: int
    hump: str = Field(description="number: where the hump of the film stands")
    host_band: str = Field(description="number: where the band of the electrolyte stands")
    residue_band: str = Field(description="number: where what the liquid leaves is seen")


class SectionSample(Part):
    """A cross section; its thickness is the paper's number of that id."""

    number: str
    what: str
    pixel: str
    roughness: str
    correlation: str
    greys: tuple[float, float, float]
    seed: int


class MapSample(Part):
    """Expected counts per pixel of each line within and outside the layer of a cross section."""

    section: str
    seed: int
    pixel: str
    layer: dict[str, float]
    outside: dict[str, float]


class SurfaceSample(Part):
    """A surface: amounts of species, and how the instrument sees them."""

    what: str
    charge_shift: str
    fwhm: str
    regions: list[str]
    amounts: dict[str, float]
    seed: int


class PeakClaim(Part):
    """A binding energy that the paper assigns to a line of a species."""

    number: str
    species: str
    line: str


class InterfaceSample(Part):
    """What the joined verdict joins, and how the impedance of the cell is measured."""

    test: str
    section: str
    surface: str
    cycles: str = Field(description="number: after how many cycles the cell was looked at")
    noise: str
    highest: str
    lowest: str
    points: int
    seed: str


class Samples(Part):
    """characterisation.toml: the samples that microscopes and spectrometers are simulated on."""

    status: str
    why: str
    soaking: SoakingSettings
    sem: dict[str, SectionSample]
    eds: MapSample
    xps: dict[str, SurfaceSample]
    claim: list[PeakClaim] = Field(default_factory=list)
    interface: InterfaceSample


class FreeParameter(Part):
    """A parameter that a rival is free in, and where its fit begins: at a value, or at a multiple of the twin's own."""

    parameter: str
    start: str | None = Field(None, examples=['"1e-6 S/m^2/s"'])
    times: float | None = Field(None, gt=0.0)

    @model_validator(mode="after")
    def _one_start(self) -> "FreeParameter":
        if (self.start is None) == (self.times is None):
            raise complaint(
                "has no start, or two", "Write start, a value with its unit, or times, of the twin's own value"
            )
        return self


class RivalModel(Part):
    """A reading that is not the twin's: parameters that it sets, and two that are fitted to the settled value and the fall."""

    name: str
    fixed: dict[str, str] = Field(default_factory=dict, examples=['{ densification_rate = "0 1/s" }'])
    free: list[FreeParameter] = Field(min_length=2, max_length=2)


class RivalSettings(Part):
    """rivals.toml: a falling overpotential, and the experiments in which readings of it are compared."""

    reading: str = Field(description="what the twin itself says", examples=['"compaction"'])
    rival: list[RivalModel] = Field(min_length=1)
    uncertain: str = Field(
        description="an activation energy that nobody measured, over whose range the cold is predicted"
    )
    tells: Tells
    remark: str = Field("", description="what the paper's own text can and cannot tell")

    test: str = Field(description="whose overpotential falls")
    full_test: str = Field(description="a full cell of the same interface")
    settled: int = Field(ge=1, description="cycle from which it falls")
    fallen: int = Field(ge=2, description="cycle up to which the paper sees it fall")
    large_fall: float = Field(lt=0.0, description="a fall that a reader of a plotted curve could not miss")
    efficiency: str = Field(description="number: the coulombic efficiency that a leak would break")
    cooled: list[Temperature] = Field(min_length=1)
    later: tuple[int, int] = Field(description="two later cycles between which the fall may go on")
    step: tuple[int, int] = Field(description="the cycles before and after a step of the current")
