package storage

import (
	"maps"
	"net/url"
	"strings"

	"meridian/bot"
)

// Words of requests are kept in two ways, since one row for each word of each
// request would cost more than all else that filing writes. Each request has one
// row with its words, which is cheap to write. Now and then the rows of a segment
// of requests are sealed: turned into an index by word (see seal.go). What was
// written since is fresh and looked through row by row.

// Facets are words that no text has: the requester and the client.
const (
	requesterFacet = "=r:"
	clientFacet    = "=c:"
)

// facet is such a word; it holds no space.
func facet(kind, value string) string { return bounded(kind + url.QueryEscape(value)) }

// source is what a request is found by beside its comments.
type source struct{ title, words, name, requester, client, tags string }

func sourceOf(r bot.Request) source {
	return source{r.Title, r.Words, r.Name, r.Requester, r.Client, strings.TrimSpace(strings.Join(r.Tags, " ") + " " + r.Was.String())}
}

func (s source) tokens() []string {
	_, address, _ := strings.Cut(s.requester, ":")
	// Of a long text the first words count: what is short comes before.
	all := bot.Tokens(strings.Join([]string{s.name, address, s.client, s.tags, s.title, s.words}, "\n"))
	all = append(all, facet(requesterFacet, s.requester))
	if s.client != "" {
		all = append(all, facet(clientFacet, s.client))
	}
	return all
}

// spoken are the words that a transaction has written of one request. It is
// never changed, so that a savepoint can go back to it.
type spoken struct {
	request int64
	text    string // the request's own
	words   map[string]bool
}

// row writes words as they are stored, those left out that the transaction has
// written of the request before: a first comment says what the request says.
func (t *tx) row(request int64, tokens []string) string {
	now := &spoken{request: request, words: map[string]bool{}}
	if was := t.known.spoken; was != nil && was.request == request {
		now.text, now.words = was.text, maps.Clone(was.words)
	}
	var b strings.Builder
	for _, token := range tokens {
		if !now.words[token] {
			now.words[token] = true
			b.WriteString(token + " ")
		}
	}
	t.known.spoken = now
	return b.String()
}

// indexRequest keeps the words of a request that was saved. before is what it
// was found by until then; nil: it is new.
func (t *tx) indexRequest(r bot.Request, before *source) error {
	if r.Number < 0 { // the sample day is found by nobody
		return nil
	}
	now := sourceOf(r)
	if t.read != nil {
		t.read[r.Number] = storedAs(r)
	}
	switch {
	case before != nil && *before == now:
		return nil
	case before != nil:
		return t.reindex(r.Number)
	}
	t.known.spoken = nil
	var change int64 // higher numbers are known to be new
	if t.past {
		var err error
		if change, err = t.next(wordsCounter); err != nil {
			return err
		}
	}
	words := " " + t.row(r.Number, now.tokens())
	t.alike.add(likeRow{r.Number, change, words})
	t.newWords = true
	if err := t.later(`INSERT INTO request_words (request, fresh, words, team, changed) VALUES (?, 1, ?, ' ', ?)`,
		r.Number, words, change); err != nil {
		return err
	}
	t.known.spoken.text = r.Words
	if r.Number%sealEvery != sealEvery-1 {
		return nil
	}
	return t.sealOne(sealEnough)
}

// indexComment does so for a comment. before is how it was; nil: it is new.
func (t *tx) indexComment(c bot.Comment, before *bot.Comment) error {
	switch {
	case c.Request < 0, before == nil && c.Deleted:
		return nil
	case before == nil && c.Visibility == bot.ForClient && (t.past || !bot.IsReply(c.Message)): // a new reply is still the team's own
		return t.speak(c.Request, c.Text)
	case before == nil:
		return t.later(`UPDATE request_words SET team = team || ?, fresh = 1 WHERE request = ?`, joined(bot.Tokens(c.Text)), c.Request)
	case before.Text == c.Text && before.Deleted == c.Deleted && before.Visibility == c.Visibility && before.Request == c.Request:
		return nil
	}
	if before.Request != c.Request {
		if err := t.reindex(before.Request); err != nil {
			return err
		}
	}
	return t.reindex(c.Request)
}

// speak adds words that everybody who sees the request finds it by.
func (t *tx) speak(request int64, text string) error {
	if was := t.known.spoken; was != nil && was.request == request && was.text == text {
		return nil // what the request says already
	}
	words := t.row(request, bot.Tokens(text))
	if words == "" {
		return nil
	}
	return t.changeWords(`UPDATE request_words SET changed = ?, words = words || ?, fresh = 1 WHERE request = ?`, words, request)
}

// wordsCounter counts the changes of words that a request had already.
const wordsCounter = "words"

// changeWords runs a statement whose first argument is the number of the change.
func (t *tx) changeWords(query string, args ...any) error {
	n, err := t.next(wordsCounter)
	if err != nil {
		return err
	}
	t.newWords, t.alike = true, nil
	return t.later(query, append([]any{n}, args...)...)
}

func joined(tokens []string) string {
	if len(tokens) == 0 {
		return ""
	}
	return strings.Join(tokens, " ") + " "
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
	return t.speak(d.Request, c.Text)
}

// reindex makes the words of a request anew, from all that is said on it.
func (t *tx) reindex(request int64) error {
	t.known.spoken = nil
	r, err := t.Request(request)
	if isMissing(err) {
		return nil
	}
	if err != nil {
		return err
	}
	comments, err := t.Comments(request)
	if err != nil {
		return err
	}
	words, team := sourceOf(r).tokens(), []string(nil)
	for _, c := range comments {
		unsent, err := bot.Unsent(t, c)
		switch {
		case err != nil:
			return err
		case c.Deleted:
		case unsent || c.Visibility != bot.ForClient:
			team = append(team, bot.Tokens(c.Text)...)
		default:
			words = append(words, bot.Tokens(c.Text)...)
		}
	}
	return t.changeWords(`INSERT INTO request_words (changed, request, fresh, words, team) VALUES (?, ?, 1, ?, ?)
		ON CONFLICT (request) DO UPDATE SET changed = excluded.changed, fresh = 1, words = excluded.words, team = excluded.team`,
		request, " "+t.row(request, words), " "+joined(team))
}
