"""The outside judge: asks a counterpart with AWS's own client, so that Nephoscope is not its own witness.

Prints one JSON document. Also does what tests need done behind Nephoscope's back.

  states    --endpoint URL --region R…                 {region: {id: {"state", "name"}}}
  seed      --endpoint URL --region R… [--count N] [--prefix web] [--tag K=V…]   [{"region","id","name"}]
  start | stop | terminate | reboot --endpoint URL --region R --id I…            [{"id","state"}]
  name      --endpoint URL --region R --id I --to NAME
  protect   --endpoint URL --region R --id I --against stop|termination
  wait      --endpoint URL --region R --id I --state S [--timeout 60]            {"state", "seen": [...]}
  account   --endpoint URL --region R                  {"account"}
  serve     one command after another: each line of stdin is a JSON list of arguments as above, and is
            answered by one line, its document or {"error": …}. It ends with its stdin.
  members   [--id I]        an <item> with every member that botocore's model has, and their paths
"""

import argparse
import functools
import json
import os
import sys
import time
from xml.sax.saxutils import escape

import boto3
import botocore.session
from botocore.config import Config

IMAGE = "ami-0c1c30571d2dae5c9"


def ec2(arguments, region):
    return client_of("ec2", arguments.endpoint, region)


@functools.cache
def client_of(service, endpoint, region):
    return boto3.client(
        service,
        region_name=region,
        endpoint_url=endpoint,
        aws_access_key_id=os.environ.get("AWS_ACCESS_KEY_ID", "AKIAJUDGEJUDGEJUDGE1"),
        aws_secret_access_key=os.environ.get("AWS_SECRET_ACCESS_KEY", "judge"),
        config=Config(retries={"max_attempts": 2}, read_timeout=30),
    )


def instances(client):
    for page in client.get_paginator("describe_instances").paginate():
        for reservation in page["Reservations"]:
            yield from reservation["Instances"]


def name_of(instance):
    return next((tag["Value"] for tag in instance.get("Tags", []) if tag["Key"] == "Name"), "")


def states(arguments):
    return {
        region: {
            one["InstanceId"]: {"state": one["State"]["Name"], "name": name_of(one)}
            for one in instances(ec2(arguments, region))
        }
        for region in arguments.region
    }


def seed(arguments):
    made = []
    for region in arguments.region:
        client = ec2(arguments, region)
        for number in range(1, arguments.count + 1):
            name = f"{arguments.prefix}-{region}-{number}"
            tags = [{"Key": "Name", "Value": name}]
            tags += [dict(zip(("Key", "Value"), tag.split("=", 1))) for tag in arguments.tag]
            reply = client.run_instances(
                ImageId=IMAGE,
                MinCount=1,
                MaxCount=1,
                InstanceType="t3.micro",
                TagSpecifications=[{"ResourceType": "instance", "Tags": tags}],
            )
            made.append({"region": region, "id": reply["Instances"][0]["InstanceId"], "name": name})
    return made


def act(arguments):
    client, ids = ec2(arguments, arguments.region[0]), arguments.id
    reply = getattr(client, f"{arguments.command}_instances")(InstanceIds=ids)
    changes = next((value for key, value in reply.items() if key.endswith("Instances")), [])
    return [{"id": one["InstanceId"], "state": one["CurrentState"]["Name"]} for one in changes]


def name(arguments):
    tags = [{"Key": "Name", "Value": arguments.to}]
    ec2(arguments, arguments.region[0]).create_tags(Resources=arguments.id, Tags=tags)
    return {"ok": True}


def protect(arguments):
    attribute = {"stop": "DisableApiStop", "termination": "DisableApiTermination"}[arguments.against]
    client = ec2(arguments, arguments.region[0])
    for one in arguments.id:
        client.modify_instance_attribute(InstanceId=one, **{attribute: {"Value": True}})
    return {"ok": True}


