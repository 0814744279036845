"""/proxy/{resource}: every collection of Harvest's, in the unified envelope."""

from __future__ import annotations

from functools import cached_property

from rest_framework.request import Request
from rest_framework.response import Response

from harvest_bridge.harvest.operations.raw import delete_raw, get_raw, write_raw

from .base import ResourceView
from .errors import VerbNotOffered
from .operations import list_records, record_path
from .proxy_request import ProxyRequest, json_object, method_of
from .resource import Resource, Verb
from .resource_names import resource_named


class CollectionView(ResourceView):
    """GET lists, POST creates; what has no id (the company, a manager's teammates) is changed here too."""

    meanings = {"GET": (Verb.LIST, Verb.READ_ALL), "POST": (Verb.CREATE,), "PATCH": (Verb.UPDATE_ALL,)}

    def get(self, request: Request, **named: str) -> Response:
        if Verb.READ_ALL in self.resource.verbs:
            return Response(self.harvest(get_raw(self.asked(Verb.READ_ALL).path)))
        about = self.asked(Verb.LIST)
        return self.listed(about.path, about.query, list_records(about.resource, about.path, about.query))

    def post(self, request: Request, **named: str) -> Response:
        about = self.asked(Verb.CREATE)
        return self.write(write_raw("POST", about.path, about.body), status=201)

    def patch(self, request: Request, **named: str) -> Response:
        about = self.asked(Verb.UPDATE_ALL)
        return self.write(write_raw("PATCH", about.path, about.body))


class ReportView(CollectionView):
    """/proxy/reports/time/clients, the path that Harvest's documentation has, for `reports_time_clients`."""

    @cached_property
    def resource(self) -> Resource:
        return resource_named(f"reports {self.kwargs['report']}")


class RecordView(ResourceView):
    """GET, PATCH and DELETE one record. POST calls a method by its name, with the id in the query or the body."""

    meanings = {"GET": (Verb.GET,), "PATCH": (Verb.UPDATE,), "DELETE": (Verb.DELETE,)}

    def asked(self, verb: Verb) -> ProxyRequest:
        name = self.kwargs["wanted"]
        if name in self.resource.methods:
            raise VerbNotOffered(
                f"{name} is a method of {self.resource.name}; call it by {' or '.join(self.offered())}."
            )
        return super().asked(verb)

    def get(self, request: Request, resource: str, wanted: str) -> Response:
        method = self.resource.methods.get(wanted)
        if method is not None and method.verb == "GET":
            return self.call(wanted, "")
        about = self.asked(Verb.GET)
        return Response(self.harvest(get_raw(record_path(about.path, wanted, takes_me=self.resource.takes_me))))

    def patch(self, request: Request, resource: str, wanted: str) -> Response:
        about = self.asked(Verb.UPDATE)
        return self.write(write_raw("PATCH", record_path(about.path, wanted), about.body))

    def delete(self, request: Request, resource: str, wanted: str) -> Response:
        path = record_path(self.asked(Verb.DELETE).path, wanted)
        return self.write(delete_raw(path), shown={"id": int(wanted)})

    def post(self, request: Request, resource: str, wanted: str) -> Response:
        record = request.query_params.get("id") or json_object(request).get("id")
        return self.call(wanted, str(record or ""))

    def offered(self) -> list[str]:
        method = self.resource.methods.get(self.kwargs["wanted"])
        if method is None:
            return super().offered()
        return ["GET", "POST"] if method.verb == "GET" else ["POST"]


class MethodView(ResourceView):
    """/proxy/time_entries/7/stop: by POST, as every custom method, or by Harvest's own verb."""

    def post(self, request: Request, resource: str, wanted: str, method: str) -> Response:
        if request.method not in self.offered():
            raise VerbNotOffered(f"{method}: call it by {' or '.join(self.offered())}.")
        return self.call(method, wanted)

    patch = delete = post

    def offered(self) -> list[str]:
        method = method_of(self.resource, self.kwargs["method"])
        return list(dict.fromkeys(["POST", method.verb])) if method.has_id else []
