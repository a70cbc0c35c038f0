"""Cycles as the cycler or the protocol counts them: capacities and coulombic efficiency."""

from typing import Literal

import polars as pl

from ionweld.analyse.cycling.half_cycles import half_cycles
from ionweld.measurement import cycling as bdf

First = Literal["charge", "discharge"]


def cycles(measurement: bdf.CyclingTest, first: First) -> pl.DataFrame:
    """Return one row per cycle: see cycles_of."""
    return cycles_of(half_cycles(measurement), first)


def cycles_of(halves: pl.DataFrame, first: First) -> pl.DataFrame:
    """Return one row per cycle: capacities, coulombic efficiency, overpotential, wedge index and flatness.

    halves: of half_cycles; first: which half cycle opens a cycle. The efficiency is the capacity of the second half
    cycle over that of the first, so it never pairs a discharge with the charge before it when the charge comes first.
    """
    charged = pl.col("capacity_Ah").filter(pl.col("direction") == "charge").sum()
    discharged = pl.col("capacity_Ah").filter(pl.col("direction") == "discharge").sum()
    ratio = discharged / charged if first == "charge" else charged / discharged
    means = ["overpotential_V", "wedge_index", "flatness", "current_density_mA_cm2", "asr_ohm_cm2"]
    return halves.group_by("cycle", maintain_order=True).agg(
        charged.alias("charge_capacity_Ah"),
        discharged.alias("discharge_capacity_Ah"),
        pl.when((charged > 0) & (discharged > 0)).then(ratio).alias("coulombic_efficiency"),
        *(pl.col(name).mean() for name in means if name in halves.columns),
    )
