"""A statement of a paper beside a simulated sample and the references of other works."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CheckedRow:
    """A statement of the paper beside the simulated sample (in the paper's unit) and the references of other works.

    verdict: "agrees", "flagged" (outside every reference) or "paper only" (no reference but the paper itself).
    """

    id: str
    quantity: str
    where: str
    unit: str
    paper: float
    simulated: float | None
    stderr: float | None
    reference: str
    verdict: str
    says: str
