"""Slots in Redis (or Valkey), shared by the processes of any number of machines.

Time is Redis's own clock. Each bucket is three sorted sets by the time at which a slot frees itself: `open` for
requests under way, `done` for those answered, and `refused` for those that Harvest did not let through.

Redis may come back empty, or with an old copy of what it knew. Both show in the epoch, a key without expiry that names
the run of the server and when it was made: another run means a restart, and a process that knew another epoch, be it
only from its `memory`, a file that outlives it, means that everything was lost. Either marks the state as lost; then
nobody is granted anything until a window after the epoch was made.
"""

from __future__ import annotations

import uuid
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from harvest_bridge.harvest.budgets import Allowance, Lane
from harvest_bridge.harvest.errors import PacingUnavailable
from harvest_bridge.harvest.pacing.learned_limit import (
    CLICK_WAIT_SHARE,
    FIRST_CUT_SHARE,
    GAP_HORIZON,
    GAP_SHARE,
    LEAST_AT_FIRST_SHARE,
    LEAST_SHARE,
    MOST_DOUBLINGS,
    QUIET_WINDOWS,
    SPACING_SHARE,
)
from harvest_bridge.harvest.pacing.slots import (
    GRACE_SECONDS,
    HORIZON,
    YIELD_SECONDS,
    Full,
    Granted,
    Slot,
    occupied_for,
    state_after,
)

_PREFIX = "hb:pacing:"
_STATE_LOST_KEY = f"{_PREFIX}state_lost"
_EPOCH_KEYS = (f"{_PREFIX}epoch", _STATE_LOST_KEY)

