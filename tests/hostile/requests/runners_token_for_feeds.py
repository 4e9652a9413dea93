# expect: 403
# because: the feeds of submissions and their logs are for teams and organizers
import httpx


async def attack(target):
    paths = (
        f"/submissions/{target.submission}/live",
        f"/submissions/{target.submission}/logs/live",
        "/competitions/c/submissions/live",
    )
    return [
        httpx.Response(await target.status_of_feed(path, "runner"), request=httpx.Request("GET", f"ws://arena{path}"))
        for path in paths
    ]
