"""SDTM annotations of a definition: aliases in the words of an annotated CRF.

``SDTM: AE.AETERM`` names a variable, ``SDTM: SUPPDM.RACEOTH`` a supplemental qualifier, ``SDTM: SYSBP_VSORRES`` a
variable of one test. ``SDTM.ASSIGNED`` holds constants (``VSTESTCD = SYSBP; VSTEST = ...``), ``SDTM.RELREC`` what relates a
record to one of another dataset (``CMINDC = AETERM``), ``SDTM.RECORD`` to which record of another form qualifiers belong
(``AETERM = SAETERM``). Several stand in one alias with ``;`` between them. A term's ``SDTM`` is its submission value.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from edc_core.api import Alias

CONTEXT = "SDTM"
ASSIGNED = "SDTM.ASSIGNED"
RELATED = "SDTM.RELREC"
RECORD = "SDTM.RECORD"
TRIAL_SUMMARY = "SDTM.TS"  #: of the protocol: ``TPHASE = PHASE III TRIAL``
NOT_SUBMITTED = "[NOT SUBMITTED]"
SUPP = "SUPP"

_TARGET = re.compile(
    r"(?P<supp>SUPP)?(?P<domain>[A-Z][A-Z0-9])\.(?P<variable>[A-Z][A-Z0-9_]*)"
    r"|(?P<test>[A-Z]\w*?)_(?P<result>[A-Z]{2}[A-Z0-9]+)"
)


@dataclass(frozen=True, slots=True)
class Target:
    """Where an answer goes.

    :param test: of a finding the test that it is a variable of. :param is_supplemental: it is a qualifier of SUPP--.
    """

    domain: str
    variable: str
    test: str = ""
    is_supplemental: bool = False


def targets(aliases: Iterable[Alias]) -> Iterator[Target | str]:
    """Where an item's answer goes; the annotation itself where it can't be read. Nothing for what isn't submitted."""
    for part in _parts(aliases, CONTEXT):
        if part == NOT_SUBMITTED:
            continue
        found = _TARGET.fullmatch(part)
        if found is None:
            yield part
        elif found["test"]:
            yield Target(found["result"][:2], found["result"], found["test"])
        else:
            yield Target(found["domain"], found["variable"], is_supplemental=bool(found["supp"]))


def constants(aliases: Iterable[Alias], context: str = ASSIGNED) -> dict[str, str]:
    """Variable to the constant that its records get; nothing for what has no ``=``."""
    pairs = (part.partition("=") for part in _parts(aliases, context))
    return {name.strip(): value.strip() for name, equals, value in pairs if equals}


def submission_value(aliases: Iterable[Alias]) -> str:
    """The value of a term in SDTM, where it isn't its code."""
    return next(_parts(aliases, CONTEXT), "")


def _parts(aliases: Iterable[Alias], context: str) -> Iterator[str]:
    for alias in aliases:
        if alias.context == context:
            yield from filter(None, (part.strip() for part in alias.name.split(";")))
