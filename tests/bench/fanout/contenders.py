# SPDX-License-Identifier: Apache-2.0
"""What sends one stream to many subscribers: how each is started, asked and fed."""

import contextlib
import pathlib
import shutil
import time

import harness

SUITE = pathlib.Path(__file__).resolve().parent
NCHAN_MODULE = pathlib.Path("/usr/lib/nginx/modules/ngx_nchan_module.so")


class Contender:
    """One of them while it runs; it asks the source by itself when somebody subscribes."""

    def __init__(self, process, port, ids=False):
        self.process = process
        self.pid = process.pid
        self.port = port
        self._ids = ids

    def path(self, request):
        # Others make ids by themselves; who carries ready-made events has to ask for them.
        fields = {**request, "ids": 1} if self._ids else request
        return harness.SUBSCRIBE + "?" + "&".join(f"{name}={value}"
                                                  for name, value in fields.items())

    def asks(self, request):
        """The reader's options that ask for the stream of bench.v1.Request's fields `request`."""
        return ["--address", f"127.0.0.1:{self.port}", "--path", self.path(request)]

    def fed(self, lab, request):  # pylint: disable=unused-argument
        """What makes the events of that stream while it is entered."""
        return contextlib.nullcontext()


class Published(Contender):
    """A server that is published to: a process of its own feeds it."""

    def __init__(self, process, port):
        super().__init__(process, port)
        self.pid = _worker(process.pid)

    def path(self, request):
        return "/sub"

    @contextlib.contextmanager
    def fed(self, lab, request):
        options = [word for name, value in request.items() for word in (f"--{name}", value)]
        publisher = lab.background("bench-publisher", "--address", f"127.0.0.1:{self.port}",
                                   *options)
        try:
            yield
            if publisher.poll() is not None:
                raise harness.Failed(f"the publisher ended: {publisher.stderr.read().strip()}")
        finally:
            lab.stop(publisher)


def start_sluice(lab, source_port, sluice, cpus=None):
    port, ops_port = harness.free_port(), harness.free_port()
    process = lab.start(
        [sluice, "serve", "--config", SUITE / "sluice.yaml", "--listen", f"127.0.0.1:{port}",
         "--ops-listen", f"127.0.0.1:{ops_port}", "--upstream", f"127.0.0.1:{source_port}",
         "--descriptor-set", lab.build / "bench.binpb"],
        cpus or lab.measured_cpu, port)
    return Contender(process, port)


def start_bare(lab, text_port, history):
    port = harness.free_port()
    process = lab.start(
        [lab.program("bench-bare"), "--listen", f"127.0.0.1:{port}",
         "--upstream", f"127.0.0.1:{text_port}", "--history", history],
        lab.measured_cpu, port)
    return Contender(process, port, ids=True)


def find_nchan():
    """Raises harness.Failed where it is not installed: the suite then goes on without it."""
    nginx = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if nginx is None or not NCHAN_MODULE.exists():
        raise harness.Failed("install nginx and libnginx-mod-nchan")
    return nginx


def start_nchan(lab, nginx, descriptors):
    port = harness.free_port()
    config = (SUITE / "nginx.conf.in").read_text()
    for name, value in (("LISTEN_PORT", port), ("DESCRIPTORS", descriptors),
                        ("CONNECTIONS", descriptors - 100), ("MODULE", NCHAN_MODULE)):
        config = config.replace(f"@{name}@", str(value))
    folder = lab.build / "nchan"
    folder.mkdir(exist_ok=True)
    (folder / "nginx.conf").write_text(config)
    process = lab.start([nginx, "-p", folder, "-c", "nginx.conf", "-e", "error.log"],
                        lab.measured_cpu, port)
    return Published(process, port)


def _worker(master):
    """The one worker of an nginx: what is measured."""
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        for stat in pathlib.Path("/proc").glob("[0-9]*/stat"):
            with contextlib.suppress(OSError):
                # pid (name) state parent ...
                if stat.read_text().rpartition(")")[2].split()[1] == str(master):
                    return int(stat.parent.name)
        time.sleep(0.02)
    raise harness.Failed("nginx has no worker")
