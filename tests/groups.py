"""Whoever runs one group of tests alone need not read the files of the others: half a minute for a few tests.

The marker of such a group stands in the file of the test. Whoever reads all files, for another group, finds those where it does not.
"""

import functools

import pytest

ALONE = ("browser", "faults", "conformance")


@functools.cache
def text_of(file):
    return file.read_text(encoding="utf-8")


def names(file, marker):
    return f"mark.{marker}" in text_of(file)


def pytest_ignore_collect(collection_path, config):
    asked = config.option.markexpr.partition(" ")[0]
    is_test = collection_path.name.startswith("test_") and collection_path.suffix == ".py"
    return True if asked in ALONE and is_test and not names(collection_path, asked) else None


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    for item in items:
        for marker in {one.name for one in item.iter_markers()}.intersection(ALONE):
            if not names(item.path, marker):
                raise pytest.UsageError(f"Write 'pytest.mark.{marker}' in {item.path}, where {item.name} is.")
