package storage

import (
	"slices"
	"strings"

	"meridian/bot"
)

const (
	// block is how many requests share a row of an indexed word. A row of a word
	// that is in all of them is about a kilobyte.
	block = 512
	// facets are tokens that no text has.
	requesterFacet = "=r:"
	clientFacet    = "=c:"
)

// placeOf writes which of its block a request is, in two characters. The first
// and the second are of different sets, so that one place never reads as parts
// of two others and can be cut out of a row with replace().
func placeOf(request int64) string {
	n := byte(request % block / 32)
	return string([]byte{'0' + n, '@' + byte(request%32)})
}

// places calls fn for each request of a row.
func places(row string, fn func(n int)) {
	for i := 0; i+1 < len(row); i += 2 {
		fn(int(row[i]-'0')*32 + int(row[i+1]-'@'))
	}
}

// indexed is what the transaction knows to be in the index of one request. It
// is never changed, so that a savepoint can go back to it.
type indexed struct {
	request int64
	tokens  [2]map[string]bool // by internal
}

// words are what a request is found by beside its comments.
type words struct{ title, words, name, requester, client, tags string }

func foundBy(r bot.Request) words {
	return words{r.Title, r.Words, r.Name, r.Requester, r.Client, strings.Join(r.Tags, " ")}
}

func (w words) tokens() []string {
	_, address, _ := strings.Cut(w.requester, ":")
	all := bot.Tokens(w.title)
	for _, text := range []string{w.words, w.name, address, w.client, w.tags} {
		all = append(all, bot.Tokens(text)...)
	}
	all = append(all, bounded(requesterFacet+w.requester))
	if w.client != "" {
		all = append(all, bounded(clientFacet+w.client))
	}
	return all
}

// wordsOf are those of a stored request. Whoever writes one has mostly read it
// in the same transaction.
func (t *tx) wordsOf(request int64) (words, error) {
	if w, ok := t.read[request]; ok {
		return w, nil
	}
	r, err := t.Request(request)
	if err != nil && !isMissing(err) {
		return words{}, err
	}
	return foundBy(r), nil
}

// addTokens puts words of a request into the index. Those that are known to be
// there are left out: the first comment of a request says what the request says.
func (t *tx) addTokens(request int64, internal bool, tokens []string) error {
	was, side := t.known.indexed, flag(internal)
	if was == nil || was.request != request {
		was = &indexed{request: request}
	}
	now := &indexed{request: request, tokens: was.tokens}
	now.tokens[side] = make(map[string]bool, len(tokens)+len(was.tokens[side]))
	for token := range was.tokens[side] {
		now.tokens[side][token] = true
	}
	var fresh []string
	for _, token := range tokens {
		if !now.tokens[side][token] && !now.tokens[0][token] {
			now.tokens[side][token] = true
			fresh = append(fresh, token)
		}
	}
	t.known.indexed = now
	for start := 0; start < len(fresh); start += tokenRows {
		marks, args := rowsOf(fresh[start:min(start+tokenRows, len(fresh))])
		if err := t.later(`INSERT INTO request_tokens (token, internal, block, requests)
			SELECT DISTINCT column1, CAST(? AS INTEGER), CAST(? AS BIGINT), CAST(? AS TEXT) FROM (VALUES `+marks+`) AS given WHERE true
			ON CONFLICT (token, internal, block) DO UPDATE
			SET requests = replace(request_tokens.requests, excluded.requests, '') || excluded.requests`,
			append([]any{side, request / block, placeOf(request)}, args...)...); err != nil {
			return err
		}
	}
	return nil
}

// tokenRows is how many words one statement writes.
const tokenRows = 256

// rowsOf is in for rows of one column.
func rowsOf(values []string) (string, []any) {
	marks, args := in(values)
	return strings.ReplaceAll(strings.Trim(marks, "()"), "?", "(?)"), args
}

