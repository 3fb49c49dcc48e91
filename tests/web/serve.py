"""A server that a test can kill: python tests/web/serve.py FOLDER PORT. The database stays in the folder."""

import sys
from pathlib import Path

import waitress

sys.path.insert(0, str(Path(__file__).parents[2]))

from edc_core.core import Core
from edc_core.plugin_manager import EdcPlugins
from edc_core.settings import Settings
from edc_core.web.app import create_app
from tests.web.long_form import definition
from tests.web.trial import make_core

if __name__ == "__main__":
    folder, port = sys.argv[1:]
    if Path(folder, "web.db").exists():
        core = Core(Settings(database_url=f"sqlite:///{folder}/web.db"), EdcPlugins())
    else:
        core = make_core(folder, definition())
    waitress.serve(create_app(core), host="127.0.0.1", port=int(port), threads=8)
