from . import tochka_transaction
from . import bank_changes
from . import intake
from . import making_lines
from . import folded_words
