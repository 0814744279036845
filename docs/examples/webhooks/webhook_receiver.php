<?php
// Receives webhooks: verifies each, and does each event once. Copy `receive`, and give it a table of your own.
declare(strict_types=1);

const LONGEST_SECONDS = 300;

/** Whether the bridge sent this, just now. $body is as it came. */
function is_genuine(string $body, string $id, string $sentAt, string $signatures): bool
{
    if ($id === '' || !ctype_digit($sentAt) || abs(time() - (int) $sentAt) > LONGEST_SECONDS) {
        return false;
    }
    $key = base64_decode(preg_replace('/^whsec_/', '', (string) getenv('WEBHOOK_SECRET'))); // whsec_…, as it was shown
    $expected = 'v1,' . base64_encode(hash_hmac('sha256', "$id.$sentAt.$body", $key, true));
    $fits = array_filter(explode(' ', $signatures), fn (string $given): bool => hash_equals($expected, $given));
    return $fits !== [];
}

/** The status to answer with: 204 once the event is done, now or before; 401 for what is not from the bridge. */
function receive(string $body, string $id, string $sentAt, string $signatures): int
{
    if (!is_genuine($body, $id, $sentAt, $signatures)) {
        return 401;
    }
    $event = json_decode($body, true, flags: JSON_THROW_ON_ERROR);
    $seen = fopen(getenv('SEEN_FILE') ?: 'webhook-ids.txt', 'a+');
    flock($seen, LOCK_EX); // one at a time, whatever the number of processes
    if (!in_array($event['id'], explode("\n", (string) stream_get_contents($seen, offset: 0)), true)) {
        work($event);
        fwrite($seen, $event['id'] . "\n");
        fflush($seen);
    }
    fclose($seen);
    return 204;
}

/** Yours. */
function work(array $event): void
{
    file_put_contents('php://stdout', "{$event['type']} {$event['id']}\n");
}

http_response_code(receive(
    (string) file_get_contents('php://input'),
    $_SERVER['HTTP_WEBHOOK_ID'] ?? '',
    $_SERVER['HTTP_WEBHOOK_TIMESTAMP'] ?? '',
    $_SERVER['HTTP_WEBHOOK_SIGNATURE'] ?? '',
));
