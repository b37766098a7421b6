package adapters

import (
	"bytes"
	"context"
	"net/http"

	"meridian/adapters/email"
	"meridian/adapters/web"
)

// try is what can be tried out on the web desk: a mail goes the way of the
// mailbox, and an alert that of a hook.
func (c Config) try(b *Built, mailbox *email.Adapter) web.Try {
	var t web.Try
	if mailbox != nil {
		t.Mail = mailbox.Pasted
	}
	secrets := map[string]string{}
	for _, h := range c.Webhooks {
		if h.Kind == "alertmanager" && len(h.Secret) > 0 {
			t.Hooks, secrets[h.Name] = append(t.Hooks, h.Name), h.Secret[0].Reveal()
		}
	}
	t.Hook = func(ctx context.Context, name string, body []byte) (int, error) {
		r, err := http.NewRequestWithContext(ctx, http.MethodPost, "/hooks/"+name, bytes.NewReader(body))
		if err != nil {
			return 0, err
		}
		r.Header.Set("Authorization", "Bearer "+secrets[name])
		r.Header.Set("Content-Type", "application/json")
		r.SetPathValue("name", name)
		w := status{http.Header{}, http.StatusOK}
		b.Hooks.ServeHTTP(&w, r)
		return w.code, nil
	}
	return t
}

// status keeps how a request was answered, and drops the rest.
type status struct {
	header http.Header
	code   int
}

// Header implements http.ResponseWriter.
func (s *status) Header() http.Header { return s.header }

// WriteHeader implements http.ResponseWriter.
func (s *status) WriteHeader(code int) { s.code = code }

// Write implements http.ResponseWriter.
func (s *status) Write(b []byte) (int, error) { return len(b), nil }
