"""The definition of ``item_types.yaml``, and how it joins another one."""

import dataclasses
import tempfile
from functools import cache
from pathlib import Path

from edc_core.definitions.loader import load

TEXT = (Path(__file__).parent / "item_types.yaml").read_text(encoding="utf-8")
PARTS = ("items", "item_groups", "forms", "code_lists", "measurement_units", "conditions", "methods")


@cache
def definition():
    territories = "".join(f"      - {{code: X{n:02}, decode: Territory {n}}}\n" for n in range(60))
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "study.yaml"
        file.write_text(TEXT.replace("TERRITORIES\n", territories), encoding="utf-8")
        return load(file).required()


def joined(base):
    """A definition with this one's form beside its own."""
    more = definition()
    return dataclasses.replace(base, **{part: (*getattr(base, part), *getattr(more, part)) for part in PARTS})
