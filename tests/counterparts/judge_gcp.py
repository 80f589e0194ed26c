"""The outside judge of the GCP counterpart: Google's own Python client takes these steps against it.

  judge_gcp.py --endpoint URL --project P [--token T] STEP…

Prints a JSON array with one result for each step; a refusal is {"error": {"code", "reason", "message"}}.

  list:ZONE                    {name: status}
  aggregated                   {name: [zone, status]}
  get:ZONE/NAME                {"id", "status", "machine_type", "labels"}
  VERB:ZONE/NAME               start, stop, suspend, resume, reset, delete: {"polls", "status", "its_request"}
  type:ZONE/NAME/TYPE          sets the machine type: the same
  zones | regions | types:ZONE | addresses | managers          names
  permissions:ZONE/NAME        those that one has, of all that the verbs need
  projects                     {id: state}, by Cloud Resource Manager's own discovery document
"""

import argparse
import json
import uuid

import google.api_core.exceptions
import google.auth.exceptions
import google.oauth2.credentials
from google.cloud import compute_v1 as compute
from googleapiclient import discovery, errors

VERBS = ["start", "stop", "suspend", "resume", "reset", "delete"]
# An operation that is not done after so many polls is not going to be.
PATIENCE = 50


class Judge:
    def __init__(self, arguments):
        self.project = arguments.project
        self.endpoint = arguments.endpoint
        self.credentials = google.oauth2.credentials.Credentials(token=arguments.token)

    def client(self, kind):
        options = {"api_endpoint": self.endpoint}
        return kind(credentials=self.credentials, client_options=options, transport="rest")

    def take(self, step):
        name, _, place = step.partition(":")
        parts = place.split("/")
        if name in VERBS:
            return self.act(name, parts)
        return getattr(self, name)(*[part for part in parts if part])

    def list(self, zone):
        request = compute.ListInstancesRequest(project=self.project, zone=zone, max_results=2)
        return {one.name: one.status for one in self.client(compute.InstancesClient).list(request=request)}

    def aggregated(self):
        pages = self.client(compute.InstancesClient).aggregated_list(project=self.project)
        return {one.name: [scope, one.status] for scope, here in pages for one in here.instances}

    def get(self, zone, name):
        one = self.client(compute.InstancesClient).get(project=self.project, zone=zone, instance=name)
        return {
            "id": str(one.id),
            "status": one.status,
            "machine_type": one.machine_type.rsplit("/", 1)[-1],
            "labels": dict(one.labels),
        }

    def act(self, verb, parts):
        request = {"project": self.project, "zone": parts[0], "instance": parts[1], "request_id": str(uuid.uuid4())}
        return self.follow(getattr(self.client(compute.InstancesClient), f"{verb}_unary")(request=request), request)

    def type(self, zone, name, kind):
        link = {"machine_type": f"zones/{zone}/machineTypes/{kind}"}
        request = {
            "project": self.project,
            "zone": zone,
            "instance": name,
            "request_id": str(uuid.uuid4()),
            "instances_set_machine_type_request_resource": link,
        }
        return self.follow(self.client(compute.InstancesClient).set_machine_type_unary(request=request), request)

    def follow(self, operation, request):
        # The client's own futures poll at Google's address, whatever the endpoint.
        client, polls = self.client(compute.ZoneOperationsClient), 0
        place = {"project": self.project, "zone": request["zone"], "operation": operation.name}
        while operation.status != compute.Operation.Status.DONE and polls < PATIENCE:
            operation = client.get(**place)
            polls += 1
        if operation.error.errors:
            first = operation.error.errors[0]
            return {"error": {"code": first.code, "reason": "operation", "message": first.message}}
        done = operation.client_operation_id == request["request_id"]
        return {"polls": polls, "status": compute.Operation.Status(operation.status).name, "its_request": done}

    def zones(self):
        return [one.name for one in self.client(compute.ZonesClient).list(project=self.project)]

    def regions(self):
        return [one.name for one in self.client(compute.RegionsClient).list(project=self.project)]

    def types(self, zone):
        return [one.name for one in self.client(compute.MachineTypesClient).list(project=self.project, zone=zone)]

    def addresses(self):
        pages = self.client(compute.AddressesClient).aggregated_list(project=self.project)
        return [one.address for _, here in pages for one in here.addresses]

    def managers(self):
        pages = self.client(compute.InstanceGroupManagersClient).aggregated_list(project=self.project)
        return [one.name for _, here in pages for one in here.instance_group_managers]

    def permissions(self, zone, name):
        body = {"permissions": [f"compute.instances.{verb}" for verb in VERBS]}
        request = {
            "project": self.project,
            "zone": zone,
            "resource": name,
            "test_permissions_request_resource": body,
        }
        return list(self.client(compute.InstancesClient).test_iam_permissions(request=request).permissions)

    def projects(self):
        options = {"api_endpoint": self.endpoint}
        manager = discovery.build(
            "cloudresourcemanager",
            "v3",
            credentials=self.credentials,
            client_options=options,
            static_discovery=True,
        )
        found, request = {}, manager.projects().search(pageSize=1)
        while request is not None:
            reply = request.execute()
            found |= {one["projectId"]: one["state"] for one in reply.get("projects", [])}
            request = manager.projects().search_next(request, reply)
        return found


def taken(judge, step):
    try:
        return judge.take(step)
    except google.api_core.exceptions.GoogleAPICallError as error:
        reasons = [one.get("reason") for one in error.errors if isinstance(one, dict)]
        return {"error": {"code": error.code, "reason": (reasons + [None])[0], "message": error.message}}
    except google.auth.exceptions.RefreshError as error:
        # After a 401 the client wants another token, and has no way to one.
        return {"error": {"code": 401, "reason": "refresh", "message": str(error)}}
    except errors.HttpError as error:
        return {"error": {"code": error.status_code, "reason": None, "message": error.reason}}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--endpoint", required=True)
    parser.add_argument("--project", required=True)
    parser.add_argument("--token", default="ya29.nephoscope-operator")
    parser.add_argument("steps", nargs="+")
    arguments = parser.parse_args()
    judge = Judge(arguments)
    print(json.dumps([taken(judge, step) for step in arguments.steps]))


if __name__ == "__main__":
    main()
