"""What a calibration compares of all cells of a study: one parameter set for each of them."""

from dataclasses import dataclass, replace

from ionweld.spec.conditions import placed
from ionweld.spec.library import Entry
from ionweld.twin.full_model import FullModel
from ionweld.twin.symmetric_model import SymmetricModel


@dataclass(frozen=True, slots=True)
class JointModel:
    """The symmetric and the full cells, under conditions that may be among the parameters."""

    symmetric: SymmetricModel
    full: FullModel

    def __call__(self, parameters: Entry) -> dict[str, float]:
        """Return the rows of all cells for one set of parameters."""
        symmetric, full = self.symmetric, self.full
        symmetric = replace(
            symmetric, bare=placed(symmetric.bare, parameters), welded=placed(symmetric.welded, parameters)
        )
        full = replace(
            full,
            bare=placed(full.bare, parameters),
            welded=placed(full.welded, parameters),
            protocol=placed(full.protocol, parameters),
        )
        return symmetric(parameters) | full(parameters)