# Times are whole microseconds. Answers: granted, epoch, limit, hold, pause, interval, number of open slots, then the
# wait for each done slot. The spacing is `slots.interval_between` and `place_in_time`, the giving way and what counts
# beside somebody else that of `SqliteSlots`.
_LIMIT_AT = """
local function limit_at(learned, now, window, quiet_windows, most_doublings)
  local started, requests = tonumber(learned[1]), tonumber(learned[2])
  local windows = (now - tonumber(learned[3])) / window
  if windows < 1 then return math.floor(math.max(requests, started + (requests - started) * windows)) end
  return math.floor(requests * 2 ^ math.min(most_doublings, math.max(0, windows - quiet_windows)))
end
"""  # `LearnedLimit.at`
_TAKE = (
    _LIMIT_AT
    + """
local open, done, held, latest_key, wanted = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local learned_key, refused, epoch_key, state_lost_key = KEYS[6], KEYS[7], KEYS[8], KEYS[9]
local number, limit, quarters, seen, lane = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), ARGV[6], tonumber(ARGV[7])
local window, flight = tonumber(ARGV[4]), tonumber(ARGV[5])
local grace, yield, horizon = tonumber(ARGV[8]), tonumber(ARGV[9]), tonumber(ARGV[10])
local quiet_windows, most_doublings = tonumber(ARGV[11]), tonumber(ARGV[12])
local click_wait, spacing = tonumber(ARGV[13]), tonumber(ARGV[14])
local gap_horizon, gap_share = window * tonumber(ARGV[15]), tonumber(ARGV[16])
local clock = redis.call('TIME')
local now = clock[1] * 1000000 + clock[2]
local function whole(value) return string.format('%.0f', value) end

local run = string.match(redis.call('INFO', 'server'), 'run_id:(%w+)') or ''
local epoch = redis.call('GET', epoch_key)
if not epoch or string.match(epoch, '^%w*') ~= run then
  local is_restored = epoch
  epoch = run .. ' ' .. whole(now)
  redis.call('SET', epoch_key, epoch)
  if is_restored then redis.call('SET', state_lost_key, epoch) end
end
if seen ~= '' and seen ~= epoch then redis.call('SET', state_lost_key, epoch) end
local hold = (tonumber(redis.call('GET', held) or 0)) - now
local state_lost = redis.call('GET', state_lost_key)
if state_lost then hold = math.max(hold, tonumber(string.match(state_lost, '%d+$')) + window - now) end

for _, key in ipairs({open, done, refused}) do redis.call('ZREMRANGEBYSCORE', key, '-inf', now) end
local waits = {}
local function add_waits(key)
  local scores = redis.call('ZRANGE', key, 0, -1, 'WITHSCORES')
  for i = 2, #scores, 2 do waits[#waits + 1] = tonumber(scores[i]) - now end
end
add_waits(done)
local under_way, limited = redis.call('ZCARD', open), limit
local learned = redis.call('HMGET', learned_key, 'started', 'requests', 'refused_at')
if learned[1] then limited = math.min(limit, limit_at(learned, now, window, quiet_windows, most_doublings)) end
local is_limited, is_within = limited < limit, false
if is_limited and under_way + #waits + redis.call('ZCARD', refused) < limit then
  local excess = under_way + #waits - limited
  is_within = lane > 0 or excess < 0 or (waits[excess + 1] or window) <= window * click_wait
end
if is_within then
  limit = limited
else
  add_waits(refused)
  table.sort(waits)
end
local unspaced = math.floor(limit * quarters / 4)
local answered = #waits
local free = limit - under_way - answered
local interval, pause = 0, 0
local latest = tonumber(redis.call('GET', latest_key) or 0)
if is_limited then
  if lane > 0 then
    interval = spacing * window / limit
    local soon = 0
    while free > 0 and soon < answered + under_way do
      local wait = math.min(waits[soon + 1] or window, gap_horizon)
      interval = math.max(interval, gap_share * wait / (free + soon))
      if wait >= gap_horizon then break end
      soon = soon + 1
    end
  end
elseif free > 0 and free <= unspaced then
  if answered == 0 then interval = window / free end
  for i = 1, answered do
    local wait = waits[i]
    if i > 1 and wait > horizon then break end
    interval = math.max(interval, wait / (free + i - 1))
  end
end
if interval > 0 then pause = math.max(0, latest + interval - now) end
local granted = 0
if hold <= 0 and pause <= 0 and free > 0 then
  for urgent = 0, lane - 1 do
    pause = math.max(pause, (tonumber(redis.call('HGET', wanted, urgent) or 0)) - now)
  end
  pause = math.min(pause, yield)
  if pause <= 0 then granted = 1 end
end
if granted == 1 then
  redis.call('HDEL', wanted, lane)
  latest = math.max(latest + interval, now - interval * math.max(1, is_limited and 0 or free / 4))
  redis.call('SET', latest_key, whole(latest), 'PX', math.ceil(window / 1000))
  redis.call('ZADD', open, now + flight + window, number)
  redis.call('PEXPIRE', open, math.ceil((flight + window) / 1000))
  under_way = under_way + 1
elseif lane < 2 then
  local wait = math.max(hold, pause)
  local nth = math.min(answered, 1 - free)
  if free <= 0 then wait = math.max(wait, nth > 0 and waits[nth] or window) end
  wait = math.min(wait, window) + grace
  redis.call('HSET', wanted, lane, whole(now + wait))
  redis.call('PEXPIRE', wanted, math.ceil((window + grace) / 1000))
end
local answer = {granted, epoch, limit, math.max(0, hold), math.ceil(pause), math.ceil(interval), under_way}
for i = 1, #waits do answer[#answer + 1] = waits[i] end
return answer
"""
)
_ANSWERED = """
local clock = redis.call('TIME')
local free_at = clock[1] * 1000000 + clock[2] + ARGV[2]
redis.call('ZREM', KEYS[1], ARGV[1])
redis.call('ZADD', KEYS[2], free_at, ARGV[1])
redis.call('PEXPIRE', KEYS[2], math.ceil(ARGV[2] / 1000))
"""
# The hold, and `learned_limit.after_refusal`.
_NOTE_REFUSAL = (
    _LIMIT_AT
    + """
local open, done, held, learned_key = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local seconds, limit, window = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local quiet_windows, most_doublings = tonumber(ARGV[4]), tonumber(ARGV[5])
local least, least_at_first, first_cut = tonumber(ARGV[6]), tonumber(ARGV[7]), tonumber(ARGV[8])
local clock = redis.call('TIME')
local now = clock[1] * 1000000 + clock[2]
if now + seconds > tonumber(redis.call('GET', held) or 0) then
  redis.call('SET', held, string.format('%.0f', now + seconds), 'PX', math.max(1, math.ceil(seconds / 1000)))
end
redis.call('ZREMRANGEBYSCORE', open, '-inf', now)
redis.call('ZREMRANGEBYSCORE', done, '-inf', now)
local ours = redis.call('ZCARD', open) + redis.call('ZCARD', done)
local learned = redis.call('HMGET', learned_key, 'started', 'requests', 'refused_at')
local known = learned[1] and limit_at(learned, now, window, quiet_windows, most_doublings) or limit
local started, requests
if known >= limit then
  requests = math.max(least, least_at_first, first_cut * math.min(ours, limit))
  started = math.max(requests, ours)
elseif now - learned[3] < window then
  requests = math.max(least, math.min(ours, tonumber(learned[2])))
  started = math.max(requests, ours)
else
  requests = math.max(least, math.min(ours, known))
  started = requests
end
redis.call('HSET', learned_key, 'started', started, 'requests', requests, 'refused_at', string.format('%.0f', now))
local windows = quiet_windows + 1 + math.max(0, math.log(limit / requests) / math.log(2))
redis.call('PEXPIRE', learned_key, math.ceil(windows * window / 1000))
"""
)


