"""What can go wrong with backups and restores; each says in one line what to do."""

from pathlib import Path

from rapport.web.core.errors import Refused


class NoBackup(Refused):
    """There is no such file."""

    status = 404

    def __init__(self, place: Path) -> None:
        super().__init__(f"There is no backup at {place}. Name a file that `rapport backup` made.")


class NotABackup(Refused):
    """Something else."""

    def __init__(self) -> None:
        super().__init__("This file is no backup of Rapport. Name a file ending in .backup.")


class WrongVersion(Refused):
    """A later Rapport wrote it."""

    def __init__(self, what: str) -> None:
        super().__init__(f"This backup was made by a newer Rapport ({what}). Update Rapport first.")


class WrongKey(Refused):
    """Made under another practice's key."""

    def __init__(self) -> None:
        super().__init__(
            "This backup was made under another practice key. Give the key that was printed when "
            "that practice was set up."
        )


class Damaged(Refused):
    """Cut off, or changed."""

    def __init__(self, what: str) -> None:
        super().__init__(f"This backup is damaged: {what}. Nothing was changed; use another one.")


class WrongKind(Refused):
    """Keys where a database was expected, or the other way round."""

    def __init__(self, kind: str, wanted: str) -> None:
        super().__init__(f"This is a backup of the {kind}; a backup of the {wanted} is needed.")


class NoKeys(Refused):
    """No key store, so nothing that is restored could be read."""

    def __init__(self) -> None:
        super().__init__(
            "There is no key store here. Give its backup as well: rapport restore FILE --keys FILE"
        )


class AlreadyThere(Refused):
    """Something would be replaced."""

    status = 409

    def __init__(self, what: str) -> None:
        super().__init__(
            f"There is a {what} here already. Choose an empty folder by RAPPORT_HOME, or say "
            "--replace: the old files are kept beside the new ones."
        )


class StillInUse(Refused):
    """Somebody else has the database open."""

    status = 409

    def __init__(self) -> None:
        super().__init__(
            "The practice is still running. Stop `rapport serve` and the worker first."
        )


class NoRoom(Refused):
    """The disk is full, or can't be written to."""

    status = 507

    def __init__(self, what: str) -> None:
        super().__init__(f"It could not be written: {what}. Nothing was left half done.")


class ToolMissing(Refused):
    """PostgreSQL's own programs do it."""

    def __init__(self, tool: str) -> None:
        super().__init__(
            f"{tool} is not installed here. Install the client programs of your PostgreSQL, in its "
            "version or a newer one."
        )


class ToolFailed(Refused):
    """A program of PostgreSQL gave up; its own words may carry content and are not repeated."""

    status = 500

    def __init__(self, tool: str) -> None:
        super().__init__(
            f"{tool} gave up. Look at the server's own log; the account may lack a right, or the "
            "tool may be older than the server."
        )


class NotThatName(Refused):
    """What was typed is not the name of who is about to be forgotten."""

    def __init__(self) -> None:
        super().__init__("That is not the name above. Type it as it stands there.")
