from __future__ import annotations

from django.urls import path

from . import session_views, views
from .frames import assets, pages, preview
from .history import views as history_views
from .sessions import sign_in

urlpatterns = [
    path("assets/platform.js", assets.loader, name="platform-js"),
    path("assets/shortcuts.js", assets.shortcuts, name="shortcuts-js"),
    path("assets/v1/integrity.json", assets.hashes, name="assets-integrity"),
    path("assets/v<version>/platform.js", assets.versioned, {"name": "platform.js"}, name="assets-platform-js"),
    path("assets/v<version>/shortcuts.js", assets.versioned, {"name": "shortcuts.js"}, name="assets-shortcuts-js"),
    path(
        "assets/v<version>/harvest-bridge.d.ts", assets.versioned, {"name": "harvest-bridge.d.ts"}, name="assets-types"
    ),
    path("platform/controller", pages.controller, name="platform-controller"),
    path("platform/timer", pages.panel, name="platform-timer"),
    path("platform/preview/<uuid:host_app_id>", preview.page, name="preview-page"),
    path("platform/preview/assets/platform.js", preview.loader, name="preview-loader"),
    path("platform/preview/platform/controller", preview.controller, name="preview-controller"),
    path("platform/preview/platform/timer", preview.panel, name="preview-panel"),
    path("platform/sign-in", sign_in.page, name="platform-sign-in"),
    path("platform/sign-in/harvest", sign_in.to_harvest, name="platform-sign-in-harvest"),
    path("timer/session", session_views.TimerSessionView.as_view(), name="timer-session"),
    path("timer/state", views.TimerStateView.as_view(), name="timer-state"),
    path("timer/totals", views.TimerTotalsView.as_view(), name="timer-totals"),
    path("timer/projects", views.TimerProjectsView.as_view(), name="timer-projects"),
    path("timer/suggestion", views.TimerSuggestionView.as_view(), name="timer-suggestion"),
    path("timer/day", views.TimerDayView.as_view(), name="timer-day"),
    path("timer/start", views.TimerStartView.as_view(), name="timer-start"),
    path("timer/stop", views.TimerStopView.as_view(), name="timer-stop"),
    path("timer/entry", views.TimerEntryView.as_view(), name="timer-entry"),
    path("timer/beginning", views.TimerBeginningView.as_view(), name="timer-beginning"),
    path("timer/undo", views.TimerUndoView.as_view(), name="timer-undo"),
    path("timer/clicks/decision", views.TimerDecisionView.as_view(), name="timer-clicks-decision"),
    path("timer/history", history_views.TimerHistoryView.as_view(), name="timer-history"),
    path("timer/history.csv", history_views.TimerHistoryFileView.as_view(), name="timer-history-file"),
    path("timer/forgotten", views.TimerForgottenView.as_view(), name="timer-forgotten"),
    path("timer/heartbeat", views.TimerHeartbeatView.as_view(), name="timer-heartbeat"),
    path("timer/project", views.TimerProjectView.as_view(), name="timer-project"),
    path("timer/sign-out", views.TimerSignOutView.as_view(), name="timer-sign-out"),
    path("timer/connect", views.TimerConnectView.as_view(), name="timer-connect"),
]
