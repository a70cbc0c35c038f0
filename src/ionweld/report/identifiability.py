"""What the report says of the calibration: its parameters, what the data fix and what they leave open."""

from ionweld.report.page import Marked, paragraph, table
from ionweld.spec.library import Entry
from ionweld.study.identifiability import combinations
from ionweld.study.published import Study
from ionweld.twin.calibrated import Calibrated


def calibration_tables(study: Study, result: Calibrated, parameters: Entry) -> str:
    """Return how the calibration went, its parameters, and the combinations that the rows fix or do not.

    parameters: with the calibrated values, as they are to be written.
    """
    rows = [
        (
            name.replace("_", " "),
            Marked(parameters.quantity(name).text, "number"),
            Marked(f"×/÷ {fitted.factor:.2f}", "number"),
            Marked(f"{100 * fitted.posterior_over_prior:.0f} %", "number"),
            "learnt" if fitted.posterior_over_prior < 0.5 else "mostly the prior",
        )
        for name, fitted in result.parameters.items()
    ]
    intro = (
        f"Calibrated by least squares with priors on {len(result.misfits)} rows of all {len(study.tests)} cells, from {result.starts} "
        f"starts, of which {result.agreeing} ended at the same optimum (sum of squares {result.cost:.3g}, rows and priors "
        f"together). One parameter set for all cells. {len(result.carried)} further numbers are not fitted: their ranges are "
        "carried into the 5-95 % bands of the targets."
    )
    left = (
        f"What the rows leave open is drawn {len(result.draws)} times, fitted and carried numbers together: each draw shakes the "
        "rows by their errors and the numbers by their priors, and is fitted anew, so that it meets the rows as well as "
        f"their errors allow ({result.refused} further draws found no such fit and are left out). One sigma and all bands are "
        f"those of the draws. {study.calibration.remark if study.calibration else ''}"
    )
    header = ("calibrated", "value", "one sigma", "spread after / before", "the data")
    return paragraph(intro) + paragraph(left) + table(header, rows) + _combinations(result)


def _combinations(result: Calibrated) -> str:
    rows = [(one.words, Marked(f"{100 * one.left:.0f} %", "number"), one.meaning) for one in combinations(result)]
    intro = (
        "What the rows know are combinations: the principal directions of the draws, the best known first. Each parameter "
        "counts in spreads of its prior, and those with small weights are not named."
    )
    return paragraph(intro) + table(("combination", "spread after / before", "the data"), rows)
