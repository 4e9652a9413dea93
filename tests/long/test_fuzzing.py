"""Long searches for bytes that do what was not foreseen: zips, the harness's answers, requests. `make test-long`."""

import contextlib
import io
import json
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from arena.rules.zip_validation import InvalidZip, ZipLimits, check_zip
from arena.sandbox.optimizer.unpack import BadZip, unpack
from arena.sandbox.protocol import BrokenAnswer, parse_answer
from services.gateway.settings import GatewaySettings
from tests.support.gateway.competitions import competition
from tests.support.gateway.fuzzing import fuzz
from tests.support.gateway.running import Gateway, running_gateway

LIMIT_S = 1800
pytestmark = [
    pytest.mark.long,
    pytest.mark.timeout(LIMIT_S),
    pytest.mark.filterwarnings("ignore:Duplicate name"),
]
long = settings(max_examples=20_000, deadline=None, suppress_health_check=list(HealthCheck))

LIMITS = ZipLimits(packed_bytes=100_000, unpacked_bytes=200_000, files=10)
SIGNATURES = (b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06")
HEADER_BYTES = 46
REQUEST_ID = 7
EXAMPLES_A_ROUTE = 60


@st.composite
def damaged_zips(draw: st.DrawFn) -> bytes:
    """A zip of odd names and modes, with bytes of its headers exchanged, cut out or put in."""
    names = st.text(st.characters(codec="utf-8"), min_size=1, max_size=12)
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", draw(st.sampled_from((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)))) as archive:
        archive.writestr("optimizer.py", b"x")
        for name in draw(
            st.lists(st.one_of(names, st.sampled_from(("../a", "/a", "a/b", "a", "A", "optimizer.py/"))), max_size=4)
        ):
            member = zipfile.ZipInfo("x")
            member.filename = name
            member.external_attr = draw(st.sampled_from((0, 0o120777, 0o060777, 0o100644, 0o040755))) << 16
            with contextlib.suppress(UnicodeEncodeError):
                archive.writestr(member, draw(st.binary(max_size=40)))
    data = bytearray(target.getvalue())
    for _ in range(draw(st.integers(0, 4))):
        start = data.find(draw(st.sampled_from(SIGNATURES)), draw(st.integers(0, len(data))))
        at = max(start, 0) + draw(st.integers(0, HEADER_BYTES))
        data[at : at + draw(st.integers(0, 4))] = draw(st.binary(max_size=4))
    return bytes(data)


@long
@given(damaged_zips())
def test_a_damaged_zip_is_taken_or_refused_and_nothing_else(content: bytes) -> None:
    with contextlib.suppress(InvalidZip):
        check_zip(content, LIMITS)


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("unpacked")


@long
@given(content=damaged_zips())
def test_what_the_gateway_takes_is_unpacked_below_its_folder_or_refused_there(scratch: Path, content: bytes) -> None:
    try:
        check_zip(content, LIMITS)
    except InvalidZip:
        return
    outside = scratch / str(len(list(scratch.iterdir())))
    folder = outside / "code"
    folder.mkdir(parents=True)
    zip_file = scratch.with_suffix(".zip")
    zip_file.write_bytes(content)
    with contextlib.suppress(BadZip):
        unpack(zip_file, folder, LIMITS.unpacked_bytes)
    assert [path.name for path in outside.iterdir()] == ["code"]
    assert not any(path.is_symlink() for path in folder.rglob("*"))


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=20,
)
almost_answers = st.fixed_dictionaries(
    {"id": st.just(REQUEST_ID) | json_values},
    optional={
        "points": st.lists(st.dictionaries(st.text(max_size=5), json_values, max_size=3) | st.none(), max_size=3)
        | json_values,
        "error": json_values,
        "facts": json_values,
        "score": json_values,
    },
)


@long
@given(almost_answers.map(lambda value: json.dumps(value).encode()) | st.binary(max_size=200), st.data())
def test_an_answer_is_what_was_asked_for_or_broken(line: bytes, data: st.DataObject) -> None:
    cut = data.draw(st.integers(0, len(line)))
    for each in (line, line[:cut] + data.draw(st.binary(max_size=3)) + line[cut:]):
        with contextlib.suppress(BrokenAnswer):
            answer = parse_answer(each, REQUEST_ID)
            assert answer.id == REQUEST_ID
            assert all(point is None or isinstance(point, dict) for point in answer.points or [])


@pytest.fixture
async def gateway(gateway_settings: GatewaySettings) -> AsyncIterator[Gateway]:
    gateway_settings = gateway_settings.model_copy(update={"anonymous_rate": "100000/second"})
    async with running_gateway(gateway_settings) as one:
        await one.import_official_baseline()
        await one.apply(competition())
        yield one


@pytest.mark.parametrize("role", ["nobody", "team", "organizer"])
async def test_the_http_api_answers_as_its_description_says(gateway: Gateway, role: str, tmp_path: Path) -> None:
    token = {
        "nobody": None,
        "team": (await gateway.team("a")).headers["Authorization"],
        "organizer": gateway.organizer.headers["Authorization"],
    }[role]
    status, output = await fuzz(
        gateway, tmp_path, token, "--max-examples", str(EXAMPLES_A_ROUTE), "--continue-on-failure"
    )

    assert status == 0, output
    (await gateway.organizer.get("/api/v1/admin/tokens")).raise_for_status()  # else nothing was asked with a good token
