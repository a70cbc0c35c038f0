"""Amounts from band areas, as far as they can be had without a standard."""

import numpy as np

from ionweld.analyse.ftir.result import BandResult
from ionweld.result import Estimate
from ionweld.spec.infrared import area_ratio

_NORMAL_95 = 1.96


def lioh_share(found: list[BandResult]) -> Estimate | None:
    """Return the share of O-H groups that belong to LiOH: x = A1 / (A1 + q A0), q the areas per mole, Li2OHCl = 1.

    A1, A0: areas of LiOH and of Li2OHCl. The interval is that of the fit; q is assumed (its range is in the band
    table), so the share is relative until a standard has been measured. None when the band of Li2OHCl is not seen.
    """
    by_name = {band.name: band for band in found}
    lioh, host = by_name.get("LiOH"), by_name.get("Li2OHCl")  # the ratio of areas is known against this host alone
    if lioh is None or host is None or not host.detected or lioh.area is None or host.area is None:
        return None
    ratio = area_ratio("LiOH").value
    host_area = host.area * ratio
    total = lioh.area + host_area
    share = lioh.area / total
    relative = np.hypot((lioh.area_stderr or 0.0) * host_area, (host.area_stderr or 0.0) * ratio * lioh.area)
    stderr = float(relative) / total**2
    low, high = max(0.0, share - _NORMAL_95 * stderr), share + _NORMAL_95 * stderr
    if not lioh.detected and lioh.upper_limit_95 is not None:  # then none at all is not excluded
        low, high = 0.0, _limit(lioh, host_area)
    return Estimate(share, "1", stderr, low, min(1.0, high))


def _limit(lioh: BandResult, host_area: float) -> float:
    limit = lioh.upper_limit_95 or 0.0
    return limit / (limit + host_area)
