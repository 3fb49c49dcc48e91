"""Parts of an export on the workers of a Dask cluster: they open the same database, and see the same temporary folder."""

from __future__ import annotations

import time
from importlib import import_module
from typing import TYPE_CHECKING, Any

from edc_core.errors import ExportRefused
from edc_core.services.export_processes import ASKED_S

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_CONNECT_S = 5
_REMEDY = "Nothing was exported. Look at the cluster, or leave out EDC_EXPORT_SCHEDULER and try again."


class DaskCluster:
    """See ``export_parts.Engine``. :param address: of the scheduler, such as ``tcp://127.0.0.1:8786``."""

    def __init__(self, address: str) -> None:
        self._address = address

    def submit(
        self, work: Callable[[Any], Any], parts: Sequence[Any], *, tell: Callable[[], None],
        stop: Callable[[], None],
    ) -> list[Any]:  # fmt: skip
        """See ``export_parts.Engine``. :raises ExportRefused: also where no cluster answers, or Dask is not installed."""
        try:
            distributed: Any = import_module("distributed")
        except ImportError:
            raise ExportRefused(
                f"EDC_EXPORT_SCHEDULER needs Dask: pip install 'edc-core[dask]'. {_REMEDY}"
            ) from None
        try:
            client = distributed.Client(self._address, timeout=_CONNECT_S, set_as_default=False)
        except (OSError, ValueError) as error:
            raise ExportRefused(f"No Dask scheduler answers at {self._address}. {_REMEDY}") from error
        with client:
            futures = client.map(work, parts, pure=False)
            try:
                while not all(one.done() for one in futures):
                    if any(one.status == "error" for one in futures):
                        break
                    tell()
                    time.sleep(ASKED_S)
                made: list[Any] = client.gather(futures)
            except BaseException as error:
                stop()
                client.cancel(futures)
                if isinstance(error, distributed.KilledWorker):
                    raise ExportRefused(
                        f"The workers of a part were lost, again and again. {_REMEDY}"
                    ) from error
                raise
            return made

    def close(self) -> None:
        """See ``export_parts.Engine``; the cluster goes on."""
