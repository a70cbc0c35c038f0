"""The full cells of a reproduced study: the equivalents of Figures 3A, B, D and E, and the states behind them."""

from statistics import median

from matplotlib.figure import Figure

from ionweld.report import full_cell
from ionweld.report.figure import house_style
from ionweld.report.page import figure, paragraph
from ionweld.simulate.cell import Outcome
from ionweld.spec.library import assumption
from ionweld.study.reproduce import Reproduction
from ionweld.twin.ensemble import Ensemble

CELLS = {"full_bare": ("fig3a", "fig3b"), "full_welded": ("fig3d", "fig3e")}


def full_figures(found: Reproduction) -> dict[str, Figure]:
    """Return the figures of the full cells by the name of their file."""
    drawn = {}
    with house_style():
        for name, (voltages, by_cycle) in CELLS.items():
            ensemble = found.ensembles[name]
            drawn[voltages] = full_cell.profiles(ensemble)
            drawn[by_cycle] = full_cell.capacity(ensemble, _printed(found, name))
            drawn[f"states_{name}"] = full_cell.states(ensemble)
    return drawn


def _printed(found: Reproduction, name: str) -> list[tuple[float, float]]:
    """Return the capacities that the paper prints of a cell, by cycle."""
    short = name.removeprefix("full_")
    start = f"fig3.{short}.capacity_"
    return [
        (float(target.id.removeprefix(start)), target.paper) for target in found.targets if target.id.startswith(start)
    ]


def full_section(found: Reproduction, shown: dict[str, str]) -> str:
    """Return the section on the full cells."""
    parts = []
    for name, (voltages, by_cycle) in CELLS.items():
        kind, count = name.removeprefix("full_"), len(found.ensembles[name].members)
        letters = [text.removeprefix("fig3").upper() for text in (voltages, by_cycle)]
        typical = f"Equivalent of Fig. 3{letters[0]}, simulated: voltage profiles of the typical {kind} full cell."
        bands = (
            f"Equivalent of Fig. 3{letters[1]}, simulated: capacity and coulombic efficiency of {count} {kind} full cells, "
            "median with 16-84 % and 5-95 % bands over those still running. Circles: capacities that the paper prints."
        )
        parts += [figure(shown[voltages], typical), figure(shown[by_cycle], bands)]
        parts.append(figure(shown[f"states_{name}"], f"Simulated states of the typical {kind} full cell."))
    return "".join(parts) + paragraph(ended(found.ensembles["full_bare"]))


def ended(bare: Ensemble) -> str:
    """Return how many bare cells did not reach the end of their test: what is said of that end is of an earlier cycle."""
    asked = sum(stage.cycles for stage in bare.recipe.protocol.stages)
    lasted = [member.cycles.height for member in bare.members if member.outcome is not Outcome.COMPLETED]
    if not lasted:
        return f"All {len(bare.members)} bare full cells ran their {asked} cycles."
    return (
        f"{len(lasted)} of {len(bare.members)} bare full cells of the twin were dead before {asked} cycles (half of these by cycle "
        f"{median(lasted):.0f}): a discharge gave less than {assumption('dead_capacity').text}. Their test ended there, and "
        f'their impedance "after {asked} cycles" is that of their last state. The paper cycled its one cell on.'
    )