// dropTokens takes words of a request out of the index.
func (t *tx) dropTokens(request int64, internal bool, tokens []string) error {
	t.known.indexed = nil
	for start := 0; start < len(tokens); start += tokenRows {
		marks, args := in(tokens[start:min(start+tokenRows, len(tokens))])
		key := append([]any{flag(internal), request / block}, args...)
		if err := t.later(`UPDATE request_tokens SET requests = replace(requests, ?, '') WHERE internal = ? AND block = ? AND token IN `+marks,
			append([]any{placeOf(request)}, key...)...); err != nil {
			return err
		}
		// A word that nobody said any more is not kept: it may be a person's address.
		if err := t.later(`DELETE FROM request_tokens WHERE internal = ? AND block = ? AND token IN `+marks+` AND requests = ''`, key...); err != nil {
			return err
		}
	}
	return nil
}

// internalComment reports whether only the team finds a request by a comment: a
// reply that has not left is the team's own.
func (v *view) internalComment(c bot.Comment) (bool, error) {
	unsent, err := bot.Unsent(v, c)
	return unsent || c.Visibility != bot.ForClient, err
}

// reindex takes words out of a request's index that neither it nor any of its
// comments has now, and adds those that are missing. was holds the words that
// may be gone, by internal.
func (t *tx) reindex(request int64, was [2][]string) error {
	r, err := t.Request(request)
	if err != nil && !isMissing(err) {
		return err
	}
	var now [2][]string
	if err == nil {
		now[0] = foundBy(r).tokens()
	}
	comments, err := t.Comments(request)
	if err != nil {
		return err
	}
	for _, c := range comments {
		if c.Deleted {
			continue
		}
		internal, err := t.internalComment(c)
		if err != nil {
			return err
		}
		now[flag(internal)] = append(now[flag(internal)], bot.Tokens(c.Text)...)
	}
	for side := range now {
		gone := slices.DeleteFunc(slices.Clone(was[side]), func(token string) bool { return slices.Contains(now[side], token) })
		if err := t.dropTokens(request, side == 1, gone); err != nil {
			return err
		}
	}
	for side := range now {
		if err := t.addTokens(request, side == 1, now[side]); err != nil {
			return err
		}
	}
	return nil
}

// indexRequest keeps the index in step with a request that was saved. before is
// what it was found by; nil: it is new.
func (t *tx) indexRequest(r bot.Request, before *words) error {
	now := foundBy(r)
	if t.read != nil {
		t.read[r.Number] = now
	}
	switch {
	case before == nil:
		return t.addTokens(r.Number, false, now.tokens())
	case *before == now:
		return nil
	}
	return t.reindex(r.Number, [2][]string{before.tokens(), nil})
}

// indexComment does so for a comment.
func (t *tx) indexComment(c bot.Comment, before *bot.Comment) error {
	if before == nil {
		if c.Deleted {
			return nil
		}
		internal, err := t.internalComment(c)
		if err != nil {
			return err
		}
		return t.addTokens(c.Request, internal, bot.Tokens(c.Text))
	}
	if before.Text == c.Text && before.Deleted == c.Deleted && before.Visibility == c.Visibility && before.Request == c.Request {
		return nil
	}
	was := bot.Tokens(before.Text)
	if before.Request != c.Request {
		if err := t.reindex(before.Request, [2][]string{was, was}); err != nil {
			return err
		}
	}
	return t.reindex(c.Request, [2][]string{was, was})
}

// openReply lets the client find a request by a reply that has left.
func (t *tx) openReply(d bot.Delivery) error {
	c, err := one(&t.view, scanComment, `SELECT id, body FROM comments WHERE request = ? AND message = ? ORDER BY id DESC LIMIT 1`,
		d.Request, bounded(d.Key))
	if isMissing(err) || err == nil && (c.Deleted || c.Visibility != bot.ForClient) {
		return nil
	}
	if err != nil {
		return err
	}
	tokens := bot.Tokens(c.Text)
	return t.reindex(d.Request, [2][]string{nil, tokens})
}
