package slack

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"meridian/bot"
)

const (
	mostFiles = 10
	fileTime  = 8 * time.Second // for all files of a message
)

// filesOf fetches the files of a message that the desk cares for. One that
// cannot be had is kept by its name alone.
func (a *Adapter) filesOf(ctx context.Context, e bot.Event, files []bot.File) ([]bot.File, error) {
	if !a.cares(ctx, e) || len(e.Raw) == 0 {
		return files, nil
	}
	var env envelope
	var in inner
	if json.Unmarshal(e.Raw, &env) != nil || json.Unmarshal(env.Event, &in) != nil {
		return files, nil
	}
	ctx, cancel := context.WithTimeout(ctx, fileTime)
	defer cancel()
	out := make([]bot.File, 0, len(files))
	for _, ref := range in.Files {
		if ref.Mode == "tombstone" || ref.ID == "" {
			continue
		}
		f := bot.File{Name: ref.Name, Type: ref.Type, Size: ref.Size}
		if len(out) < mostFiles && ref.Size <= maxUpload && ref.URL != "" {
			blob, err := a.fetchFile(ctx, ref)
			if err != nil {
				a.log.Warn("slack: a file was not fetched", "file", ref.ID, "error", err)
			} else {
				f.Blob = blob
			}
		}
		out = append(out, f)
	}
	return out, nil
}

// fetchFile reads a file into the desk's store. The token goes to Slack alone.
func (a *Adapter) fetchFile(ctx context.Context, ref fileRef) (bot.Blob, error) {
	if !a.api.ours(ref.URL) {
		return bot.Blob{}, errors.New("slack file: an address that is not Slack's")
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, ref.URL, http.NoBody)
	if err != nil {
		return bot.Blob{}, errors.New("slack file: an address that cannot be read")
	}
	r.Header.Set("Authorization", "Bearer "+a.api.bot)
	resp, err := a.api.http.Do(r)
	if err != nil {
		return bot.Blob{}, fmt.Errorf("slack file: %w", bare(err))
	}
	defer resp.Body.Close()
	kind := resp.Header.Get("Content-Type")
	switch {
	case resp.StatusCode != http.StatusOK:
		return bot.Blob{}, fmt.Errorf("slack file: status %d", resp.StatusCode)
	case strings.HasPrefix(kind, "text/html") && !strings.HasPrefix(ref.Type, "text/html"):
		return bot.Blob{}, errors.New("slack file: a page to sign in; the app needs the scope files:read")
	}
	blob, err := a.desk.PutBlob(ctx, "attachment", io.LimitReader(resp.Body, maxUpload+1), maxUpload)
	if err != nil {
		return bot.Blob{}, fmt.Errorf("slack file: %w", err)
	}
	return blob, nil
}
