# expect: 403
# because: a team reads no blob, not even its own, and learns of none whether it is there
async def attack(target):
    hashes = (target.sha256, target.own_sha256, "0" * 64)
    answers = [
        await target.client(whose).get(f"/api/v1/blobs/{each}") for whose in ("attacker", "reader") for each in hashes
    ]
    assert len({answer.json()["detail"] for answer in answers}) == 1, "an answer tells whether a blob is there"
    return answers
