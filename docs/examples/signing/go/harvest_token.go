// Package harvest is the one thing that your back end adds for the timer: it says who is signed in. Copy this; it needs
// nothing but Go.
package harvest

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"os"
	"time"
)

// WidgetToken is a token that the timer may use once, within a minute, on origin, for this person of this customer of yours.
func WidgetToken(userID, tenantID, email, origin string) (string, error) {
	once := make([]byte, 16)
	if _, err := rand.Read(once); err != nil {
		return "", err
	}
	now := time.Now().Unix()
	claims := map[string]any{
		"iss":       os.Getenv("HOST_APP_ID"), // this one and the two below come from `manage.py createhost`
		"aud":       "timer",
		"sub":       userID,   // your own id of the person; it must never change
		"tenant_id": tenantID, // your own id of the customer whose page this is
		"email":     email,
		"origin":    origin, // scheme, host and port of the page
		"iat":       now,
		"exp":       now + 60,
		"jti":       hex.EncodeToString(once),
	}
	head, err := part(map[string]any{"alg": "HS256", "typ": "JWT", "kid": os.Getenv("WIDGET_KEY_ID")})
	if err != nil {
		return "", err
	}
	body, err := part(claims)
	if err != nil {
		return "", err
	}
	signature := hmac.New(sha256.New, []byte(os.Getenv("WIDGET_SECRET")))
	signature.Write([]byte(head + "." + body))
	return head + "." + body + "." + base64.RawURLEncoding.EncodeToString(signature.Sum(nil)), nil
}

func part(value any) (string, error) {
	bytes, err := json.Marshal(value)
	return base64.RawURLEncoding.EncodeToString(bytes), err
}
