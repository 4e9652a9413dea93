"""`python -m tests.support.s3.swift_server FOLDER`: OpenStack Swift with its S3 API, whole, in one process.

Three storage servers on one device, rings that lead to them, and a proxy, whose port is in FOLDER/port once it listens.
"""

import socket
import sys
from array import array
from pathlib import Path

import eventlet
import eventlet.wsgi
from swift.common.ring import RingData
from swift.common.utils import monkey_patch, set_swift_dir
from swift.common.wsgi import SwiftHttpProtocol, loadapp

from tests.support.s3.credentials import ACCOUNT, SECRET, USER

PART_POWER = 2
STORAGE = ("account", "container", "object")
SWIFT_CONF = """
[swift-hash]
swift_hash_path_prefix = arena
swift_hash_path_suffix = arena
[storage-policy:0]
name = one
default = yes
"""
STORAGE_CONF = """
[DEFAULT]
swift_dir = {folder}
devices = {folder}
mount_check = false
[pipeline:main]
pipeline = {name}-server
[app:{name}-server]
use = egg:swift#{name}
"""
PROXY_CONF = f"""
[DEFAULT]
swift_dir = {{folder}}
[pipeline:main]
pipeline = s3api tempauth slo proxy-server
[app:proxy-server]
use = egg:swift#proxy
account_autocreate = true
[filter:s3api]
use = egg:swift#s3api
[filter:tempauth]
use = egg:swift#tempauth
user_{ACCOUNT}_{USER} = {SECRET} .admin
[filter:slo]
use = egg:swift#slo
"""


def listen() -> socket.socket:
    """Return a socket on a free port of loopback."""
    listening: socket.socket = eventlet.listen(("127.0.0.1", 0))
    return listening


def write_ring(folder: Path, name: str, port: int) -> None:
    """Write the ring by which the proxy finds the one server of a kind."""
    device = {"id": 0, "region": 1, "zone": 1, "weight": 1.0, "ip": "127.0.0.1", "port": port, "device": "disk"}
    ring = RingData([array("H", [0] * 2**PART_POWER)], [device], 32 - PART_POWER)
    ring.save(str(folder / f"{name}.ring.gz"))


def serve(folder: Path, name: str, conf: str, listening: socket.socket) -> eventlet.greenthread.GreenThread:
    """Serve one of the four servers, beside the others."""
    file = folder / f"{name}.conf"
    file.write_text(conf.format(folder=folder, name=name))
    app = loadapp(str(file), global_conf={"log_name": name})
    return eventlet.spawn(eventlet.wsgi.server, listening, app, log_output=False, protocol=SwiftHttpProtocol)


def main(folder: Path) -> None:
    """Serve until the process is ended."""
    monkey_patch()  # four servers in one process wait for each other
    (folder / "disk").mkdir()
    (folder / "swift.conf").write_text(SWIFT_CONF)
    sockets = {name: listen() for name in STORAGE}
    for name, listening in sockets.items():
        write_ring(folder, name, listening.getsockname()[1])
    set_swift_dir(str(folder))
    for name, listening in sockets.items():
        serve(folder, name, STORAGE_CONF, listening)
    front = listen()
    proxy = serve(folder, "proxy", PROXY_CONF, front)
    (folder / "port.new").write_text(str(front.getsockname()[1]))
    (folder / "port.new").rename(folder / "port")
    proxy.wait()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
