"""A live study with two sites, its host, the investigators of both sites, and what must not go from one to the other."""

import dataclasses
import email
import email.policy
import io
import re
import zipfile

import pytest
from pypdf import PdfReader

from edc_core.core import Core
from edc_core.domain import commands as c
from edc_core.domain import study_commands
from edc_core.domain.file_value import FileRules
from edc_core.domain.job import DONE
from edc_core.domain.metadata import EDC_LANGUAGE, ConditionDef, FormalExpression, TranslatedText
from edc_core.domain.permission import Role
from edc_core.domain.site_copy import COPY
from edc_core.ids import new_id
from edc_core.jobs.worker import Worker
from edc_core.plugin_manager import EdcPlugins
from edc_core.services import adding_files, correcting, export_jobs, queries, users
from edc_core.services.study_access import CoreStudyAccess
from edc_core.settings import Settings
from edc_core.store import jobs, readers
from tests.builders import Trial, vital_signs
from tests.made_before import begun

HOST, HERE, THERE, SPONSOR = "hosting@host.example", "pi@kr.example", "pi@us.example", "spo@sponsor.example"
PEOPLE = {
    HOST: ("Kim Host", Role.ADM, ""),
    HERE: ("Investigator Kim", Role.PI, "KR-01"),
    THERE: ("ZQforeign Investigator", Role.PI, "US-01"),
    SPONSOR: ("Sven Sponsor", Role.SPO, None),
}
PDF = b"%PDF-1.7\nof KR-01\n" + b"0" * 1000
FOREIGN = b"%PDF-1.7\nZQforeignfile\n" + b"0" * 1000


@pytest.fixture
def core(core_url, clock, tmp_path):
    settings = Settings(
        database_url=core_url, exports_dir=tmp_path / "exports", files_dir=tmp_path / "files",
        mail_dir=tmp_path / "mail", base_url="https://edc.example",
    )  # fmt: skip
    core = Core(settings, EdcPlugins(), clock)
    yield core
    core.close()


def asked_where(version, countries):
    """The version with items that are asked in one country alone. :param countries: by OID of the item."""

    def placed(ref):
        return dataclasses.replace(ref, condition_oid=ref.item_oid) if ref.item_oid in countries else ref

    return dataclasses.replace(
        version,
        conditions=tuple(
            ConditionDef(
                oid, oid, expressions=(FormalExpression(EDC_LANGUAGE, f"not (country() == '{one}')"),)
            )
            for oid, one in countries.items()
        ),
        item_groups=tuple(
            dataclasses.replace(group, item_refs=tuple(map(placed, group.item_refs)))
            for group in version.item_groups
        ),
    )


def definition():
    """Blood pressure and so on, a blinded item, a file, a question of each site; and the site at hand reads Korean."""
    asked = vital_signs().with_item("VS.ARM").with_item("VS.SCAN").with_item("DM.HERE").with_item("DM.THERE")
    built = asked_where(asked.build(), {"DM.HERE": "KR", "DM.THERE": "US"})
    changed = {
        "VS.ARM": {"sensitivity": "blinded", "question": TranslatedText.of("About the ARM", "en")},
        "VS.SCAN": {"file": FileRules()},
        "DM.HERE": {"question": TranslatedText.of("Only in Seoul", "en")},
        "DM.THERE": {"question": TranslatedText.of("Only in Boston", "en")},
        "VS.SYSBP": {"question": TranslatedText((("en", "Systolic"), ("ko", "수축기 혈압")))},
    }
    items = tuple(dataclasses.replace(one, **changed.get(one.oid, {})) for one in built.items)
    names = {"KR-01": ("Seoul", ("ko",)), "US-01": ("ZQforeign Hospital", ("en",))}
    sites = tuple(
        dataclasses.replace(site, name=names[site.number][0], languages=names[site.number][1])
        for site in built.sites
    )
    return dataclasses.replace(built, items=items, sites=sites, languages=("en", "ko"))


def read(name, held):
    """What is said in a file; a PDF packs its text."""
    if name.endswith(".pdf") and not name.startswith("files/"):
        return name + "".join(page.extract_text() for page in PdfReader(io.BytesIO(held)).pages)
    return name + held.decode("utf-8", "replace")


