# expect: 202
# because: a key repeats the request of who sent it, and of no other team
from tests.support.gateway.submitting import submit
from tests.support.hostile.requests import KEY


async def attack(target):
    answer = await submit(target.client("attacker"), key=KEY)
    assert answer.json()["id"] != target.submission
    return [answer]
