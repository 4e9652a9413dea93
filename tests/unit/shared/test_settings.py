"""Settings as services read them from their environment."""

import pytest
from pydantic import ValidationError

from services.gateway.settings import GatewaySettings
from services.runner.settings import RunnerSettings

BROKER = "amqp://runner@broker/"


def test_an_empty_variable_is_one_that_is_not_set_and_no_empty_token(monkeypatch: pytest.MonkeyPatch) -> None:
    given = {"BROKER_URL": BROKER, "DATABASE_URL": "postgresql://gateway@database/arena"}
    empty = dict.fromkeys(("ORGANIZER_TOKEN", "RUNNER_TOKEN", "BLOB_TOKEN", "BLOB_CA_FILE", "BLOB_URL"), "")
    for name, value in (given | empty).items():
        monkeypatch.setenv(f"ARENA_{name}", value)

    gateway, runner = GatewaySettings(), RunnerSettings()

    assert (gateway.organizer_token, gateway.runner_token) == (None, None)
    assert (runner.blob_token, runner.blob_ca_file) == (None, None)
    assert gateway.blob_url == runner.blob_url == "file:///var/lib/arena/blobs"


def test_a_runner_may_fetch_blobs_over_http_and_a_gateway_has_a_store_of_its_own(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("ARENA_BROKER_URL", BROKER)
    monkeypatch.setenv("ARENA_DATABASE_URL", "postgresql://gateway@database/arena")
    monkeypatch.setenv("ARENA_BLOB_URL", "https://arena.example.org")

    assert RunnerSettings().blob_url == "https://arena.example.org"
    with pytest.raises(ValidationError, match="blob_url"):
        GatewaySettings()


def test_a_file_for_tls_beside_a_url_without_it_is_refused_and_no_password_is_shown(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("ARENA_BROKER_URL", "hidden@b")
    monkeypatch.setenv("ARENA_BROKER_CA_FILE", "c")

    with pytest.raises(ValidationError, match="expected amqps://") as refused:
        RunnerSettings()

    assert "hidden" not in str(refused.value)


@pytest.mark.parametrize("name", ["SMTP_CA_FILE", "SMTP_PASSWORD_FILE", "OIDC_CLIENT_SECRET_FILE"])
@pytest.mark.parametrize("file", ["/nowhere/a-file", "/tmp"])  # noqa: S108 - a folder that is there
def test_a_file_that_the_gateway_cannot_read_is_told_at_its_start(
    monkeypatch: pytest.MonkeyPatch, name: str, file: str
) -> None:
    monkeypatch.setenv("ARENA_BROKER_URL", BROKER)
    monkeypatch.setenv("ARENA_DATABASE_URL", "postgresql://gateway@database/arena")
    monkeypatch.setenv(f"ARENA_{name}", file)

    with pytest.raises(ValidationError, match=rf"as user \d+, cannot read {file}"):
        GatewaySettings()


@pytest.mark.parametrize(
    ("url", "is_one"),
    [
        ("https://arena.uni.example/", True),
        ("http://127.0.0.1:8080", True),
        ("http://[::1]:8080", True),
        ("https://arena.uni.example/path", False),
        ("https://name@arena.uni.example", False),
        ("http://127.0.0.1:${ARENA_PORT:-8080}", False),  # as Compose 1 leaves a default within a default
    ],
)
def test_a_public_url_is_a_scheme_a_host_and_a_port(monkeypatch: pytest.MonkeyPatch, url: str, is_one: bool) -> None:
    monkeypatch.setenv("ARENA_BROKER_URL", BROKER)
    monkeypatch.setenv("ARENA_DATABASE_URL", "postgresql://gateway@database/arena")
    monkeypatch.setenv("ARENA_PUBLIC_URL", url)

    if is_one:
        assert GatewaySettings().public_url == url.rstrip("/")
    else:
        with pytest.raises(ValidationError, match="public_url"):
            GatewaySettings()
