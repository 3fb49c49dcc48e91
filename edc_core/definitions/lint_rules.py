"""Checks of what expressions say: that they compile, end somewhere, and do on their examples what they should."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from edc_core.definitions.kept_rules import KeptRules
from edc_core.definitions.lint import WHEN
from edc_core.definitions.lint_schedule import check_names, check_secrets
from edc_core.domain.check_report import failure_of
from edc_core.domain.index import MetaDataIndex
from edc_core.expressions.examples import BadExample, run_example

if TYPE_CHECKING:
    from edc_core.definitions.lint import Lint
    from edc_core.domain.metadata import MetaDataVersion
    from edc_core.expressions.rule_book import Check, Faulty, RuleBook


def check_rules(lint: Lint, version: MetaDataVersion) -> None:
    """Compile every expression; only for a version whose references are all right.

    :param version: the one looked at, or that completed.
    """
    index = MetaDataIndex(version)
    rules = KeptRules(index, lint.functions(version), lint.kept)
    book = rules.book()
    seen: set[tuple[tuple[str, str], int, str]] = set()
    for fault in book.faults:
        key = (fault.subject, fault.position, fault.error.message)
        if key not in seen:  # an item that stands in several forms says it once
            seen.add(key)
            _fault(lint, fault)
    _cycles(lint, book)
    for form, checks in book.checks_of.items():
        examples = partial(_examples_of, lint, book, checks)
        lint.keep("example", form, rules.inputs_of(form), examples)
    check_secrets(lint, index, book)
    check_names(lint, book)


def _fault(lint: Lint, fault: Faulty) -> None:
    kind, oid = fault.subject
    error, text = fault.error, fault.text
    steps: tuple[str | int, ...] = ("range_checks", fault.position) if kind == "item" else ()
    if kind == "event":
        steps = {0: ("date",), 1: ("window", "anchor")}.get(fault.position, ("arms",))
    start = error.start - (len(WHEN) if kind == "condition" and oid.endswith(".WHEN") else 0)
    at = (text, max(0, start))
    lint.note(kind, oid, steps, "E230", error.message, suggestion=error.suggestion, at=at)


def _cycles(lint: Lint, book: RuleBook) -> None:
    for ring in book.cycles:
        names = [lint.items[item].name for _, item in ring]
        form, item = ring[0]
        way = " -> ".join([*names, names[0]])
        message = f"'{names[0]}' of form {form} depends on itself: {way}. Take one of these out of the ring."
        lint.note("item", item, (), "E231", message)


def _examples_of(lint: Lint, book: RuleBook, checks: list[Check]) -> None:
    for check in checks:
        _examples(lint, book, check)


def _examples(lint: Lint, book: RuleBook, check: Check) -> None:
    item, own = check.placed.item, check.range_check
    steps = ("range_checks", item.range_checks.index(own))
    for example in own.examples:
        shown = ", ".join(f"{address}: {text}" for address, text in example.values)
        try:
            fires = run_example(book.names, check, example)
        except BadExample as problem:
            lint.note("item", item.oid, steps, "E232", f"{own.oid}: {problem}")
            continue
        except (Exception, SystemExit) as error:  # noqa: BLE001 - a plugin's function may do anything
            text = f"{own.oid} fails on its example {{{shown}}}: {failure_of(error)[1]}"
            lint.note("item", item.oid, steps, "E233", text)
            continue
        if fires != example.fires:
            wanted, does = ("fires", "it does not") if example.fires else ("passes", "it fires")
            message = f"{own.oid} should be as its example says ({wanted}: {{{shown}}}), but {does}."
            lint.note("item", item.oid, steps, "E233", message)
    lacking = [
        word
        for word, fires in (("fires", True), ("passes", False))
        if not any(e.fires is fires for e in own.examples)
    ]
    if lacking:
        message = f"{own.oid} has no example under {' and '.join(lacking)}; without both it is not published to uat or live."
        lint.note("item", item.oid, steps, "W312", message)
