"""The subcommands of ``bodydouble``."""
