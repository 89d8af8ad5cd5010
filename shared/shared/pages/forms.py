"""Forms: what was entered, and what is wrong with it. Nothing entered is lost on an error."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as default
from typing import Any

from pydantic import ValidationError
from starlette.datastructures import FormData

from shared.pages.languages import Texts


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """
    What is wrong with a field.

    `kind` names the text: `faults.<field>.<kind>` of the service's translations if there is one, else `faults.<kind>`,
    else `faults.invalid`; `values` fill in its placeholders.
    """

    field: str
    kind: str
    values: Mapping[str, object] = default(default_factory=dict)

    def text(self, texts: Texts) -> str:
        plain = ".".join(part for part in self.field.split(".") if not part.isdecimal())
        return texts.first(f"faults.{plain}.{self.kind}", f"faults.{self.kind}", "faults.invalid", **self.values)


@dataclass(frozen=True, slots=True)
class Form:
    """For the component `field`. `values`: by field's name, one or a list; from a request or from what is stored."""

    values: Mapping[str, Any] = default(default_factory=dict)
    faults: Sequence[Fault] = ()

    def value(self, name: str) -> Any:
        found = self.values.get(name)
        return "" if found is None else found

    def chosen(self, name: str) -> list[str]:
        """All values of a field that may have several."""
        if isinstance(self.values, FormData):
            return [str(each) for each in self.values.getlist(name)]
        found = self.values.get(name)
        if isinstance(found, (list, tuple, set, frozenset)):
            return [str(each) for each in found]
        return [] if found is None else [str(found)]

    def faults_at(self, name: str) -> list[Fault]:
        return [fault for fault in self.faults if fault.field == name]

    def with_faults(self, faults: Iterable[Fault]) -> "Form":
        return Form(self.values, tuple(faults))


def faults_of(error: ValidationError) -> list[Fault]:
    """What a Pydantic model refuses. Its own rules name their field first: `siret: it is not possible`."""
    found = []
    for each in error.errors():
        place = [str(part) for part in each["loc"]]
        message = str(each["msg"]).removeprefix("Value error, ")
        name, colon, _ = message.partition(": ")
        if each["type"] == "value_error" and colon and name.isidentifier():
            place.append(name)
        found.append(Fault(field=".".join(place), kind=each["type"], values=each.get("ctx", {})))
    return found
