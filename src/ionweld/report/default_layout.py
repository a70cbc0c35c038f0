"""The report of a study that has no report.toml: its cells, and its pellets where their impedance is simulated."""

from ionweld.spec.protocol import by_time
from ionweld.study.layout import ReportBlock, ReportLayout, ReportSection
from ionweld.study.published import Study
from ionweld.study.settings import CellTest


def layout_of(study: Study) -> ReportLayout:
    """Return the sections of a study's report: as listed in its folder, or what every study has."""
    return study.report or _standard(study)


def _standard(study: Study) -> ReportLayout:
    sections = [
        ReportSection(heading=f"{_said(test.name)}: {test.what}", block=_cells(study, test)) for test in study.tests
    ]
    if study.impedance is not None:
        pellets = [
            ReportBlock(figure="pellets", kind="pellets", caption="Simulated: Nyquist plots of the pellets."),
            ReportBlock(figure="arrhenius", kind="arrhenius", caption="Simulated: conductivities over temperature."),
            ReportBlock(table="conduction"),
        ]
        sections.append(ReportSection(heading="Conduction of the pellet", block=pellets))
    return ReportLayout(section=sections)


def _cells(study: Study, test: CellTest) -> list[ReportBlock]:
    cell, protocol = study.described(test)
    blocks = _full(test.name) if cell.cathode is not None else _symmetric(test.name, _ten_cycles(study, test))
    if protocol.impedance:
        spectra = "Simulated: Nyquist plots of the typical cell and other draws at the points of the protocol."
        blocks += [
            ReportBlock(figure=f"nyquist_{test.name}", kind="nyquist", tests=[test.name], caption=spectra),
            ReportBlock(table="reading", tests=[test.name]),
        ]
    return blocks


def _ten_cycles(study: Study, test: CellTest) -> float:
    """Return how long ten cycles of a test take (h)."""
    stage = by_time(study.described(test)[1]).stages[0]
    return 10.0 * 2.0 * stage.half_cycle_time.value / 3600.0


def _symmetric(name: str, hours: float) -> list[ReportBlock]:
    overview = (
        f"Simulated: voltage of the typical cell, and overpotential by cycle: median of {{{name}}} cells, with 16-84 % and "
        "5-95 % bands over those still running."
    )
    return [
        ReportBlock(figure=f"cycling_{name}", kind="cycling", tests=[name], caption=overview),
        ReportBlock(
            figure=f"first_cycles_{name}",
            kind="zoom",
            tests=[name],
            hours=(0.0, hours),
            caption="Simulated: the first ten cycles.",
        ),
        ReportBlock(
            figure=f"states_{name}", kind="states", tests=[name], caption="Simulated states of the typical cell."
        ),
    ]


def _full(name: str) -> list[ReportBlock]:
    by_cycle = (
        f"Simulated: capacity and coulombic efficiency of {{{name}}} cells, median with 16-84 % and 5-95 % bands."
    )
    profiles = "Simulated: voltage profiles of the typical cell."
    return [
        ReportBlock(figure=f"profiles_{name}", kind="profiles", tests=[name], caption=profiles),
        ReportBlock(figure=f"capacity_{name}", kind="capacity", tests=[name], caption=by_cycle),
        ReportBlock(
            figure=f"states_{name}", kind="states", tests=[name], caption="Simulated states of the typical cell."
        ),
        ReportBlock(table="endings", tests=[name]),
    ]


def _said(name: str) -> str:
    return name.replace("_", " ")
