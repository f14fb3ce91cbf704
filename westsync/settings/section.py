"""What all sections of the settings have in common."""

import os

from pydantic import BaseModel, ConfigDict

# Pydantic would look through all installed packages for plugins, which costs `check` time, and a
# plugin would see every value that is validated, passwords included.
os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")


class Section(BaseModel):
    """A mapping of the settings file: unknown keys are mistakes, values never change.

    Errors hide their input, because an exception's text may reach a log.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class LateSection(Section):
    """A section whose validator is made when the first file needs it.

    For files with many sections: each would carry a validator of its own beside the one of the
    whole, which is the only one that is used.
    """

    model_config = ConfigDict(defer_build=True)
