"""Plugins as they are loaded and asked: what is there, what failed, and the call of a hook of one plugin."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

import pluggy

from edc_core import hookspecs
from edc_core.domain.plugin_identity import PluginFailure, PluginIdentity
from edc_core.errors import PluginError
from edc_core.plugin_source import BUILTIN, PluginSource, builtin_source, canonical, installed_sources

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from edc_core.domain.plugin_study import PluginStudy
    from edc_core.plugin_activation import Activation

T = TypeVar("T")


@dataclass(slots=True)
class Loaded:
    source: PluginSource
    identity: PluginIdentity
    plugin: object = field(repr=False)
    hooks: tuple[str, ...]  #: names of those that it implements, sorted


class LoadedPlugins:
    """Plugins that are loaded once.

    :param sources: plugins to load besides the core's own; ``None`` takes those installed.
    :param allow: when given, only these plugins (entry-point or distribution names) are loaded.
    :param disable: plugins that are not loaded.
    :param strict: raise for what only a plugin's author can have got wrong; otherwise it is a failure of that plugin.
    :raises PluginError: for a misspelt hook, a wrong argument, or a name taken twice.
    """

    def __init__(
        self,
        sources: Sequence[PluginSource] | None = None,
        *,
        allow: Iterable[str] | None = None,
        disable: Iterable[str] = (),
        strict: bool = True,
    ) -> None:
        self._pm = pluggy.PluginManager("edc_core")
        self._pm.add_hookspecs(hookspecs)
        self._loaded: dict[str, Loaded] = {}
        self._failures: list[PluginFailure] = []
        self._strict = strict
        allowed = None if allow is None else {canonical(name) for name in allow}
        disabled = {canonical(name) for name in disable}
        for source in (builtin_source(), *sorted(installed_sources() if sources is None else sources)):
            if source.name == BUILTIN or (
                (allowed is None or source.names & allowed) and not source.names & disabled
            ):
                self._load(source)
        self._all_loaded()

    def _all_loaded(self) -> None:
        """What somebody who asks for more of them begins with."""

    @property
    def installed(self) -> tuple[PluginIdentity, ...]:
        """Loaded plugins, sorted by name."""
        return tuple(sorted(loaded.identity for loaded in self._loaded.values()))

    @property
    def failures(self) -> tuple[PluginFailure, ...]:
        """Plugins that could not be used, or failed while registering, so far."""
        return tuple(self._failures)

    def source(self, name: str) -> PluginSource:
        """Where a loaded plugin came from."""
        return self._loaded[name].source

    def hooks_of(self, name: str) -> tuple[str, ...]:
        """Names of the hooks a plugin implements, sorted."""
        return self._loaded[name].hooks

    def _load(self, source: PluginSource) -> None:
        if other := self._loaded.get(source.name):
            self._refuse(
                source,
                f"Plugin name '{source.name}' is taken twice: by {_from(other.source)} and by {_from(source)}.",
            )
            return
        try:
            plugin = source.load()
            identity = source.identify()
        except (Exception, SystemExit) as error:  # noqa: BLE001 - becomes a failure of the plugin
            text = f"It cannot be imported: {type(error).__name__}: {error}"
            self._failures.append(PluginFailure(source.name, source.version, text))
            return
        try:
            self._pm.register(plugin, name=source.name)
            self._pm.check_pending()
        except (
            pluggy.PluginValidationError,
            ValueError,
        ) as error:  # a hook or argument unknown; same object twice
            if self._pm.has_plugin(source.name):
                self._pm.unregister(name=source.name)
            self._refuse(
                source, f"Plugin '{source.name}' ({_from(source)}) does not fit the hooks: {_plain(error)}"
            )
            return
        hooks = tuple(sorted(caller.name for caller in self._pm.get_hookcallers(plugin) or ()))
        self._loaded[source.name] = Loaded(source, identity, plugin, hooks)

    def _caller(self, hook: str, name: str) -> Callable[..., Any]:
        """The hook narrowed to one plugin; it answers a list with that plugin's result, or an empty one for None."""
        others = [loaded.plugin for other, loaded in self._loaded.items() if other != name]
        return self._pm.subset_hook_caller(hook, remove_plugins=others)

    def _of_study(
        self, hook: str, kind: type[T] | tuple[type[Any], ...], study: PluginStudy, active: Activation
    ) -> tuple[list[tuple[T, PluginIdentity]], list[PluginFailure]]:
        """What a study's active plugins register, each with its plugin, and why something is left out."""
        found: list[tuple[T, PluginIdentity]] = []
        problems: list[PluginFailure] = []
        for identity in active.plugins:
            if hook in self.hooks_of(identity.name):
                caller, own = self._caller(hook, identity.name), study.narrowed_to(identity.distribution)
                values, problem = collected(partial(caller, study=own), kind, identity)
                found += [(value, identity) for value in values]
                problems += problem
        return found, problems

    def _fail(self, loaded: Loaded, text: str) -> None:
        failure = PluginFailure(loaded.identity.name, loaded.identity.version, text)
        if failure not in self._failures:
            self._failures.append(failure)

    def _of_each(
        self, hook: str, kind: type[T] | tuple[type[Any], ...], name_of: Callable[[T], str]
    ) -> Iterator[tuple[Loaded, list[T]]]:
        """What each plugin registers; a plugin that names one thing twice, or fails, offers none."""
        for name, loaded in sorted(self._loaded.items()):
            if hook not in self.hooks_of(name):
                continue
            values, problems = collected(self._caller(hook, name), kind, loaded.identity)
            names = [name_of(value) for value in values]
            twice = next((one for one in names if names.count(one) > 1), None)
            for problem in problems:
                self._fail(loaded, problem.text)
            if twice is not None:
                what = type(values[names.index(twice)]).__name__
                self._fail(loaded, f"It registers {what} '{twice}' twice.")
            elif values:
                yield loaded, values

    def _unique(
        self,
        hook: str,
        kind: type[T],
        name_of: Callable[[T], str],
        *,
        only: set[str] | None = None,
        given: Callable[[str], dict[str, Any]] = lambda _: {},
    ) -> tuple[T, ...]:
        found: dict[str, tuple[T, PluginIdentity]] = {}
        for name, loaded in sorted(self._loaded.items()):
            if (only is not None and name not in only) or hook not in self.hooks_of(name):
                continue
            caller = partial(self._caller(hook, name), **given(name))
            values, problems = collected(caller, kind, loaded.identity)
            self._failures += [problem for problem in problems if problem not in self._failures]
            for value in values:
                key = name_of(value)
                if key in found:
                    culprits = f"{found[key][1].stamp} and {loaded.identity.stamp}"
                    raise PluginError(
                        f"{kind.__name__} '{key}' is registered twice: by {culprits}.", plugin=name
                    )
                found[key] = (value, loaded.identity)
        return tuple(value for _, (value, _) in sorted(found.items()))

    def _refuse(self, source: PluginSource, text: str) -> None:
        if self._strict:
            raise PluginError(text, plugin=source.name)
        self._failures.append(PluginFailure(source.name, source.version, text))


def collected(
    call: Callable[[], Any], kind: type[T] | tuple[type[Any], ...], identity: PluginIdentity
) -> tuple[list[T], list[PluginFailure]]:
    """What a plugin registers, or why nothing of it is taken: all or nothing, so no half set goes unnoticed."""
    try:
        values = [value for result in call() for value in result]
    except (Exception, SystemExit) as error:  # noqa: BLE001 - becomes a failure of the plugin
        text = f"It failed while registering: {type(error).__name__}: {error}"
        return [], [PluginFailure(identity.name, identity.version, text)]
    wrong = next((value for value in values if not isinstance(value, kind)), None)
    if wrong is not None:
        expected = kind[0] if isinstance(kind, tuple) else kind
        text = f"It registers a {type(wrong).__name__} where a {expected.__name__} is expected."
        return [], [PluginFailure(identity.name, identity.version, text)]
    return values, []


def _from(source: PluginSource) -> str:
    return f"{source.distribution or source.target} {source.version}".strip()


def _plain(error: Exception) -> str:
    return " ".join(str(error).split())
