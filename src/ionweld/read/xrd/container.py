"""What the zip and XML formats of diffractometers share: members and documents, with limits that no scan reaches."""

import re
import zipfile
import zlib
from io import BytesIO
from xml.etree import ElementTree

from ionweld.read.text import RawFile
from ionweld.read.xrd.scan import refuse

_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError, KeyError)


def members_of(source: RawFile) -> list[str]:
    """Return the names of a zip's members. Raises FileFormatError for a broken one."""
    try:
        with zipfile.ZipFile(BytesIO(source.data)) as archive:
            return archive.namelist()
    except _BROKEN as error:
        raise refuse(source, f"is a broken zip: {error}") from None


def read_member(source: RawFile, name: str, largest: int) -> bytes:
    """Return the bytes of a member, refused before it unfolds to more than `largest`. Raises FileFormatError."""
    try:
        with zipfile.ZipFile(BytesIO(source.data)) as archive, archive.open(name) as member:
            data = member.read(largest + 1)
    except _BROKEN as error:
        raise refuse(source, f"its member {name} is damaged: {error}") from None
    if len(data) > largest:
        raise refuse(source, f"its member {name} unfolds to more than {largest} bytes", "This is no scan")
    return data


def parse_xml(source: RawFile, data: bytes) -> ElementTree.Element:
    """Return the root of an XML document. Raises FileFormatError for broken XML and for any document type or entity."""
    flat = data.replace(b"\x00", b"")
    if re.search(rb"<!\s*(?:DOCTYPE|ENTITY)", flat, re.IGNORECASE):
        raise refuse(source, "declares a document type or entities, which no diffractometer writes", "Export it again")
    try:
        return ElementTree.fromstring(data)  # noqa: S314 - entities were refused above
    except (ElementTree.ParseError, ValueError, LookupError) as error:  # LookupError: an encoding that is not known
        raise refuse(source, f"is broken XML: {error}") from None


def refuse_other_containers(source: RawFile) -> None:
    """Say of a zip or an XML document of no diffractometer what it is. Raises FileFormatError."""
    if source.data.startswith(b"PK"):
        members_of(source)
        raise refuse(source, "is a zip of another kind, neither .rasx nor .brml", "Give the scan itself")
    if b"<?xml" in source.data[:400].replace(b"\x00", b""):
        tag = parse_xml(source, source.data).tag
        raise refuse(source, f"is XML of another kind (<{tag[-40:]}>)", "Give an .xrdml file")
