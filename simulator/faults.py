"""Faults by name: which requests they meet, and how many times."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import Any

from .odd import FORMS
from .web import Request

# Where a fault acts: before an answer is made, after it, in statements, in accounts.
BEFORE, AFTER, POLL, ROWS, ACCOUNTS = "before", "after", "poll", "rows", "accounts"

HTTP_STATUSES = (400, 401, 403, 404, 424, 429, 500, 501, 502, 503)
KNOWN: dict[str, tuple[str, dict[str, Any]]] = {
    **{
        f"http_{status}": (BEFORE, {"message": "", "error_code": ""})
        for status in HTTP_STATUSES
    },
    "bare_string": (BEFORE, {}),
    "html_200": (BEFORE, {}),
    "empty_200": (BEFORE, {}),
    "reset": (BEFORE, {}),
    "slow": (BEFORE, {"seconds": 2.0}),
    "timeout": (BEFORE, {"seconds": 600.0}),
    "reset_mid_body": (AFTER, {}),
    "truncated_json": (AFTER, {}),
    "answer_lost": (AFTER, {}),
    "refresh_answer_lost": (AFTER, {}),
    "processing_forever": (POLL, {}),
    "statement_error": (POLL, {}),
    "unknown_status": (POLL, {"status": "Requested"}),
    "error_in_poll": (POLL, {}),
    "rows_cut_at_100": (ROWS, {"limit": 100, "multi_day_only": False}),
    "late_rows": (ROWS, {"hours": 24.0, "balances": "true"}),
    "changed_row": (
        ROWS,
        {"row": None, "type": None, "description": None, "amount": None},
    ),
    "reissued_ids": (ROWS, {"prefix": "cbs-n2"}),
    "missing_ids": (ROWS, {"ids": "both"}),
    "pending_row": (ROWS, {}),
    "no_balances": (ROWS, {}),
    "account_missing": (ACCOUNTS, {}),
    "odd_field": (
        ROWS,
        {"field": "description", "value": None, "form": "", "row": None},
    ),
    "odd_row": (ROWS, {"value": None}),
    "odd_json": (AFTER, {"find": "", "put": ""}),
    "row_removed": (ROWS, {"row": None}),
    "row_back_to_pending": (ROWS, {"row": None}),
    "row_twice": (ROWS, {"row": None, "counted": 1}),
    "same_id_two_rows": (ROWS, {"row": None, "first": "payment"}),
    "dummy_ids": (ROWS, {"id": "-1", "ids": "both"}),
    "row_backdated": (ROWS, {"row": -1, "days": 60}),
    "row_moved": (ROWS, {"row": None, "days": 1, "new_ids": False}),
    "missing_dates": (ROWS, {"every": 1}),
    "longer_period": (ROWS, {"days": 30}),
    "made_early": (ROWS, {"hours": 12.0}),
}
KNOWN["http_429"][1].update({"retry_after": None, "as_date": False})
NAMES = sorted(KNOWN)
# Numbers that may be below 0: `days` go back.
_SIGNED = ("days",)
_FILTERS = ("method", "path", "account")
_numbers = itertools.count(1)


@dataclass
class Fault:
    """One fault that was asked for.

    ``times`` is how many more requests it meets (None: for ever); ``after`` how
    many it lets through first; ``met`` how many it has met.
    """

    name: str
    params: dict[str, Any]
    times: int | None = 1
    after: int = 0
    method: str = ""
    path: str = ""
    account: str = ""
    met: int = 0
    number: int = field(default_factory=lambda: next(_numbers))

    @property
    def stage(self) -> str:
        """Return the stage of the work on a request at which it acts."""
        return KNOWN[self.name][0]

    def concerns(self, request: Request) -> bool:
        """Return whether it was asked for requests like this one."""
        path = request.path
        if self.name == "refresh_answer_lost":
            if request.form().get("grant_type") != "refresh_token":
                return False
        elif not self.path and not path.startswith(("/uapi/", "/sandbox/")):
            return False
        if self.method and self.method.upper() != request.method:
            return False
        if self.path and self.path not in path:
            return False
        if self.account and self.stage != ACCOUNTS:
            number = self.account.partition("/")[0]
            return number in path or number.encode() in request.body
        return True

    def as_dict(self) -> dict:
        """Return it as control shows it."""
        return {
            "id": self.number,
            "name": self.name,
            "params": self.params,
            "times": self.times,
            "after": self.after,
            "method": self.method or None,
            "path": self.path or None,
            "account": self.account or None,
            "met": self.met,
        }


def _is_number(value: object) -> bool:
    return type(value) in (int, float) and value >= 0


def _whole(spec: dict, name: str, default: int | None) -> int | None:
    value = spec.get(name, default)
    least = 1 if name == "times" else 0
    if value is not None and (type(value) is not int or value < least):
        raise ValueError(f"{name} must be a whole number, not below {least}")
    return value


# What a parameter of this name may be.
_CHOICES = {
    "balances": ("true", "shown"),
    "ids": ("both", "transactionId", "paymentId"),
    "first": ("payment", "fee"),
    "form": ("", *FORMS),
}


def _check(params: dict, usual: dict) -> None:
    for key, default in usual.items():
        value = params[key]
        if key in _CHOICES and value not in _CHOICES[key]:
            raise ValueError(f"{key} must be one of {', '.join(_CHOICES[key])}")
        may_be_signed = key in _SIGNED and type(value) is int
        if key == "row" or may_be_signed or type(default) not in (int, float):
            continue
        if not _is_number(value):
            raise ValueError(f"{key} must be a number, not below 0")
    if params.get("as_date") and not _is_number(params["retry_after"]):
        raise ValueError("as_date needs retry_after in seconds")


def read(spec: dict) -> Fault:
    """Return the fault that control was asked for.

    Parameters stand beside the name or in ``params``.

    :raise ValueError: unknown name or parameter, or a wrong value
    """
    spec = {**spec, **(spec.get("params") or {})}
    spec.pop("params", None)
    name = spec.pop("name", None)
    if name not in KNOWN:
        raise ValueError(f"unknown fault {name}; known: {', '.join(NAMES)}")
    params = dict(KNOWN[name][1])
    strange = set(spec) - set(params) - {"times", "after", *_FILTERS}
    if strange:
        raise ValueError(f"{name} takes no {', '.join(sorted(strange))}")
    params.update({key: spec[key] for key in params if key in spec})
    _check(params, KNOWN[name][1])
    filters = {key: str(spec.get(key) or "") for key in _FILTERS}
    return Fault(
        name, params, _whole(spec, "times", 1), _whole(spec, "after", 0) or 0, **filters
    )


class Faults:
    """The faults in force."""

    def __init__(self):
        self._faults: list[Fault] = []

    def add(self, spec: dict) -> Fault:
        """Put a fault in force.

        :raise ValueError: the request for it is not understood
        """
        fault = read(spec)
        self._faults.append(fault)
        return fault

    def list(self) -> list[dict]:
        """List the faults in force."""
        return [fault.as_dict() for fault in self._faults]

    def clear(self, number: int | None = None, name: str | None = None) -> int:
        """Lift one fault, all of a name, or all; return how many were lifted."""
        kept = [
            fault
            for fault in self._faults
            if (number is not None and fault.number != number)
            or (name is not None and fault.name != name)
        ]
        lifted = len(self._faults) - len(kept)
        self._faults = kept
        return lifted

    def take(self, stage: str, request: Request, *, only: str = "") -> list[Fault]:
        """Return the faults that meet a request at a stage, and count them.

        Of those that make the whole answer (``before``) only the first is taken, after
        any slow ones.

        :param only: look at faults of this name alone
        """
        struck = []
        for fault in list(self._faults):
            if fault.stage != stage or only not in ("", fault.name):
                continue
            if not fault.concerns(request):
                continue
            if fault.after > 0:
                fault.after -= 1
                continue
            struck.append(fault)
            self._count(fault)
            if stage == BEFORE and fault.name != "slow":
                break
        return struck

    def _count(self, fault: Fault) -> None:
        fault.met += 1
        if fault.times is not None:
            fault.times -= 1
            if fault.times <= 0:
                self._faults.remove(fault)
