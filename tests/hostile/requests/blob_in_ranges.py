# expect: 200
# because: a runner gets the whole of a blob once, however many pieces of it are asked for
RANGES = (
    "bytes=0-0",
    "bytes=" + ",".join(f"{number}-" for number in range(1000)),
    "bytes=-1",
    "bytes=99999999999999999999-",
    "bytes=5-1",
    "lines=1-2",
)


async def attack(target):
    answers = [await target.client("runner", Range=each).get(f"/api/v1/blobs/{target.sha256}") for each in RANGES]
    assert len({answer.content for answer in answers}) == 1
    assert all(int(answer.headers["Content-Length"]) == len(answer.content) for answer in answers)
    return answers
