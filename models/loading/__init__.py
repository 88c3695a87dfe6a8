from . import tochka_import
from . import tochka_day
