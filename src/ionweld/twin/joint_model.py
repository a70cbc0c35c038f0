"""What a calibration compares of all cells of a study: one parameter set for each of them."""

from dataclasses import dataclass, replace

from ionweld.spec.conditions import placed
from ionweld.spec.library import Entry
from ionweld.twin.full_model import FullModel
from ionweld.twin.symmetric_model import SymmetricModel


@dataclass(frozen=True, slots=True)
class JointModel:
    """All tests of a study, under conditions that may be among the parameters."""

    tests: tuple[SymmetricModel | FullModel, ...]

    def __call__(self, parameters: Entry) -> dict[str, float]:
        """Return the rows of all cells for one set of parameters."""
        found: dict[str, float] = {}
        for test in self.tests:
            cell, protocol = placed(test.cell, parameters), placed(test.protocol, parameters)
            found |= replace(test, cell=cell, protocol=protocol)(parameters)  # pyright: ignore[reportArgumentType]
        return found
