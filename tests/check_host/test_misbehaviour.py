"""A plugin that misbehaves costs its own findings, never those of others, and never the worker."""

import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from pathlib import Path

import pytest

from edc_core.check_host import CheckRequest
from edc_core.plugin_source import PluginSource

FORK = pytest.mark.skipif(not hasattr(os, "fork"), reason="not run: the system has no fork")


def failures(report):
    return [(failure.check_oid, failure.kind.value) for failure in report.failures]


def is_alive(pid):
    """Whether a process still runs; a zombie that nobody waits for does not."""
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False


def ends(pid, within=5.0):
    until = time.monotonic() + within
    while time.monotonic() < until:
        if not is_alive(pid):
            return True
        time.sleep(0.02)
    return False


def test_sleeping_check_is_stopped_and_the_others_answer(run, host):
    began = time.monotonic()
    report = run("good", "sleeps", "unknown_item", "long_message")
    assert time.monotonic() - began < 8
    assert failures(report) == [
        ("sleeps", "timeout"),
        ("unknown_item", "raised"),
        ("unknown_item", "raised"),
    ]
    assert {found.check_oid for found in report.found} == {"good", "long_message"}
    assert report.settled == {"good", "long_message"}


def test_check_that_spins_in_c_is_stopped(run):
    assert failures(run("good", "spins_in_c")) == [("spins_in_c", "timeout")]


def test_two_checks_that_hang_cost_one_deadline_each(run):
    report = run("good", "sleeps", "spins_in_c")
    assert failures(report) == [("sleeps", "timeout"), ("spins_in_c", "timeout")]
    assert [found.check_oid for found in report.found] == ["good"]


def test_exception_is_reported_with_type_and_place_and_without_its_message(run):
    report = run("raises", "good")
    assert failures(report) == [("raises", "raised")] * 2
    text = report.failures[0].text
    assert text.startswith("ValueError in misbehaving.py, line ")
    assert "222" not in text
    assert report.failures[0].path == "SCR[1]/VS[1]"
    assert "raises" not in report.settled


def test_unknown_item_is_named_with_those_there_are(run):
    assert "no item 'NO_SUCH_ITEM' here; there are: DIABP, SYSBP" in run("unknown_item").failures[0].text


@pytest.mark.parametrize("name", ["sys_exits", "interrupts", "recurses", "eats_memory"])
def test_what_python_can_raise_is_a_failure_of_the_check_alone(run, host, name):
    report = run("good", name)
    pid = host.pid
    assert failures(report) == [(name, "raised")] * 2
    assert [found.check_oid for found in report.found] == ["good"]
    run("good")
    assert host.pid == pid


def test_check_that_ends_the_process_is_named_and_the_others_answer(run):
    report = run("exits", "good", "long_message")
    assert failures(report) == [("exits", "crashed")]
    assert {found.check_oid for found in report.found} == {"good", "long_message"}


def test_printing_does_not_break_the_protocol(run):
    report = run("prints", "good")
    assert report.is_whole
    assert [found.check_oid for found in report.found] == ["good", "prints", "prints"]


def test_flood_on_standard_output_is_stopped(run):
    assert failures(run("good", "floods_stdout")) == [("floods_stdout", "timeout")]


def test_flood_of_findings_is_nonsense(run):
    report = run("floods", "good")
    assert failures(report) == [("floods", "nonsense")] * 2
    assert [found.check_oid for found in report.found] == ["good"]


@FORK
def test_forked_copy_has_no_say(run):
    report = run("forks", "good")
    assert report.is_whole
    assert [found.message.in_language("") for found in report.found if found.check_oid == "forks"] == [
        "from the parent",
        "from the parent",
    ]


@FORK
def test_what_a_check_started_ends_with_it(run, host, tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    assert failures(run("leaves_a_sleeper")) == [("leaves_a_sleeper", "timeout")]
    assert ends(int((tmp_path / "sleeper.pid").read_text()))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("N_NUMBER", "returned a int instead"),
        ("N_LIST", "returned a str among"),
        ("N_EMPTY", "is empty"),
        ("N_NOTEXT", "is a int, not text"),
        ("N_TARGET", "no place of this form"),
        ("N_TARGETTYPE", "is a NoneType"),
        ("N_KEY", "key of a finding is a int"),
        ("N_TWICE", "same key"),
        ("N_SURROGATE", "not text in all"),
        ("N_TEXTS", "not text in all"),
    ],
)
def test_nonsense_is_named_by_type_and_never_by_value(run, name, text):
    report = run(name, "good")
    assert failures(report) == [(name, "nonsense")] * 2
    assert text in report.failures[0].text
    assert "SECRET" not in report.failures[0].text
    assert [found.check_oid for found in report.found] == ["good"]


