"""Settings, read once from the environment and validated at start. Documented in docs/reference/settings.md."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from edc_core.domain.permission import Role
from edc_core.domain.rate_limit import limits_of
from edc_core.domain.residency import Hosting
from edc_core.errors import UnsafeSettings

if TYPE_CHECKING:
    from collections.abc import Mapping


COUNTRY = re.compile("[A-Z]{2}")
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
    :param exports_dir: where finished exports are kept, for ``exports_kept_days``; 0 for ever.
    :param data_countries: ISO 3166-1 alpha-2: where the database, its copies and backups, files and exports stand; empty where
        nobody has said.
    :param export_processes: that make an export of many subjects together; 1 makes it where it is asked for.
    :param export_part: ledger entries that are worth a process.
    :param export_scheduler: of a Dask cluster, whose workers take the place of these processes; empty for none.
    :param kept_countries: ISO 3166-1 alpha-2: data of sites there leave in no export without a legal basis on record.
    :param files_dir: where the files of file items lie, each under its SHA-256.
    :param session_minutes: idle time after which a session ends.
    :param totp_key: encrypts the secrets of second factors; outside the database, never changed.
    :param totp_roles: roles whose holders sign in with a second factor; in production all, unless ``totp_reason`` says why.
    :param base_url: address of the installation as people reach it: for links in mails.
    :param smtp_url: ``smtp://``, ``smtp+tls://`` or ``smtps://[user:password@]host[:port]``; empty writes mails to files.
    :param mail_from: sender of mails. :param mail_dir: folder for mails while there is no mail server.
    :param limits: how often something may be asked for, where it is another than ``domain.rate_limit`` says.
    :param limits_file: in which all workers of a machine count; empty for each its own count.
    :param proxies: how many proxies stand before the server and say whose request it is.
    :param plugins_off: distributions of plugins that are installed and must not be loaded.
    :param of_plugins: every variable ``EDC_...``; a plugin gets those that begin with its name.
    """

    database_url: str = DATABASE_URL
    mode: str = "development"
    secret_key: str = DEVELOPMENT_KEY  #: refused in production
    anchor_file: str = ""
    anchor_key_file: str = ""
    exports_dir: Path = Path("exports")
    exports_kept_days: int = 30
    data_countries: frozenset[str] = frozenset()
    export_processes: int = 1
    export_part: int = 250_000
    export_scheduler: str = ""
    kept_countries: frozenset[str] = frozenset()
    files_dir: Path = Path("files")
    session_minutes: int = 30
    totp_key: str = DEVELOPMENT_KEY
    totp_roles: frozenset[str] = frozenset()
    totp_reason: str = ""
    base_url: str = "http://127.0.0.1:8000"
    smtp_url: str = ""
    mail_from: str = "edc@localhost"
    mail_dir: Path = Path("mail")
    limits: str = ""
    limits_file: str = ""
    proxies: int = 0
    plugins_off: frozenset[str] = frozenset()
    of_plugins: Mapping[str, str] = field(default_factory=dict, repr=False)

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> Settings:
        """Read ``EDC_*`` variables.

        :raises UnsafeSettings: when a value is malformed or unfit for the mode.
        """
        mode = env.get("EDC_MODE", "development")
        settings = cls(
            database_url=normalised_url(env.get("EDC_DATABASE_URL", DATABASE_URL)),
            mode=mode,
            secret_key=env.get("EDC_SECRET_KEY", DEVELOPMENT_KEY),
            anchor_file=env.get("EDC_ANCHOR_FILE", ""),
            anchor_key_file=env.get("EDC_ANCHOR_KEY_FILE", ""),
            exports_dir=Path(env.get("EDC_EXPORTS_DIR", "exports")),
            data_countries=_named(env.get("EDC_DATA_COUNTRIES", "")),
            kept_countries=_named(env.get("EDC_KEPT_COUNTRIES", "")),
            exports_kept_days=_number(env, "EDC_EXPORTS_KEPT_DAYS", 30),
            export_processes=_number(env, "EDC_EXPORT_PROCESSES", 1) or max(1, (os.cpu_count() or 1) // 2),
            export_part=_number(env, "EDC_EXPORT_PART", 250_000),
            export_scheduler=env.get("EDC_EXPORT_SCHEDULER", ""),
            files_dir=Path(env.get("EDC_FILES_DIR", "files")),
            session_minutes=_number(env, "EDC_SESSION_MINUTES", 30),
            totp_key=env.get("EDC_TOTP_KEY", DEVELOPMENT_KEY),
            totp_roles=_roles(env.get("EDC_TOTP_ROLES", "") or ("all" if mode == "production" else "")),
            totp_reason=env.get("EDC_TOTP_REASON", "").strip(),
            base_url=env.get("EDC_BASE_URL", "http://127.0.0.1:8000").rstrip("/"),
            smtp_url=env.get("EDC_SMTP_URL", ""),
            mail_from=env.get("EDC_MAIL_FROM", "edc@localhost"),
            mail_dir=Path(env.get("EDC_MAIL_DIR", "mail")),
            limits=env.get("EDC_LIMITS", ""),
            limits_file=env.get("EDC_LIMITS_FILE", ""),
            proxies=_number(env, "EDC_PROXIES", 0),
            plugins_off=frozenset(filter(None, env.get("EDC_PLUGINS_OFF", "").split(","))),
            of_plugins={name: value for name, value in env.items() if name.startswith("EDC_")},
        )
        settings.validate()
        return settings

    def validate(self) -> None:
        """:raises UnsafeSettings: naming the setting and what it should be."""
        if self.mode not in ("development", "demo", "production"):
            raise UnsafeSettings("EDC_MODE is one of development, demo, production.")
        if self.export_part < 1:
            raise UnsafeSettings("EDC_EXPORT_PART is at least 1.")
        if self.session_minutes < 1:
            raise UnsafeSettings("EDC_SESSION_MINUTES is at least 1.")
        try:
            limits_of(self.limits)
        except ValueError as error:
            raise UnsafeSettings(
                f"EDC_LIMITS has parts like sign-in=100/300 or write=off, with spaces between; '{error}' is none."
            ) from None
        for name, countries in (
            ("EDC_DATA_COUNTRIES", self.data_countries), ("EDC_KEPT_COUNTRIES", self.kept_countries),
        ):  # fmt: skip
            if wrong := sorted(one for one in countries if not COUNTRY.fullmatch(one)):
                raise UnsafeSettings(f"{name} is like KR,CN: two capitals each; '{wrong[0]}' is none.")
        if self.smtp_url and not self.smtp_url.startswith(("smtp://", "smtp+tls://", "smtps://")):
            raise UnsafeSettings("EDC_SMTP_URL begins with smtp://, smtp+tls:// or smtps://.")
        if unknown := self.totp_roles - set(Role):
            raise UnsafeSettings(
                f"EDC_TOTP_ROLES is all, none, or roles with commas between; there is no {min(unknown)}."
            )
        if self.mode == "production":
            if len(self.totp_key) < 32 or self.totp_key == DEVELOPMENT_KEY:
                raise UnsafeSettings("EDC_TOTP_KEY has at least 32 random characters in production.")
            if self.without_factor and not self.totp_reason:
                raise UnsafeSettings(
                    "EDC_TOTP_ROLES leaves roles without a second factor. Take it away, or say why in EDC_TOTP_REASON."
                )
            if self.smtp_url and not self.base_url.startswith("https://"):
                raise UnsafeSettings("EDC_BASE_URL begins with https:// in production: mails lead there.")
            if len(self.secret_key) < 32 or self.secret_key == DEVELOPMENT_KEY:
                raise UnsafeSettings("EDC_SECRET_KEY has at least 32 random characters in production.")
            if not self.anchor_file:
                raise UnsafeSettings("EDC_ANCHOR_FILE names a file outside the database in production.")
            if not self.anchor_key_file:
                raise UnsafeSettings(
                    "EDC_ANCHOR_KEY_FILE names the key that signs the anchors in production."
                )

    @property
    def hosting(self) -> Hosting:
        """Where data are kept."""
        return Hosting(self.data_countries, self.kept_countries)

    @property
    def without_factor(self) -> tuple[str, ...]:
        """Roles of which no second factor is asked, unless a study does."""
        return tuple(sorted(set(Role) - self.totp_roles))


def _named(text: str) -> frozenset[str]:
    """What stands with commas between."""
    return frozenset(filter(None, text.replace(" ", "").split(",")))


def _roles(text: str) -> frozenset[str]:
    """Roles with commas between; ``all`` of them, or ``none``."""
    named = _named(text)
    return {"all": frozenset(Role), "none": frozenset[str]()}.get(text.strip(), named)


def _number(env: Mapping[str, str], name: str, otherwise: int) -> int:
    """:raises UnsafeSettings: it is no whole number."""
    text = env.get(name, str(otherwise))
    if not (text.isascii() and text.isdecimal() and len(text) < 7):
        raise UnsafeSettings(f"{name} is a whole number, for example {otherwise or 1}.")
    return int(text)


def normalised_url(url: str) -> str:
    """Name the driver for PostgreSQL, whatever spelling the environment uses."""
    for prefix in ("postgres://", "postgresql://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    return url
