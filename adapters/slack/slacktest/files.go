package slacktest

import (
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"strings"
)

// file is something that was uploaded.
type file struct {
	ID, Name, Title, Type string
	Data                  []byte
	Size                  int
	Done                  bool
	User                  string
	shares                map[string]string // channel -> ts
}

func (f *file) json(s *Server) map[string]any {
	url := s.address("files.slack.com", "/files/"+f.ID)
	public := map[string]any{}
	for ch, ts := range f.shares {
		public[ch] = []map[string]any{{"ts": ts}}
	}
	return map[string]any{
		"id": f.ID, "name": f.Name, "title": f.Title, "mimetype": f.Type, "size": len(f.Data), "mode": "hosted", "user": f.User,
		"url_private": url, "url_private_download": url,
		"shares": map[string]any{"public": public},
	}
}

func (c *call) uploadURL() (answer, error) {
	size := c.number("length", 0)
	if size <= 0 || c.args.Get("filename") == "" {
		return refuse("invalid_arguments")
	}
	f := &file{ID: c.s.id("F"), Name: c.args.Get("filename"), Size: size, User: BotUser, shares: map[string]string{}}
	c.s.files[f.ID] = f
	return answer{"upload_url": c.s.address("files.slack.com", "/upload/"+f.ID), "file_id": f.ID}, nil
}

func (c *call) completeUpload() (answer, error) {
	var files []struct {
		ID    string `json:"id"`
		Title string `json:"title"`
	}
	if err := json.Unmarshal([]byte(c.args.Get("files")), &files); err != nil || len(files) == 0 {
		return refuse("invalid_arguments")
	}
	id := or(c.args.Get("channel_id"), c.args.Get("channels"))
	ch := c.s.channels[id]
	if ch == nil || !ch.has(BotUser) {
		return refuse("channel_not_found")
	}
	m := &Message{TS: c.s.ts(), User: BotUser, Bot: true, Text: c.args.Get("initial_comment"), Thread: c.args.Get("thread_ts")}
	out := []map[string]any{}
	for _, in := range files {
		f := c.s.files[in.ID]
		if f == nil || len(f.Data) != f.Size {
			return refuse("file_not_found")
		}
		f.Title, f.Done = in.Title, true
		f.shares[ch.ID] = m.TS
		m.Files = append(m.Files, f.ID)
		out = append(out, map[string]any{"id": f.ID, "title": f.Title})
	}
	c.s.put(ch.ID, m)
	c.s.note(Entry{Kind: "upload", Channel: ch.ID, Thread: m.Thread, TS: m.TS, Text: m.Text}, nil)
	return answer{"files": out}, nil
}

func (c *call) fileInfo() (answer, error) {
	f := c.s.files[c.args.Get("file")]
	if f == nil {
		return refuse("file_not_found")
	}
	return answer{"file": f.json(c.s)}, nil
}

// serveFile takes uploads and gives files to who has the token.
func (s *Server) serveFile(w http.ResponseWriter, r *http.Request) {
	_, id, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	s.mu.Lock()
	f := s.files[id]
	s.mu.Unlock()
	if f == nil {
		http.NotFound(w, r)
		return
	}
	if strings.HasPrefix(r.URL.Path, "/upload/") {
		s.upload(w, r, f)
		return
	}
	if r.Header.Get("Authorization") != "Bearer "+s.o.BotToken {
		w.Header().Set("Content-Type", "text/html")
		_, _ = io.WriteString(w, "<html>Sign in to Slack</html>")
		return
	}
	w.Header().Set("Content-Type", f.Type)
	w.Header().Set("Content-Length", strconv.Itoa(len(f.Data)))
	_, _ = w.Write(f.Data)
}

// upload takes the bytes, raw or as the first file of a form.
func (s *Server) upload(w http.ResponseWriter, r *http.Request, f *file) {
	var body io.Reader = r.Body
	if strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/") {
		parts, err := r.MultipartReader()
		if err == nil {
			body, err = parts.NextPart()
		}
		if err != nil {
			http.Error(w, "bad form", http.StatusBadRequest)
			return
		}
	}
	data, err := io.ReadAll(body)
	if err != nil {
		http.Error(w, "bad upload", http.StatusBadRequest)
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	f.Data = data
	_, _ = io.WriteString(w, "OK - "+strconv.Itoa(len(data)))
}

// File is what was uploaded under an id: its name and bytes.
func (s *Server) File(id string) (name string, data []byte, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f := s.files[id]
	if f == nil {
		return "", nil, false
	}
	return f.Name, f.Data, true
}
