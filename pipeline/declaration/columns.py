"""``columns``: what the columns of the competition's files are."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from pipeline.declaration.base import Section

Role = Literal["numeric", "categorical", "ordinal", "boolean", "date", "text", "group", "ignore"]


class Columns(Section):
    """The id, the target, and the roles that the files do not tell by themselves.

    Attributes
    ----------
    id : str or None
        The column that the sample submission joins on; null where the files have none, and the row's number serves.
        Models do not see it, unless ``roles`` gives it a role of a feature: ``{datetime: date}``.
    id_from : list of str
        The columns whose texts make the id, where no column of the files is it alone; ``id`` is then a new name.
    id_separator : str
        What stands between them.
    target : str
        The column to predict, present in train only.
    positive : str, int, float, bool or None
        For two classes: the label that counts as 1. By default the last of the sorted labels.
    drop : list of str
        Columns that no stage may see.
    roles : dict of str to role
        Roles by column; what is not named is inferred by ``clean``. ``group`` marks a column for folds only. An id of
        the files with another role than ``group`` or ``ignore`` is a feature as well; submissions keep its own text.
    """

    id: str | None = None
    id_from: list[str] = Field(default_factory=list)
    id_separator: str = "_"
    target: str
    positive: str | int | float | bool | None = None
    drop: list[str] = Field(default_factory=list)
    roles: dict[str, Role] = Field(default_factory=dict)

    @property
    def featured_id(self) -> str | None:
        """The id, where it is a feature too: a column of the files whose declared role is that of a feature."""
        eaten = self.id is not None and self.roles.get(self.id, "ignore") not in ("group", "ignore")
        return self.id if eaten and not self.id_from and self.id not in self.drop else None

    @model_validator(mode="after")
    def _made_id_is_whole(self) -> Columns:
        if self.id_from and (self.id is None or len(self.id_from) < 2):
            raise ValueError("id_from must list two columns or more, and id must name what they make")
        return self
