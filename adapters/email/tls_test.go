package email

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io"
	"log/slog"
	"math/big"
	"net"
	"net/smtp"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"meridian/adapters/adaptertest"
)

// certify writes a new certificate and its key, and gives the pool that trusts it.
func certify(t *testing.T, folder string, serial int64) (TLS, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	about := &x509.Certificate{
		SerialNumber: big.NewInt(serial), Subject: pkix.Name{CommonName: "desk.example"}, DNSNames: []string{"desk.example"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, about, about, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	keyDER, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	files := TLS{CertFile: filepath.Join(folder, "cert.pem"), KeyFile: filepath.Join(folder, "key.pem")}
	for name, block := range map[string]*pem.Block{files.CertFile: {Type: "CERTIFICATE", Bytes: der}, files.KeyFile: {Type: "PRIVATE KEY", Bytes: keyDER}} {
		if err := os.WriteFile(name, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	pool := x509.NewCertPool()
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool.AddCert(cert)
	return files, pool
}

// listenTLS runs an adapter with a certificate.
func listenTLS(t *testing.T, d *adaptertest.Desk) (addr string, trust *tls.Config) {
	t.Helper()
	files, pool := certify(t, t.TempDir(), 1)
	return listenWith(t, Config{TLS: files}, d), &tls.Config{RootCAs: pool, ServerName: "desk.example", MinVersion: tls.VersionTLS12}
}

func TestAnOrdinaryClientMaySpeakTLS(t *testing.T) {
	d := adaptertest.NewDesk()
	addr, trust := listenTLS(t, d)
	c, err := smtp.Dial(addr)
	if err != nil {
		t.Fatal(err)
	}
	if ok, _ := c.Extension("STARTTLS"); !ok {
		t.Fatal("STARTTLS is not told")
	}
	if err := c.StartTLS(trust); err != nil {
		t.Fatal(err)
	}
	if ok, _ := c.Extension("STARTTLS"); ok {
		t.Error("STARTTLS is told again")
	}
	if err := sendBy(c); err != nil {
		t.Fatal(err)
	}
	if err := smtp.SendMail(addr, nil, "anna@shop.example", []string{"support@desk.example"}, []byte(strings.Replace(plainMail, "1@", "2@", 1))); err == nil {
		t.Error("a client that trusts nobody was served") // it begins TLS where it is told, and checks
	}
	plain := dial(t, addr)
	plain.begin()
	plain.say(plainMail+".", "250")
	if len(d.Events()) != 2 {
		t.Errorf("%d mails are stored", len(d.Events()))
	}
}

func sendBy(c *smtp.Client) error {
	if err := c.Mail("anna@shop.example"); err != nil {
		return err
	}
	if err := c.Rcpt("support@desk.example"); err != nil {
		return err
	}
	w, err := c.Data()
	if err != nil {
		return err
	}
	if _, err := io.WriteString(w, plainMail); err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		return err
	}
	return c.Quit()
}

// secured is a conversation that has gone over to TLS.
func secured(t *testing.T, addr string, trust *tls.Config, command ...string) *talk {
	t.Helper()
	k := dial(t, addr)
	k.say("EHLO client.example", "250")
	for _, piece := range command {
		if _, err := io.WriteString(k.c, piece); err != nil {
			t.Fatal(err)
		}
	}
	k.expect("220")
	secure := tls.Client(k.c, trust)
	if err := secure.Handshake(); err != nil {
		t.Fatal(err)
	}
	k.c, k.r = secure, bufio.NewReader(secure)
	return k
}

func TestSTARTTLSIsUnderstoodInPieces(t *testing.T) {
	d := adaptertest.NewDesk()
	addr, trust := listenTLS(t, d)
	for _, pieces := range [][]string{{"STARTTLS\r\n"}, {"starttls\r\n"}, {"S", "TART", "TLS\r", "\n"}} {
		k := secured(t, addr, trust, pieces...)
		k.begin()
		k.say(plainMail+".", "250")
		k.say("STARTTLS", "502")
		k.say("QUIT", "221")
	}
	if len(d.Events()) != 3 {
		t.Errorf("%d mails are stored", len(d.Events()))
	}
}

func TestWhatIsSaidBeforeTLSCountsNoMore(t *testing.T) {
	d := adaptertest.NewDesk()
	addr, trust := listenTLS(t, d)
	k := dial(t, addr)
	_, _ = io.WriteString(k.c, "EHLO client.example\r\nSTARTTLS\r\nMAIL FROM:<boss@desk.example>\r\n")
	k.expect("250")
	k.expect("502") // not alone: no TLS begins, and nothing slips into it
	k = secured(t, addr, trust, "STARTTLS\r\n")
	k.say("EHLO client.example", "250")
	k.say("RCPT TO:<support@desk.example>", "502")
}

func TestNoMailIsSmuggledWithinTLS(t *testing.T) {
	for _, end := range []string{"\n.\n", "\r\n.\n", "\r\n.\rX\r\n", "\r.\r\n", "\r\n.\r\r\n"} {
		d := adaptertest.NewDesk()
		addr, trust := listenTLS(t, d)
		k := secured(t, addr, trust, "STARTTLS\r\n")
		k.begin()
		_, _ = io.WriteString(k.c, "From: anna@shop.example\r\n\r\nHello"+end+"MAIL FROM:<boss@desk.example>\r\nRCPT TO:<support@desk.example>\r\nDATA\r\nFrom: boss@desk.example\r\n\r\nPay.\r\n.\r\n")
		rest, _ := io.ReadAll(k.r)
		if len(d.Events()) != 0 || !strings.HasPrefix(string(rest), "500") || strings.Count(string(rest), "\n") > 1 {
			t.Errorf("%q: %d mails stored, answered %q", end, len(d.Events()), rest)
		}
	}
}

func TestAHandshakeThatFailsEndsTheConnection(t *testing.T) {
	d := adaptertest.NewDesk()
	addr, _ := listenTLS(t, d)
	k := dial(t, addr)
	k.say("EHLO client.example", "250")
	k.say("STARTTLS", "220")
	_, _ = io.WriteString(k.c, "MAIL FROM:<a@b.example>\r\nRCPT TO:<support@desk.example>\r\nDATA\r\n")
	if rest, _ := io.ReadAll(k.r); strings.Contains(string(rest), "250") {
		t.Errorf("it went on: %q", rest)
	}
}

func TestANewCertificateIsTakenUpWithoutARestart(t *testing.T) {
	folder, now := t.TempDir(), time.Now()
	files, _ := certify(t, folder, 1)
	config, err := files.config(slog.New(slog.DiscardHandler), func() time.Time { return now })
	if err != nil {
		t.Fatal(err)
	}
	first, _ := config.GetCertificate(nil)
	certify(t, folder, 2)
	later := now.Add(time.Second)
	for _, name := range []string{files.CertFile, files.KeyFile} {
		if err := os.Chtimes(name, later, later); err != nil {
			t.Fatal(err)
		}
	}
	if again, _ := config.GetCertificate(nil); again != first {
		t.Error("the files are read at each connection")
	}
	now = now.Add(certificateCheck)
	second, err := config.GetCertificate(nil)
	if err != nil || second == first {
		t.Errorf("the old certificate is in use, %v", err)
	}
	now = now.Add(certificateCheck)
	if err := os.WriteFile(files.CertFile, []byte("half of"), 0o600); err != nil {
		t.Fatal(err)
	}
	if kept, err := config.GetCertificate(nil); err != nil || kept != second {
		t.Errorf("a broken file took the certificate away: %v", err)
	}
	for _, wrong := range []TLS{{CertFile: files.CertFile}, {KeyFile: files.KeyFile}, {CertFile: "/nowhere", KeyFile: "/nowhere"}, files} {
		if _, err := New(Config{Address: "support@desk.example", TLS: wrong}, nil, Options{}); err == nil || !strings.HasPrefix(err.Error(), "email.tls: ") {
			t.Errorf("%+v: %v", wrong, err)
		}
	}
}

var _ net.Conn = (*conn)(nil)
