"""Names the rows that a timer session rests on, as a question to the database."""

from __future__ import annotations

from functools import cache

from harvest_bridge.api.admissions import PresentedToken
from harvest_bridge.api.cache_versions import Question, row_version
from harvest_bridge.connections.models import Connection, Kind
from harvest_bridge.hosts.models import AllowedOrigin, HostApp, WidgetKey
from harvest_bridge.unified.identities.models import Identity
from timer_widget.models import Person, TimerSession, TimerSettings


def of_session(presented: PresentedToken) -> Question:
    """A session that may go on, its person, and by which connections they may reach Harvest: their own, and the account
    connections of their tenant with whom each knows them as; and how their host app has set the timer."""
    return Question(_session(), (Kind.ACCOUNT, presented.token_hash))


@cache
def _session() -> str:
    sessions, people, hosts = TimerSession._meta.db_table, Person._meta.db_table, HostApp._meta.db_table
    origins, keys, connections = AllowedOrigin._meta.db_table, WidgetKey._meta.db_table, Connection._meta.db_table
    of_person = f"{row_version(TimerSession, 's')}, {row_version(Person, 'p')}"
    of_access = f"{row_version(Connection, 'c')}, {row_version(Identity, 'i')}"
    of_host = f"{row_version(HostApp, 'h')}, {row_version(TimerSettings, 't')}"
    versions = f"{of_person}, {of_host}, {of_access}"
    return f"""SELECT s.token_hash, c.id, {versions} FROM {sessions} s JOIN {people} p ON p.id = s.person_id
JOIN {hosts} h ON h.id = p.host_app_id JOIN {origins} o ON o.origin = s.origin AND o.host_app_id = p.host_app_id
LEFT JOIN {TimerSettings._meta.db_table} t ON t.host_app_id = h.id LEFT JOIN {keys} w ON w.id = s.widget_key_id
LEFT JOIN {connections} c ON c.host_app_id = p.host_app_id AND c.tenant_id = p.tenant_id
AND (c.kind = %s OR c.user_id = p.user_id) AND c.disconnected_at IS NULL
LEFT JOIN {Identity._meta.db_table} i ON i.connection_id = c.id AND i.external_id = p.user_id
WHERE s.token_hash = %s AND w.revoked_at IS NULL ORDER BY c.id"""  # noqa: S608
