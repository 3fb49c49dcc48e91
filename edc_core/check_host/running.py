"""Run one check on one casebook and judge what it returns. Runs in the check host; pure but for the plugin's code."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING

from edc_core.domain.casebook_picture import Reads
from edc_core.domain.casebook_view import CasebookView, FormView, RowView
from edc_core.domain.check_report import CheckFailure, FailureKind, where
from edc_core.domain.each_row import EachRow, listed
from edc_core.domain.finding import Finding, Found
from edc_core.domain.item_path import ItemPath
from edc_core.domain.metadata import TranslatedText
from edc_core.errors import EdcError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from edc_core.domain.casebook_picture import CasebookPicture
    from edc_core.domain.rule_answer import RuleAnswer
    from edc_core.plugin_offers import RegisteredCheck

MAX_FINDINGS = 1000  #: of one call; more is a loop that does not end, or a check nobody could answer
MAX_MESSAGE = 280  #: characters; the rest of a longer message is cut
MAX_KEY = 200
MAX_LANGUAGES = 50


class Nonsense(Exception):
    """A check returned what is no finding. The message names types only, never a collected value."""


@dataclass(slots=True)
class CheckResult:
    """What one check, or one rule that calls a function of a plugin, had to say about one casebook."""

    found: list[Found] = field(default_factory=list)
    failures: list[CheckFailure] = field(default_factory=list)
    ran: list[ItemPath] = field(default_factory=list)
    answers: list[RuleAnswer] = field(default_factory=list)


def run_check(registered: RegisteredCheck, picture: CasebookPicture) -> CheckResult:
    """Call a check for each occurrence of its form, and for each row where it asks for that.

    Forms that keep a further version are judged by that version's checks, and only seen by this one.
    """
    result = CheckResult()
    seen: set[tuple[str, str, str]] = set()
    for form in picture.forms(registered.check.form, ""):
        if form.meta_data_version in picture.others:
            continue
        try:
            found = list(_look(registered, picture, form.path))
        except Nonsense as error:
            result.failures.append(_failure(registered, FailureKind.NONSENSE, str(error), form.path))
        except BaseException as error:  # noqa: BLE001 - sys.exit and Ctrl-C from a plugin are failures of the plugin
            result.failures.append(_failure(registered, FailureKind.RAISED, where(error), form.path))
        else:
            result.ran.append(form.path)
            # A check that speaks from several forms about one place is heard once.
            result.found += [new for new in found if new.identity not in seen]
            seen |= {new.identity for new in found}
    return result


def _look(registered: RegisteredCheck, picture: CasebookPicture, path: ItemPath) -> Iterator[Found]:
    reads = Reads()
    form = CasebookView(picture, reads).at(path)
    if form is None:
        return
    check: object = registered.check.check
    if isinstance(check, EachRow):
        for row in form.rows(check.group):
            own = Reads()  # what a row's finding rests on begins with the row
            alone = CasebookView(picture, own).at(path)
            assert alone is not None
            view = RowView(alone, row.path, row.group)
            yield from _judged(registered, check.check, view, own)
    else:
        yield from _judged(registered, registered.check.check, form, reads)


def _judged(
    registered: RegisteredCheck,
    call: Callable[..., Finding | Iterable[Finding] | None],
    view: FormView | RowView,
    reads: Reads,
) -> list[Found]:
    """The findings of one call, with the fingerprint of everything the whole call has read."""
    result = listed(call(view))
    try:
        several = iter(result)
    except TypeError:
        raise Nonsense(
            f"It returned a {type(result).__name__} instead of a Finding, several, or None."
        ) from None
    findings = list(islice(several, MAX_FINDINGS + 1))
    if not findings:
        return []
    if len(findings) > MAX_FINDINGS:
        raise Nonsense(f"It returned more than {MAX_FINDINGS} findings.")
    placed = [(_target(finding, view), finding) for finding in findings]
    fingerprint = reads.fingerprint()
    check = registered.check
    found = [
        Found(
            check.oid,
            path,
            judged_message(finding.message),
            check.severity,
            fingerprint,
            finding.key,
            registered.plugin.stamp,
        )
        for path, finding in placed
    ]
    if len({new.identity for new in found}) < len(found):
        raise Nonsense("It returned two findings about one place with the same key.")
    return found


def _target(finding: object, view: FormView | RowView) -> ItemPath:
    if not isinstance(finding, Finding):
        raise Nonsense(f"It returned a {type(finding).__name__} among its findings.")
    check_key(finding.key)
    target: object = finding.target
    try:
        if isinstance(target, str):
            return view.at(target)
        if isinstance(target, ItemPath):
            index = view.casebook.index_at(target)
            index.place(target) if target.item is not None else index.check(target, keys_as_found=True)
            return target
    except (KeyError, EdcError):
        raise Nonsense("The target of a finding is no place of this form or study.") from None
    raise Nonsense(f"The target of a finding is a {type(target).__name__}, not an item name or ItemPath.")


def check_key(key: object) -> None:
    """:raises Nonsense: what cannot tell two findings apart for ever."""
    if not isinstance(key, str):
        raise Nonsense(f"The key of a finding is a {type(key).__name__}, not text.")
    if len(key) > MAX_KEY:
        raise Nonsense(f"The key of a finding is longer than {MAX_KEY} characters.")
    if not _is_encodable(key):
        raise Nonsense("The key of a finding holds a lone surrogate.")


def judged_message(message: object) -> TranslatedText:
    """The message of a finding, cut to what a query may hold.

    :raises Nonsense: it is no text, or an empty one.
    """
    if isinstance(message, str):
        message = TranslatedText.of(message.strip())
    if not isinstance(message, TranslatedText):
        raise Nonsense(f"The message of a finding is a {type(message).__name__}, not text.")
    texts: list[tuple[str, str]] = []
    languages: tuple[tuple[object, object], ...] = message.texts
    for language, text in languages[:MAX_LANGUAGES]:
        if not (isinstance(language, str) and isinstance(text, str) and _is_encodable(language + text)):
            raise Nonsense("The message of a finding is not text in all its languages.")
        cut = text if len(text) <= MAX_MESSAGE else text[: MAX_MESSAGE - 1].rstrip() + "…"
        texts.append((language, cut))
    if not any(text.strip() for _, text in texts):
        raise Nonsense("The message of a finding is empty.")
    return TranslatedText(tuple(texts))


def _is_encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _failure(registered: RegisteredCheck, kind: FailureKind, text: str, path: ItemPath) -> CheckFailure:
    return CheckFailure(registered.check.oid, registered.plugin.stamp, kind, text, str(path))
