"""JSON Schemas of the messages, one for each CloudEvents type."""

from typing import Any

from pydantic.json_schema import GenerateJsonSchema

from shared.contracts.base import Contract

# Before any contract is defined: what stands under a field becomes its description.
# Services do without, for it costs them a sixth of a second at each start.
Contract.model_config["use_attribute_docstrings"] = True

from shared.contracts.topics import TOPICS, Topic  # noqa: E402


class _MessageSchema(GenerateJsonSchema):
    def field_title_should_be_set(self, _schema: Any) -> bool:
        return False


def schema(topic: Topic) -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of the values of a topic."""
    generated = topic.model.model_json_schema(schema_generator=_MessageSchema)
    return {"$schema": GenerateJsonSchema.schema_dialect, **generated, "title": topic.type}


def file_name(topic: Topic) -> str:
    """Below docs/."""
    return f"schemas/{topic.type}.json"


def documents() -> dict[str, dict[str, Any]]:
    """All of them, by file name below docs/."""
    return {file_name(topic): schema(topic) for topic in TOPICS}
