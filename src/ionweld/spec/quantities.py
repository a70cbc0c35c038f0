"""Every number of a description, with its path: for whoever asks where it comes from."""

from ionweld.spec.quantity import Quantity


def quantities(part: object, path: str = "") -> list[tuple[str, Quantity]]:
    """Return every number of a cell or a protocol with its path."""
    found = []
    for name in type(part).model_fields:  # pyright: ignore[reportAttributeAccessIssue]
        value = getattr(part, name)
        many = value if isinstance(value, list) else [value]
        for i, one in enumerate(many):
            where = f"{path}{name}" if len(many) == 1 else f"{path}{name}[{i}]"
            if isinstance(one, Quantity):
                found.append((where, one))
            elif hasattr(type(one), "model_fields"):
                found += quantities(one, f"{where}.")
    return found
