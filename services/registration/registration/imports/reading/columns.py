"""A CSV file's header: which layout it is, and rows' cells by its names."""

from collections.abc import Sequence

from registration.imports.reading.outcome import Cells, ColumnProblem, ImportRefused, Layout, RowProblem
from shared.contracts.base import Bilingual


class Columns:
    """The header, accepted. ImportRefused when no layout fits, a column is missing or one stands there twice."""

    def __init__(self, *, names: Sequence[str], layouts: Sequence[Layout], limit: int) -> None:
        self.names = [name.strip().lower() for name in names]
        self._layout = max(layouts, key=lambda layout: len(layout.columns.intersection(self.names)))
        self._refuse_unreadable(limit)
        if missing := sorted(self._layout.required.difference(self.names)):
            raise ImportRefused(
                fr=f"Il manque à la ligne d’en-tête la colonne {', '.join(missing)} : "
                "ajoutez-la, avec exactement ce nom.",
                en=f"The header line lacks the column {', '.join(missing)}: add it, exactly so named.",
            )

    def _refuse_unreadable(self, limit: int) -> None:
        if not self._layout.columns.intersection(self.names):
            known = ", ".join(sorted(self._layout.columns))
            raise ImportRefused(
                fr="La première ligne ne nomme aucune colonne connue : "
                f"commencez le fichier par une ligne d’en-tête de {known}.",
                en=f"The first line names no known column: begin the file with a header line of {known}.",
            )
        if len(self.names) > limit:
            raise ImportRefused(
                fr=f"La ligne d’en-tête a plus de {limit} colonnes : supprimez celles qui ne servent pas.",
                en=f"The header line has more than {limit} columns: remove those that are not needed.",
            )
        twice = {name for name in self.names if name and self.names.count(name) > 1}
        if twice:
            raise ImportRefused(
                fr=f"La ligne d’en-tête a deux fois la colonne {min(twice)!r} : renommez ou supprimez l’une.",
                en=f"The header line has the column {min(twice)!r} twice: rename or remove one.",
            )

    def unknown(self, line: int) -> list[RowProblem]:
        """What to tell about columns that nobody reads; `line` is the header's."""
        if self._layout.others_allowed:
            return []
        reason = Bilingual(
            fr="cette colonne n’est pas connue et n’a pas été lue : corrigez son nom, ou supprimez-la",
            en="this column is not known and was not read: correct its name, or remove it",
        )
        strangers = [name for name in self.names if name and name not in self._layout.columns]
        return [ColumnProblem(line, name, reason) for name in strangers]

    def cells(self, values: list[str]) -> Cells | Bilingual:
        """The row by column names, or what is wrong with it."""
        wanted = len(self.names)
        if len(values) < wanted:
            return Bilingual(
                fr=f"cellules dans la ligne : {len(values)}, dans l’en-tête : {wanted} ; "
                "ajoutez celles qui manquent, même vides",
                en=f"the row has {len(values)} cells, the header {wanted}: add the missing ones, even if empty",
            )
        if any(values[wanted:]):
            return Bilingual(
                fr=f"cellules dans la ligne : {len(values)}, dans l’en-tête : {wanted} ; "
                "mettez entre guillemets celles qui ont un séparateur",
                en=f"the row has {len(values)} cells, the header {wanted}: quote cells that contain a separator",
            )
        return dict(zip(self.names, values, strict=False))
