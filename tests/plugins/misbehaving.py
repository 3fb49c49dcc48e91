"""A plugin whose checks misbehave in every way we know, each in a check of its own. Used by the check host's tests."""

import os
import re
import sys
import time
from pathlib import Path

from edc_core.api import EditCheck, Finding, Severity, TranslatedText, hookimpl


def good(form):
    return Finding("SYSBP", "Please confirm.") if form.number("SYSBP") == 222 else None


def sleeps(form):
    time.sleep(3600)


def slow(form):
    time.sleep(1)  # more than an answer to a save waits
    return Finding("SYSBP", "Please confirm.") if form.number("SYSBP") == 222 else None


def spins_in_c(form):
    re.match(r"(a+)+$", "a" * 60 + "b")


def raises(form):
    raise ValueError(f"secret value {form.text('SYSBP')}")


def exits(form):
    os._exit(3)


def sys_exits(form):
    sys.exit(0)


def interrupts(form):
    raise KeyboardInterrupt


def recurses(form):
    return recurses(form)


def eats_memory(form):
    return [bytes(1 << 28) for _ in range(1000)] and None  # zero pages: quick, and counted all the same


def prints(form):
    print("x" * 100_000, flush=True)  # noqa: T201 - that is the point
    os.write(1, b"\x00\x00\x00\x05hello")
    sys.stdout.write("more")
    sys.stdin.read()
    return Finding("SYSBP", "printed")


def floods(form):
    n = 0
    while True:
        n += 1
        yield Finding("SYSBP", "x" * 1000, key=str(n))


def floods_stdout(form):
    while True:
        os.write(1, b"x" * 65536)


def forks(form):
    if os.fork() == 0:
        return Finding("SYSBP", "from the fork")  # comes back to our loop in the child, which must not answer
    return Finding("SYSBP", "from the parent")


def leaves_a_sleeper(form):
    child = os.fork()
    if child == 0:
        time.sleep(3600)
    Path(os.environ["HOME"], "sleeper.pid").write_text(str(child))
    time.sleep(3600)


def unknown_item(form):
    return form.number("NO_SUCH_ITEM")


def long_message(form):
    return Finding("SYSBP", "long " * 100)


NONSENSE = {
    "N_NUMBER": lambda form: 42,
    "N_LIST": lambda form: [Finding("SYSBP", "m"), "text"],
    "N_EMPTY": lambda form: Finding("SYSBP", "   "),
    "N_NOTEXT": lambda form: Finding("SYSBP", 5),
    "N_TARGET": lambda form: Finding("SECRET_VALUE_7", "m"),
    "N_TARGETTYPE": lambda form: Finding(None, "m"),
    "N_KEY": lambda form: Finding("SYSBP", "m", key=7),
    "N_TWICE": lambda form: [Finding("SYSBP", "a"), Finding("SYSBP", "b")],
    "N_SURROGATE": lambda form: Finding("SYSBP", "\ud800"),
    "N_TEXTS": lambda form: Finding("SYSBP", TranslatedText((("en", 5),))),
}

MODULE = globals()


def plugin_of(*names):
    """A plugin object with just these checks."""

    class Plugin:
        @hookimpl
        def edc_register_checks(self, study):
            for name in names:
                yield EditCheck(
                    name, name, form="VS", check=NONSENSE.get(name) or MODULE[name], severity=Severity.QUERY
                )

    return Plugin()


class _Loader:
    """``misbehaving:only.good.raises``: attribute access builds the plugin, so that an import path can say it."""

    def __init__(self, names=()):
        self.names = names

    def __getattr__(self, name):
        if name == "plugin":
            return plugin_of(*self.names)
        if name not in MODULE and name not in NONSENSE:
            raise AttributeError(name)
        return _Loader((*self.names, name))


only = _Loader()
