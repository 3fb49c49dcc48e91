"""Tokens of recipes: good for one recipe, for a time, until they are ended, with the rights of who gave them."""

import pytest

from edc_core.domain.export_commands import EndExportToken, GiveExportToken
from edc_core.domain.ledger_entry import SYSTEM_STUDY
from edc_core.domain.permission import Role
from edc_core.errors import BadRequest, NotFound, NotSignedIn, WrongState
from edc_core.ids import new_id
from edc_core.services import export_tokens, people, users
from edc_core.services.reading import look_at
from edc_core.services.verifying import verify
from edc_core.store import readers

TOKEN = "a token that only a test has"


@pytest.fixture
def giver(trial):
    """A data manager with an account."""
    with trial.core.write(trial.cli) as uow:
        users.add_user(uow, users.AddUser(study_id=SYSTEM_STUDY, op=new_id(), login="dana", full_name="Dana"))
        users.add_grant(uow, users.grant_for_sites(uow, "dana", Role.DM, trial.study_id, ()))
    with trial.core.read() as source:
        return users.actor_of(source, "dana", users.today(trial.core.clock))


@pytest.fixture
def given(trial, giver):
    return trial.act(
        giver,
        export_tokens.give,
        GiveExportToken,
        sha256=export_tokens.digest(TOKEN),
        recipe="Weekly",
        days=30,
    )["token"]


def opens(trial, token=TOKEN, recipe="Weekly"):
    return export_tokens.bearer(trial.core, trial.study_id, token, recipe)


def listed(trial, by):
    with trial.core.read() as source:
        picture = look_at(source, by, readers.study_by_id(source.connection, trial.study_id))
        return export_tokens.tokens(picture)


def test_a_token_opens_its_recipe_as_who_gave_it(trial, giver, given):
    assert opens(trial).name == "dana"
    assert opens(trial).grants == giver.grants
    for token, recipe in ((TOKEN, "Monthly"), ("another", "Weekly"), ("", "Weekly")):
        with pytest.raises(NotSignedIn, match="no token for the recipe"):
            opens(trial, token, recipe)


def test_it_is_over_after_its_days(trial, given, clock):
    clock.advance(days=29)
    assert opens(trial).name == "dana"
    clock.advance(days=1)
    with pytest.raises(NotSignedIn):
        opens(trial)


def test_whoever_exports_ends_it_once(trial, giver, given):
    trial.act(trial.spo, export_tokens.end, EndExportToken, token_id=given)
    with pytest.raises(NotSignedIn):
        opens(trial)
    (token,) = listed(trial, giver)
    assert (token.ended_by, bool(token.ended_at)) == (trial.spo.name, True)
    with pytest.raises(WrongState):
        trial.act(giver, export_tokens.end, EndExportToken, token_id=given)
    with pytest.raises(NotFound):
        trial.act(giver, export_tokens.end, EndExportToken, token_id="0" * 12)


def test_it_goes_with_the_account(trial, giver, given):
    with trial.core.write(trial.cli) as uow:
        people.set_active(uow, "dana", active=False)
    with pytest.raises(NotSignedIn, match="account"):
        opens(trial)


def test_the_token_itself_is_nowhere(trial, given, grep_database):
    assert grep_database(TOKEN) == []
    (entry,) = (entry for entry in trial.entries() if entry["kind"] == "export.token")
    assert entry["payload"]["sha256"] == export_tokens.digest(TOKEN)
    assert verify(trial.core).ok


@pytest.mark.parametrize(("sha256", "days"), [("0" * 63, 30), (TOKEN, 30), ("0" * 64, 0), ("0" * 64, 366)])
def test_what_is_no_digest_or_too_long_is_refused(trial, giver, sha256, days):
    with pytest.raises(BadRequest):
        trial.act(giver, export_tokens.give, GiveExportToken, sha256=sha256, recipe="Weekly", days=days)
