"""Simulations on databases of a test's own, and what they left there."""

import shutil
from pathlib import Path

import pytest
from edc_core_simulate.run import Simulation, Wanted

from edc_core.core import Core
from edc_core.domain.permission import Actor
from edc_core.plugin_manager import EdcPlugins
from edc_core.services import publishing, verifying
from edc_core.services.plugin_session import CorePluginSession, plugin_actor
from edc_core.settings import Settings
from edc_core.store import readers
from tests.made_before import content_of

HERSC_301 = Path(__file__).parents[3] / "forms" / "hersc-301"
CLI = Actor("cli:test", trusted=True)
#: (folder, environment) to the name of the study that was published from it, and the database as it was right after.
PUBLISHED = {}


class Playground:
    """An installation with a study to fill."""

    def __init__(self, file, clock):
        self.file = file
        self.core = Core(
            Settings(database_url=f"sqlite:///{file}", files_dir=file.parent / "files"), EdcPlugins(), clock
        )
        self.session = CorePluginSession(self.core, lambda environment: plugin_actor("simulate", environment))
        self.study = ""

    def publish(self, folder=HERSC_301, environment="dev", *, anew=False):
        """The first thing that is done in an installation; what was published once is copied.

        :param anew: publish it once more, so that study and sites have other ids.
        """
        if (folder, environment) in PUBLISHED and not anew:
            self.study, held = PUBLISHED[folder, environment]
            self.file.write_bytes(held)
            return self
        done = publishing.publish_folder(self.core, CLI, folder, environment)
        assert done.result is not None, done.findings
        self.study = done.result["study"]
        PUBLISHED.setdefault((folder, environment), (self.study, content_of(self.file)))
        return self

    def simulate(self, subjects=4, seed=7, **wanted):
        simulation = Simulation(
            self.session, self.session.study(self.study), Wanted(subjects, seed, **wanted)
        )
        simulation.run()
        return simulation

    def casebooks(self):
        with self.core.read() as source:
            study = readers.find_study(source.connection, self.study)
            return {
                key: readers.casebook(source, readers.subject_by_key(source.connection, study.study_id, key))
                for key in readers.subject_keys(
                    source.connection, study.study_id, readers.sites(source.connection, study.study_id)
                )
            }

    def values(self):
        """Every value by subject and path, and every status, without ids and times."""
        return {
            key: (
                {str(path): (d.raw, d.value, d.missing, d.unit, d.reading) for path, d in book.items.items()},
                {str(path): form.status for path, form in book.forms.items()},
                sorted((q.check_oid, q.finding_key, str(q.path), q.state) for q in book.queries.values()),
            )
            for key, book in self.casebooks().items()
        }

    def entries(self):
        """How many there are, once they are proved: the chains hold, and the projections follow from them."""
        report = verifying.verify(self.core, rebuild=True)
        assert report.ok, report.problems
        return report.entries


@pytest.fixture
def playground(edc_sqlite_template, tmp_path, edc_clock):
    """Call it for an installation; each call makes one: an empty one, or a copy of another with its study."""
    made = []

    def make(other=None):
        file = tmp_path / f"edc{len(made)}.db"
        if other is None:
            shutil.copyfile(edc_sqlite_template, file)
        else:
            file.write_bytes(content_of(other.file))
        made.append(Playground(file, edc_clock))
        made[-1].study = other.study if other else ""
        return made[-1]

    yield make
    for one in made:
        one.core.close()
