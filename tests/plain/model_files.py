"""Files of `models/` that need no Odoo, loaded without the package around them."""

import importlib.util
from pathlib import Path

MODELS = Path(__file__).resolve().parents[2] / "models"


def load(name):
    """Give the module of `models/<name>.py`."""
    spec = importlib.util.spec_from_file_location(name, MODELS / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
