"""What callers are told with each error, for the examples of the OpenAPI description: by code, one real message."""

from __future__ import annotations

from .outages import WORDS

MESSAGES = {
    "amount_exceeds_due": "amount: 1000.00 EUR is due, and not more; `allow_overpayment` takes it all the same.",
    "amount_invalid": "amount: must be decimal text such as 12.50, or send `amount_minor` instead.",
    "amount_too_precise": "amount: JPY has 0 decimals, not 2.",
    "card_data_refused": "note: has the number of a payment card, which must not be sent here.",
    "currency_mismatch": "currency: the invoice is in EUR, not USD.",
    "email_outcome_unknown": (
        "Harvest did not say whether the e-mail went out, and does not show it among the invoice's messages: look "
        "there before you send it again."
    ),
    "event_too_old": (
        "Stripe-Signature: 2026-11-17T09:00:00+00:00 is not within 0:05:00 before now; it is not taken any more."
    ),
    "inbox_body_invalid": "body: must be a JSON object.",
    "inbox_expression_failed": "invoice_id: must be Harvest's id of the invoice, a whole number.",
    "payment_inbox_refused": "body: this webhook is not taken.",
    "inbox_unknown": "inbox: there is no such inbox of this provider; take the address that PUT answered.",
    "signature_invalid": "Stripe-Signature: does not fit this body and the inbox's secret.",
    "signature_missing": "Stripe-Signature: this header is missing.",
    "invoice_state_unsuitable": "close: the invoice is draft; this takes one that is open.",
    "external_id_reused": (
        "external_id: it came with another invoice, amount or currency before; it stands for one payment."
    ),
    "invoice_busy": "A payment of this invoice, or another verb, is under way. Ask again; what was done is left alone.",
    "invoice_is_draft": "invoice_id: the invoice is a draft; mark it as sent first.",
    "invoice_unknown": "invoice_id: Harvest has no such invoice, or not for the linker.",
    "invoice_written_off": "invoice_id: the invoice is written off; reopen it first.",
    "portal_session_expired": "The portal session has ended; exchange a new portal token.",
    "portal_token_expired": "The portal token has expired; sign a new one for each request.",
    "portal_token_invalid": "client_id: must be Harvest's id of the client, as a whole number.",
    "portal_token_replayed": "This portal token was used already; sign a new one, with its own jti, each time.",
    "payment_in_doubt": ("external_id: whether Harvest has it is not known; decide about it first (docs/invoices.md)."),
    "invoices_not_complete": "invoices: is forbidden: it takes the right to see invoices. There is nothing to compare.",
    "payment_not_there": "harvest_payment_id: that payment is of 40.00, not 25.50.",
    "payment_not_in_doubt": "decision: this payment is recorded.",
    "payment_refused": "amount: this payment is not taken.",
    "payment_under_way": "external_id: it is being recorded; delete it once it was.",
    "payment_unknown": "external_id: we recorded no such payment of this invoice.",
    "payment_was_deleted": (
        "external_id: this payment was recorded once and deleted since; record another one under a new id."
    ),
    "bi_role_refused": ("beacon_bi: there is such a role already. Choose another name, or remove it first."),
    "export_too_large": (
        "format: an XLSX sheet holds 1,048,575 rows, and these are 2,000,000 of time_entries. Ask for a "
        "shorter range with `from` and `to`, or for format=csv, which has no such limit."
    ),
    "position_expired": (
        "after: what was deleted since 1200 is not kept any more, or the copy was begun anew. Read "
        "`snapshot` from its beginning, and go on with the position that it gives."
    ),
    "record_deleted": ("time_entries 2600000002 is gone from Harvest; deleted=include shows its last state."),
    "deal_changed": (
        "external_id: the deal 'deal-1042' came with another body before. `plan` is what this one would change; send "
        "it again with apply_changes to do so."
    ),
    "inbox_refused": (
        "Authorization: sign this request as HubSpot does, or send the template's secret as the password of Basic "
        "authentication, or in X-Inbox-Secret."
    ),
    "inbox_mapping_failed": "mapping: Unexpected end of expression.",
    "no_such_template": "template: there is no active template '0199'.",
    "placeholder_missing": "project.fee: the deal has no 'amount'; map it, or write {{amount|default}}.",
    "template_invalid": "rules[0]: needs `when` with a `field` and one of above, below, is, is_not, and `set`.",
    "no_such_run": "run_id: this connection has no run '0199'; GET /provisioning/runs lists them.",
    "run_not_continuable": ("run_id: is completed; only a run that is blocked, waits or was undone is continued."),
    "run_not_undoable": "run_id: is running; a run is undone once it is completed, blocked or waits.",
    "account_ambiguous": (
        "Harvest-Account-Id: several of your customers linked this account; name one in Harvest-Bridge-Connection."
    ),
    "account_missing": "Harvest-Account-Id: name the Harvest account; GET /integrated-account lists them.",
    "account_not_linked": "Harvest-Account-Id: that is not the account of this connection.",
    "address_too_long": "Path and query may have 16 KB together.",
    "connection_unknown": "Harvest-Bridge-Connection: this token is for another connection.",
    "method_not_allowed": "POST: this path is read with GET.",
    "metrics_refused": (
        "Send METRICS_TOKEN as `Authorization: Bearer …`; without that setting metrics are read directly, on this "
        "machine alone, and only while PUBLIC_URL is an address of this machine."
    ),
    "request_head_too_long": "Content-Type: may have 1 KB.",
    "access_unchecked": "The database does not answer; try again.",
    "account_connection_needed": "Link the whole account: identities are matched against all of its people.",
    "account_linked_elsewhere": (
        "Another connection already has the Harvest account “Fennel & Finch”. Choose a different one."
    ),
    "administrator_needed": (
        "This account was linked by a member, Carmen Ruiz <carmen@fennelfinch.example>; reading all people takes "
        "an administrator. Let somebody with that right link it again."
    ),
    "another_harvest_account": "This connection belongs to the Harvest account “Fennel & Finch”. Choose that one.",
    "body_too_long": "A JSON body may have 8 MB here; send less at once.",
    "cannot_open_secret": "Encryption key 4f1c09aa is not among ENCRYPTION_KEYS any more; add it back at the end.",
    "client_disconnected": "The caller left before the answer.",
    "consent_denied": "You did not allow access, so nothing was connected.",
    "credentials_in_query": "access_token: credentials do not go into the address; send them as headers.",
    "events_expired": (
        "after: events up to 1200 are not kept any more. Begin with after=1200, and read what you need of the "
        "time before from the API."
    ),
    "harvest_answer_too_long": (
        "Harvest's answer is longer than 16 MB; ask for less (`limit`), or read it through /v2, which streams it."
    ),
    "harvest_away_while_linking": "Harvest cannot be reached right now. Nothing was stored; try again in a moment.",
    "harvest_error": "Harvest answered 502 Bad Gateway.",
    "harvest_forbidden": "Not authorized!",
    "harvest_grant_refused": "The authorization grant is invalid, expired or revoked.",
    "harvest_malformed": "Harvest answered with something that is not JSON.",
    "harvest_not_found": "Not Found",
    "harvest_outcome_unknown": "Harvest took the request and gave no answer: look before you repeat it.",
    "harvest_rate_limited": "Harvest's allowance is used up for the next 4 seconds.",
    "harvest_refused_link": "Harvest did not accept the connection. Try again, or choose another account.",
    "harvest_rejected": "Project can't be blank, Task can't be blank, Spent date can't be blank",
    "harvest_timeout": "Harvest did not answer in time.",
    "harvest_token_renewed": "The access token was renewed meanwhile; send this again.",
    "harvest_too_many_pages": "The list has more than 1000 pages; ask for a smaller part of it.",
    "harvest_unauthorized": "The access token provided is expired, revoked, malformed or invalid for other reasons.",
    "harvest_unavailable": "Harvest answered 503 Service Unavailable.",
    "harvest_user_claimed": (
        "harvest_user_id: Carmen Ruiz is matched to 'u-7' already; end that match, or set `take_over`."
    ),
    "idempotency_key_in_use": "Idempotency-Key: the first request with this key still runs; ask again.",
    "idempotency_key_reused": (
        "Idempotency-Key: this key came with another request before; use a new key for a new request."
    ),
    "idempotency_outcome_unknown": (
        "Idempotency-Key: the bridge was stopped while the request with this key ran. It may have been carried "
        "out: look, and use a new key to do it again."
    ),
    "invalid_api_key": "The API key hb_live_9tnPuw… was revoked; issue a new one in the admin.",
    "invalid_integrated_account_token": "This integrated-account token has expired; ask for a new one.",
    "invalid_link_token": "This link was used already, or has expired.",
    "invalid_origin": "origin: 'https://app' is not an origin; its host name is malformed",
    "invalid_request": "limit: must be a whole number from 1 to 2000, not '0'.",
    "link_state_mismatch": (
        "This browser did not ask Harvest for this answer, used it before, or waited longer than ten minutes."
    ),
    "mapping_busy": "Every process for mappings is busy; try again.",
    "mapping_conflict": "users.title was changed by somebody else; it is at version 3 now. Read it again, then save.",
    "mapping_field_unknown": "resource: mappings are for users and groups (me is mapped as users).",
    "mapping_invalid": "title: write an expression of 1 to 4000 characters.",
    "mapping_limit_reached": "users: 50 fields are mapped already; remove one first.",
    "mapping_not_found": "users.title has no version 4 here.",
    "missing_integrated_account_id": "integrated_account_id: name the connection.",
    "missing_scope": "This API key lacks the scope “harvest”; add it in the admin or use another key.",
    "missing_token": "Send your token as `Authorization: Bearer <token>`.",
    "mirror_required": "This account is not mirrored yet; begin with POST /mirror/sync.",
    "mirror_not_fresh": "time_entries: could not be read anew within 10 s; ask again, or with a larger max_age.",
    "mirror_paused": "The mirror is paused and reads nothing; resume it: PATCH /mirror/settings with is_paused false.",
    "not_mirrored": "This account is not mirrored; begin with POST /mirror/sync.",
    "needs_reauth": "Harvest no longer takes this connection's tokens; link the account again.",
    "no_access_to_account": "Harvest does not let you into the account “Fennel & Finch”: you may be archived there.",
    "no_harvest_account": "You gave access to no Harvest account. Choose one.",
    "no_such_connection": "integrated_account_id: this host app has no connection 'be72481b-e060-4103-baa8'.",
    "no_such_delivery": "event_id: this webhook has no event 'evt_0199'.",
    "no_such_harvest_user": (
        "harvest_user_id: this Harvest account has no user 4000999; if they are new, start a matching run, which "
        "reads Harvest's users again."
    ),
    "no_such_identity": "identity_id: this connection has no identity 'u-7'; find it by `external_id` in the list.",
    "no_such_webhook": "id: this host app has no webhook '0199'.",
    "no_such_payout": "This account has no payout period '0199'; GET /insights/payouts lists them.",
    "not_found": "There is nothing at /unified/user-directory/people; see /docs/ for the routes.",
    "nothing_suggested": (
        "harvest_user_id: there is no single suggestion to confirm; name one of the candidates, or choose "
        "anybody else by `override`."
    ),
    "nothing_to_set_up": "There is nothing more to set up for Harvest.",
    "origin_taken": (
        "origin: https://app.example.com already belongs to the host app “Ticket board”; remove it there first, "
        "or use another origin."
    ),
    "pacing_unavailable": "Redis, which counts our requests to Harvest, is away.",
    "parse_error": "JSON parse error - Expecting property name enclosed in double quotes: line 1 column 2 (char 1)",
    "payout_account_taken": "integrated_account_id: this Harvest account is paid through another connection already.",
    "payout_already_paid": "reference: the statement Dana Frost, no. 12 was paid as 'W-1' already.",
    "payout_cannot_export": (
        "email: lacks for Dana Frost (4000104); set it with PUT /insights/payouts/payees/{user_id}."
    ),
    "payout_changed": (
        "What the period 2026-11-01 to 2026-11-30 would pay changed since it was verified; verify it again."
    ),
    "payout_closed": "The period 2026-11-01 to 2026-11-30 is closed; a closed period stays.",
    "payout_differs_from_harvest": "Harvest differs from the mirror in 1 records: time_entries 2600000001 (hours).",
    "payout_period_invalid": "from: a month begins on the 1st, not on 2026-11-02; take kind=free for other days.",
    "payout_periods_overlap": "from: 2026-11-28 to 2026-11-30 belongs to the monthly period 2026-11-01 to 2026-11-30.",
    "payout_rate_taken": "starts_on: a rate for the same person, project and task begins on 2026-11-01 already.",
    "payout_step_refused": "The period 2026-11-01 to 2026-11-30 is a draft; verify it first.",
    "personal_token_refused": "This does not look like a personal access token. Copy it from Harvest whole.",
    "range_not_mirrored": "from: the mirror holds 90 days, back to 2026-09-01; ask from there.",
    "redirect_uri_not_allowed": (
        "redirect_uri: must be on one of this host app's allowed origins; add its origin in the admin first."
    ),
    "request_too_slow": "The body of the request did not come in time.",
    "right_not_asked": (
        "rights: this host app does not ask for invoices, only for read, time; an operator sets that at the host "
        "app in the admin, and an API key with the scope “harvest” must be able to use it."
    ),
    "right_not_granted": (
        "POST /v2/invoices takes the right “invoices”, which this connection was linked without. Let the host "
        "app ask for it (admin, host app, rights; or `rights` of POST /link-token), and link the account again."
    ),
    "stream_not_complete": "time_entries: is forbidden; it takes an administrator in Harvest.",
    "target_url_not_allowed": "target_url: write an address without spaces, of at most 2000 characters.",
    "token_not_accepted": "This kind of token is not accepted here; see docs/api.md, “Tokens”.",
    "token_refresh_failed": "Harvest cannot renew this connection's tokens at the moment; nothing was sent.",
    "token_refresh_in_progress": "Harvest is slow to renew this connection's tokens; try again.",
    "too_busy": "Too much is asked at once; try again soon.",
    "too_many_at_once": "More than 125 requests of this customer at once.",
    "too_many_connections": "Too many connections are open; try again soon.",
    "too_many_polls": "Too many polls wait at once; leave out `wait`, or wait with fewer.",
    "too_many_webhooks": "A host app may have 100 webhooks; delete one first.",
    "unknown_definition": "definition: 'mine' is none of utilization; there are harvest, ours.",
    "unknown_integration": "This page was asked for an integration that does not exist here.",
    "unknown_resource": "invoices has no method 'begin'; it has preview_messages.",
    "unknown_token": "This is not a token of ours; API keys begin with hb_live_.",
    "unsupported_media_type": 'Unsupported media type "text/csv" in request.',
    "value_too_large": "context: is 20000 bytes as JSON; at most 16384 are kept. Store less there.",
    "webhook_has_no_target": "target_url: this webhook is polled and has no address; set one, or read its events.",
} | {kind.code: words for kind, words in WORDS.items()}
