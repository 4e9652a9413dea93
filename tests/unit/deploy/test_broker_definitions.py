"""The broker's image has the definitions that the code says."""

from pathlib import Path

from shared.broker.definitions import image_definitions, to_text

FILE = Path(__file__).parents[3] / "deploy/images/rabbitmq/definitions.json"


def test_the_image_has_the_topology_and_the_permissions_of_the_code() -> None:
    assert FILE.read_text() == to_text(image_definitions()), (
        f"make it again: python -m shared.broker.definitions > {FILE.relative_to(Path.cwd())}"
    )
