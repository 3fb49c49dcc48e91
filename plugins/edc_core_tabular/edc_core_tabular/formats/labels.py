"""Labels that fit: a question may be longer than what statistical software takes for the label of a variable."""

from __future__ import annotations

import unicodedata

CUT = "..."


def short(label: str, most_bytes: int, encoding: str = "utf-8") -> str:
    """A label of at most so many bytes, where it had to be cut with ``...`` at its end.

    Accents go where the encoding is ASCII; what an encoding lacks altogether is ``?``.
    """
    label = " ".join(label.split())
    if encoding == "ascii":
        label = "".join(one for one in unicodedata.normalize("NFKD", label) if not unicodedata.combining(one))
    label = label.encode(encoding, "replace").decode(encoding)
    if len(label.encode(encoding)) <= most_bytes:
        return label
    while len((label + CUT).encode(encoding)) > most_bytes:
        label = label[:-1]
    return label.rstrip() + CUT
