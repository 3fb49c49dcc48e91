"""Failures by meaning. Codes are stable and never reused; web/errors.py and cli.py alone map them outward."""

from __future__ import annotations

import traceback


class EdcError(Exception):
    """A failure that a person can act on.

    :param message: what was found and what to do, without any collected value.
    :param details: facts for the page or the ``--json`` output; never a collected value.
    """

    code = "EDC000"

    def __init__(self, message: str, **details: object) -> None:
        super().__init__(message)
        self.message = message
        self.details = details


class NotAllowed(EdcError):
    """The actor's grants do not cover this action here."""

    code = "EDC001"


class NotFound(EdcError):
    """No such study, subject, form, item, query or file in the actor's scope."""

    code = "EDC002"


class BadRequest(EdcError):
    """The request's shape is wrong: an unknown key, a missing field, a malformed path."""

    code = "EDC003"


class EditConflict(EdcError):
    """Somebody saved the same thing since the actor saw it."""

    code = "EDC004"


class OperationReplayed(EdcError):
    """The operation id was used before by another user or with another body."""

    code = "EDC005"


class ReasonRequired(EdcError):
    """The form is past its first entry, so a change needs a reason."""

    code = "EDC006"


class Protected(EdcError):
    """The data is frozen or locked."""

    code = "EDC007"


class ValueRefused(EdcError):
    """A hard check or an identifier scanner refused the value; it was not stored."""

    code = "EDC008"


class WrongState(EdcError):
    """The action does not exist in the present state (see docs/reference/states.md)."""

    code = "EDC009"


class AlreadyExists(EdcError):
    """A subject key, login or study with this name is there already."""

    code = "EDC010"


class SecondPersonRequired(EdcError):
    """The action takes effect when another person confirms it."""

    code = "EDC011"


class VersionChanged(EdcError):
    """The form was opened under another MetaDataVersion than the one it would now begin with."""

    code = "EDC012"


class InvalidDefinition(EdcError):
    """The study definition has findings that forbid publishing."""

    code = "EDC013"


class ImportRefused(EdcError):
    """The file cannot be imported; ``details['problems']`` lists every reason with its line."""

    code = "EDC014"


class ExportRefused(EdcError):
    """The export was not made; the message says which condition is missing."""

    code = "EDC015"


class PluginError(EdcError):
    """A plugin failed, is missing, or is not the version that was published."""

    code = "EDC016"


class LedgerDamaged(EdcError):
    """The ledger does not verify; ``details['problems']`` names the first bad entry of each chain."""

    code = "EDC017"


class NotSignedIn(EdcError):
    """There is no live session for this request."""

    code = "EDC018"


class UnsafeSettings(EdcError):
    """The settings are not fit for the mode they ask for."""

    code = "EDC019"


class Busy(EdcError):
    """The database could not serve the write in time, or the disk did not confirm it; trying again is safe."""

    code = "EDC020"


class EntryClosed(EdcError):
    """No data are taken now: the site is closed, or a live study's release or the approval of a plugin is missing."""

    code = "EDC021"


class NarrowsData(EdcError):
    """A version would lose what was collected, or read it differently; ``details['places']`` names every place."""

    code = "EDC022"


class TooOften(EdcError):
    """The same person, address or session asked too often; nothing was changed. ``wait`` is in seconds."""

    code = "EDC023"


class Covered(NotAllowed):
    """What stands in a form that is entered twice is kept from who may type it a second time."""

    code = "EDC024"


def way_of(error: BaseException | None) -> str:
    """What kinds of failure, and the lines of code they came through. Not their words: those may hold what somebody typed."""
    said = []
    while error is not None:
        said.append(f"{type(error).__name__}\n{''.join(traceback.format_tb(error.__traceback__))}")
        error = error.__cause__ or error.__context__
    return "after ".join(said)