class Hosted:
    """The study and whoever hands its copies over."""

    def __init__(self, core, tmp_path, trial=None):
        self.core, self.folder, self.trial = core, tmp_path, trial
        if trial is None:
            self.begin()

    def begin(self):
        core = self.core
        self.trial = Trial(core, definition())
        for login, (name, role, site) in PEOPLE.items():
            with core.write(self.trial.cli) as uow:
                add = users.AddUser(study_id="@system", op=new_id(), login=login, full_name=name, email=login)
                users.add_user(uow, add)
                where = "" if role is Role.ADM else self.trial.study_id
                users.add_grant(uow, users.grant_for_sites(uow, login, role, where, (site,) if site else ()))

    def actor(self, login):
        with self.core.read() as source:
            return users.actor_of(source, login, users.today(self.core.clock))

    def access(self, login):
        """The study in the hands of somebody whose password is ``right``."""
        with self.core.read() as source:
            study = readers.study_by_id(source.connection, self.trial.study_id)

        def prove(typed, password):
            right = (typed, password) == (login, "right")
            return "password", "" if right else "The user name or the password is wrong."

        return CoreStudyAccess(self.core, self.actor(login), study, "investigator-copy", prove)

    def work(self):
        Worker(self.core).run(once=True)

    def make(self, site="KR-01"):
        """Have a copy made; its job id."""
        job_id = self.access(HOST).copies.ask(site, op=new_id())
        self.work()
        with self.core.read() as source:
            job = jobs.find(source.connection, job_id)
        assert (job.kind, job.state) == (COPY, DONE), job.result
        return job_id

    def archive(self, job_id):
        with self.core.read() as source:
            return export_jobs.archive_of(self.core, jobs.find(source.connection, job_id)).read_bytes()

    def files(self, job_id):
        """Name to bytes."""
        with zipfile.ZipFile(io.BytesIO(self.archive(job_id))) as found:
            return {name: found.read(name) for name in found.namelist()}

    def hand_over(self, copy, login=HERE):
        """Hand it over; the code that was mailed."""
        study = self.access(HOST)
        study.submit(
            study_commands.HandOverCopy(study_id=study.study_id, op=new_id(), copy=copy, login=login)
        )
        self.work()
        return self.codes(login)[-1]

    def mails(self, login):
        letters = [
            email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
            for file in sorted((self.folder / "mail").glob("*.eml"), key=lambda file: file.stat().st_mtime_ns)
        ]
        return [letter.get_content() for letter in letters if letter["To"] == login]

    def codes(self, login):
        return re.findall(r"/copy/[0-9a-f]{32}#(\S+)", "\n".join(self.mails(login)))

    def receive(self, copy, login=HERE):
        """Hand it over, open it and sign the receipt."""
        code = self.hand_over(copy, login)
        desk = self.access(login).copies
        desk.open(copy, code, op=new_id())
        desk.confirm(copy, login=login, password="right", op=new_id())

    def move(self, subject, site):
        """The subject goes to another site of the study."""
        to = {
            "subject_key": subject,
            "site": site,
            "day": "2026-03-02",
            "reason": c.Reason(text="Moved house"),
        }
        self.trial.act(self.trial.dm, correcting.move_subject, c.MoveSubject, **to)

    def send(self, subject, content, name):
        """Send a file for the item that takes one, as the value."""
        path = self.trial.path("VS.SCAN")
        taken = self.core.files.take(io.BytesIO(content), FileRules(), name, len(content))
        self.trial.act(
            self.trial.cli, adding_files.add_file, c.AddFile, subject_key=subject, form=path.form_path, path=path,
            file=taken.file, file_type=taken.kind,
        )  # fmt: skip
        self.trial.save(subject, {"VS.SCAN": str(taken.file)}, by=self.trial.cli)


def fill(core):
    """What there is to know of the study that is filled, and the files of its values."""
    hosted = Hosted(core, None)
    trial = hosted.trial
    trial.add_subject("KR-001", by=hosted.actor(HERE))
    trial.add_subject("ZQforeign-1", site="US-01")
    ours, theirs = hosted.actor(HERE), hosted.actor(THERE)
    for key, by, word in (("KR-001", ours, "own"), ("ZQforeign-1", theirs, "ZQforeign")):
        trial.save(key, {"VS.SYSBP": "120", "VS.DIABP": "80", "VS.NOTE": f"{word} note"}, by=by)
        trial.save(key, {"VS.ARM": f"ZQblinded {word}"}, by=trial.cli)
        hosted.send(key, FOREIGN if word == "ZQforeign" else PDF, f"{word}.pdf")
        trial.complete(key, "VS", by=by)
        trial.save(
            key, {"VS.NOTE": f"{word} corrected"}, by=by, reason=c.Reason("transcription", f"{word} reason")
        )
        for item, text in (("VS.NOTE", f"{word} question"), ("VS.ARM", f"ZQblinded question {word}")):
            trial.act(
                trial.dm, queries.open_query, c.OpenQuery, subject_key=key, path=trial.path(item), text=text
            )
    folder = core.settings.files_dir
    files = {file.relative_to(folder): file.read_bytes() for file in folder.rglob("*") if file.is_file()}
    return trial.facts, files


@pytest.fixture
def hosted(core, tmp_path):
    """A subject at each site, with values, a change, a query, a file; what is foreign or blinded says ``ZQ``."""
    facts, files = begun(core, "a hosted study", fill)
    for name, content in files.items():
        file = core.settings.files_dir / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    return Hosted(core, tmp_path, Trial.again(core, facts))
