package webhook

import (
	"errors"
	"io"
	"mime"
	"net/http"
	"strings"

	"meridian/bot"
)

const (
	maxBody    = 1 << 20 // bytes
	retryAfter = "5"     // seconds until a sender whose body was not stored should come again
)

// Handler answers POST /hooks/{name}; the pattern's wildcard must be called
// "name". 202 says that the body is stored. A temporary fault is always 503,
// since senders do not repeat after a 4xx.
func (a *Adapter) Handler() http.Handler { return http.HandlerFunc(a.serve) }

func (a *Adapter) serve(w http.ResponseWriter, r *http.Request) {
	// Nobody learns which hooks there are: an unknown one, one without a secret
	// and a wrong secret are answered alike, and before anything else.
	h, ok := a.hook(r)
	if !ok {
		w.Header().Set("WWW-Authenticate", "Bearer")
		http.Error(w, "unauthorized", http.StatusUnauthorized)
		return
	}
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		http.Error(w, "send a POST request", http.StatusMethodNotAllowed)
		return
	}
	if why := unsuitable(r.Header); why != "" {
		http.Error(w, why, http.StatusUnsupportedMediaType)
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if tooLarge := new(http.MaxBytesError); errors.As(err, &tooLarge) {
		http.Error(w, "the body is larger than 1 MiB: send fewer alerts at once", http.StatusRequestEntityTooLarge)
		return
	} else if err != nil {
		http.Error(w, "the body ended early", http.StatusBadRequest)
		return
	}
	if err := check(h.Kind, body); err != nil {
		a.log.InfoContext(r.Context(), "webhook: body refused", "hook", h.Name, "bytes", len(body))
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	if err := a.accept(r.Context(), h, body); err != nil {
		if !errors.Is(err, bot.ErrBusy) && r.Context().Err() == nil {
			a.log.ErrorContext(r.Context(), "webhook: body not stored", "hook", h.Name, "error", err)
		}
		w.Header().Set("Retry-After", retryAfter)
		http.Error(w, "not stored, come again", http.StatusServiceUnavailable)
		return
	}
	w.WriteHeader(http.StatusAccepted)
}

// hook finds the hook that a request names and opens.
func (a *Adapter) hook(r *http.Request) (Hook, bool) {
	h, known := (*a.hooks.Load())[r.PathValue("name")]
	if !known {
		h = Hook{Secrets: []bot.Secret{""}} // costs what a real one costs, and stays shut
	}
	token := ""
	if values := r.Header.Values("Authorization"); len(values) == 1 {
		scheme, rest, _ := strings.Cut(values[0], " ")
		if strings.EqualFold(scheme, "Bearer") {
			token = rest
		}
	}
	return h, h.opens(token) && known
}

// unsuitable says why a body cannot be JSON as it is, if its header says so.
func unsuitable(h http.Header) string {
	for _, encoding := range h.Values("Content-Encoding") {
		if !strings.EqualFold(encoding, "identity") {
			return "send the body without compression"
		}
	}
	types := h.Values("Content-Type")
	if len(types) != 1 {
		return "send JSON, with Content-Type: application/json"
	}
	media, params, err := mime.ParseMediaType(types[0])
	if err != nil || media != "application/json" && !(strings.HasPrefix(media, "application/") && strings.HasSuffix(media, "+json")) {
		return "send JSON, with Content-Type: application/json"
	}
	if charset := params["charset"]; charset != "" && !strings.EqualFold(charset, "utf-8") {
		return "send JSON in UTF-8"
	}
	return ""
}

// check refuses bodies that nobody could read later, so that their sender hears
// of it at once.
func check(kind string, body []byte) error {
	k, err := kindOf(kind)
	if err != nil {
		return err
	}
	body = trimBOM(body)
	if err := limits(body); err != nil {
		return err
	}
	return k.fits(body)
}