class RedisSlots:
    """One client, used on one event loop."""

    def __init__(self, url: str, *, longest_flight: float, memory: Path | None = None) -> None:
        self._longest_flight = longest_flight
        self._memory = memory
        self._epoch = memory.read_text() if memory is not None and memory.exists() else ""
        self._redis: Any = Redis.from_url(  # Any: published stubs of redis describe an older major version
            url, decode_responses=True, socket_timeout=2, socket_connect_timeout=2, retry=Retry(NoBackoff(), 1)
        )
        self._take = self._redis.register_script(_TAKE)
        self._answered = self._redis.register_script(_ANSWERED)
        self._note_refusal = self._redis.register_script(_NOTE_REFUSAL)

    async def take(self, bucket: str, allowance: Allowance, lane: Lane) -> Granted | Full:
        number = uuid.uuid4().hex
        window = occupied_for(allowance)
        quarters = allowance.unspaced_quarters(lane)
        limits = [allowance.requests, quarters, _micro(window), _micro(self._longest_flight)]
        manners = [int(lane), _micro(GRACE_SECONDS), _micro(YIELD_SECONDS), _micro(window * HORIZON)]
        learned = [QUIET_WINDOWS, MOST_DOUBLINGS, CLICK_WAIT_SHARE, SPACING_SHARE, GAP_HORIZON, GAP_SHARE]
        args: list[str | int | float] = [number, *limits, self._epoch, *manners, *learned]
        granted, epoch, limit, hold, pause, interval, under_way, *waits = await _reached(
            lambda: self._take(keys=[*_keys(bucket), *_EPOCH_KEYS], args=args)
        )
        self._remember(epoch)
        allowance = allowance.reduced_to(limit)
        frees = [*(wait / 1e6 for wait in waits), *[window] * under_way]
        if granted:
            return Granted(Slot(bucket, number, allowance), state_after(allowance, frees))
        return Full(sorted(frees), hold / 1e6, allowance, pause / 1e6, interval / 1e6)

    def take_at_once(self, bucket: str, allowance: Allowance, lane: Lane) -> Granted | None:
        return None

    def _remember(self, epoch: str) -> None:
        if epoch == self._epoch:
            return
        self._epoch = epoch
        if self._memory is not None:
            self._memory.parent.mkdir(parents=True, exist_ok=True)
            self._memory.write_text(epoch)

    async def answered(self, slot: Slot, *, is_refused: bool = False) -> None:
        args: list[str | int] = [slot.number, _micro(occupied_for(slot.allowance))]
        open_key, done, *_, refused = _keys(slot.bucket)
        await _reached(lambda: self._answered(keys=[open_key, refused if is_refused else done], args=args))

    async def give_back(self, slot: Slot) -> None:
        await _reached(lambda: self._redis.zrem(_keys(slot.bucket)[0], slot.number))

    async def note_refusal(self, bucket: str, allowance: Allowance, seconds: float) -> None:
        most, least = allowance.requests, max(1.0, allowance.requests * LEAST_SHARE)
        shares = [least, LEAST_AT_FIRST_SHARE * most, FIRST_CUT_SHARE]
        args: list[int | float] = [_micro(seconds), most, _micro(allowance.window_seconds)]
        open_key, done, held, *_, learned, _refused = _keys(bucket)
        await _reached(
            lambda: self._note_refusal(
                keys=[open_key, done, held, learned], args=[*args, QUIET_WINDOWS, MOST_DOUBLINGS, *shares]
            )
        )

    async def aclose(self) -> None:
        await self._redis.aclose()


def held_back_until(client: Any, window: float) -> float:
    """The moment, in seconds since 1970, until which a Redis that lost its counts grants nothing; 0 if it does not.

    For synchronous callers. Errors: those of `client`.
    """
    state_lost = client.get(_STATE_LOST_KEY)
    until = int(state_lost.split()[-1]) / 1e6 + window if state_lost else 0.0
    seconds, micros = client.time()
    return until if until > seconds + micros / 1e6 else 0.0


def _keys(bucket: str) -> list[str]:
    return [f"{_PREFIX}{bucket}:{name}" for name in ("open", "done", "hold", "latest", "wanted", "learned", "refused")]


def _micro(seconds: float) -> int:
    return round(seconds * 1e6)


async def _reached(command: Callable[[], Awaitable[Any]]) -> Any:
    try:
        return await command()
    except (RedisError, OSError) as error:
        raise PacingUnavailable("Redis, which counts our requests to Harvest, is away.", retry_after=1) from error
