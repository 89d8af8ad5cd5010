"""What a user is told instead of a stack trace."""


class Failure(Exception):  # noqa: N818 - it reads as what it is
    """An expected failure: its message says what happened and what to do. The command ends with `exit_code`."""

    exit_code = 1
