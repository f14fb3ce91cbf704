"""What all sections of the settings have in common."""

from pydantic import BaseModel, ConfigDict


class Section(BaseModel):
    """A mapping of the settings file: unknown keys are mistakes, values never change.

    Errors hide their input, because an exception's text may reach a log.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)
