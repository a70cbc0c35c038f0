"""Coulombic efficiency of plating and stripping lithium on a foreign electrode, in its two protocols.

    full strip  each cycle plates a charge and strips until the voltage shoots up: stripped over plated, of all cycles
    reservoir   a reservoir Q_T is plated, n short cycles move Q_C each, and the rest Q_S is stripped at the end:
                CE = (n Q_C + Q_S) / (n Q_C + Q_T)

Both are the charge stripped over the charge plated since the electrode was last bare. Source: Adams, Zheng, Ren, Xu,
Zhang, Adv. Energy Mater. 2018, 8, 1702097 (methods 1 to 3), after Aurbach, Gofer, Langzam, J. Electrochem. Soc. 1989,
136, 3198.
"""

from itertools import groupby
from typing import Any

import numpy as np
import polars as pl

from ionweld.analyse.cycling.diagnose import plates_only
from ionweld.analyse.cycling.program import Analysis, Curve, Plot, Subject
from ionweld.wording import many

BARE_V = 0.2  # a strip that ends above this has found no more lithium: plated lithium strips below 0.1 V (chosen)
STEEP = 3.0  # and its end lies so many times above its mean


def find(subject: Subject) -> Analysis | None:
    """Return the coulombic efficiency of a cell that plates and strips lithium; None for other cells."""
    steady = subject.summary.without_sweeps()
    if subject.kind != "half" or not plates_only(steady.cycles):
        return None
    parts = _parts(steady.half_cycles)
    if len(parts) < 2 or not any(part["emptied"] for part in parts):
        return None
    strips = next(part["direction"] for part in parts if part["emptied"])
    if parts[0]["direction"] == strips:
        return None
    return _analysed(_segments(parts, strips))


def _parts(halves: pl.DataFrame) -> list[dict[str, Any]]:
    """Return plating and stripping in turn: steps of one direction in a row count as one."""
    made = []
    for direction, rows in groupby(halves.iter_rows(named=True), key=lambda row: row["direction"]):
        steps = list(rows)
        end, mean = steps[-1]["end_V"], abs(steps[-1]["mean_voltage_V"])
        made.append(
            {
                "direction": direction,
                "Ah": sum(step["capacity_Ah"] for step in steps),
                "emptied": end > BARE_V and end > STEEP * mean,
            }
        )
    return made


def _segments(parts: list[dict[str, Any]], strips: str) -> list[dict[str, Any]]:
    """Return what lies between two bare electrodes: charges plated and stripped; an unfinished rest is left out."""
    made, plated, stripped = [], [], []
    for part in parts:
        (stripped if part["direction"] == strips else plated).append(part["Ah"])
        if part["direction"] == strips and part["emptied"]:
            made.append({"plated_Ah": sum(plated), "stripped_Ah": sum(stripped), "short_cycles": len(stripped) - 1,
                         "reservoir_Ah": plated[0] if plated else 0.0})  # fmt: skip
            plated, stripped = [], []
    return [segment for segment in made if segment["plated_Ah"] > 0.0]


def _analysed(segments: list[dict[str, Any]]) -> Analysis | None:
    if not segments:
        return None
    last = segments[-1]
    reservoir = last["short_cycles"] > 0
    used = [last] if reservoir else [segment for segment in segments if not segment["short_cycles"]]
    plated, stripped = (sum(segment[name] for segment in used) for name in ("plated_Ah", "stripped_Ah"))
    single = [segment["stripped_Ah"] / segment["plated_Ah"] for segment in used]
    document = {
        "coulombic_efficiency": stripped / plated,
        "protocol": "reservoir" if reservoir else "full strip",
        "cycles": last["short_cycles"] if reservoir else len(used),
        "plated_Ah": plated,
        "stripped_Ah": stripped,
        "reservoir_Ah": last["reservoir_Ah"] if reservoir else None,
        "per_cycle": None if reservoir else single,
    }
    return Analysis(
        "aurbach", "Plating and stripping", document, (_says(document),), (), _plots(document), _warnings(document)
    )


def _says(document: dict[str, Any]) -> str:
    how = (
        f"reservoir of {1e3 * document['reservoir_Ah']:.4g} mAh, {many(document['cycles'], 'short cycle')}, then a full strip"
        if document["protocol"] == "reservoir"
        else f"full strip in each of {many(document['cycles'], 'cycle')}"
    )
    return (
        f"coulombic efficiency {100 * document['coulombic_efficiency']:.2f} % ({how}): {1e3 * document['stripped_Ah']:.4g} mAh "
        f"stripped of {1e3 * document['plated_Ah']:.4g} mAh plated"
    )


def _plots(document: dict[str, Any]) -> tuple[Plot, ...]:
    values = document["per_cycle"]
    if not values or len(values) < 2:
        return ()
    cycle = np.arange(1.0, len(values) + 1.0)
    curve = Curve("each cycle", cycle, 100.0 * np.array(values))
    return (
        Plot(
            "aurbach", "cycle", "stripped over plated / %", (curve,), "Coulombic efficiency of plating and stripping."
        ),
    )


def _warnings(document: dict[str, Any]) -> tuple[str, ...]:
    if document["coulombic_efficiency"] <= 1.0:
        return ()
    return (
        (
            "more lithium was stripped than plated: a soft short carries current without lithium, or lithium was there before; "
            "no efficiency can be told"
        ),
    )
