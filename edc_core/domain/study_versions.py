"""The versions of a study as a page shows them: what was published, what is in force where and why, what is planned."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SiteActivation:
    """A version put in force at a site (state ``in_force``), or a plan to do so and what became of it.

    :param n: its entry in the chain of the study. :param effective_from: day at the site, ISO 8601.
    """

    n: int
    site_id: str
    meta_data_version: str
    state: str
    effective_from: str
    approval: str
    reason: str
    at: str
    actor: str


@dataclass(frozen=True, slots=True)
class VersionLine:
    """:param sites: numbers of the sites where it is in force. :param released: in live; elsewhere no release is needed."""

    oid: str
    name: str
    sha256: str
    published_at: str
    published_by: str
    sites: tuple[str, ...]
    released: bool


@dataclass(frozen=True, slots=True)
class SiteLine:
    """:param activation: how its version came into force, where that is known. :param plan: what comes next there."""

    site_id: str
    number: str
    name: str
    meta_data_version: str
    may_activate: bool
    activation: SiteActivation | None
    plan: SiteActivation | None


@dataclass(frozen=True, slots=True)
class StudyVersions:
    """:param versions: newest first. :param sites: in the order of their numbers.

    :param history: every activation and plan, newest first, each with its site's number.
    """

    versions: tuple[VersionLine, ...]
    sites: tuple[SiteLine, ...]
    history: tuple[tuple[str, SiteActivation], ...]
    live: bool

    @property
    def may_activate(self) -> bool:
        return any(site.may_activate for site in self.sites)
