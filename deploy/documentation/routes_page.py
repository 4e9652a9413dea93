"""The page of the HTTP API's routes and bodies, from its OpenAPI document."""

import json
from collections.abc import Iterator
from typing import Any

INTRODUCTION = """# Routes and bodies

Every route of version {version} of the API. [The API](api.md) says what they have in common. Any route may also answer
with a [problem](problems.md). The gateway serves the same description, to try out, at `/docs`. This page is generated
from `docs/reference/openapi.json`.
"""
METHODS = ("get", "put", "post", "patch", "delete")
Schema = dict[str, Any]


def write_routes_page(document: str) -> str:
    """Return the page as Markdown: the routes by their tags, then the bodies."""
    api = json.loads(document)
    schemas = api.get("components", {}).get("schemas", {})
    lines = [INTRODUCTION.format(version=api["info"]["version"])]
    if notes := api["info"].get("x-versions"):
        lines += ["", "## Versions", "", *(f"- **{each['version']}**: {each['note']}" for each in reversed(notes))]
    for tag, routes in group_routes(api).items():
        lines += ["", f"## {tag.capitalize()}"]
        for method, path, route in routes:
            lines += write_route(method, path, route)
    lines += ["", "## Bodies"]
    for name in sorted(schemas):
        lines += write_schema(name, schemas[name])
    return "\n".join(lines) + "\n"


def group_routes(api: Schema) -> dict[str, list[tuple[str, str, Schema]]]:
    """Return (method, path, route) by the first tag of the route, in the document's order."""
    found: dict[str, list[tuple[str, str, Schema]]] = {}
    for path, item in api["paths"].items():
        for method in METHODS:
            if method in item:
                tag = item[method].get("tags", ["routes"])[0]
                found.setdefault(tag, []).append((method, path, item[method]))
    return found


def write_route(method: str, path: str, route: Schema) -> list[str]:
    """Return a route's lines: what it does, its parameters, its bodies."""
    lines = ["", f"### {method.upper()} {path.replace('{', '&#123;')}", ""]
    lines.append((route.get("description") or route.get("summary", "")).strip())
    if parameters := [each for each in route.get("parameters", []) if "name" in each]:
        lines += ["", "| parameter | in | type | meaning |", "|---|---|---|---|"]
        for each in parameters:
            required = "" if each.get("required") else " (optional)"
            meaning = describe(each) or describe(each.get("schema", {}))
            kind = name_type(each.get("schema", {}))
            lines.append(f"| `{each['name']}` | {each['in']}{required} | {kind} | {meaning} |")
    lines += ["", "| | body |", "|---|---|"]
    for media, content in route.get("requestBody", {}).get("content", {}).items():
        lines.append(f"| request | {name_type(content.get('schema', {}))}, `{media}` |")
    own = {status: each for status, each in route.get("responses", {}).items() if "$ref" not in each}
    for status, response in own.items():
        bodies = [f"{name_type(each.get('schema', {}))}" for each in response.get("content", {}).values()]
        lines.append(f"| {status} | {', '.join(bodies) or cell(response.get('description', ''))} |")
    return lines


def write_schema(name: str, schema: Schema) -> list[str]:
    """Return the lines of a body: what it is, its fields, an example."""
    lines = ["", f"### {name}", "", schema.get("description", "").strip()]
    if "enum" in schema:
        lines += ["", "One of " + ", ".join(f"`{value}`" for value in schema["enum"]) + "."]
    if properties := schema.get("properties"):
        lines += ["", "| field | type | meaning |", "|---|---|---|"]
        required = schema.get("required", [])
        for field, each in properties.items():
            optional = "" if field in required else " (optional)"
            lines.append(f"| `{field}` | {name_type(each)}{optional} | {describe(each)} |")
    for example in schema.get("examples", [])[:1]:
        lines += ["", "```json", json.dumps(example, indent=2, ensure_ascii=False), "```"]
    return lines


def name_type(schema: Schema) -> str:
    """Return a short name of a schema's type, with links to bodies."""
    return " or ".join(dict.fromkeys(each for each in name_types(schema) if each)) or "any"


def name_types(schema: Schema) -> Iterator[str]:
    """Yield the names of the types that a schema allows."""
    if "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[-1]
        yield f"[{name}](#{name.lower()})"
    elif options := schema.get("anyOf") or schema.get("oneOf") or schema.get("allOf"):
        for option in options:
            yield from name_types(option)
    elif "const" in schema:
        yield f"`{json.dumps(schema['const'])}`"
    elif "prefixItems" in schema:
        yield f"list of {', '.join(name_type(each) for each in schema['prefixItems'])}"
    elif schema.get("type") == "array":
        yield f"list of {name_type(schema.get('items', {}))}"
    elif schema.get("type") == "object" and isinstance(schema.get("additionalProperties"), dict):
        yield f"object of {name_type(schema['additionalProperties'])}"
    else:
        yield schema.get("format") or schema.get("type", "")


def describe(schema: Schema) -> str:
    """Return a schema's description as a table's cell."""
    return cell(schema.get("description", ""))


def cell(text: str) -> str:
    """Return text escaped for a cell of a Markdown table."""
    return " ".join(text.split()).replace("|", "&#124;").replace("<", "&lt;")
