"""A published study, as its files describe it."""

from pydantic import Field

from ionweld.spec.cell import CellSpec, Part
from ionweld.spec.pellet import Pellet
from ionweld.spec.protocol import AnyProtocol
from ionweld.study.layout import ReportLayout
from ionweld.study.settings import CalibrationSettings, CellTest, ImpedanceSettings, Paper, RivalSettings, Samples
from ionweld.study.text import PaperNumber, Slip
from ionweld.twin.calibrated import Calibrated
from ionweld.twin.observables import Observable


class Study(Part):
    """A published study."""

    name: str
    paper: Paper
    title: str
    tests: list[CellTest]
    observables: list[Observable]
    precision_rule: str
    numbers: list[PaperNumber]
    notes: list[Slip]
    cells: dict[str, CellSpec]
    protocols: dict[str, AnyProtocol]
    pellets: dict[str, Pellet] = Field(default_factory=dict)
    calibration: CalibrationSettings | None = None
    calibrated: Calibrated | None = None
    impedance: ImpedanceSettings | None = None
    characterisation: Samples | None = None
    rivals: RivalSettings | None = None
    report: ReportLayout | None = None

    def targets(self) -> list[PaperNumber]:
        """Return the numbers that are set against something computed, in the order of the paper."""
        return [number for number in self.numbers if number.observable is not None]

    def number(self, name: str) -> PaperNumber:
        """Return a number by its id; the study was checked when it was read."""
        return next(one for one in self.numbers if one.id == name)

    def observable(self, name: str) -> Observable:
        """Return an observable by its id; the study was checked when it was read."""
        return next(one for one in self.observables if one.id == name)

    def test(self, name: str) -> CellTest:
        """Return a test by its name; the study was checked when it was read."""
        return next(one for one in self.tests if one.name == name)

    def described(self, test: CellTest) -> tuple[CellSpec, AnyProtocol]:
        """Return the cell and the protocol of a test."""
        return self.cells[test.cell], self.protocols[test.protocol]
