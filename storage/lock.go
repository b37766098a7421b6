package storage

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"syscall"
	"time"
)

// fileLock is a lock on a file of its own, beside the store's: it ends with the
// process, however that ends. The file says who has it and is removed with it.
type fileLock struct{ f *os.File }

// lockInstance makes sure that only one process serves a store.
func lockInstance(path string) (*fileLock, error) {
	l, err := tryLock(path)
	if !errors.Is(err, syscall.EWOULDBLOCK) {
		return l, err
	}
	who := "another process"
	if b, err := os.ReadFile(path); err == nil && len(b) > 0 {
		who = strings.TrimSpace(string(b))
	}
	return nil, fmt.Errorf("%w: the store is in use by %s (%s)", ErrServed, who, path)
}

// waitForLock waits until nobody else has the lock.
func waitForLock(ctx context.Context, path string) (*fileLock, error) {
	for {
		l, err := tryLock(path)
		if !errors.Is(err, syscall.EWOULDBLOCK) {
			return l, err
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(5 * time.Millisecond):
		}
	}
}

func tryLock(path string) (*fileLock, error) {
	for {
		f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
		if err != nil {
			return nil, err
		}
		if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
			return nil, errors.Join(err, f.Close())
		}
		if stillNamed(f, path) {
			l := &fileLock{f}
			return l, l.sign()
		}
		if err := f.Close(); err != nil { // its holder removed it in between
			return nil, err
		}
	}
}

func stillNamed(f *os.File, path string) bool {
	mine, err := f.Stat()
	if err != nil {
		return false
	}
	named, err := os.Stat(path)
	return err == nil && os.SameFile(mine, named)
}

func (l *fileLock) sign() error {
	host, err := os.Hostname()
	if err != nil {
		host = "unknown host"
	}
	if err := l.f.Truncate(0); err != nil {
		return err
	}
	if _, err := l.f.Seek(0, io.SeekStart); err != nil {
		return err
	}
	_, err = fmt.Fprintf(l.f, "process %d on %s\n", os.Getpid(), host)
	return err
}

func (l *fileLock) unlock() {
	os.Remove(l.f.Name()) //nolint:errcheck // a file that stays does no harm
	l.f.Close()           //nolint:errcheck // closing it gives the lock back
}
