"""Ways in which files get damaged, each a function of the bytes and a seeded random generator."""

import random
from collections.abc import Callable

Mutation = Callable[[bytes, random.Random], bytes]


def truncated(data: bytes, rng: random.Random) -> bytes:
    return data[: rng.randrange(len(data))]


def flipped(data: bytes, rng: random.Random) -> bytes:
    changed = bytearray(data)
    for _ in range(rng.choice((1, 3, 20))):
        changed[rng.randrange(len(changed))] ^= 1 << rng.randrange(8)
    return bytes(changed)


def noise_inside(data: bytes, rng: random.Random) -> bytes:
    at = rng.randrange(len(data))
    return data[:at] + rng.randbytes(rng.choice((1, 8, 300))) + data[at:]


def piece_lost(data: bytes, rng: random.Random) -> bytes:
    at = rng.randrange(len(data))
    return data[:at] + data[at + rng.choice((1, 5, 200)) :]


def piece_twice(data: bytes, rng: random.Random) -> bytes:
    at, size = rng.randrange(len(data)), rng.choice((3, 50, 500))
    return data[: at + size] + data[at : at + size] + data[at + size :]


def nulls_at_the_end(data: bytes, rng: random.Random) -> bytes:
    return data + b"\x00" * rng.choice((1, 4096))


def sign_swapped(data: bytes, rng: random.Random) -> bytes:
    """Exchange one punctuation mark for another, everywhere: delimiters, decimal marks, quotes, line ends."""
    old, new = rng.sample((b",", b";", b"\t", b".", b'"', b" ", b"\n", b"\r\n", b"/", b":", b"-", b"|"), 2)
    return data.replace(old, new)


def quoted(data: bytes, rng: random.Random) -> bytes:
    at = rng.randrange(len(data))
    return data[:at] + b'"' + data[at:]


def cell_replaced(data: bytes, rng: random.Random) -> bytes:
    odd = (b"inf", b"1e999", b"-", b"NaN", b"9" * 400, b"1,5", b"0x1F", b"=1+1", b"12:61:99", "℃".encode(), b"")
    lines = data.split(b"\n")
    at = rng.randrange(len(lines))
    mark = next((m for m in (b"\t", b";", b",") if m in lines[at]), b",")
    cells = lines[at].split(mark)
    cells[rng.randrange(len(cells))] = rng.choice(odd)
    lines[at] = mark.join(cells)
    return b"\n".join(lines)


def lines_shuffled(data: bytes, rng: random.Random) -> bytes:
    lines = data.split(b"\n")
    rng.shuffle(lines)
    return b"\n".join(lines)


def recoded(data: bytes, rng: random.Random) -> bytes:
    """Read the text in one encoding and write it in another, as mail programs and editors do."""
    text = data.decode(rng.choice(("utf-8", "gb18030", "latin-1", "utf-16-le")), "replace")
    return text.encode(rng.choice(("utf-8", "utf-8-sig", "utf-16", "gb18030", "cp1252")), "replace")


def headed_by(data: bytes, rng: random.Random) -> bytes:
    """Put another format's first bytes in front: the wrong label."""
    magic = (b"PK\x03\x04", b"PAR1", b"NEWARE", b"BIO-LOGIC MODULAR FILE\x1a", b"\xef\xbb\xbf", b"EC-Lab ASCII FILE\n")
    return rng.choice(magic) + data


MUTATIONS: tuple[Mutation, ...] = (
    truncated,
    flipped,
    noise_inside,
    piece_lost,
    piece_twice,
    nulls_at_the_end,
    sign_swapped,
    quoted,
    cell_replaced,
    lines_shuffled,
    recoded,
    headed_by,
)
