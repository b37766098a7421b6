package storage

import (
	"context"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"meridian/bot"
	faq "meridian/bot/search"
)

const (
	// indexWait is how long a search waits for an index that is made anew, before
	// it takes the old one.
	indexWait = time.Second
	// indexPause is how many times as long as making an index took nobody makes
	// another: thousands of articles take seconds, and each learns.
	indexPause = 10
)

// articleIndex is the index of articles in memory, one for each replica.
type articleIndex struct {
	current atomic.Pointer[indexed]
	mu      sync.Mutex
	making  chan struct{} // closed when the one that is being made is there; nil: none is
}

// indexed is an index with what it was made of.
type indexed struct {
	index   *faq.Index
	changes int64     // how often the articles had changed
	made    time.Time // when it was there
	took    time.Duration
}

// articleIndex gives the index of the articles as they are now, or, while many
// thousands of them are indexed anew, as they were a moment ago.
func (v *view) articleIndex() (*faq.Index, error) {
	if v.newArticles { // what is not committed is nobody else's
		x, err := readIndex(v)
		if err != nil {
			return nil, err
		}
		return x.index, nil
	}
	changes, err := v.articleChanges()
	if err != nil {
		return nil, err
	}
	c := &v.store.articles
	if x := c.current.Load(); x != nil && x.changes == changes {
		return x.index, nil
	}
	made := c.refresh(v.store)
	var patience <-chan time.Time
	if c.current.Load() != nil {
		wait := time.NewTimer(indexWait)
		defer wait.Stop()
		patience = wait.C
	}
	select {
	case <-made:
	case <-patience:
	case <-v.ctx.Done():
		return nil, v.ctx.Err()
	}
	if x := c.current.Load(); x != nil {
		return x.index, nil
	}
	x, err := readIndex(v) // making it failed: the error comes to light here
	if err != nil {
		return nil, err
	}
	return x.index, nil
}

// articleChanges is how often the articles have changed.
func (v *view) articleChanges() (int64, error) {
	known, err := v.changes()
	return known.articles, err
}

// refresh makes the index anew, once for all who wait for it.
func (c *articleIndex) refresh(s *Store) <-chan struct{} {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.making != nil {
		return c.making
	}
	made := make(chan struct{})
	c.making = made
	go func() {
		c.make(s)
		c.mu.Lock()
		c.making = nil
		c.mu.Unlock()
		close(made)
	}()
	return made
}

// make reads the articles and indexes them, after a pause if that takes long.
func (c *articleIndex) make(s *Store) {
	if old := c.current.Load(); old != nil {
		if !s.rest(old.took*indexPause - time.Since(old.made)) {
			return
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	var x *indexed
	err := s.View(ctx, func(v bot.View) (err error) {
		x, err = readIndex(reader(v))
		return err
	})
	if err != nil {
		s.log.Warn("articles not indexed", "err", err)
		return
	}
	c.current.Store(x)
}

// rest waits; false: the store is closed meanwhile.
func (s *Store) rest(d time.Duration) bool {
	if d <= 0 {
		return true
	}
	wait := time.NewTimer(d)
	defer wait.Stop()
	select {
	case <-wait.C:
		return true
	case <-s.closing:
		return false
	}
}

// readIndex indexes the articles that a transaction sees.
func readIndex(v *view) (*indexed, error) {
	began := time.Now()
	changes, err := v.articleChanges()
	if err != nil {
		return nil, err
	}
	all, err := list(v, scanArticle, `SELECT body FROM articles WHERE dropped = 0 ORDER BY number`)
	if err != nil {
		return nil, err
	}
	docs := make([]faq.Doc, len(all))
	for i, a := range all {
		docs[i] = faq.Doc{ID: strconv.FormatInt(a.Number, 10), Title: a.Title, Body: a.Body, Asked: a.Asked}
	}
	x := &indexed{index: faq.New(docs), changes: changes}
	x.made = time.Now()
	x.took = x.made.Sub(began)
	return x, nil
}
