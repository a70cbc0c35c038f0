"""Rate test: what a cell gives at each current, step by step."""

from typing import Any

import numpy as np
import polars as pl

from ionweld.analyse.cycling.diagnose import plates_only
from ionweld.analyse.cycling.program import Analysis, Curve, Plot, Subject

LEAST_STEPS = 3  # two are a formation and what follows it; C/10, 1C and C/10 again are a rate test


def find(subject: Subject) -> Analysis | None:
    """Return the table of a rate test: half and full cells whose current changed twice or more."""
    cycles = subject.summary.without_sweeps().cycles
    if subject.kind not in ("half", "full") or plates_only(cycles):
        return None
    whole = cycles.filter(
        (pl.col("charge_capacity_Ah") > 0.0) & (pl.col("discharge_capacity_Ah") > 0.0) & pl.col("complete")
    )
    steps = [_step(rows) for (_,), rows in whole.group_by(pl.col("current_level").rle_id(), maintain_order=True)]
    if len(steps) < LEAST_STEPS:
        return None
    lowest = min(steps, key=lambda step: step["discharge_current_A"])["level"]
    slowest = next(step["discharge_capacity_Ah"] for step in steps if step["level"] == lowest)
    for step in steps:
        step["share_of_slowest"] = step["discharge_capacity_Ah"] / slowest
    says = tuple(
        f"{_rate(step)}, cycles {step['first_cycle']} to {step['last_cycle']}: {1e3 * step['discharge_capacity_Ah']:.4g} mAh, "
        f"{100 * step['share_of_slowest']:.1f} % of the slowest"
        for step in steps
    )
    return Analysis("rate", "Rate test", {"steps": steps}, says, tuple(steps), _plots(steps))


def _step(rows: pl.DataFrame) -> dict[str, Any]:
    def middle(name: str) -> float:
        return float(np.median(rows[name].to_numpy()))

    efficiency = rows["coulombic_efficiency"].drop_nulls().to_numpy()
    return {
        "level": int(rows["current_level"][0]),
        "c_rate": middle("discharge_c_rate"),
        "charge_c_rate": middle("charge_c_rate"),
        "discharge_current_A": middle("discharge_current_A"),
        "charge_current_A": middle("charge_current_A"),
        "first_cycle": rows["cycle"][0],
        "last_cycle": rows["cycle"][-1],
        "discharge_capacity_Ah": middle("discharge_capacity_Ah"),
        "charge_capacity_Ah": middle("charge_capacity_Ah"),
        "coulombic_efficiency": float(np.median(efficiency)) if efficiency.size else None,
    }


def _rate(step: dict[str, Any]) -> str:
    return f"{step['c_rate']:.3g}C ({1e3 * step['discharge_current_A']:.4g} mA)"


def _plots(steps: list[dict[str, Any]]) -> tuple[Plot, ...]:
    x, y = (np.array([step[name] for step in steps]) for name in ("c_rate", "discharge_capacity_Ah"))
    curve = Curve("median of the cycles of a step", x, 1e3 * y)
    return (
        Plot(
            "rate",
            "C-rate of the discharge / h$^{-1}$",
            "discharge capacity / mAh",
            (curve,),
            "Rate test, step by step.",
        ),
    )
