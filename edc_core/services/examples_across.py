"""Examples of checks across subjects: rows of values with the subject before each address."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edc_core.domain.metadata import CheckExample
from edc_core.domain.study_view import StudyCells, StudySubject
from edc_core.expressions.examples import BadExample, example_data

if TYPE_CHECKING:
    from edc_core.expressions.names import StudyNames


def cells_of(names: StudyNames, form: str, example: CheckExample) -> StudyCells:
    """What an example says of each subject.

    :param form: OID of the check's form. :raises BadExample: as for ``run_example``, or an address names no subject.
    """
    by_subject: dict[str, list[tuple[str, str]]] = {}
    for address, text in example.values:
        subject, colon, rest = address.partition(":")
        if not colon:
            raise BadExample(f"'{address}' names no subject; write SUBJECT:EVENT/FORM.ITEM.")
        by_subject.setdefault(subject, []).append((rest, text))
    subjects, cells = [], []
    for key, values in by_subject.items():
        data, _ = example_data(names, form, (), CheckExample(example.fires, tuple(values)))
        subjects.append(StudySubject(key, key, data.site))
        cells += [(key, str(path), item.value) for path, item in data.items.items() if item.value is not None]
    return StudyCells(tuple(subjects), tuple(cells))
