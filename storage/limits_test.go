package storage

import (
	"context"
	"database/sql"
	"errors"
	"path/filepath"
	"runtime"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"meridian/bot"
)

func said(key string) bot.Event {
	return bot.Event{Source: "web", Key: key, Place: bot.Place{Adapter: "web", Channel: "support"}, Body: bot.Said{Text: "hello"}}
}

// onBoth runs a test on both engines.
func onBoth(t *testing.T, test func(t *testing.T, s *Store, url string)) {
	for name, address := range engines(t) {
		t.Run(name, func(t *testing.T) {
			url := address(t)
			s := openFor(t, url, Options{})
			defer s.Close()
			test(t, s, url)
		})
	}
}

func TestAFailedStatementUnderASavepointLeavesTheTransactionUsable(t *testing.T) {
	onBoth(t, func(t *testing.T, s *Store, _ string) {
		err := s.Update(t.Context(), func(x bot.Tx) error {
			err := x.Savepoint(func() error {
				_, err := x.(*tx).exec(`INSERT INTO no_such_table (a) VALUES (?)`, 1)
				return err
			})
			if err == nil {
				t.Error("a table that is not there was written")
			}
			_, err = x.PutEvent(said("1"))
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		st, err := s.Stats(t.Context())
		if err != nil || st.Inbox != 1 {
			t.Errorf("got %+v, %v", st, err)
		}
	})
}

func TestAFailedStatementThatIsOverlookedFailsTheUpdate(t *testing.T) {
	onBoth(t, func(t *testing.T, s *Store, _ string) {
		err := s.Update(t.Context(), func(x bot.Tx) error {
			if _, err := x.PutEvent(said("1")); err != nil {
				return err
			}
			if _, err := x.(*tx).exec(`INSERT INTO no_such_table (a) VALUES (?)`, 1); err == nil {
				t.Error("a table that is not there was written")
			}
			return nil
		})
		if err == nil {
			t.Error("the update was committed")
		}
		st, err := s.Stats(t.Context())
		if err != nil || st.Inbox != 0 {
			t.Errorf("got %+v, %v", st, err)
		}
	})
}

func TestAnAuditLineThatWasChangedIsFound(t *testing.T) {
	for what, statement := range map[string]string{
		"a changed line":   `UPDATE audit SET after = 'closed' WHERE id = 3`,
		"a missing line":   `DELETE FROM audit WHERE id = 2`,
		"a changed person": `UPDATE audit SET who = 2 WHERE id = 3`,
		"a changed reason": `UPDATE audit_why SET why = 'other' WHERE audit = 3`,
	} {
		t.Run(what, func(t *testing.T) {
			onBoth(t, func(t *testing.T, s *Store, url string) {
				err := s.Update(t.Context(), func(x bot.Tx) error {
					for i := range 5 {
						l := bot.AuditLine{Who: "web:anna", Action: "take", Object: "R-1", After: "open"}
						if i == 2 {
							l.Why = "because"
						}
						if err := x.AddAudit(l); err != nil {
							return err
						}
					}
					return nil
				})
				if err != nil {
					t.Fatal(err)
				}
				raw(t, url, func(db *sql.DB) error {
					_, err := db.Exec(statement)
					return err
				})
				if err := s.View(t.Context(), func(v bot.View) error {
					if _, broken, err := v.VerifyAudit(); err != nil || broken != 3 {
						t.Errorf("got the broken line %d, %v, want 3", broken, err)
					}
					return nil
				}); err != nil {
					t.Fatal(err)
				}
			})
		})
	}
}

func TestAnErasedReasonBreaksNoChain(t *testing.T) {
	onBoth(t, func(t *testing.T, s *Store, url string) {
		if err := s.Update(t.Context(), func(x bot.Tx) error {
			return x.AddAudit(bot.AuditLine{Who: "web:anna", Why: "private words"})
		}); err != nil {
			t.Fatal(err)
		}
		raw(t, url, func(db *sql.DB) error {
			_, err := db.Exec(`DELETE FROM audit_why`)
			if err == nil {
				_, err = db.Exec(`UPDATE persons SET id = 'erased'`)
			}
			return err
		})
		if err := s.View(t.Context(), func(v bot.View) error {
			if lines, broken, err := v.VerifyAudit(); err != nil || lines != 1 || broken != 0 {
				t.Errorf("got %d lines, the broken line %d, %v", lines, broken, err)
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	})
}

func TestTooManyCallersAreBusyAtOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, s *Store, _ string) {
		for range cap(s.committers) { // nobody commits for a while
			s.committers <- struct{}{}
		}
		var wg sync.WaitGroup
		for range maxWaiting {
			wg.Go(func() {
				if _, err := s.Accept(t.Context(), said("")); err != nil {
					t.Error(err)
				}
			})
		}
		for s.counts.waiting.Load() < maxWaiting {
			runtime.Gosched()
		}
		if _, err := s.Accept(t.Context(), said("")); !errors.Is(err, bot.ErrBusy) {
			t.Errorf("got %v, want ErrBusy", err)
		}
		for range cap(s.committers) {
			<-s.committers
		}
		wg.Wait()
		st, err := s.Stats(t.Context())
		if err != nil || st.Inbox != maxWaiting || st.Accepted != maxWaiting || st.Refused != 1 || st.Waiting != 0 {
			t.Errorf("got %+v, %v", st, err)
		}
	})
}

func TestACallerWhoGivesUpInTheLineLeavesIt(t *testing.T) {
	onBoth(t, func(t *testing.T, s *Store, _ string) {
		for range cap(s.committers) {
			s.committers <- struct{}{}
		}
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error)
		go func() {
			_, err := s.Accept(ctx, said("1"))
			done <- err
		}()
		for s.counts.waiting.Load() == 0 {
			runtime.Gosched()
		}
		cancel()
		if err := <-done; !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
		for range cap(s.committers) {
			<-s.committers
		}
		if st, err := s.Stats(t.Context()); err != nil || st.Inbox != 0 {
			t.Errorf("got %+v, %v", st, err)
		}
	})
}

func TestCallsAfterCloseFail(t *testing.T) {
	onBoth(t, func(t *testing.T, s *Store, _ string) {
		w := s.Watch(t.Context())
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		if _, ok := <-w; ok {
			t.Error("the watcher fires")
		}
		if _, err := s.Accept(t.Context(), said("1")); !errors.Is(err, errClosed) {
			t.Errorf("accept: %v", err)
		}
		if err := s.Update(t.Context(), func(bot.Tx) error { return nil }); !errors.Is(err, errClosed) {
			t.Errorf("update: %v", err)
		}
		if err := s.View(t.Context(), func(bot.View) error { return nil }); !errors.Is(err, errClosed) {
			t.Errorf("view: %v", err)
		}
	})
}

func TestTheStoreRunsInFakeTime(t *testing.T) {
	// Timers of a bubble share one context of the race detector, which two
	// threads break (golang/go#78156).
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	synctest.Test(t, func(t *testing.T) {
		s := openFor(t, "sqlite:"+filepath.Join(t.TempDir(), "meridian.db"), Options{SingleInstance: true})
		defer s.Close()
		ctx, cancel := context.WithCancel(t.Context())
		w := s.Watch(ctx)
		start := time.Now()
		time.Sleep(time.Hour)
		var wg sync.WaitGroup
		for range 20 {
			wg.Go(func() {
				if _, err := s.Accept(t.Context(), said("")); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		<-w
		cancel()
		synctest.Wait()
		if err := s.Update(t.Context(), func(x bot.Tx) error {
			if got := x.Now().Sub(start); got != time.Hour {
				t.Errorf("the transaction's clock is %s on", got)
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	})
}

func TestAnUpdateThatDoesNothingForLongLosesItsLock(t *testing.T) {
	s := openFor(t, engines(t)["PostgreSQL"](t), Options{})
	defer s.Close()
	err := s.Update(t.Context(), func(x bot.Tx) error {
		if _, err := x.PutEvent(said("1")); err != nil {
			return err
		}
		time.Sleep(4 * time.Second) // the paused holder of the lock
		_, err := x.PutEvent(said("2"))
		return err
	})
	if err == nil {
		t.Error("the paused update was committed")
	}
	if _, err := s.Accept(t.Context(), said("3")); err != nil {
		t.Fatal(err)
	}
	if err := s.Update(t.Context(), func(x bot.Tx) error { return x.FinishEvents(1) }); err != nil {
		t.Error(err)
	}
	if st, err := s.Stats(t.Context()); err != nil || st.Inbox != 1 {
		t.Errorf("got %+v, %v", st, err)
	}
}
