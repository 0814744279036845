"""The thing that a user would write: an async view of Django with httpx. As short, and as unguarded, as `bare`."""

from __future__ import annotations

import os

import django
import httpx
from django.conf import settings
from django.core.asgi import get_asgi_application
from django.http import HttpRequest, HttpResponse
from django.urls import path

UPSTREAM = os.environ["UPSTREAM"]
settings.configure(
    ROOT_URLCONF=__name__,
    ALLOWED_HOSTS=["*"],
    SECRET_KEY="bench",
    MIDDLEWARE=["django.middleware.security.SecurityMiddleware", "django.middleware.common.CommonMiddleware"],
)
django.setup()
client = httpx.AsyncClient()


async def pass_through(request: HttpRequest, rest: str) -> HttpResponse:
    answer = await client.get(f"{UPSTREAM}/v2/{rest}", headers={"accept-encoding": "identity"})
    return HttpResponse(answer.content, status=answer.status_code, content_type=answer.headers["content-type"])


urlpatterns = [path("v2/<path:rest>", pass_through)]
application = get_asgi_application()
