"""Names under which the daemon notes how it stands, for ``westsync status``."""

LOADED_VERSION = "config.loaded"
CONFIG_NOTE = "config.refused"
