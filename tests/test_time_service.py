"""What time services say of the clock, as their manuals show it; and the tools of a machine that are run for it."""

import pytest

from edc_core import time_service
from edc_core.clock import SystemClock
from edc_core.domain.clock_health import ClockHealth

CHRONY = (
    "C0A80101,192.168.1.1,3,1772615700.1,{offset},-0.000008,0.000012,-5.1,0.001,0.02,0.01,0.002,64.5,{leap}"
)
TIMESYNCD = """\
       Server: 192.0.2.1 (time.example)
Poll interval: 34min 8s (min: 32s; max 34min 8s)
         Leap: {leap}
      Version: 4
      Stratum: 2
    Reference: C0000201
    Precision: 1us (-25)
Root distance: 28.312ms (max: 5s)
       Offset: {offset}
        Delay: 10.302ms
       Jitter: 3.219ms
 Packet count: 7
    Frequency: +8.802ppm
"""
TIMESYNCD_WITHOUT_ANSWER = """\
       Server: 192.0.2.1 (time.example)
Poll interval: 0 (min: 32s; max 34min 8s)
 Packet count: 0
"""
NTPD = """\
associd=0 status=0615 leap_none, sync_ntp, 1 event, clock_sync,
version="ntpd 4.2.8p15@1.3728-o (1)", processor="x86_64",
system="Linux/6.1.0", leap={leap}, stratum={stratum}, precision=-24,
rootdelay=12.031, rootdisp=25.174, refid=192.0.2.1,
reftime=ed2c1b01.5a1c3a2b  Wed, Mar  4 2026  9:12:01.352,
clock=ed2c1b2f.1b1c3a2b  Wed, Mar  4 2026  9:12:47.105, peer=44011, tc=6,
mintc=3, offset={offset}, frequency=12.345, sys_jitter=0.512,
clk_jitter=0.131, clk_wander=0.002
"""
NTPSEC = """\
associd=0 status=0115 leap_none, sync_unspec, 1 event, clock_sync,
leap=00, stratum=2, precision=-23, rootdelay=9.1, rootdisp=10.5,
refid=192.0.2.1, peer=7, tc=10, mintc=0, offset=-1250.5, frequency=-3.2,
sys_jitter=0.2, clk_jitter=0.3, clk_wander=0.0
"""


@pytest.mark.parametrize(
    ("offset", "leap", "off"),
    [
        ("0.000012", "Normal", 0.000012),
        ("-75.5", "Insert second", 75.5),
        ("75.5", "Not synchronised", None),
    ],
)
def test_chrony(offset, leap, off):
    assert time_service.chrony(CHRONY.format(offset=offset, leap=leap) + "\n") == off


@pytest.mark.parametrize(
    ("offset", "off"),
    [
        ("+316us", 0.000316),
        ("-4.917ms", 0.004917),
        ("+0", 0.0),
        ("+1.234567s", 1.234567),
        ("-1min 30.5s", 90.5),
        ("+2h 15min", 8100.0),
        ("-1month 1w 2d", 2_629_800.0 + 604_800 + 172_800),
        ("n/a", None),
    ],
)
def test_timesyncd(offset, off):
    assert time_service.timesyncd(TIMESYNCD.format(offset=offset, leap="normal")) == pytest.approx(off)
    assert time_service.timesyncd(TIMESYNCD.format(offset=offset, leap="not synchronized")) is None


def test_timesyncd_has_had_no_answer_yet():
    assert time_service.timesyncd(TIMESYNCD_WITHOUT_ANSWER) is None


@pytest.mark.parametrize(
    ("leap", "stratum", "offset", "off"),
    [
        ("00", "3", "-0.123456", 0.000123456),
        ("01", "2", "90000.5", 90.0005),
        ("11", "16", "0.000000", None),
        ("11", "3", "0.5", None),
        ("00", "16", "0.5", None),
    ],
)
def test_ntpd(leap, stratum, offset, off):
    assert time_service.ntpd(NTPD.format(leap=leap, stratum=stratum, offset=offset)) == pytest.approx(off)


def test_ntpsec_says_it_alike():
    assert time_service.ntpd(NTPSEC) == pytest.approx(1.2505)


@pytest.mark.parametrize("read", [tool.read for tool in time_service.TOOLS])
@pytest.mark.parametrize(
    "said",
    [
        "",
        "something else",
        "506 Cannot talk to daemon",
        "localhost: timed out, nothing received",
        CHRONY.format(offset="soon", leap="Normal"),
        TIMESYNCD.format(offset="soon", leap="normal"),
        TIMESYNCD.format(offset="+", leap="normal"),
        NTPD.format(leap="00", stratum="3", offset="soon"),
        NTPD.format(leap="x", stratum="3", offset="0.1"),
    ],
)
def test_what_is_no_answer_of_a_service_is_never_a_number(read, said):
    with pytest.raises(ValueError, match=r"\w"):
        read(said)


@pytest.fixture
def installed(tmp_path, monkeypatch):
    """Programs that print a text, alone on PATH; their calls are written to a file."""
    monkeypatch.setenv("PATH", str(tmp_path))

    def prints(name, text, status=0):
        program, output = tmp_path / name, tmp_path / f"{name}.txt"
        output.write_text(text)
        program.write_text(
            f'#!/bin/sh\nprintf "%s %s %s\\n" {name} "$*" "$LC_ALL" >> {tmp_path}/calls\n'
            f"/bin/cat {output}\nexit {status}\n"
        )
        program.chmod(0o755)
        return tmp_path / "calls"

    return prints


def test_a_service_is_asked_once_a_minute(installed):
    calls = installed("chronyc", CHRONY.format(offset="-75.5", leap="Normal"))
    clock = SystemClock()
    assert [clock.off_by(), clock.off_by()] == [75.5, 75.5]
    assert calls.read_text() == "chronyc -n -c tracking C\n"


def test_the_next_is_asked_where_one_cannot_tell(installed):
    installed("chronyc", "506 Cannot talk to daemon", 1)
    installed("timedatectl", TIMESYNCD.format(offset="+2s", leap="normal"))
    calls = installed("ntpq", NTPSEC)
    assert SystemClock().off_by() == 2.0
    installed("timedatectl", "Failed to query server: not provided by any .service files\n", 1)
    assert SystemClock().off_by() == pytest.approx(1.2505)
    assert calls.read_text().splitlines()[-3:] == [
        "chronyc -n -c tracking C", "timedatectl timesync-status C", "ntpq -c rv C",
    ]  # fmt: skip


def test_what_no_service_can_say_is_unknown_and_blocks_nothing(installed):
    installed("chronyc", CHRONY.format(offset="75.5", leap="Not synchronised"))
    installed("timedatectl", TIMESYNCD_WITHOUT_ANSWER)
    installed("ntpq", "ntpq: read: Connection refused\n")
    off = SystemClock().off_by()
    assert off is None
    assert not ClockHealth(off, None).closes_signing


def test_without_a_time_service_the_clock_is_unknown(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert SystemClock().off_by() is None
