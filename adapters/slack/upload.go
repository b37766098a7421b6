package slack

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"meridian/bot"
)

// maxUpload is the size in bytes up to which a file is uploaded; a larger one
// is a link.
const maxUpload = 25 << 20

// upload posts files of the desk with their text: an address for each, the
// bytes, and then one message that shows them all. Only the last step is seen.
func (a *Adapter) upload(ctx context.Context, d bot.Delivery) (bot.Receipt, error) {
	if len(d.Files) == 0 {
		return bot.Receipt{}, bot.ErrUnsupported
	}
	channel, err := a.channel(ctx, d.To)
	if err != nil {
		return bot.Receipt{}, err
	}
	type done struct {
		ID    string `json:"id"`
		Title string `json:"title"`
	}
	var files []done
	for _, f := range d.Files {
		id, err := a.uploadOne(ctx, d, f)
		if err != nil {
			return bot.Receipt{}, err
		}
		files = append(files, done{id, clean(f.Name)})
	}
	list, err := marshal(files)
	if err != nil {
		return bot.Receipt{}, bot.Permanent(err)
	}
	p := a.painter(ctx, d.To, "", d.ToClient)
	args := url.Values{"channel_id": {channel}, "files": {list}}
	if text := p.lines(d.Message.Text); text != "" {
		args.Set("initial_comment", escape(short(text, maxRich)))
	}
	if d.To.Thread != "" {
		args.Set("thread_ts", d.To.Thread)
	}
	if err := a.api.call(ctx, "files.completeUploadExternal", args, nil); err != nil {
		return bot.Receipt{}, err
	}
	ts, err := a.shared(ctx, channel, files[0].ID)
	if err != nil {
		ts = "" // it is there all the same
	}
	return bot.Receipt{Message: ts, Thread: d.To.Thread}, nil
}

// uploadOne brings the bytes of a file to Slack, where nobody sees them yet. Its
// name there tells whose upload it is.
func (a *Adapter) uploadOne(ctx context.Context, d bot.Delivery, f bot.File) (string, error) {
	if f.Size > maxUpload {
		return "", bot.ErrUnsupported
	}
	in, err := a.desk.OpenBlob(ctx, f.Blob)
	if err != nil {
		return "", fmt.Errorf("slack: file to upload: %w", err)
	}
	defer in.Close()
	data, err := io.ReadAll(io.LimitReader(in, maxUpload+1))
	switch {
	case err != nil:
		return "", fmt.Errorf("slack: file to upload: %w", err)
	case len(data) == 0 || len(data) > maxUpload:
		return "", bot.ErrUnsupported
	}
	var out struct {
		URL string `json:"upload_url"`
		ID  string `json:"file_id"`
	}
	args := url.Values{"filename": {fileName(f.Name)}, "length": {strconv.Itoa(len(data))}, "alt_txt": {uploadMark(d)}}
	if err := again(a.api.call(ctx, "files.getUploadURLExternal", args, &out)); err != nil {
		return "", err
	}
	return out.ID, a.api.bytes(ctx, out.URL, data)
}

// again makes an unknown outcome a plain one: what nobody sees can be done
// again.
func again(err error) error {
	if bot.IsUnknown(err) {
		return errors.New(err.Error())
	}
	return err
}

func fileName(s string) string {
	s = strings.Map(func(c rune) rune {
		if c == '/' || c == '\\' || c < ' ' {
			return '_'
		}
		return c
	}, clean(s))
	if s = short(s, 200); s == "" {
		return "file"
	}
	return s
}

func uploadMark(d bot.Delivery) string { return "upload " + fingerprint([]byte(d.Key)) }

// bytes sends a file to the address that Slack gave for it, without the token.
func (c *client) bytes(ctx context.Context, to string, data []byte) error {
	if !c.ours(to) {
		return errors.New("slack upload: an address that is not Slack's")
	}
	ctx, cancel := context.WithTimeout(ctx, 25*time.Second)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, to, bytes.NewReader(data))
	if err != nil {
		return errors.New("slack upload: an address that cannot be read")
	}
	r.Header.Set("Content-Type", "application/octet-stream")
	resp, err := c.http.Do(r)
	if err != nil {
		return fmt.Errorf("slack upload: %w", bare(err))
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("slack upload: status %d", resp.StatusCode)
	}
	return nil
}

// shared is the message that shows a file in a channel, once Slack knows it.
func (a *Adapter) shared(ctx context.Context, channel, file string) (string, error) {
	var out struct {
		File struct {
			Shares map[string]map[string][]struct {
				TS string `json:"ts"`
			} `json:"shares"`
		} `json:"file"`
	}
	if err := a.api.call(ctx, "files.info", url.Values{"file": {file}}, &out); err != nil {
		return "", err
	}
	for _, kind := range out.File.Shares {
		for _, s := range kind[channel] {
			return s.TS, nil
		}
	}
	return "", nil
}

// findUpload cannot tell an upload from another of the same name: what may have
// been shown to a client waits for a person, anything else is shown again.
func (a *Adapter) findUpload(_ context.Context, d bot.Delivery) (bot.Receipt, bool, error) {
	return a.blind(d, errors.New("slack: an upload that cannot be looked up"))
}
