"""An entry of the library: a material, or two that touch, as sourced numbers in SI units."""

from dataclasses import dataclass, field, replace

from ionweld.errors import Fault, SpecError
from ionweld.laws.thermal import arrhenius
from ionweld.spec.appearance import Appearance
from ionweld.spec.quantity import Quantity


@dataclass(frozen=True, slots=True)
class Entry:
    """A named set of sourced numbers, such as a material.

    priors: factors of one standard deviation, by name. borrowed: which of the numbers are those of which other entry.
    sides: of a pair, the two that touch. surfaces: of a pair, what changes on a treated surface, by the name of the
    treatment. liquid: of a pair, what its welded layer was made of. on: of an interlayer, what differs on one
    electrolyte, by its name. file: of a person's own entry, where it stands. mechanisms: of a pair, what happens at it
    (simulate.mechanisms); none: what happens ordinarily.
    """

    name: str
    kind: str
    about: str
    properties: dict[str, Quantity]
    symbols: dict[str, str]
    priors: dict[str, float]
    borrowed: dict[str, str] = field(default_factory=dict)
    sides: tuple[str, str] | None = None
    chemistry: str | None = None
    surfaces: dict[str, dict[str, Quantity]] = field(default_factory=dict)
    on: dict[str, dict[str, Quantity]] = field(default_factory=dict)
    appearance: Appearance | None = None
    liquid: str | None = None
    file: str = ""
    mechanisms: tuple[str, ...] = ()

    def __getitem__(self, name: str) -> float:
        """Return the SI value of a property. Raises SpecError when the entry does not have it."""
        return self.quantity(name).value

    def quantity(self, name: str) -> Quantity:
        """Return a property with its source. Raises SpecError when the entry does not have it."""
        if name not in self.properties:
            known = ", ".join(self.properties)
            raise SpecError(Fault(self.file or f"library: {self.name}", f"has no property {name!r}", f"Known: {known}"))
        return self.properties[name]

    def rate_at(self, name: str, activation_energy: str, temperature: float) -> float:
        """Return a rate or conductivity at a temperature (K), from the temperature that it is meant at."""
        return float(arrhenius(self[name], self[activation_energy], temperature, self.meant_at(name)))

    def resistance_at(self, name: str, activation_energy: str, temperature: float) -> float:
        """Return a resistance at a temperature (K), from the temperature that it is meant at."""
        return float(arrhenius(self[name], -self[activation_energy], temperature, self.meant_at(name)))

    def meant_at(self, name: str) -> float:
        """Return the temperature (K) that a number of a pair is meant at: its own, or the pair's reference."""
        return self.quantity(name).at or self["reference_temperature"]

    def updated(self, quantities: dict[str, Quantity]) -> "Entry":
        """Return this entry with some of its numbers replaced, for example by calibrated ones: those are its own."""
        for name in quantities:
            self.quantity(name)
        left = {name: origin for name, origin in self.borrowed.items() if name not in quantities}
        return replace(self, properties=self.properties | quantities, borrowed=left)

    def treated(self, how: str, changed: dict[str, Quantity]) -> "Entry":
        """Return this pair under a treatment: its numbers take the place of those of the plain pair, or stand beside."""
        left = {name: origin for name, origin in self.borrowed.items() if name not in changed}
        symbols = self.symbols | {name: name for name in changed.keys() - self.symbols.keys()}
        name, numbers = f"{self.name}, {how}", self.properties | changed
        return replace(self, name=name, properties=numbers, borrowed=left, symbols=symbols)

    def joined(self, other: "Entry") -> "Entry":
        """Return one entry with the numbers of both. Raises SpecError when both have one of the same name."""
        twice = sorted(self.properties.keys() & other.properties.keys())
        if twice:
            seen = f"and {other.name} both have {', '.join(twice)}"
            raise SpecError(Fault(f"library: {self.name}", seen, "Give each number a name of its own"))
        return replace(
            self,
            name=f"{self.name}; {other.name}",
            about=f"{self.about} {other.about}",
            properties=self.properties | other.properties,
            symbols=self.symbols | other.symbols,
            priors=self.priors | other.priors,
            borrowed=self.borrowed | other.borrowed,
        )


def appearance_of(electrolyte: Entry) -> Appearance:
    """Return what XRD and FTIR of an electrolyte look for. Raises SpecError where its file does not say."""
    if electrolyte.appearance is None:
        where = electrolyte.file or f"library: {electrolyte.name}"
        mend = 'Add [appearance] to a file of your own with base = "' + electrolyte.name + '", or name --phases'
        raise SpecError(Fault(where, "does not say what XRD and FTIR of it look for", mend))
    return electrolyte.appearance
