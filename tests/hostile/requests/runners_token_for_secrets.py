# expect: 403
# because: what a runner has to know of a black box comes with its shard, and nothing comes with its token
async def attack(target):
    runner, admin = target.client("runner"), "/api/v1/admin"
    paths = (
        "competitions/c/black-boxes",
        "competitions/c/datasets",
        "competitions/c/revisions",
        "executions",
        "baselines/official",
        f"submissions/{target.submission}",
        "dead-letters",
        "machines",
        "overview",
        "competitions/c/phases/feedback/export",
    )
    return [await runner.get(f"{admin}/{path}") for path in paths]
