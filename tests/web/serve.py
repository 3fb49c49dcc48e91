"""A server that a test can kill: python tests/web/serve.py FOLDER PORT. The database stays in the folder."""

import sys
from pathlib import Path

import waitress

sys.path.insert(0, str(Path(__file__).parents[2]))

from edc_core.core import Core
from edc_core.plugin_manager import EdcPlugins
from edc_core.settings import Settings
from edc_core.web.app import create_app

if __name__ == "__main__":
    folder, port = sys.argv[1:]
    core = Core(
        Settings(database_url=f"sqlite:///{folder}/web.db", files_dir=Path(folder) / "files"), EdcPlugins()
    )
    waitress.serve(create_app(core), host="127.0.0.1", port=int(port), threads=8)
