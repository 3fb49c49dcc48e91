"""An account for each role in the small trial, and a browser for it without typing a password."""

from edc_core.clock import iso
from edc_core.core import Core
from edc_core.domain.permission import Role
from edc_core.ids import new_id
from edc_core.plugin_manager import EdcPlugins
from edc_core.services import users
from edc_core.settings import Settings
from edc_core.store import accounts, readers
from tests.web.trial import CLI

OF_THE_INSTALLATION = {Role.ADM, Role.UAD, Role.BLD}
AT_A_SITE = {Role.PI, Role.SUB, Role.CRC, Role.SRO}
NOBODY = "nobody"  #: an account without any role
WHO = [*Role, NOBODY]


def account(core, role):
    """An account with one role in the trial, at its first site where it is a role of a site."""
    with core.read() as source:
        studies = {row.study_id for row in readers.studies(source.connection)}
    numbers = ("KR-01",) if role in AT_A_SITE else ()
    with core.write(CLI) as uow:
        add = users.AddUser(study_id="@system", op=new_id(), login=f"x.{role}", full_name=f"X {role}")
        users.add_user(uow, add)
        for where in set() if role == NOBODY else {""} if role in OF_THE_INSTALLATION else studies:
            users.add_grant(uow, users.grant_for_sites(uow, add.login, role, where, numbers))


def client_of(core, app, role):
    """A browser with a session of the role's account."""
    token = f"token-{role}-{new_id()}"
    with core.write(CLI) as uow:
        user = accounts.by_login(uow.connection, f"x.{role}")
        now = iso(core.clock.now())
        accounts.begin_session(uow.connection, users.token_digest(token), user.user_id, now)
    client = app.test_client()
    client.set_cookie("edc_session", token)
    return client


def open_core(folder):
    settings = Settings(
        database_url=f"sqlite:///{folder}/web.db",
        files_dir=folder / "files",
        exports_dir=folder / "exports",
        base_url="http://localhost:8000",  # a name, to which passkeys can belong
    )
    return Core(settings, EdcPlugins())
