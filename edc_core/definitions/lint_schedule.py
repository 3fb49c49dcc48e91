"""Checks of the schedule: epochs, arms, windows; and of what is seen through a rule."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edc_core.definitions.findings import closest
from edc_core.domain.metadata import EventType
from edc_core.expressions.rule_book import Check, Condition, Derivation, expression_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from edc_core.definitions.lint import Lint
    from edc_core.definitions.source import Steps
    from edc_core.domain.index import MetaDataIndex
    from edc_core.expressions.compiler import Expression
    from edc_core.expressions.rule_book import Node, RuleBook

_SECRET = ("blinded", "restricted")


def check_schedule(lint: Lint) -> None:
    """Windows and arms; also of a version whose expressions are not compiled."""
    version = lint.version
    for event in version.events:
        if event.window is not None and event.type is EventType.COMMON:
            message = "An event of type Common is no visit, so it has no window. Leave the window out."
            lint.note("event", event.oid, ("window",), "E238", message)
    if version.arms and not version.arm:
        message = (
            "The study has arms, but nothing says which one a subject is in. Write arm: and the item that holds it, "
            "as in visit('RAND').RAND.ARM."
        )
        lint.note("arm", version.arms[0].oid, (), "E239", message)


def check_secrets(lint: Lint, index: MetaDataIndex, book: RuleBook) -> None:
    """What somebody could learn who may not see an item: what is required, what is asked, and what a query says."""
    for (event, form), exception in sorted(book.scheduled.items()):
        secret = _secret(lint, exception.reads)
        if secret:
            what = f"form {form} of event {event}" if form else f"event {event}"
            message = (
                f"Whether {what} is required shows the value of {secret}, which not everybody may see. "
                "Decide it by an item that all may see, or accept that."
            )
            lint.note("event", event, (), "W314", message)
    for condition in book.conditions:
        kind, oid, steps = _place_of(condition)
        if (secret := _secret(lint, condition.exception.reads)) and _is_seen(index, condition):
            message = (
                f"Whether {kind} {oid} is asked shows the value of {secret}, which not everybody may see. "
                "Decide it by an item that all may see, or hide what is asked from the same people."
            )
            lint.note(kind, oid, steps, "W314", message)
    for check in book.checks:
        item = check.placed.item
        if item.sensitivity not in _SECRET and (secret := _secret(lint, check.expression.reads)):
            message = (
                f"A query at {item.name} shows something of {secret}, which not everybody may see. "
                "Put the check at an item that is hidden from the same people."
            )
            lint.note(*_place_of(check), "W314", message)
    for timing in book.timings.values():
        if timing.anchor is None or lint.items[timing.placed.item.oid].sensitivity in _SECRET:
            continue
        if secret := _secret(lint, timing.anchor.reads):
            message = (
                f"The window of event {timing.event} is counted from {secret}, which not everybody may see; a query "
                "about the window tells its date. Count it from another date, or accept that."
            )
            lint.note("event", timing.event, ("window", "anchor"), "W314", message)


def check_names(lint: Lint, book: RuleBook) -> None:
    """Names of the study that rules compare with: a slip makes a comparison that is never true."""
    version = lint.version
    known = {
        "event": {d.oid for d in version.events},
        "epoch": {d.oid for d in version.epochs},
        "arm": {d.oid for d in version.arms},
        "site": {site.number for site in version.sites},
        "country": {site.country for site in version.sites if site.country},
    }
    stated: list[Check | Condition | Derivation] = [*book.derivations, *book.checks, *book.conditions]
    rules: list[tuple[tuple[str, str, Steps], Expression]] = [
        *((("event", event, ()), exception) for (event, _), exception in book.scheduled.items()),
        *((_place_of(rule), expression_of(rule)) for rule in stated),
    ]
    said: set[tuple[str, str, str, str]] = set()
    for (kind, oid, steps), expression in rules:
        for function, name in expression.compared:
            names = known[function]
            if (
                (names or function == "event")
                and name not in names
                and (kind, oid, function, name) not in said
            ):
                said.add((kind, oid, function, name))
                message = (
                    f"The study has no {function} '{name}', so comparing {function}() with it is never true."
                )
                lint.note(kind, oid, steps, "W315", message, suggestion=closest(name, names))


def _place_of(rule: Check | Condition | Derivation) -> tuple[str, str, Steps]:
    """Kind and OID of the definition that a rule is told at, and the steps to it."""
    if isinstance(rule, Check):
        item = rule.placed.item
        return "item", item.oid, ("range_checks", item.range_checks.index(rule.range_check))
    if isinstance(rule, Derivation):
        return "method", rule.method_oid, ()
    return ("item", rule.item, ()) if rule.item else ("group", rule.groups[-1], ())


def _is_seen(index: MetaDataIndex, condition: Condition) -> bool:
    """Whether somebody who may not see everything sees anything of what a condition governs."""
    return any(
        placed.item.sensitivity not in _SECRET
        for placed in index.placed_items(condition.form)
        if placed.item.oid == condition.item
        or (not condition.item and condition.groups == placed.group_oids[: len(condition.groups)])
    )


def _secret(lint: Lint, nodes: Iterable[Node]) -> str:
    """Names of the items that only some may see, in order; empty when there is none."""
    names = {
        f"{lint.forms[form].name}.{lint.items[item].name}"
        for form, item in nodes
        if lint.items[item].sensitivity in _SECRET
    }
    return ", ".join(sorted(names))
