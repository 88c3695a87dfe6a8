from . import tochka_transaction
