"""Import the readers of texts without Odoo, and so without the packages above them."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "models/recognition"))

from texts import (
    folding,
    invoice_numbers,
    legal_names,
    own_transfers,
    purposes,
    requisites,
)

__all__ = [
    "folding",
    "invoice_numbers",
    "legal_names",
    "own_transfers",
    "purposes",
    "requisites",
]
