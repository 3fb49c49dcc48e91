"""A server that a test can kill: python tests/web/serve.py FOLDER PORT. The database stays in the folder."""

import os
import sys
from pathlib import Path

import waitress

sys.path.insert(0, str(Path(__file__).parents[2]))

from edc_core.core import Core
from edc_core.plugin_manager import EdcPlugins
from edc_core.settings import Settings
from edc_core.web.app import create_app


def serve(folder, port, plugins):
    of_plugins = {name: value for name, value in os.environ.items() if name.startswith("EDC_")}
    settings = Settings(
        database_url=f"sqlite:///{folder}/web.db", files_dir=Path(folder) / "files", of_plugins=of_plugins
    )
    waitress.serve(create_app(Core(settings, plugins)), host="127.0.0.1", port=port, threads=8)


if __name__ == "__main__":
    serve(sys.argv[1], int(sys.argv[2]), EdcPlugins())