def test_overall_deadline_leaves_the_rest_unfinished_and_blames_nobody(run, host):
    host._deadline_s = 30
    report = run("good", "long_message", "sleeps", "unknown_item", overall_s=3)
    assert report.failures == ()
    assert report.unfinished == ("sleeps", "unknown_item")
    assert report.settled == {"good", "long_message"}
    assert not report.is_whole


def test_a_deadline_that_passes_before_any_check_began_leaves_all_of_them_unfinished(run):
    """Else the subject would count as checked, on a machine that is busy for that long."""
    run("good")
    report = run("good", overall_s=0)
    assert (report.failures, report.settled, report.is_whole) == ((), frozenset(), False)
    assert run("good").is_whole


def test_killed_process_is_started_again(run, host):
    run("good")
    first = host.pid
    os.kill(first, signal.SIGKILL)
    assert [found.check_oid for found in run("good").found] == ["good"]
    assert host.pid != first


def test_two_threads_get_their_own_answers(host, study, casebook):
    sources = {
        "good": PluginSource("bad", "tests.plugins.misbehaving:only.good.plugin"),
        "long_message": PluginSource("bad", "tests.plugins.misbehaving:only.long_message.plugin"),
    }
    wrong = []

    def work(name):
        for _ in range(30):
            report = host.run(CheckRequest(study, (sources[name],), casebook))
            if {found.check_oid for found in report.found} != {name}:
                wrong.append(report)

    threads = [threading.Thread(target=work, args=(name,)) for name in ("good", "long_message") * 2]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


@pytest.mark.parametrize(
    ("module", "kind", "text"),
    [
        ("breaks_on_import", "raised", "cannot be imported: RuntimeError: broken on purpose"),
        ("ends_on_import", "crashed", "While it was loaded: Its process ended under it."),
        ("hangs_on_import", "timeout", "While it was loaded: It did not answer in time"),
        ("no_such_module", "raised", "cannot be imported: ModuleNotFoundError"),
        ("misspelt", "raised", "edc_register_chekcs"),
    ],
)
def test_plugin_that_cannot_be_loaded_leaves_the_others_working(host, study, casebook, module, kind, text):
    host._load_s = 1.5
    broken = PluginSource("broken", f"tests.plugins.{module}")
    good = PluginSource("good", "tests.plugins.misbehaving:only.good.plugin")
    report = host.run(CheckRequest(study, (broken, good), casebook))
    assert [found.check_oid for found in report.found] == ["good"]
    (failure,) = report.failures
    assert failure.check_oid == ""
    assert failure.plugin.startswith("broken")
    assert failure.kind == kind
    assert text in failure.text


@pytest.mark.skipif(sys.platform != "linux", reason="not run: looks into /proc")
@pytest.mark.parametrize("check", ["good", "sleeps", "spins_in_c"])
def test_process_ends_when_the_worker_is_killed(check):
    """Killed, so no code of ours runs: standard input ends, or the process's own watchdog does it."""
    program = textwrap.dedent(
        f"""
        import sys, threading, time
        sys.path.insert(0, ".")
        from edc_core.check_host import CheckHost, CheckRequest, client
        from edc_core.domain.index import MetaDataIndex
        from edc_core.domain.plugin_study import PluginStudy
        from edc_core.plugin_source import PluginSource
        from tests.check_host.pictures import small_casebook, small_version, vs_item
        client.GRACE_S = 0.0
        host = CheckHost(deadline_s=60, overall_s=3)
        study = PluginStudy.of(MetaDataIndex(small_version()), "dev")
        source = (PluginSource("bad", "tests.plugins.misbehaving:only.{check}.plugin"),)
        host.notify(study, source, ())
        casebook = small_casebook({{vs_item("SCR", "VS.SYSBP"): "222"}})
        threading.Thread(target=host.run, args=(CheckRequest(study, source, casebook),), daemon=True).start()
        time.sleep(0.3)
        print(host.pid, flush=True)
        time.sleep(60)
        """
    )
    root = Path(__file__).parents[2]
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, cwd=root) as worker:
        pid = int(worker.stdout.readline())
        assert is_alive(pid)
        worker.kill()
    assert ends(pid, within=6)


@pytest.mark.skipif(sys.platform != "linux", reason="not run: looks into /proc")
def test_close_leaves_no_process(run, host):
    run("good")
    pid = host.pid
    host.close()
    assert not is_alive(pid)
    assert host.pid is None
