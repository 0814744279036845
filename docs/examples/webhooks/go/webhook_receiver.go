// Receives webhooks: verifies each, and does each event once. Copy receive, and give it a table of your own.
package main

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"
)

const longest = 5 * time.Minute

type event struct {
	ID   string          `json:"id"`
	Type string          `json:"type"`
	Data json.RawMessage `json:"data"`
}

type receiver struct {
	key      []byte
	seenFile *os.File
	mutex    sync.Mutex
	seen     map[string]bool
}

// isGenuine tells whether the bridge sent this, just now. body is as it came.
func (r *receiver) isGenuine(body []byte, header http.Header) bool {
	id, sentAt := header.Get("webhook-id"), header.Get("webhook-timestamp")
	seconds, err := strconv.ParseInt(sentAt, 10, 64)
	if id == "" || err != nil || time.Since(time.Unix(seconds, 0)).Abs() > longest {
		return false
	}
	mac := hmac.New(sha256.New, r.key)
	fmt.Fprintf(mac, "%s.%s.%s", id, sentAt, body)
	expected := "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil))
	for _, given := range strings.Fields(header.Get("webhook-signature")) {
		if hmac.Equal([]byte(given), []byte(expected)) {
			return true
		}
	}
	return false
}

// receive is the status to answer with: 204 once the event is done, now or before; 401 for what is not from the bridge.
func (r *receiver) receive(body []byte, header http.Header) int {
	var found event
	if !r.isGenuine(body, header) || json.Unmarshal(body, &found) != nil {
		return http.StatusUnauthorized
	}
	r.mutex.Lock()
	defer r.mutex.Unlock()
	if !r.seen[found.ID] {
		work(found)
		r.seen[found.ID] = true
		if _, err := fmt.Fprintln(r.seenFile, found.ID); err != nil {
			return http.StatusInternalServerError
		}
	}
	return http.StatusNoContent
}

// work is yours.
func work(found event) {
	fmt.Println(found.Type, found.ID)
}

func (r *receiver) ServeHTTP(writer http.ResponseWriter, request *http.Request) {
	body, err := io.ReadAll(request.Body)
	if err != nil {
		writer.WriteHeader(http.StatusBadRequest)
		return
	}
	writer.WriteHeader(r.receive(body, request.Header))
}

func setting(name, usual string) string {
	if given := os.Getenv(name); given != "" {
		return given
	}
	return usual
}

func main() {
	// whsec_…, as it was shown
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(os.Getenv("WEBHOOK_SECRET"), "whsec_"))
	if err != nil || len(key) == 0 {
		log.Fatal("set WEBHOOK_SECRET to the secret of the webhook")
	}
	path := setting("SEEN_FILE", "webhook-ids.txt")
	known, err := os.ReadFile(path)
	if err != nil && !os.IsNotExist(err) {
		log.Fatal(err)
	}
	file, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		log.Fatal(err)
	}
	seen := map[string]bool{}
	for _, id := range strings.Fields(string(known)) {
		seen[id] = true
	}
	log.Fatal(http.ListenAndServe("127.0.0.1:"+setting("PORT", "8003"), &receiver{key: key, seenFile: file, seen: seen}))
}
