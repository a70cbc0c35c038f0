"""The report of a reproduced study: the paper's figures beside the twin's, number by number, hit or miss."""

from dataclasses import asdict
from hashlib import sha256
from platform import python_version
from typing import Any

import numba
import numpy as np
import scipy
from matplotlib.figure import Figure

from ionweld import __version__
from ionweld.report.default_layout import layout_of
from ionweld.report.drawing import Drawing
from ionweld.report.full_cell import endings
from ionweld.report.identifiability import calibration_tables
from ionweld.report.page import PageHead, Section, figure, folded, items, paragraph, render_page, table
from ionweld.report.specification import assumptions, assumptions_table, derived_table, parameters_table
from ionweld.report.study_figures import caption, study_figures
from ionweld.report.study_tables import study_table
from ionweld.report.targets import targets_tables
from ionweld.simulate.run import Outcome
from ionweld.spec.borrowed import borrowed
from ionweld.study.characterisation import document
from ionweld.study.layout import ReportBlock
from ionweld.study.reproduce import Reproduction
from ionweld.study.settings import Paper
from ionweld.twin.ensemble import DrawnCells

ASSUMED = "What the paper does not say, and is therefore assumed:"


def figures(found: Reproduction) -> dict[str, Figure]:
    """Return the figures of a reproduction by the name of their file."""
    return study_figures(found, [block for section in layout_of(found.study).section for block in section.block])


def page(found: Reproduction, shown: dict[str, Drawing]) -> str:
    """Return the whole report as one HTML document; `shown` holds the figures by name."""
    layout = layout_of(found.study)
    lead = layout.leading
    sections = [
        Section("Targets", _targets(found)),
        *(
            Section(
                one.heading, "".join(_block(found, block, shown) for block in one.block if block != lead), one.folded
            )
            for one in layout.section
        ),
        Section("Cell and assumptions", _specification(found, layout.cells, layout.cells_remark), folded=True),
        Section("Parameters", _parameters(found), folded=True),
        *([Section("What the paper's text slips on", _notes(found), folded=True)] if found.study.notes else []),
        Section("Origin", _origin(found), folded=True),
    ]
    head = PageHead(found.study.title, verdict(found), _about(found.study.paper), borrowed_by(found))
    return render_page(head, sections, _block(found, lead, shown) if lead else "")


def verdict(found: Reproduction) -> str:
    """Return in one sentence how the numbers fared that the twin was not told."""
    judged = [target for target in found.targets if target.role == "predicted"]
    held = sum(target.holds for target in judged)
    return f"Of the {len(judged)} predicted numbers {held} hold and {len(judged) - held} miss."


def borrowed_by(found: Reproduction) -> str:
    """Return what the cells of a study borrow from other materials, in one sentence; nothing where nothing is borrowed."""
    recipes = [ensemble.recipe for ensemble in found.ensembles.values()]
    return "; ".join(dict.fromkeys(filter(None, (borrowed(one.cell, one.parameters).sentence for one in recipes))))


def _about(paper: Paper) -> str:
    return (
        f"{paper.title}. {paper.authors[0].split(',')[0]} et al., {paper.journal} {paper.volume}:{paper.article_number} "
        f"({paper.year}), doi {paper.doi}. All curves and "
        "pictures are simulated; a number of the paper that is drawn into a figure is called so."
    )


def _block(found: Reproduction, block: ReportBlock, shown: dict[str, Drawing]) -> str:
    if block.text:
        return paragraph(block.text)
    if block.figure:
        return figure(shown[block.figure], caption(found, block))
    made = study_table(found, block)
    return folded(block.folded, made) if block.folded else made


def _targets(found: Reproduction) -> str:
    observed = {one.test for one in found.study.observables if one.at == "end"}
    ends = [
        paragraph(endings(found.ensembles[name], name.replace("_", " ")))
        for name in found.ensembles
        if name in observed and _ended_early(found.ensembles[name])
    ]
    return paragraph(told(found)) + targets_tables(found.targets) + "".join(ends)


def _ended_early(ensemble: DrawnCells) -> bool:
    return any(member.outcome is not Outcome.COMPLETED for member in ensemble.members)


