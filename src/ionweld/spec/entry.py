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
    treatment; under_liquid: what changes where a liquid lies between the two. liquid: of a pair, what its welded layer
    was made of. deposit: of a pair, the metal that is plated on a bare collector. on: of an interlayer, what differs on
    one electrolyte, by its name. file: of a person's own entry, where it stands. mechanisms: of a pair, what happens at
    it (simulate.mechanisms); none: what happens ordinarily.
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
    under_liquid: dict[str, Quantity] = field(default_factory=dict)
    on: dict[str, dict[str, Quantity]] = field(default_factory=dict)
    appearance: Appearance | None = None
    liquid: str | None = None
    deposit: str | None = None
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

    def deposited(self, plated: "Entry", electrolyte: str) -> "Entry":
        """Return this pair of a bare collector with an electrolyte, where `plated` is known of what it is covered with.

        Its own numbers stay; all others are those of the plated metal, and count as borrowed.
        """
        own = {name: known for name, known in self.properties.items() if name not in self.borrowed}
        collector = self.sides[0] if self.sides is not None else self.name
        return replace(
            plated,
            name=f"{collector} | {electrolyte}",
            about=self.about,
            properties=plated.properties | own,
            borrowed={name: plated.borrowed.get(name, plated.name) for name in plated.properties if name not in own},
            sides=(collector, electrolyte),
            file=self.file,
            mechanisms=self.mechanisms,
        )

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
