"""The settings that the control API may change."""

from __future__ import annotations

from dataclasses import dataclass, fields


@dataclass
class Settings:
    """The settings of one bank, as the control API names them."""

    statement_seconds: float = 0.15
    application_name: str = "Odoo"
    redirect_uri: str = ""
    consent_answer: str = "flat"
    webhook_any_url: bool = True
    webhook_retry_seconds: float = 10.0
    webhook_retries: int = 30
    webhook_timeout: float = 5.0

    def update(self, values: dict) -> None:
        """Take new values.

        :raise ValueError: a name is unknown or a value is of another type
        """
        kinds = {item.name: type(getattr(self, item.name)) for item in fields(self)}
        for name, value in values.items():
            if name not in kinds:
                raise ValueError(f"unknown setting {name}")
            kind = kinds[name]
            if kind is float and type(value) is int:
                value = float(value)
            if type(value) is not kind:
                raise ValueError(f"setting {name} must be a {kind.__name__}")
            setattr(self, name, value)
