package slack

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strconv"
	"time"
)

type (
	timeT = time.Time
	ctxT  = context.Context
)

func stampOf(t time.Time) string { return strconv.FormatInt(t.Unix(), 10) }

// serve is what an adapter answers to a request.
func serve(a *Adapter, r *http.Request) (code int, body string) {
	w := httptest.NewRecorder()
	a.Handler().ServeHTTP(w, r)
	return w.Code, w.Body.String()
}

func answer(b *bench, r *http.Request) (code int, body string) { return serve(b.Adapter, r) }
