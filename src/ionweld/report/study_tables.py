"""The tables of a study, each of a general kind: what a block of its report.toml asks for, as HTML."""

from collections.abc import Callable

from ionweld.report.characterisation import checked_table, lines_table, species_table
from ionweld.report.full_cell import endings
from ionweld.report.impedance_study import conduction_table, reading_text
from ionweld.report.joined import joined_table
from ionweld.report.page import paragraph
from ionweld.report.rivals import rival_verdict, rivals_table
from ionweld.report.soaking import bands_table, phases_table, shifts_text, solvents_table
from ionweld.study.layout import ReportBlock, TableKind
from ionweld.study.reproduce import Reproduction


def study_table(found: Reproduction, block: ReportBlock) -> str:
    """Return the table that a block asks for."""
    assert block.table is not None
    return KINDS[block.table](found, block)


def _endings(found: Reproduction, block: ReportBlock) -> str:
    return "".join(paragraph(endings(found.ensembles[name], name.replace("_", " "))) for name in block.tests)


KINDS: dict[TableKind, Callable[..., str]] = {
    "endings": _endings,
    "conduction": lambda found, _: conduction_table(found.impedance),
    "reading": lambda found, block: "".join(reading_text(found.spectra[name]) for name in block.tests),
    "phases": lambda found, _: phases_table(found.characterisation.soaking),
    "bands": lambda found, _: bands_table(found.characterisation.soaking),
    "shifts": lambda found, _: shifts_text(found.characterisation.soaking),
    "solvents": lambda found, _: solvents_table(found.characterisation.soaking),
    "map lines": lambda found, _: lines_table(found.characterisation.eds),
    "species": lambda found, block: species_table(found.characterisation.spectra[block.sample]),
    "joined": lambda found, _: joined_table(found.characterisation.joined),
    "checked": lambda found, _: checked_table(found.characterisation.rows),
    "rivals": lambda found, _: rivals_table(found.rivals),
    "rival verdict": lambda found, _: rival_verdict(found.rivals),
}
