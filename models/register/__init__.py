from . import tochka_transaction
from . import tochka_unreadable
