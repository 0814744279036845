"""Ready JSONata for the webhook bodies of CRMs: each gives the list of events that a body tells of.

Shape of an event: `event_id`, `deal_id`, `stage` (won, lost, open, or none where the event is of something else),
`occurred_at` (seconds since 1970, or ISO 8601), `deal` with `name`, `company`, `company_id`, `amount`, `currency`,
`owner_email`, `code`, and `merged` (ids of deals that live on in this one).
"""

from __future__ import annotations

# Subscriptions send a list, workflows the object with its properties.
_HUBSPOT = """
(
  $text := function($p) { $exists($p) ? $string($type($p) = "object" ? $p.value : $p) : null };
  $stage := function($s, $won) {
    $won = "true" or $contains($s, /closedwon/i) ? "won" : $contains($s, /closedlost/i) ? "lost" : "open" };
  $list := $type(body) = "array" ? body : [body];
  [$map($list, function($e) { (
    $isDeal := $exists($e.properties) or $contains($string($e.subscriptionType), "deal")
      or $string($e.objectTypeId) = "0-3";
    $isMerge := $exists($e.mergedObjectIds);
    $isStage := $e.propertyName in ["dealstage", "hs_is_closed_won"];
    $names := {"dealname": "name", "amount": "amount", "deal_currency_code": "currency"};
    {
      "event_id": $exists($e.eventId) ? $string($e.eventId) & ":" & $string($e.occurredAt) : null,
      "deal_id": $string($isMerge ? ($exists($e.newObjectId) ? $e.newObjectId : $e.primaryObjectId) : $e.objectId),
      "stage": $isDeal ? ($exists($e.properties) ? $stage($text($e.properties.dealstage),
          $text($e.properties.hs_is_closed_won)) : $isStage ? $stage($string($e.propertyValue),
          $e.propertyName = "hs_is_closed_won" ? $string($e.propertyValue) : "") : null) : null,
      "occurred_at": $exists($e.occurredAt) ? $e.occurredAt / 1000 : null,
      "merged": $isDeal and $isMerge ? [$map([$e.mergedObjectIds, $exists($e.newObjectId)
          and $e.newObjectId != $e.primaryObjectId ? $e.primaryObjectId : []], function($x) { $string($x) })] : [],
      "deal": $isDeal ? ($exists($e.properties) ? {
          "name": $text($e.properties.dealname), "amount": $text($e.properties.amount),
          "currency": $text($e.properties.deal_currency_code),
          "company": $text($e.associatedCompany.properties.name),
          "company_id": $text($e.associatedCompany.`company-id`),
          "owner_email": $text($e.properties.hubspot_owner_email)
        } : $exists($lookup($names, $string($e.propertyName))) ?
          {$lookup($names, $e.propertyName): $string($e.propertyValue)} : {}) : {}
    }) })]
)
"""
_PIPEDRIVE = """
(
  $now := $exists(body.data) ? body.data : body.current;
  $what := $exists(body.meta.entity) ? body.meta.entity : body.meta.object;
  $id := $exists(body.meta.entity_id) ? body.meta.entity_id : body.meta.id;
  [{
    "event_id": $string(body.meta.webhook_id) & ":" & $string($id) & ":" & $string(body.meta.action) & ":"
      & $string($exists(body.meta.timestamp_micro) ? body.meta.timestamp_micro : body.meta.timestamp),
    "deal_id": $string($id),
    "stage": $what = "deal" and $now.status in ["won", "lost", "open"] ? $now.status : null,
    "occurred_at": body.meta.timestamp,
    "merged": $what = "deal" ? [$map([body.meta.merged_ids], function($x) { $string($x) })] : [],
    "deal": $what = "deal" ? {
      "name": $now.title, "amount": $now.value, "currency": $now.currency,
      "company": $exists($now.org_name) ? $now.org_name : $now.org_id.name,
      "company_id": $type($now.org_id) = "object" ? $string($now.org_id.value)
        : $exists($now.org_id) and $now.org_id != null ? $string($now.org_id) : null,
      "owner_email": $now.owner_id.email
    } : {}
  }]
)
"""
# From a flow's HTTP callout: the record, alone, in a list, or below `new` or `record`.
_SALESFORCE = """
(
  $list := $type(body) = "array" ? body : $exists(body.records) ? body.records : [body];
  [$map($list, function($r) { (
    $o := $exists($r.new) ? $r.new : $exists($r.record) ? $r.record : $r;
    {
      "event_id": $string($o.Id) & ":" & $string($exists($o.SystemModstamp) ? $o.SystemModstamp : $o.LastModifiedDate)
        & ":" & $string($o.StageName),
      "deal_id": $string($o.Id),
      "stage": $o.IsWon = true or $o.StageName = "Closed Won" ? "won"
        : $o.IsClosed = true or $o.StageName = "Closed Lost" ? "lost" : "open",
      "occurred_at": $exists($o.SystemModstamp) ? $o.SystemModstamp : $o.LastModifiedDate,
      "merged": [$map([$r.merged], function($x) { $string($x) })],
      "deal": {
        "name": $o.Name, "amount": $o.Amount, "currency": $o.CurrencyIsoCode, "company": $o.Account.Name,
        "company_id": $o.AccountId, "owner_email": $o.Owner.Email
      }
    }) })]
)
"""
_ZAPIER = """
(
  $list := $type(body) = "array" ? body : [body];
  [$map($list, function($d) { {
    "event_id": $exists($d.event_id) ? $string($d.event_id) : null,
    "deal_id": $string($exists($d.deal_id) ? $d.deal_id : $d.id),
    "stage": $contains($lowercase($string($exists($d.status) ? $d.status : $d.stage)), "won") ? "won"
      : $contains($lowercase($string($exists($d.status) ? $d.status : $d.stage)), "lost") ? "lost" : "open",
    "occurred_at": $exists($d.occurred_at) ? $d.occurred_at : $d.updated_at,
    "merged": [$map([$d.merged], function($x) { $string($x) })],
    "deal": {
      "name": $exists($d.deal_name) ? $d.deal_name : $exists($d.name) ? $d.name : $d.title,
      "amount": $exists($d.amount) ? $d.amount : $d.value, "currency": $d.currency,
      "company": $exists($d.company) ? $d.company : $d.organization, "company_id": $d.company_id,
      "owner_email": $d.owner_email, "code": $d.code
    }
  } })]
)
"""
READY = {"hubspot": _HUBSPOT, "pipedrive": _PIPEDRIVE, "salesforce": _SALESFORCE, "zapier": _ZAPIER, "other": _ZAPIER}
