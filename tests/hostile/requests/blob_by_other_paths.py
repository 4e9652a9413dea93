# expect: 404 422
# because: a runner asks by a hash of 64 small hexadecimal digits, and by nothing else
PATHS = (
    *("{0}%0a", "%20{0}", "{0}0", "{0};a", "{0}%3frange", "{1}", "{2}", "%ef%bc%90{2}"),
    *("%2e%2e%2f{0}", "..%5c{0}", "%2fetc%2fpasswd", "file:%2f%2f{0}", "{0}%2f..%2f{0}", "%252e%252e%252f{0}"),
)


async def attack(target):
    runner, sha256 = target.client("runner"), target.sha256
    names = [path.format(sha256, sha256.upper().replace("0", "A"), sha256[:-1]) for path in PATHS]
    return [await runner.get(f"/api/v1/blobs/{name}") for name in names]
