"""What parts of an export do to themselves; processes find these functions by their names."""

import os
import signal
import time
from itertools import count

from edc_core.errors import ExportRefused

FEW = b"1234567\n"
SUBJECTS = [f"S-{number:03}" for number in range(1, 6)]


def pid(dataset, folder, progress):
    """Whose process it is, and which subjects it read."""
    return os.getpid(), [subject.subject_key for subject in dataset.subjects()]


def killed(dataset, folder, progress):
    """The process that reads the last subject ends, as where memory runs out."""
    if [subject.subject_key for subject in dataset.subjects()][-1] == "S-005":
        os.kill(os.getpid(), signal.SIGKILL)


def slow(dataset, folder, progress):
    """A part that takes a minute for each subject, unless somebody stops it."""
    for _ in dataset.subjects():
        until = time.monotonic() + 60
        while time.monotonic() < until:
            time.sleep(0.1)
            next(dataset.subjects())


def refused(dataset, folder, progress):
    """What the format can't hold."""
    raise ExportRefused("This part is refused.")


def keys(dataset, folder, progress):
    """Which subjects it read."""
    return [subject.subject_key for subject in dataset.subjects()]


def write(name, dataset, sink):
    """A file of two rows. :returns: whose process wrote it."""
    with sink.open(name) as stream:
        stream.write(FEW)
    sink.rows(name, 2)
    return os.getpid()


def write_and_die(name, dataset, sink):
    """The process that writes this file ends in the midst of it."""
    with sink.open(name) as stream:
        stream.write(FEW)
        os.kill(os.getpid(), signal.SIGKILL)


def write_for_a_minute(name, dataset, sink):
    """A file that takes a minute, unless somebody stops it."""
    until = time.monotonic() + 60
    with sink.open(name) as stream:
        for number in count():
            if time.monotonic() > until:
                break
            stream.write(FEW)
            sink.progress(number)
            time.sleep(0.1)
