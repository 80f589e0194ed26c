"""moto as a cloud that takes its time, can refuse to stop, and can close its port.

moto changes an instance's state at once; EC2 takes seconds. Here a launch, a start, a stop and a
termination stay in their transitional state for --lag seconds. Also refused, as by EC2 and not by
moto: starting what is stopping or terminated, stopping what is not running.

Two ports serve one state: the front, which the tests' client uses and which can be closed and
opened again, and a back door for the judge. Prints {"front": PORT, "back": PORT} when both listen.
Commands, one a line, on stdin, each answered by one JSON line on stdout:
  close | open                          the front port
  stop works|fails|hangs|reverts        what StopInstances does from now on
  lag SECONDS                           for transitions under way as well: 0 ends them all
  settle                                ends the transitions under way, and no later one
  reset                                 forgets everything that was made
  mutations                             {"count": N}: what came to the front and asked for a change
It ends with its stdin.
"""

import argparse
import copy
import io
import json
import logging
import os
import sys
import threading
import time
from urllib.parse import parse_qs

# Not the 500 images that moto knows by heart: they take seconds to load.
os.environ.setdefault("MOTO_EC2_LOAD_DEFAULT_AMIS", "false")
os.environ.setdefault("MOTO_EC2_ENABLE_INSTANCE_TYPE_VALIDATION", "true")

from moto.ec2.exceptions import EC2ClientError  # noqa: E402
from moto.ec2.models import EC2Backend  # noqa: E402
from moto.ec2.models.instances import Instance  # noqa: E402
from moto.moto_api._internal.models import moto_api_backend  # noqa: E402
from moto.moto_server.werkzeug_app import (  # noqa: E402
    DomainDispatcherApplication,
    create_backend_app,
)
from moto.server import MotoRequestHandler  # noqa: E402
from werkzeug.serving import make_server  # noqa: E402
from werkzeug.wrappers import Request  # noqa: E402

CODES = {"pending": 0, "running": 16, "shutting-down": 32, "terminated": 48, "stopping": 64, "stopped": 80}


class Lab:
    """What the commands change."""

    lag = 3.0
    stop = "works"
    settled_at = float("-inf")


def settled(instance):
    """The instance's state; a transition whose time has come ends here."""
    state = instance.__dict__["_settled_state"]
    due = instance.__dict__.get("_due")
    if due and (due[0] <= Lab.settled_at or time.monotonic() >= due[0] + Lab.lag):
        instance.__dict__["_due"] = None
        state.name, state.code = due[1], CODES[due[1]]
    return state


def replaced(instance, state):
    instance.__dict__["_settled_state"] = state


def begin(instance, through, goal):
    state = settled(instance)
    state.name, state.code = through, CODES[through]
    instance.__dict__["_due"] = (time.monotonic(), goal)


def refuse(instance, verb):
    message = f"The instance '{instance.id}' is not in a state from which it can be {verb}."
    raise EC2ClientError("IncorrectInstanceState", message)


def with_lag():
    launch, start, stop, terminate = Instance.__init__, Instance.start, Instance.stop, Instance.terminate
    stop_all = EC2Backend.stop_instances
    Instance._state = property(settled, replaced)

    def slow_launch(self, *args, **kwargs):
        launch(self, *args, **kwargs)
        begin(self, "pending", "running")

    def slow_start(self, *args, **kwargs):
        before = copy.copy(settled(self))
        if before.name in ("pending", "running"):
            return before
        if before.name != "stopped":
            refuse(self, "started")
        start(self, *args, **kwargs)
        begin(self, "pending", "running")
        return before

    def slow_stop(self, *args, **kwargs):
        before = copy.copy(settled(self))
        if before.name in ("stopping", "stopped"):
            return before
        if before.name != "running":
            refuse(self, "stopped")
        stop(self, *args, **kwargs)
        begin(self, "stopping", "running" if Lab.stop == "reverts" else "stopped")
        return before

    def slow_terminate(self, *args, **kwargs):
        before = copy.copy(settled(self))
        if before.name in ("shutting-down", "terminated"):
            return before
        terminate(self, *args, **kwargs)
        begin(self, "shutting-down", "terminated")
        return before

    def switched_stop(self, instance_ids):
        while Lab.stop == "hangs":
            time.sleep(0.05)
        if Lab.stop == "fails":
            raise EC2ClientError("OperationNotPermitted", "Stopping is switched off in this lab.")
        return stop_all(self, instance_ids)

    Instance.__init__, Instance.start = slow_launch, slow_start
    Instance.stop, Instance.terminate = slow_stop, slow_terminate
    EC2Backend.stop_instances = switched_stop


class Counting:
    """Counts the requests that ask for a change, also those that are refused: all whose action is
    not named as a question."""

    def __init__(self, app):
        self.app, self.count, self.lock = app, 0, threading.Lock()

    def __call__(self, environ, start_response):
        body = Request(environ, populate_request=False).get_data(cache=False)
        environ |= {"wsgi.input": io.BytesIO(body), "CONTENT_LENGTH": str(len(body))}
        action = parse_qs(body.decode("utf-8", "replace")).get("Action", ["none"])[0]
        if not action.startswith(("Describe", "Get")):
            with self.lock:
                self.count += 1
        return self.app(environ, start_response)


class Door:
    """A port that can be closed and opened again; the state behind it stays."""

    def __init__(self, app, port):
        self.app, self.port, self.server, self.thread = app, port, None, None
        self.open()

    def open(self):
        if self.server is None:
            self.server = make_server(
                "127.0.0.1", self.port, self.app, threaded=True, request_handler=MotoRequestHandler
            )
            self.server.daemon_threads = True
            self.server.block_on_close = False
            self.port = self.server.port
            self.thread = threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True)
            self.thread.start()

    def close(self):
        if self.server is not None:
            self.server.shutdown()
            self.server.server_close()
            self.thread.join()
            self.server = None


def answer(words, front, counting):
    match words:
        case ["close"]:
            front.close()
        case ["open"]:
            front.open()
        case ["stop", ("works" | "fails" | "hangs" | "reverts") as how]:
            Lab.stop = how
        case ["lag", seconds]:
            Lab.lag = float(seconds)
        case ["settle"]:
            Lab.settled_at = time.monotonic()
        case ["reset"]:
            moto_api_backend.reset()
        case ["mutations"]:
            return {"ok": True, "count": counting.count}
        case _:
            return {"error": f"unknown command {words}"}
    return {"ok": True}


def say(value):
    print(json.dumps(value), flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="the front port; 0 picks a free one")
    parser.add_argument("--lag", type=float, default=3.0, help="seconds in a transitional state")
    arguments = parser.parse_args()
    Lab.lag = arguments.lag
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    with_lag()
    app = DomainDispatcherApplication(create_backend_app)
    counting = Counting(app)
    front, back = Door(counting, arguments.port), Door(app, 0)
    say({"front": front.port, "back": back.port})
    for line in sys.stdin:
        try:
            say(answer(line.split(), front, counting))
        except Exception as error:  # one bad command must not end the lab
            say({"error": str(error)})
    os._exit(0)


if __name__ == "__main__":
    main()
