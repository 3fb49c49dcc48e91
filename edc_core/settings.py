"""Settings, read once from the environment and validated at start. Documented in docs/reference/settings.md."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from edc_core.errors import UnsafeSettings

if TYPE_CHECKING:
    from collections.abc import Mapping


DATABASE_URL = "sqlite:///edc.db"
DEVELOPMENT_KEY = "development only: not a secret"


@dataclass(frozen=True, slots=True)
class Settings:
    """Where things are and how strict they are.

    :param database_url: SQLAlchemy URL; ``sqlite:///edc.db`` or ``postgresql+psycopg://...``.
    :param mode: ``development``, ``demo`` or ``production``; production refuses insecure choices.
    :param secret_key: signs CSRF tokens; at least 32 characters in production.
    :param anchor_file: append-only file outside the database that receives chain roots; empty for none.
    :param anchor_key_file: Ed25519 key, outside the database, that signs its lines; empty for none.
    :param exports_dir: where finished exports are kept.
    :param files_dir: where the files of file items lie, each under its SHA-256.
    :param session_minutes: idle time after which a session ends.
    :param plugins_off: distributions of plugins that are installed and must not be loaded.
    """

    database_url: str = DATABASE_URL
    mode: str = "development"
    secret_key: str = DEVELOPMENT_KEY  #: refused in production
    anchor_file: str = ""
    anchor_key_file: str = ""
    exports_dir: Path = Path("exports")
    files_dir: Path = Path("files")
    session_minutes: int = 30
    plugins_off: frozenset[str] = frozenset()

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> Settings:
        """Read ``EDC_*`` variables.

        :raises UnsafeSettings: when a value is malformed or unfit for the mode.
        """
        try:
            minutes = int(env.get("EDC_SESSION_MINUTES", "30"))
        except ValueError:
            raise UnsafeSettings(
                "EDC_SESSION_MINUTES is a whole number of minutes, for example 30."
            ) from None
        settings = cls(
            database_url=normalised_url(env.get("EDC_DATABASE_URL", DATABASE_URL)),
            mode=env.get("EDC_MODE", "development"),
            secret_key=env.get("EDC_SECRET_KEY", DEVELOPMENT_KEY),
            anchor_file=env.get("EDC_ANCHOR_FILE", ""),
            anchor_key_file=env.get("EDC_ANCHOR_KEY_FILE", ""),
            exports_dir=Path(env.get("EDC_EXPORTS_DIR", "exports")),
            files_dir=Path(env.get("EDC_FILES_DIR", "files")),
            session_minutes=minutes,
            plugins_off=frozenset(filter(None, env.get("EDC_PLUGINS_OFF", "").split(","))),
        )
        settings.validate()
        return settings

    def validate(self) -> None:
        """:raises UnsafeSettings: naming the setting and what it should be."""
        if self.mode not in ("development", "demo", "production"):
            raise UnsafeSettings("EDC_MODE is one of development, demo, production.")
        if self.session_minutes < 1:
            raise UnsafeSettings("EDC_SESSION_MINUTES is at least 1.")
        if self.mode == "production":
            if len(self.secret_key) < 32 or self.secret_key == DEVELOPMENT_KEY:
                raise UnsafeSettings("EDC_SECRET_KEY has at least 32 random characters in production.")
            if not self.anchor_file:
                raise UnsafeSettings("EDC_ANCHOR_FILE names a file outside the database in production.")


def normalised_url(url: str) -> str:
    """Name the driver for PostgreSQL, whatever spelling the environment uses."""
    for prefix in ("postgres://", "postgresql://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    return url
