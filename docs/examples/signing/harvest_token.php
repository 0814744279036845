<?php
// The one thing that your back end adds for the timer: it says who is signed in. Copy this; it needs nothing but PHP 8.
declare(strict_types=1);

/** A token that the timer may use once, within a minute, on $origin, for this person of this customer of yours. */
function harvest_token(string $userId, string $tenantId, string $email, string $origin): string
{
    $part = fn (string $bytes): string => rtrim(strtr(base64_encode($bytes), '+/', '-_'), '=');
    $json = fn (array $value): string => $part(json_encode($value, JSON_THROW_ON_ERROR));
    $now = time();
    $claims = [
        'iss' => getenv('HOST_APP_ID'), // this one and the two below come from `manage.py createhost`
        'aud' => 'timer',
        'sub' => $userId, // your own id of the person; it must never change
        'tenant_id' => $tenantId, // your own id of the customer whose page this is
        'email' => $email,
        'origin' => $origin, // scheme, host and port of the page
        'iat' => $now,
        'exp' => $now + 60,
        'jti' => bin2hex(random_bytes(16)),
    ];
    $signed = $json(['alg' => 'HS256', 'typ' => 'JWT', 'kid' => getenv('WIDGET_KEY_ID')]) . '.' . $json($claims);
    return $signed . '.' . $part(hash_hmac('sha256', $signed, getenv('WIDGET_SECRET'), true));
}
