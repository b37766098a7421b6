package email

import (
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"time"
)

// TLS names the certificate with which the listener proves who it is. Without
// one it speaks unencrypted.
type TLS struct {
	CertFile string `yaml:"cert_file"` // the chain in PEM, the desk's own first
	KeyFile  string `yaml:"key_file"`  // its key in PEM
}

// certificateCheck is how often the files are looked at for a newer one, as
// programs that renew certificates write it.
const certificateCheck = time.Minute

// certificate is read again when its files change, without a restart.
type certificate struct {
	files TLS
	log   *slog.Logger
	now   func() time.Time

	mu      sync.Mutex
	checked time.Time
	changed time.Time // the newer of the files' times
	loaded  *tls.Certificate
}

// config is the TLS configuration of the listener, nil without a certificate.
func (t TLS) config(log *slog.Logger, now func() time.Time) (*tls.Config, error) {
	if t == (TLS{}) {
		return nil, nil
	}
	if t.CertFile == "" || t.KeyFile == "" {
		return nil, errors.New("needs both cert_file and key_file")
	}
	c := &certificate{files: t, log: log, now: now}
	if err := c.load(); err != nil {
		return nil, err
	}
	return &tls.Config{MinVersion: tls.VersionTLS12, GetCertificate: c.get}, nil
}

func (c *certificate) load() error {
	var changed time.Time
	for _, name := range []string{c.files.CertFile, c.files.KeyFile} {
		info, err := os.Stat(name)
		if err != nil {
			return fmt.Errorf("certificate: %w", err)
		}
		if info.ModTime().After(changed) {
			changed = info.ModTime()
		}
	}
	c.checked = c.now()
	if c.loaded != nil && changed.Equal(c.changed) {
		return nil
	}
	pair, err := tls.LoadX509KeyPair(c.files.CertFile, c.files.KeyFile)
	if err != nil {
		return fmt.Errorf("certificate: %w", err)
	}
	c.loaded, c.changed = &pair, changed
	return nil
}

// get gives the certificate. One that cannot be read leaves the old one in use:
// half of it may be written.
func (c *certificate) get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.now().Sub(c.checked) >= certificateCheck {
		if err := c.load(); err != nil {
			c.checked = c.now()
			c.log.Warn("the certificate for mail could not be read again", "error", err)
		}
	}
	return c.loaded, nil
}
