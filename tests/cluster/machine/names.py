#!/usr/bin/env python3
"""Stands for a cluster's DNS: writes the names of services into the folder that dnsmasq reads, when a service changes.

`names.py RUN API`: the folder of the cluster's state, and the address of its API server.
"""

import json
import ssl
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

RETRY_S = 1.0


def watch_services(run: Path, api: str) -> None:
    """Follow the list of services until the API server ends the watch."""
    token = (run / "tokens.csv").read_text().split(",", 1)[0]
    trusted = ssl.create_default_context(cafile=str(run / "certs" / "apiserver.crt"))
    url = f"https://{api}:6443/api/v1/services?watch=1"
    request = urllib.request.Request(url, headers={"Authorization": f"Bearer {token}"})
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=trusted))
    names: dict[str, str] = {}
    with direct.open(request) as changes:
        for line in changes:
            service = json.loads(line)["object"]
            name = f"{service['metadata']['name']}.{service['metadata']['namespace']}.svc.cluster.local"
            names[name] = service["spec"]["clusterIP"]
            lines = [f"{address} {name}\n" for name, address in names.items() if address != "None"]
            new = run / "services.new"
            new.write_text("".join(lines))
            new.rename(run / "names" / "services")  # dnsmasq sees whole files alone


if __name__ == "__main__":
    while True:
        try:
            watch_services(Path(sys.argv[1]), sys.argv[2])
        except urllib.error.URLError as error:
            print(f"names: {error}", file=sys.stderr)  # noqa: T201 - its log
        time.sleep(RETRY_S)
