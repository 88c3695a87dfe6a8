# From the bottom: a room extends only models that the rooms above it have declared.
from . import recognition
from . import cash_flow
from . import register
from . import bank
from . import loading
from . import review
