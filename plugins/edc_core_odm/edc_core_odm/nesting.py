"""Groups in groups, which ODM 1.3.2 does not know: joined in ItemGroupRepeatKey (``2.1``) and split back."""

from __future__ import annotations

from functools import cached_property

from edc_core.api import EdcError, ItemPath, MetaDataVersion, Step

Chain = tuple[str, ...]


def join(groups: tuple[Step, ...]) -> str:
    """The ItemGroupRepeatKey of an occurrence: its own key, with those of the groups around it before it."""
    if len(groups) == 1:
        return groups[0].key
    return ".".join(step.key.replace("%", "%25").replace(".", "%2E") for step in groups)


class Nesting:
    """What the reader and the writer of clinical data need to know of a version."""

    def __init__(self, version: MetaDataVersion) -> None:
        self.id = f"{version.study.oid}\0{version.oid}"
        self.version = version
        self._items: dict[tuple[str, str, Chain], frozenset[str] | None] = {}

    @cached_property
    def _repeating(self) -> dict[str, set[str]]:
        version = self.version
        return {
            "event": {d.oid for d in version.events if d.repeating},
            "form": {d.oid for d in version.forms if d.repeating},
            "group": {d.oid for d in version.item_groups if d.repeating},
        }

    @cached_property
    def _forms_of(self) -> dict[str, set[str]]:
        return {d.oid: {ref.form_oid for ref in d.form_refs} for d in self.version.events}

    @cached_property
    def chains(self) -> dict[str, dict[str, list[Chain]]]:
        """Form OID to group OID to the ways down to it."""
        groups = {d.oid: d for d in self.version.item_groups}
        found: dict[str, dict[str, list[Chain]]] = {}
        for form in self.version.forms:
            ways = found.setdefault(form.oid, {})
            waiting: list[Chain] = [(ref.item_group_oid,) for ref in form.group_refs]
            while waiting:
                chain = waiting.pop(0)
                ways.setdefault(chain[-1], []).append(chain)
                if chain[-1] in groups:
                    refs = groups[chain[-1]].group_refs
                    waiting += [(*chain, r.item_group_oid) for r in refs if r.item_group_oid not in chain]
        return found

    @cached_property
    def item_oids(self) -> dict[str, frozenset[str]]:
        """Group OID to the OIDs of its items."""
        return {d.oid: frozenset(ref.item_oid for ref in d.item_refs) for d in self.version.item_groups}

    def repeats(self, level: str, oid: str) -> bool:
        return oid in self._repeating[level]

    def knows(self, event_oid: str, form_oid: str | None = None) -> bool:
        forms = self._forms_of.get(event_oid)
        return forms is not None and (form_oid is None or form_oid in forms)

    def items_at(self, path: ItemPath) -> frozenset[str] | None:
        """OIDs of the items defined in the group at a path; ``None`` when the group is not defined there."""
        assert path.event is not None
        assert path.form is not None
        key = (path.event.oid, path.form.oid, path.group_oids)
        if key not in self._items:
            ways = self.chains.get(path.form.oid, {}).get(path.groups[-1].oid, [])
            known = self.knows(path.event.oid, path.form.oid) and path.group_oids in ways
            self._items[key] = self.item_oids.get(path.groups[-1].oid, frozenset()) if known else None
        return self._items[key]

    def is_ambiguous(self, form_oid: str, groups: tuple[Step, ...]) -> bool:
        """Whether a reader cannot tell from OID and joined key alone which groups are meant."""
        ways = self.chains.get(form_oid, {}).get(groups[-1].oid, [])
        return ways != [tuple(step.oid for step in groups)] and (len(groups) > 1 or len(ways) > 0)

    def split(self, form: ItemPath, oid: str, key: str, stated: str) -> tuple[Step, ...]:
        """The groups that an ItemGroupData of one of our files stands for."""
        if stated:
            try:
                return ItemPath.parse(stated).groups
            except EdcError:
                return (Step(oid, key),)
        assert form.form is not None
        ways = self.chains.get(form.form.oid, {}).get(oid, [])
        keys = key.split(".")
        if len(ways) != 1 or len(ways[0]) == 1 or len(keys) != len(ways[0]):
            return (Step(oid, key),)
        plain = [part.replace("%2E", ".").replace("%25", "%") for part in keys]
        return tuple(Step(group, part or "1") for group, part in zip(ways[0], plain, strict=True))
