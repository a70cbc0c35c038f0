"""Reference: the JSON Schemas, as `ionweld schema` prints them, with a table of the fields of each part."""

import json
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any

from ionweld.cli.schema import Kind, schema
from ionweld_site.markdown import escaped, fenced, page, table


def pages(_: Path) -> dict[str, str]:
    """Return one page per schema."""
    return {f"schemas/{kind.value}.md": _page(kind, _printed(kind)) for kind in Kind}


def _printed(kind: Kind) -> dict[str, Any]:
    out = StringIO()
    with redirect_stdout(out):
        schema(kind)
    return json.loads(out.getvalue())


def _page(kind: Kind, document: dict[str, Any]) -> str:
    parts = [
        f"`ionweld schema {kind.value}` prints it; an editor that knows it completes and checks the file.",
        *_part(document),
    ]
    for name, part in document.get("$defs", {}).items():
        if "properties" in part:
            parts += [f"## {name}", *_part(part)]
    whole = fenced(json.dumps(document, indent=1, ensure_ascii=False), "json")
    return page(f"Schema: {kind.value}", *parts, f"## The schema itself\n\n::::{{dropdown}} JSON\n{whole}\n::::")


def _part(part: dict[str, Any]) -> list[str]:
    needed = part.get("required", [])
    rows = [
        [f"`{name}`", "yes" if name in needed else "", escaped(_kind(field)), escaped(field.get("description", ""))]
        for name, field in part.get("properties", {}).items()
    ]
    about = escaped(part.get("description", "").replace("\n", " "))
    return [about, table(["field", "needed", "what", "meaning"], rows)] if rows else [about]


def _kind(field: dict[str, Any]) -> str:
    """Return in words what a field may hold."""
    if "$ref" in field:
        return field["$ref"].rpartition("/")[2]
    if "anyOf" in field or "oneOf" in field:
        kinds = [_kind(one) for one in field.get("anyOf", field.get("oneOf", []))]
        return " or ".join(dict.fromkeys(kind for kind in kinds if kind != "null"))
    if "enum" in field or "const" in field:
        return ", ".join(map(str, field.get("enum", [field.get("const")])))
    if field.get("type") == "array":
        return f"list of {_kind(field.get('items', {}))}"
    return str(field.get("type", "any"))
