"""The full cells of a reproduced study: the equivalents of Figures 3A, B, D and E, and the states behind them."""

from matplotlib.figure import Figure

from ionweld.report import full_cell
from ionweld.report.figure import house_style
from ionweld.report.page import figure
from ionweld.study.reproduce import Reproduction

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
    return "".join(parts)
