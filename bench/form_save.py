"""A form of 20 numbers saved in one command, in process, on SQLite; both sides wait for the disk before they go on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from bench.measure import Line, Measured, Size, side_by_side
from bench.raw_rows import RawForm, connect
from bench.scene import definition, item_paths, sqlite_url, trial
from edc_core.domain.change import ItemInput
from edc_core.ids import new_id
from edc_core.services import capture
from edc_core.store import schema
from edc_core.store.engine import make_engine
from edc_core.testing.trial import Trial

ITEMS = 20


class FormSaver:
    """Saves every item of one subject's form, each time with other values."""

    def __init__(self, trial: Trial, subject: str, form: str = "VS", items: int = ITEMS) -> None:
        self._trial, self._subject = trial, trial.add_subject(subject)
        self._paths = item_paths(form, items)
        self._saves = 0

    def save(self) -> None:
        values = values_of(self._saves, len(self._paths))
        inputs = tuple(
            ItemInput(path, value, base_version=self._saves)
            for path, value in zip(self._paths, values, strict=True)
        )
        self._saves += 1
        command = capture.SaveItems(
            study_id=self._trial.study_id,
            op=new_id(),
            subject_key=self._subject,
            form=self._paths[0].form_path,
            items=inputs,
        )
        with self._trial.core.write(self._trial.crc) as uow:
            capture.save_items(uow, command)


def values_of(save: int, items: int) -> list[str]:
    return [str(70 + (save + item) % 100) for item in range(items)]


def run(size: Size, folder: Path) -> Iterator[Line]:
    saves = size.pick(tiny=2, quick=60, full=150)
    raw_url = sqlite_url(folder, "raw")
    engine = make_engine(raw_url)
    schema.upgrade(engine)
    engine.dispose()
    raw = RawForm(connect(folder / "raw.db"), new_id(), [str(path) for path in item_paths("VS", ITEMS)])
    with trial(sqlite_url(folder), definition({"VS": ITEMS})) as ours:
        saver = FormSaver(ours, "S-001")

        def save_ours() -> int:
            for _ in range(saves):
                saver.save()
            return saves

        def save_raw() -> int:
            for number in range(saves):
                raw.save(values_of(number, ITEMS))
            return saves

        rates = side_by_side(size.pick(tiny=1, quick=5, full=11), {"ours": save_ours, "raw": save_raw})
    yield Measured("form save", rates.ratio("ours", "raw"), rates.per_unit())