def told(found: Reproduction) -> str:
    """Return the sentence on where the parameters come from."""
    calibrated = found.known.calibrated
    if calibrated is None:
        return (
            "This study has no calibration: all parameters are those of the library, and the bands run over its ranges. "
            "Nothing was fitted to the paper."
        )
    return f"{len(calibrated.parameters)} parameters were calibrated, once for all {len(found.ensembles)} cells."


def _specification(found: Reproduction, names: list[str], remark: str) -> str:
    shown = names or list(found.ensembles)
    return (paragraph(remark) if remark else "") + "".join(_one_cell(found.ensembles[name]) for name in shown)


def _one_cell(ensemble: DrawnCells) -> str:
    listed = assumptions(ensemble.recipe.cell, ensemble.recipe.protocol)
    derived = derived_table(ensemble.typical.conditions.derived)
    return paragraph(f"{ensemble.recipe.cell.name}:") + derived + paragraph(ASSUMED) + assumptions_table(listed)


def _parameters(found: Reproduction) -> str:
    calibrated, known = found.known.calibrated, found.known.parameters
    if calibrated is not None:
        everything = paragraph("All parameters of the interfaces, and the fitted conditions:")
        one_set = next(iter(known.values()))
        return calibration_tables(found.study, calibrated, one_set) + everything + parameters_table(one_set)
    return paragraph(told(found)) + "".join(
        paragraph(f"{name.replace('_', ' ')}:") + parameters_table(one) for name, one in known.items()
    )


def _notes(found: Reproduction) -> str:
    rows = [(note.where, note.printed, note.meant, note.why) for note in found.study.notes]
    return table(("where", "printed", "taken as", "why"), rows)


def _origin(found: Reproduction) -> str:
    numerics = f"numpy {np.__version__}, scipy {scipy.__version__}, numba {numba.__version__}"
    kept = found.known.calibrated
    lines = [
        f"ionweld {__version__}, Python {python_version()}, {numerics}",
        f"computed in {found.seconds:.0f} s; "
        + (f"calibration kept from {kept.software}" if kept else "not calibrated"),
    ]
    for name, ensemble in found.ensembles.items():
        members = ensemble.members
        provenance = ensemble.typical.measurement.provenance
        worst = max(max(member.charge_error, member.lithium_error) for member in members)
        lines.append(
            f"{name}: seeds {members[0].seed} to {members[-1].seed}; typical cell {provenance.details['seed']}, "
            f"hash {provenance.sha256[:16]}; worst balance of charge or lithium {worst:.0e}"
        )
    return items(lines)


def results(found: Reproduction, files: list[str]) -> dict[str, Any]:
    """Return the results as the JSON document of the command line."""
    calibrated, known = found.known.calibrated, found.known.parameters
    one_set = {name: quantity for entry in reversed(known.values()) for name, quantity in entry.properties.items()}
    values = {name: quantity.value for name, quantity in one_set.items()}
    return {
        "study": found.study.name,
        "targets": [asdict(target) for target in found.targets],
        "fitted_parameters": len(calibrated.parameters) if calibrated else 0,
        "calibration": calibrated.model_dump() if calibrated else None,
        "borrowed": borrowed_by(found),
        "parameters_from": told(found),
        "parameters": {
            name: {"value": one.value, "unit": one.unit, "status": one.status, "source": one.source}
            for name, one in one_set.items()
        },
        "parameters_sha256": sha256(repr(sorted(values.items())).encode()).hexdigest(),
        "ensembles": {
            name: {"members": len(ensemble.members), "seeds": [member.seed for member in ensemble.members]}
            for name, ensemble in found.ensembles.items()
        },
        "characterisation": document(found.characterisation) if found.characterisation else None,
        "rivals": _rivals(found),
        "software": f"ionweld {__version__}",
        "seconds": round(found.seconds, 2),
        "files": files,
    }


def _rivals(found: Reproduction) -> dict[str, Any] | None:
    rivals = found.rivals
    if rivals is None:
        return None
    return {
        "names": rivals.names,
        "predictions": [asdict(one) | {"separation": one.separation} for one in rivals.predictions],
        "verdict": rivals.verdict,
    }
