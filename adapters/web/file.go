package web

import (
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strconv"

	"meridian/bot"
)

// file is a file below a message.
type file struct {
	Name string
	Size string
	URL  string
}

// filesOf are the files of a message that can be taken.
func filesOf(s bot.ShownMessage) (all []file) {
	for i, f := range s.Files {
		link := url.Values{"place": {s.Place.String()}, "message": {s.ID}, "n": {strconv.Itoa(i)}}
		all = append(all, file{f.Name, sizeOf(f.Size), "/file?" + link.Encode()})
	}
	return all
}

// sizeOf is a size as people read it.
func sizeOf(bytes int64) string {
	switch {
	case bytes < 1000:
		return fmt.Sprintf("%d B", bytes)
	case bytes < 1_000_000:
		return fmt.Sprintf("%d kB", (bytes+500)/1000)
	}
	return fmt.Sprintf("%.1f MB", float64(bytes)/1e6)
}

// file gives a file of a message to who may read the message. The browser keeps
// it and does not open it: a stranger wrote it.
func (a *Adapter) file(w http.ResponseWriter, r *http.Request) error {
	at := r.URL.Query()
	place, ok := bot.ParsePlace(at.Get("place"))
	n, err := strconv.Atoi(at.Get("n"))
	if !ok || err != nil {
		return bot.ErrNotFound
	}
	var found bot.File
	err = a.view(r, func(p bot.Pages, me reader) error {
		if _, err := open(p, me, place); err != nil {
			return err
		}
		m, err := p.Message(place, at.Get("message"))
		if err != nil {
			return err
		}
		if n < 0 || n >= len(m.Files) || m.Deleted {
			return bot.ErrNotFound
		}
		found = m.Files[n]
		return nil
	})
	if err != nil {
		return err
	}
	in, err := a.desk.OpenBlob(r.Context(), found.Blob)
	if err != nil {
		return err
	}
	defer in.Close() //nolint:errcheck // it was only read
	h := w.Header()
	h.Set("Content-Type", "application/octet-stream")
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": found.Name}))
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	h.Set("Content-Length", strconv.FormatInt(found.Blob.Size, 10))
	if _, err := io.Copy(w, in); err != nil && !errors.Is(err, r.Context().Err()) {
		a.log.DebugContext(r.Context(), "web: a file was not taken whole", "error", err)
	}
	return nil
}
