"""The services know which migration is the newest."""

from shared.schema import NEWEST_MIGRATION
from tests.support.template_database import MIGRATIONS


def test_the_migration_that_services_wait_for_is_the_newest_there_is() -> None:
    newest = max(MIGRATIONS.glob("*.sql"))

    assert newest.name.partition("_")[0] == NEWEST_MIGRATION
