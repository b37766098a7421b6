package slacktest

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"time"
)

// respond takes an answer to a response address.
func (s *Server) respond(w http.ResponseWriter, r *http.Request, id string) {
	body, err := io.ReadAll(io.LimitReader(r.Body, 1<<20))
	var in struct {
		Type    string          `json:"response_type"`
		Text    string          `json:"text"`
		Thread  string          `json:"thread_ts"`
		Blocks  json.RawMessage `json:"blocks"`
		Replace bool            `json:"replace_original"`
		Delete  bool            `json:"delete_original"`
	}
	if err != nil || json.Unmarshal(body, &in) != nil {
		s.breach("a response address got what is no JSON")
		http.Error(w, "invalid_payload", http.StatusBadRequest)
		return
	}
	if r.Header.Get("Authorization") != "" {
		s.breach("a response address got the token")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls["response_url"]++
	if f := s.fault("response_url", ""); f != nil {
		f.write(w, r)
		return
	}
	to := s.responses[id]
	if to == nil || time.Now().After(to.until) {
		s.breach("a response address was used after its 30 minutes")
		http.Error(w, "expired_url", http.StatusNotFound)
		return
	}
	if to.uses++; to.uses > 5 {
		s.breach("a response address was used %d times", to.uses)
		http.Error(w, "used_url", http.StatusNotFound)
		return
	}
	if in.Type != "" && in.Type != "ephemeral" {
		s.breach("a response address was used for everybody to see: it gives no timestamp back")
	}
	if problems := CheckBlocks(in.Blocks, "message"); len(in.Blocks) > 0 && len(problems) > 0 {
		s.breach("response: invalid_blocks: %s", strings.Join(problems, "; "))
		http.Error(w, "invalid_blocks", http.StatusBadRequest)
		return
	}
	s.whisper(to.channel, to.thread, s.ts(), to.user, content{text: in.Text, blocks: in.Blocks})
	_, _ = io.WriteString(w, "ok")
}
