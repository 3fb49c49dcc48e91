"""Which package of the terminology a study uses: the one its definition states, among those of the installation.

``EDC_SDTM_TERMINOLOGY`` names a file, or a folder that holds several. A study states one under ``plugins`` in study.yaml; its
digest is published with the definition, so that an export of an old state is made with what that state was published with.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from edc_core.api import BadRequest, MetaDataVersion
from edc_core_sdtm.terminology import NO_TERMINOLOGY, Terminology, read

DISTRIBUTION = "edc-core-sdtm"
STATED, FIXED = "terminology", "terminology_sha256"  #: what a study chooses, and what is published beside it
CHOICES = (STATED, FIXED)
VARIABLE = "EDC_SDTM_TERMINOLOGY"
_FILE, _RELEASE = "TERMINOLOGY", "TERMINOLOGY_RELEASE"  #: the same without the name of the plugin
_DATE = re.compile(r"\d{4}-\d\d-\d\d")


def terminology_of(version: MetaDataVersion, settings: Mapping[str, str]) -> Terminology:
    """The terminology of a version of a study; without one stated the newest of the installation, none where it has none.

    :param settings: of the installation, for this plugin.
    :raises BadRequest: the one that is stated is not here, or has another content than it was published with; or a file
        cannot be read.
    """
    said = next((use.settings for use in version.plugins if use.name == DISTRIBUTION), ())
    return chosen(dict(said), settings)


def chosen(said: Mapping[str, str], settings: Mapping[str, str]) -> Terminology:
    """See ``terminology_of``. :param said: what the study chooses of this plugin."""
    here = releases(settings)
    if not (wanted := said.get(STATED, "")):
        newest = max(here, default="")
        return read(here[newest], newest) if newest else NO_TERMINOLOGY
    if wanted not in here:
        there = f"in it: {', '.join(sorted(here))}" if here else "in it: none"
        raise BadRequest(
            f"The study uses the SDTM terminology {wanted}, which is not in this installation ({there}). Download it from NCI "
            f"EVS as text, keep its date in the name ('SDTM Terminology {wanted}.txt'), and put it in the folder that {VARIABLE} "
            "names."
        )
    found = read(here[wanted], wanted)
    if (fixed := said.get(FIXED, "")) and fixed != found.sha256:
        raise BadRequest(
            f"The SDTM terminology {wanted} of this installation has another content (SHA-256 {found.sha256}) than the study was "
            f"published with ({fixed}). Put the file with that content in its place: {here[wanted]}."
        )
    return replace(found, is_stated=True)


def releases(settings: Mapping[str, str]) -> Mapping[str, Path]:
    """The packages of an installation by the date of their release.

    :raises BadRequest: nothing is where the setting points, nothing says of which date a file is, or two are of one date.
    """
    if not (named := settings.get(_FILE, "")):
        return {}
    place = Path(named)
    if not place.is_dir():
        return {_date_of(place, settings.get(_RELEASE, "")): place}
    found: dict[str, Path] = {}
    for file in sorted(place.glob("*.txt")):
        if "sdtm" in file.name.lower():
            date = _date_of(file)
            if date in found:
                raise BadRequest(
                    f"'{found[date].name}' and '{file.name}' in {place} are both of {date}. Leave one of them there."
                )
            found[date] = file
    return found


def _date_of(file: Path, stated: str = "") -> str:
    date = stated or next(iter(_DATE.findall(file.name)), "")
    if not _DATE.fullmatch(date):
        raise BadRequest(
            f"Nothing says of which date '{file.name}' is. Keep the date in the name of the file, as in 'SDTM Terminology "
            f"2026-03-27.txt', or where {VARIABLE} names one file, set {VARIABLE}_RELEASE to it (YYYY-MM-DD)."
        )
    return date
