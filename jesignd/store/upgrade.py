"""Upgrade: bring the tables of an older jesignd up to date, and refuse those of a newer one."""

from __future__ import annotations

import logging
from pathlib import Path

import sqlalchemy as sa

from jesignd.errors import SettingsError, Words
from jesignd.store.schema import REVISION

log = logging.getLogger(__name__)

_MIGRATIONS = Path(__file__).parent / "migrations"


def to_newest(connection: sa.Connection) -> None:
    """Run, in the caller's transaction, every migration this database has not seen.

    Raises:
        SettingsError: a newer jesignd has changed it in a way this one does not know.
    """
    if _revision(connection) == REVISION:
        return
    # Imported late: it costs a command line 0.2 s, and a database is upgraded once.
    import alembic.command
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    logging.getLogger("alembic").setLevel(logging.WARNING)
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    current = _revision(connection)
    if current is not None and current not in known:
        raise SettingsError(
            Words(
                f"La base de données vient d’une version plus récente de jesignd (schéma {current}).",
                f"The database comes from a newer jesignd (schema {current}).",
            ),
            hint=Words(
                "Installez cette version plus récente, ou restaurez la sauvegarde faite avant elle.",
                "Install that newer version, or restore the backup made before it.",
            ),
        )
    alembic.command.upgrade(config, "head")
    log.info("upgraded database from=%s to=%s", current, REVISION)


def _revision(connection: sa.Connection) -> str | None:
    if not sa.inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar_one_or_none()
    return found
