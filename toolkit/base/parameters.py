"""A slice of the parameters: what one rule can be set to, with unit, range and rule number.

Each rule module defines its own frozen slice; `toolkit.parameters` composes them. The explanation of a setting
stands in the language catalogues under `parameter.<dotted path>`, in Chinese and English.
"""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field


class Slice(BaseModel):
    """A frozen group of settings; unknown names and values out of range are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, validate_default=True)

    def departures(self) -> tuple[str, ...]:
        """Codes of the settings that leave the method's core; their sentences are `departure.<code>`."""
        return ()


def setting(
    default: Any,
    *,
    unit: str,
    rule: str,
    ge: float | None = None,
    gt: float | None = None,
    le: float | None = None,
    lt: float | None = None,
) -> Any:
    """A field of a slice: its default, unit (fraction, points, days, weeks, CNY …), range and rule number.

    Examples
    --------
    >>> class Example(Slice):
    ...     max_days: int = setting(7, unit="days", rule="M5", ge=1, le=60)
    >>> Example().max_days
    7
    >>> Example.model_fields["max_days"].json_schema_extra
    {'unit': 'days', 'rule': 'M5'}
    """
    return Field(default, ge=ge, gt=gt, le=le, lt=lt, json_schema_extra={"unit": unit, "rule": rule})
