package slack

import (
	"net/http"
	"net/http/httptest"
	"time"
)

type timeT = time.Time

// answer is what the adapter answers to a request.
func answer(b *bench, r *http.Request) (code int, body string) {
	w := httptest.NewRecorder()
	b.Handler().ServeHTTP(w, r)
	return w.Code, w.Body.String()
}
