"""What all tests of a process share, so that each costs less: templates, addresses, plugins, the check host, quick passwords.

None of it changes what is tested: a template is still read and compiled from its file, once in each process; an address is
still made by its rule; a bundled plugin's digest is still that of its files, read once; plugins are still those that are
installed now; checks still run in a process of their own; a password is still hashed and verified by argon2id; SQLite still
keeps what was committed, for all but a power cut. How costly a password is in an installation, and that its commits wait for
the disk, have tests of their own.
"""

import functools
import gc
import sys
from pathlib import Path
from types import ModuleType

import jinja2
import pluggy
import pytest
from argon2 import PasswordHasher
from werkzeug.routing import Rule

from edc_core import core, plugin_loading
from edc_core.check_host import CheckHost
from edc_core.plugin_source import PluginSource
from edc_core.rendering import item_markup
from edc_core.services import users
from edc_core.store import disk, engine
from edc_core.web.security import Application

BUNDLED = {file.parent.name for file in Path(__file__).parents[1].glob("plugins/*/pyproject.toml")}


class Compiled(jinja2.BytecodeCache):
    """Templates that some application of this process has compiled."""

    def __init__(self):
        self.kept = {}

    def load_bytecode(self, bucket):
        if bucket.key in self.kept:
            bucket.bytecode_from_string(self.kept[bucket.key])

    def dump_bytecode(self, bucket):
        self.kept[bucket.key] = bucket.bytecode_to_string()


compiled = Compiled()
Application.jinja_options = {**Application.jinja_options, "bytecode_cache": compiled}
item_markup.Environment = functools.partial(jinja2.Environment, bytecode_cache=Compiled())

compile_rule = Rule.compile
rules = {}


def compile_once(rule):
    """A rule as it is matched and filled in: a pure matter of its words and converters, and most of what an application costs."""
    converters = tuple(rule.map.converters.items())
    what = (rule.rule, rule.subdomain, rule.host, rule.merge_slashes, repr(rule.defaults), converters)
    if what not in rules:
        compile_rule(rule)
        found = ("_parts", "_trace", "_converters")
        rules[what] = (
            {name: getattr(rule, name) for name in found},
            rule._build.__func__,
            rule._build_unknown.__func__,
        )
        return
    facts, build, build_unknown = rules[what]
    rule.__dict__ |= facts
    rule.arguments |= set(facts["_converters"])
    rule._build, rule._build_unknown = build.__get__(rule, None), build_unknown.__get__(rule, None)


Rule.compile = compile_once

create_engine = engine.create_engine
statements = {}


def create_engine_that_knows(url, **options):
    """An engine with the statements that others of its kind have written: what they are depends on the kind alone."""
    made = create_engine(url, **options)
    kind = type(made.dialect)
    kind.__eq__, kind.__hash__ = lambda one, other: type(one) is type(other), lambda one: hash(type(one))
    made._compiled_cache = statements.setdefault(kind, made._compiled_cache)
    return made


engine.create_engine = create_engine_that_knows

IN_AN_INSTALLATION, OF_NOBODY = users._HASHER, users._NOBODY
users._HASHER = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
users._NOBODY = users._HASHER.hash("nobody's")

prepare_sqlite = engine._prepare_sqlite


def prepare_without_waiting(dbapi_connection, record):
    """A test's data may be lost in a power cut, as on PostgreSQL (tests/postgres.py): most of a commit is that wait."""
    prepare_sqlite(dbapi_connection, record)
    dbapi_connection.execute("PRAGMA synchronous=OFF")


engine._prepare_sqlite = prepare_without_waiting
waits = disk.wait_for, disk.wait_for_folder
disk.wait_for = disk.wait_for_folder = lambda _place: None

identify = PluginSource.identify
identify_bundled = functools.cache(identify)


def identify_once(source):
    """The digest of a bundled plugin, whose files nobody changes while tests run; of others, of what they are now."""
    is_bundled = source.distribution.replace("-", "_") in BUNDLED
    return identify_bundled(source) if is_bundled else identify(source)


PluginSource.identify = identify_once

look_for_sources = plugin_loading.installed_sources
look_in = functools.cache(lambda places: look_for_sources())


def look_for_sources_once():
    """The plugins that are installed: looked for anew where a distribution has come or gone since."""
    return look_in(
        tuple((place, Path(place).stat().st_mtime_ns) for place in sys.path if Path(place).is_dir())
    )


plugin_loading.installed_sources = look_for_sources_once

what_is_marked = pluggy.PluginManager.parse_hookimpl_opts
marks = {}


def what_is_marked_once(manager, plugin, name):
    """How a name of a plugin is marked as a hook: looked at anew only where something else has that name now."""
    value = vars(plugin).get(name) if isinstance(plugin, ModuleType) else None
    if value is None or manager.project_name != "edc_core":
        return what_is_marked(manager, plugin, name)
    seen, options = marks.get((plugin, name), (None, None))
    if seen is not value:
        options = what_is_marked(manager, plugin, name)
        marks[plugin, name] = value, options
    return options


pluggy.PluginManager.parse_hookimpl_opts = what_is_marked_once


class CheckHostThatGoesOn(CheckHost):
    """One for all installations, one after another: it finds what it knows of a study by the study's content."""

    def close(self):
        """The next installation asks the same process; it ends with the tests, or when a check does not."""


hosts = {}


def host_of_all(**limits):
    """The one of all who set the same limits; another one where modules are found elsewhere since."""
    places = tuple(sys.path)
    for elsewhere in [key for key in hosts if key[0] != places]:
        CheckHost.close(hosts.pop(elsewhere))
    key = places, *sorted(limits.items())
    if key not in hosts:
        hosts[key] = CheckHostThatGoesOn(**limits)
    return hosts[key]


core.CheckHost = host_of_all


@pytest.hookimpl(wrapper=True)
def pytest_collection():
    """What is collected stays: there is nothing for the collector to find."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.enable()


def pytest_collection_finish():
    """What stays until the end is nothing for the collector, and what a test leaves can wait: a fifth of the time was its."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 10, 10)
