"""The dictionary of an SPSS file, as far as pyreadstat does not show it.

It is walked before the file is read: a damaged dictionary is told here, with its place, and
never reaches the C library. It also holds the weight variable and the counted text of a
multiple response set. The layout is that of "System File Format" in the PSPP developers' guide.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import BinaryIO

__all__ = ["Dictionary", "DictionaryError", "read_dictionary"]

_HEADER = 176
_LAYOUT, _WEIGHT, _CASES = 64, 76, 80
_WIDEST = 255  # bytes of one segment of text; longer texts are several segments
_TEXT_FORMATS = (1, 2)  # A, AHEX
_MOST = 10_000_000  # records, lines or labels: more than any file holds


class DictionaryError(ValueError):
    """The dictionary contradicts itself; the message says where."""


@dataclass(frozen=True, slots=True)
class Dictionary:
    """What the dictionary says.

    Attributes
    ----------
    cases : int or None
        Number of records; None where the file does not say.
    weight : bytes
        Name of the variable by which the file is weighted; empty without one.
    counted : mapping
        Name of a multiple response set (without ``$``) → the text that counts as chosen.
    """

    cases: int | None = None
    weight: bytes = b""
    counted: Mapping[bytes, bytes] = field(default_factory=dict)


def read_dictionary(stream: BinaryIO) -> Dictionary:
    """Walk the dictionary from the start of the file to where the data begin.

    Raises
    ------
    DictionaryError
        When a record cannot be what it says.
    """
    return _Walk(stream).dictionary()


class _Walk:
    def __init__(self, stream: BinaryIO) -> None:
        self.stream = stream
        self.order = "<"
        self.segments: list[tuple[bytes, bool]] = []  # name, whether text; b"" for a continuation
        self.continued = 0  # continuations of a text that must come next
        self.labelled: int | None = None  # labels whose variables must come next
        self.long_names: dict[bytes, bytes] = {}
        self.counted: dict[bytes, bytes] = {}

    def dictionary(self) -> Dictionary:
        header = self.take(_HEADER)
        self.order = self.byte_order(header)
        weight, cases = struct.unpack_from(self.order + "2i", header, _WEIGHT)
        records = {2: self.variable, 3: self.labels, 4: self.indices, 6: self.document, 7: self.extension}  # fmt: skip
        while (kind := self.integer()) != 999:
            if kind not in records:
                self.fail(f"a record of the unknown type {kind}")
            if (kind == 4) != (self.labelled is not None):
                self.fail("value labels without their variables")
            if self.continued and kind != 2:
                self.fail("a text without its continuation")
            records[kind]()
        name = self.weight_name(weight)
        return Dictionary(cases if cases >= 0 else None, name, self.counted)

    # ------------------------------------------------------------ bytes
    def take(self, size: int) -> bytes:
        found = self.stream.read(size)
        if len(found) < size:
            self.fail("the file ends in its dictionary")
        return found

    def integer(self) -> int:
        return self.integers(1)[0]

    def integers(self, count: int) -> tuple[int, ...]:
        return struct.unpack(f"{self.order}{count}i", self.take(4 * count))

    def fail(self, what: str) -> None:
        raise DictionaryError(f"{what} (byte {self.stream.tell()})")

    def count(self, what: str, least: int = 0, most: int = _MOST) -> int:
        number = self.integer()
        if not least <= number <= most:
            self.fail(f"{what} is {number}")
        return number

    @staticmethod
    def byte_order(header: bytes) -> str:
        for order in "<>":
            if struct.unpack_from(order + "i", header, _LAYOUT)[0] in (2, 3):
                return order
        raise DictionaryError(f"the layout code is none (byte {_LAYOUT})")

    # ------------------------------------------------------------ records
    def variable(self) -> None:
        width = self.count("the width of a variable", -1, _WIDEST)
        labelled, missing, *formats = self.integers(4)
        name = self.take(8).rstrip(b" \x00")
        if labelled not in (0, 1) or not -3 <= missing <= 3:
            self.fail("a variable has neither a label nor none")
        texts = {(f >> 16) & 0xFF in _TEXT_FORMATS for f in formats if f >> 16}
        if width >= 0 and texts - {width > 0}:
            self.fail("a variable has the format of another type")
        if labelled:
            length = self.count("the length of a label", 0, 100_000)
            self.take(-(-length // 4) * 4)
        self.take(8 * abs(missing))
        if (width == -1) != (self.continued > 0):
            self.fail("a text of another width than it has")
        self.continued = self.continued - 1 if width == -1 else max(0, (width + 7) // 8 - 1)
        self.segments.append((b"" if width == -1 else name, width != 0))

    def labels(self) -> None:
        self.labelled = self.count("the number of value labels")
        for _ in range(self.labelled):
            self.take(8)
            length = self.take(1)[0]
            self.take((length + 8) // 8 * 8 - 1)

    def indices(self) -> None:
        self.labelled = None
        found = self.integers(self.count("the number of labelled variables", 1))
        kinds = set()
        for index in found:
            if not 1 <= index <= len(self.segments) or not self.segments[index - 1][0]:
                self.fail(f"value labels of a variable {index} that there is not")
            kinds.add(self.segments[index - 1][1])
        if len(kinds) > 1:
            self.fail("value labels of numbers and texts at once")

    def document(self) -> None:
        self.take(80 * self.count("the number of lines of a document"))

    def extension(self) -> None:
        kind, size, count = self.integers(3)
        if not (0 < size <= 100_000_000 and 0 <= count <= 100_000_000 // size):
            self.fail(f"an extension of {count} parts of {size} bytes")
        data = self.take(size * count)
        if kind == 13:
            pairs = (part.partition(b"=") for part in data.split(b"\t"))
            self.long_names |= {short: long.rstrip(b"\x00") for short, _, long in pairs if long}
        elif kind in (7, 19):
            self.counted |= dict(_counted(data))

    def weight_name(self, index: int) -> bytes:
        if not 1 <= index <= len(self.segments):
            return b""
        name = self.segments[index - 1][0]
        return self.long_names.get(name, name)


_SET = re.compile(rb"\$(?P<name>[^\s=]+)=(?:D|E [0-9]+ )(?P<length>[0-9]+) ")


def _counted(data: bytes) -> list[tuple[bytes, bytes]]:
    """Return (name, counted text) of each set of dichotomies.

    Examples
    --------
    >>> _counted(b"$S=D3 yes 5 Label A B\\n$C=C 1 x A B\\n$E=E 1 2 no 0  A B\\n")
    [(b'S', b'yes'), (b'E', b'no')]
    """
    found = []
    at = 0
    while (match := _SET.search(data, at)) is not None:
        at = match.end() + int(match["length"][:9])
        found.append((match["name"], data[match.end() : at]))
    return found