def wait(arguments):
    client, seen = ec2(arguments, arguments.region[0]), []
    end = time.monotonic() + arguments.timeout
    while time.monotonic() < end:
        reply = client.describe_instances(InstanceIds=arguments.id)
        state = reply["Reservations"][0]["Instances"][0]["State"]["Name"]
        if not seen or seen[-1] != state:
            seen.append(state)
        if state == arguments.state:
            return {"state": state, "seen": seen}
        time.sleep(0.2)
    sys.exit(f"not {arguments.state} within {arguments.timeout} s: {seen}")


def account(arguments):
    client = client_of("sts", arguments.endpoint, arguments.region[0])
    return {"account": client.get_caller_identity()["Account"]}


# Members whose text must make sense for the rest to be readable.
SENSIBLE = {
    "instanceState.code": "16",
    "instanceState.name": "running",
    "privateIpAddress": "10.1.2.3",
    "ipAddress": "203.0.113.9",
    "placement.availabilityZone": "eu-west-1a",
}


def members(arguments):
    model = botocore.session.get_session().get_service_model("ec2")
    shape = model.operation_model("DescribeInstances").output_shape
    shape = shape.members["Reservations"].member.members["Instances"].member
    paths = []
    sensible = SENSIBLE | {"instanceId": (arguments.id or ["i-00000000000000f11"])[0]}
    return {"xml": f"<item>{written(shape, '', paths, sensible)}</item>", "members": paths}


def written(shape, path, paths, sensible, seen=()):
    """The shape as EC2 writes it, every member once; `paths` collects the leaves by their wire names."""
    if shape.name in seen:
        return ""
    seen = (*seen, shape.name)
    if shape.type_name == "structure":
        parts = []
        for key, member in shape.members.items():
            wire = member.serialization.get("name", key)
            below = f"{path}.{wire}" if path else wire
            parts.append(f"<{wire}>{written(member, below, paths, sensible, seen)}</{wire}>")
        return "".join(parts)
    if shape.type_name == "list":
        return f"<item>{written(shape.member, f'{path}.item', paths, sensible, seen)}</item>"
    paths.append(path)
    texts = {"boolean": "true", "integer": "7", "long": "7", "float": "1.5", "double": "1.5"}
    text = texts.get(shape.type_name, f"value of {path}")
    if shape.type_name == "timestamp":
        text = "2025-11-03T08:15:42.000Z"
    if getattr(shape, "enum", None):
        text = shape.enum[0]
    if path.lower().endswith("ipaddress") or path.lower().endswith("publicip"):
        text = "10.1.2.3"
    return escape(sensible.get(path, text))


def serve(_):
    for line in sys.stdin:
        try:
            document = asked(json.loads(line))
        except (Exception, SystemExit) as error:  # one bad command must not end the others
            document = {"error": str(error)}
        print(json.dumps(document), flush=True)


def asked(words=None):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = {
        "states": states,
        "seed": seed,
        "start": act,
        "stop": act,
        "terminate": act,
        "reboot": act,
        "name": name,
        "protect": protect,
        "wait": wait,
        "account": account,
        "serve": serve,
        "members": members,
    }
    parser.add_argument("command", choices=commands)
    parser.add_argument("--endpoint")
    parser.add_argument("--region", action="append", default=[])
    parser.add_argument("--id", action="append", default=[])
    parser.add_argument("--count", type=int, default=2)
    parser.add_argument("--prefix", default="web")
    parser.add_argument("--tag", action="append", default=[])
    parser.add_argument("--to", default="")
    parser.add_argument("--against", choices=["stop", "termination"])
    parser.add_argument("--state", default="running")
    parser.add_argument("--timeout", type=float, default=60)
    arguments = parser.parse_args(words)
    return commands[arguments.command](arguments)


def main():
    document = asked()
    if document is not None:
        print(json.dumps(document))


if __name__ == "__main__":
    main()
