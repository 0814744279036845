from __future__ import annotations

from django.urls import path

from . import views

_ONE = "webhook/<str:webhook_id>"

urlpatterns = [
    path("webhook", views.WebhookListView.as_view(), name="webhook-list"),
    path("webhook/test", views.WebhookTestView.as_view(), name="webhook-test"),
    path(_ONE, views.WebhookView.as_view(), name="webhook"),
    path(f"{_ONE}/rotate-secret", views.WebhookSecretView.as_view(), name="webhook-rotate-secret"),
    path(f"{_ONE}/replay", views.WebhookReplayView.as_view(), name="webhook-replay"),
    path(f"{_ONE}/deliveries", views.DeliveryListView.as_view(), name="webhook-deliveries"),
    path(f"{_ONE}/deliveries/<str:event_id>", views.DeliveryView.as_view(), name="webhook-delivery"),
]
