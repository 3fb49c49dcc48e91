"""What entries about a study, its sites and the people in it mean for the projection tables."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from edc_core.domain.ledger_entry import EntryFacts, EntryKind
from edc_core.ledger.changes import Patch, Put

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from edc_core.ledger.changes import Change


def _study_add(e: EntryFacts) -> Iterator[Change]:
    p = e.payload
    yield Put(
        "study",
        {
            "study_id": e.study_id,
            "oid": p["oid"],
            "environment": p["environment"],
            "name": p["name"],
            "meta_data_version": "",
            "upgraded_n": 0,
            "permissions": "{}",
            "pauses": "[]",
        },
    )


def _study_publish(e: EntryFacts) -> Iterator[Change]:
    p = e.payload
    yield Put(
        "meta_data_version",
        {
            "study_id": e.study_id,
            "oid": p["oid"],
            "seq": p["seq"],
            "name": p["name"],
            "sha256": p["sha256"],
            "definition": p["definition"],
            "published_at": e.at,
        },
    )
    yield Patch("study", {"study_id": e.study_id}, {"meta_data_version": p["oid"], "name": p["study_name"]})


def _site_put(e: EntryFacts) -> Iterator[Change]:
    p = e.payload
    columns = ("site_id", "number", "name", "country", "zone", "meta_data_version")
    row = {column: p[column] for column in columns}
    row |= {column: p.get(column, "") for column in ("closed_at", "risk")}  # earlier entries have none
    yield Put("site", {"study_id": e.study_id} | row)


def _site_close(e: EntryFacts) -> Iterator[Change]:
    key = {"study_id": e.study_id, "site_id": e.payload["site_id"]}
    yield Patch("site", key, {"closed_at": e.at if e.payload["closed"] else ""})


def _site_risk(e: EntryFacts) -> Iterator[Change]:
    key = {"study_id": e.study_id, "site_id": e.payload["site_id"]}
    yield Patch("site", key, {"risk": e.payload["new"]})


def _study_activate(e: EntryFacts) -> Iterator[Change]:
    """A version in force at a site; planned for a day; or a plan that was carried out, cancelled or refused."""
    p = e.payload
    state = p.get("state")  # entries of earlier releases have none: in force at once, for no approval
    if state in (None, "in_force"):
        key = {"study_id": e.study_id, "site_id": p["site_id"]}
        yield Patch("site", key, {"meta_data_version": p["meta_data_version"]})
    if state in ("in_force", "planned"):
        row = {
            name: p[name] for name in ("site_id", "meta_data_version", "state", "effective_from", "approval")
        }
        row |= {"reason": e.reason_text, "at": e.at, "actor": e.actor}
        yield Put("site_activation", {"study_id": e.study_id, "n": e.n} | row)
    if plan := p.get("plan_n"):
        outcome = "done" if state == "in_force" else state
        yield Patch("site_activation", {"study_id": e.study_id, "n": plan}, {"state": outcome})


def _study_release(e: EntryFacts) -> Iterator[Change]:
    columns = ("meta_data_version", "full_name", "meaning", "statement")
    row = {column: e.payload[column] for column in columns} | {"actor": e.actor, "at": e.at}
    yield Put("study_release", {"study_id": e.study_id} | row)


def _plugin_upgrade(e: EntryFacts) -> Iterator[Change]:
    columns = ("plugin", "state", "version", "sha256", "seq")
    row = {column: e.payload[column] for column in columns}
    row |= {"n": e.n, "reason": e.reason_text, "at": e.at, "actor": e.actor}
    yield Put("plugin_upgrade", {"study_id": e.study_id} | row)
    if e.payload["state"] == "approved":
        yield Patch("study", {"study_id": e.study_id}, {"upgraded_n": e.n})


def _in_study(column: str, part: str) -> Callable[[EntryFacts], Iterator[Change]]:
    def put(e: EntryFacts) -> Iterator[Change]:
        yield Patch("study", {"study_id": e.study_id}, {column: json.dumps(e.payload[part], sort_keys=True)})

    return put


def _user_put(e: EntryFacts) -> Iterator[Change]:
    p = e.payload
    columns = ("user_id", "login", "full_name", "zone", "language", "active")
    row = {column: p[column] for column in columns} | {  # earlier entries have neither
        "email": p.get("email", ""),
        "wants_digest": p.get("wants_digest", True),
    }
    yield Put("user_account", row)


def _grant_put(e: EntryFacts) -> Iterator[Change]:
    p = e.payload
    columns = ("grant_id", "user_id", "study_id", "role", "scope", "countries", "site_ids", "starts", "ends")
    row = {column: p[column] for column in columns} | {"unblinded": p.get("unblinded", False)}
    yield Put("role_grant", row)


def _evidence_put(e: EntryFacts) -> Iterator[Change]:
    columns = ("user_id", "kind", "site_id", "document", "tasks", "starts", "ends")
    row = {column: e.payload[column] for column in columns}
    row["task"] = e.payload.get("task", "")  # earlier entries have none
    yield Put("access_evidence", {"study_id": e.study_id} | row | {"actor": e.actor, "at": e.at})


_K = EntryKind
OF_THE_STUDY: dict[EntryKind, Callable[[EntryFacts], Iterable[Change]]] = {
    _K.STUDY_ADD: _study_add,
    _K.STUDY_PUBLISH: _study_publish,
    _K.STUDY_ACTIVATE: _study_activate,
    _K.STUDY_RELEASE: _study_release,
    _K.PLUGIN_UPGRADE: _plugin_upgrade,
    _K.STUDY_PERMISSIONS: _in_study("permissions", "matrix"),
    _K.STUDY_CHECK: _in_study("pauses", "pauses"),
    _K.SITE_ADD: _site_put,
    _K.SITE_CHANGE: _site_put,
    _K.SITE_CLOSE: _site_close,
    _K.SITE_RISK: _site_risk,
    _K.GRANT_USER_ADD: _user_put,
    _K.GRANT_USER_CHANGE: _user_put,
    _K.GRANT_ADD: _grant_put,
    _K.GRANT_END: _grant_put,
    _K.GRANT_EVIDENCE: _evidence_put,
}
