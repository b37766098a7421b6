package email

import (
	"strings"
	"testing"
)

func TestASmarthostIsAskedWhetherItTakesMail(t *testing.T) {
	for name, c := range map[string]struct {
		script map[string]string
		named  bool
		want   string
	}{
		"a good one":                {nil, false, ""},
		"one that wants a name":     {map[string]string{"MAIL FROM:<>": "550 no"}, false, "email.null_sender: "},
		"with the name set":         {map[string]string{"MAIL FROM:<>": "550 no"}, true, ""},
		"one that takes none of us": {map[string]string{"MAIL FROM:<support@desk.example>": "553 not yours"}, false, "email.smarthost: it takes no mail from support@desk.example"},
		"one that is busy":          {map[string]string{"greet": "421 busy"}, false, "email.smarthost: nobody answers"},
	} {
		s := &smarthost{script: c.script}
		a := newAdapter(t, Config{Smarthost: s.start(t), NamedSender: c.named}, nil, Options{})
		err := a.Ask(t.Context())
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.HasPrefix(err.Error(), c.want)) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
		if strings.Contains(strings.Join(s.lines, "|"), "RCPT") {
			t.Errorf("%s: a mail was begun", name)
		}
	}
}

func TestAMailboxIsAskedWhetherItOpens(t *testing.T) {
	s := dovecot(t, "")
	for name, c := range map[string]struct {
		imap IMAP
		want string
	}{
		"a good one":       {IMAP{URL: s.url()}, ""},
		"another password": {IMAP{URL: strings.Replace(s.url(), imapPassword, "other-canary", 1)}, "email.imap.url: sign in"},
		"another folder":   {IMAP{URL: s.url(), Folder: "Support"}, "email.imap.folder: Support cannot be opened"},
		"nobody":           {IMAP{URL: "imap://a:b@127.0.0.1:1"}, "email.imap.url: connect"},
	} {
		a := newAdapter(t, Config{IMAP: c.imap}, nil, Options{})
		err := a.Ask(t.Context())
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.HasPrefix(err.Error(), c.want) || strings.Contains(err.Error(), "canary")) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}
