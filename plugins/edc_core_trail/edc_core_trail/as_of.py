"""The study as it was at the end of a day: its definitions, plugins, sites and roles, told by the ledger and not by the tables of now."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from edc_core.api import ROLE_WORDS, Attachment, BadRequest, TrailWanted

if TYPE_CHECKING:
    from collections.abc import Mapping

    from edc_core.api import PageRequest, Times, TrailEntry

MOST = 20_000  #: entries about a study itself; one with more is none that this page can tell of
KINDS = ("study.", "site.", "plugin.")


@dataclass(frozen=True, slots=True)
class PluginThen:
    """A plugin in force. :param approved_at: of the upgrade to this version; empty where it was published so."""

    name: str
    version: str
    sha256: str
    approved_at: str = ""


@dataclass(frozen=True, slots=True)
class VersionThen:
    """A version published by then. :param sites: numbers of those where it was in force. :param released_at: UTC ISO
    8601; empty for not released. :param approvals: for live, each with its meaning and who gave it.
    """

    oid: str
    name: str
    sha256: str
    published_at: str
    published_by: str
    sites: tuple[str, ...]
    released_at: str
    approvals: tuple[str, ...]
    plugins: tuple[PluginThen, ...]


@dataclass(frozen=True, slots=True)
class SiteThen:
    number: str
    name: str
    country: str
    zone: str
    meta_data_version: str


@dataclass(frozen=True, slots=True)
class AsOfPage:
    """:param day: ISO 8601, UTC. :param roles: by ``login name role where from to`` and more; ``role_words`` has the name of each role.

    :param rights: what the study had changed of the matrix of rights last, in words; empty for nothing.
    """

    study: str
    day: str
    today: str
    versions: tuple[VersionThen, ...]
    sites: tuple[SiteThen, ...]
    roles: tuple[Mapping[str, str], ...]
    rights: str
    role_words: Mapping[str, str]
    times: Times


@dataclass(slots=True)
class _Folded:
    """What the entries of the study say, one after the other."""

    sites: dict[str, dict[str, str]] = field(default_factory=dict)
    released: dict[str, str] = field(default_factory=dict)
    approvals: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    approved: dict[str, tuple[int, PluginThen]] = field(default_factory=dict)
    definitions: dict[str, Any] = field(default_factory=dict)
    rights: str = ""

    def add(self, entry: TrailEntry) -> None:
        if (
            entry.is_withheld
        ):  # a publication whose questions the person may not all see: ``versions`` has the rest
            return
        kind, at = str(entry.columns["kind"]), str(entry.columns["at"])
        said = json.loads(str(entry.columns["payload"]))
        if kind in ("site.add", "site.change"):
            self.sites[said["site_id"]] = said
        elif kind == "study.activate" and said.get("state") in (None, "in_force"):
            self.sites[said["site_id"]] |= {"meta_data_version": said["meta_data_version"]}
        elif kind == "study.publish":
            self.definitions[said["oid"]] = json.loads(said["definition"])
        elif kind == "study.approve":
            self.approvals[said["meta_data_version"]].append(f"{said['meaning']}: {said['full_name']}")
        elif kind == "study.release":
            self.released[said["meta_data_version"]] = at
        elif kind == "plugin.upgrade" and said["state"] == "approved":
            now = PluginThen(said["plugin"], said["version"], said["sha256"], at)
            self.approved[said["plugin"]] = (said["seq"], now)
        elif kind == "study.permissions":
            self.rights = f"{entry.who} {entry.what}"


def page(asked: PageRequest) -> AsOfPage:
    """:raises NotAllowed: the person does not read the trail of every site, or does not compare versions."""
    return _then(asked)[0]


def as_json(asked: PageRequest) -> Attachment:
    """The same with the definitions themselves, for the file of an inspection."""
    found, definitions = _then(asked)
    facts = {
        name: value for name, value in asdict(found).items() if name not in ("times", "today", "role_words")
    }
    for version in facts["versions"]:
        version["definition"] = definitions.get(version["oid"], "not shown to the role that took this file")
    text = json.dumps(facts, ensure_ascii=False, indent=1)
    return Attachment(f"study-as-of-{found.day}.json", "application/json", text)


def _then(asked: PageRequest) -> tuple[AsOfPage, Mapping[str, Any]]:
    today = asked.study.now[:10]
    day = _day(asked.text("day"), today)
    until = f"{day}T23:59:59.999999Z"
    published = [one for one in reversed(asked.study.versions().versions) if one.published_at <= until]
    roles = asked.study.roles(day)
    trail = asked.study.trail(TrailWanted(kinds=KINDS, until=until, limit=MOST))
    if trail.older:
        raise BadRequest(
            f"More than {MOST} entries are about this study itself. Take the whole trail on the page Exports."
        )
    folded = _Folded()
    for entry in reversed(trail.entries):
        folded.add(entry)
    sites = tuple(
        SiteThen(**{name: one[name] for name in SiteThen.__dataclass_fields__})
        for one in sorted(folded.sites.values(), key=lambda one: one["number"])
    )
    versions = tuple(
        VersionThen(
            one.oid, one.name, one.sha256, one.published_at, one.published_by,
            tuple(site.number for site in sites if site.meta_data_version == one.oid),
            folded.released.get(one.oid, ""), tuple(folded.approvals[one.oid]), _plugins(asked, one.oid, seq, folded),
        )
        for seq, one in enumerate(published, start=1)
    )  # fmt: skip
    found = AsOfPage(
        asked.study.name, day, today, versions, sites, roles, folded.rights, ROLE_WORDS, asked.times
    )
    return found, folded.definitions


def _plugins(asked: PageRequest, oid: str, seq: int, folded: _Folded) -> tuple[PluginThen, ...]:
    """As published, or as an approval that came after the version was published says."""
    found = []
    for use in asked.study.version(oid).version.plugins:
        newest, approved = folded.approved.get(use.name, (0, None))
        as_published = PluginThen(use.name, use.version, use.sha256)
        found.append(approved if approved is not None and newest >= seq else as_published)
    return tuple(found)


def _day(text: str, today: str) -> str:
    """:raises BadRequest: it is no day, or one that has not come."""
    try:
        day = date.fromisoformat(text or today).isoformat()
    except ValueError:
        raise BadRequest(f"'{text}' is no day; write it like 2026-03-04.") from None
    if day > today:
        raise BadRequest(f"{day} has not come yet. Choose today ({today}, UTC) or a day before.")
    return day
