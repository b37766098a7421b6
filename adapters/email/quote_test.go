package email

import (
	"strings"
	"testing"
)

func TestTheQuotedPartIsKeptApart(t *testing.T) {
	for name, c := range map[string]struct{ body, text, quoted string }{
		"an attribution":      {"Works now.\n\nOn Tue, 3 Mar 2026 at 10:00, Dina wrote:\n> Try again.\n> Dina", "Works now.", "On Tue, 3 Mar 2026 at 10:00, Dina wrote:\n> Try again.\n> Dina"},
		"on two lines":        {"Да.\n\nвт, 3 мар. 2026 г. в 10:00, Дина\n<dina@desk.example> написала:\n\n> Проверьте.", "Да.", "вт, 3 мар. 2026 г. в 10:00, Дина\n<dina@desk.example> написала:\n\n> Проверьте."},
		"no attribution":      {"Yes.\n> old\n> words\n", "Yes.", "> old\n> words"},
		"a separator":         {"Yes.\n\n-----Original Message-----\nFrom: Dina\nSent: today\n\nold", "Yes.", "-----Original Message-----\nFrom: Dina\nSent: today\n\nold"},
		"a Russian separator": {"Да.\n\n-------- Исходное сообщение --------\nОт: Дина", "Да.", "-------- Исходное сообщение --------\nОт: Дина"},
		"a header block":      {"Yes.\n\nFrom: Dina\nSent: Tuesday\nTo: Anna\nSubject: Printer\n\nold", "Yes.", "From: Dina\nSent: Tuesday\nTo: Anna\nSubject: Printer\n\nold"},
		"answers in between":  {"> first?\nyes\n> second?\nno", "> first?\nyes\n> second?\nno", ""},
		"answer below":        {"On Tuesday Dina wrote:\n> Try again.\n\nWorks now.", "Works now.", "On Tuesday Dina wrote:\n> Try again."},
		"only a quote":        {"> all\n> quoted", "> all\n> quoted", ""},
		"only an original":    {"-----Original Message-----\nFrom: Dina\n\nplease look", "-----Original Message-----\nFrom: Dina\n\nplease look", ""},
		"a colon":             {"The error is as follows:\n> disk full\nWhat now?", "The error is as follows:\n> disk full\nWhat now?", ""},
		"nothing":             {"Just words.", "Just words.", ""},
		"no marks below it":   {"Yes.\n\nLe 03/03/2026 à 10:00, Dina <dina@desk.example> a écrit :\n\nEssayez.", "Yes.", "Le 03/03/2026 à 10:00, Dina <dina@desk.example> a écrit :\n\nEssayez."},
		"no verb":             {"Да.\n\nВторник, 3 марта 2026, 10:00 +03:00 от Дина <dina@desk.example>:\n\n> Проверьте.", "Да.", "Вторник, 3 марта 2026, 10:00 +03:00 от Дина <dina@desk.example>:\n\n> Проверьте."},
		"words end above it":  {"It fails with version 2.13.\nOn Tue, 3 Mar 2026 at 10:00, Dina wrote:\n> Try.", "It fails with version 2.13.", "On Tue, 3 Mar 2026 at 10:00, Dina wrote:\n> Try."},
		"answers under each":  {"On Tue, 3 Mar 2026 at 10:00, Dina wrote:\n> first?\nyes\n> second?\nno\n> third?", "> first?\nyes\n> second?\nno", "On Tue, 3 Mar 2026 at 10:00, Dina wrote:\n> third?"},
		"answers around it":   {"See below.\n\nOn Tue, 3 Mar 2026 at 10:00, Dina wrote:\n> first?\n\nYes.", "See below.\n\n> first?\n\nYes.", "On Tue, 3 Mar 2026 at 10:00, Dina wrote:"},
		"another mark":        {"Yes.\n\n2026/3/3 Dina <dina@desk.example>\n\n| old\n| words", "Yes.", "2026/3/3 Dina <dina@desk.example>\n\n| old\n| words"},
		"a table":             {"| a | b |\n| 1 | 2 |", "| a | b |\n| 1 | 2 |", ""},
		"a prompt":            {"I typed\nmysql> select 1;\nmysql> quit", "I typed\nmysql> select 1;\nmysql> quit", ""},
		"a colleague's words": {"On page 3 he wrote:\nplease wait.", "On page 3 he wrote:\nplease wait.", ""},
		"code":                {"It prints\n```\nOn Tue, 3 Mar 2026 at 10:00, Dina <d@desk.example> wrote:\n-- \n```\nwhy?", "It prints\n```\nOn Tue, 3 Mar 2026 at 10:00, Dina <d@desk.example> wrote:\n-- \n```\nwhy?", ""},
		"a rule above it":     {"Yes.\n\n________________________________\nFrom: Dina <d@desk.example>\nSent: Tuesday\nTo: Anna\nSubject: Printer\n\nold", "Yes.", "________________________________\nFrom: Dina <d@desk.example>\nSent: Tuesday\nTo: Anna\nSubject: Printer\n\nold"},
	} {
		w := takeApart(c.body, addressed{subject: "Re: x"})
		if w.text != c.text || w.quoted != c.quoted || w.signature != "" {
			t.Errorf("%s: text %q, quoted %q, signature %q", name, w.text, w.quoted, w.signature)
		}
	}
}

func TestASignatureStandsApart(t *testing.T) {
	for name, c := range map[string]struct{ body, text, signature string }{
		"the common one":         {"Works.\n\n-- \nAnna Lin\nHarbor Ltd", "Works.", "-- \nAnna Lin\nHarbor Ltd"},
		"without the blank":      {"Works.\n--\nAnna", "Works.", "--\nAnna"},
		"a long dash":            {"Works.\n\n—\nАнна", "Works.", "—\nАнна"},
		"of a list":              {"Works.\n_______________________________________________\nshop mailing list\nhttps://lists.example", "Works.", "_______________________________________________\nshop mailing list\nhttps://lists.example"},
		"of a phone":             {"Works.\n\nSent from my iPhone", "Works.", "Sent from my iPhone"},
		"of a Russian phone":     {"Работает.\n\n--\nОтправлено из мобильной Почты Mail.ru", "Работает.", "--\nОтправлено из мобильной Почты Mail.ru"},
		"of a German phone":      {"Geht.\n\nVon meinem Galaxy gesendet", "Geht.", "Von meinem Galaxy gesendet"},
		"of a program":           {"Works.\n\nGet Outlook for iOS (https://aka.ms/o0ukef)", "Works.", "Get Outlook for iOS (https://aka.ms/o0ukef)"},
		"two of them":            {"Works.\n-- \nAnna\n\nSent from Yahoo Mail on Android", "Works.", "-- \nAnna\n\nSent from Yahoo Mail on Android"},
		"drawn lines at the end": {"Works.\n====\n***", "Works.", "====\n***"},
		"a name alone":           {"Works.\n\nBest regards,\nAnna", "Works.\n\nBest regards,\nAnna", ""},
		"a heading":              {"Steps\n-----\n1. open\n2. wait", "Steps\n-----\n1. open\n2. wait", ""},
		"a log":                  {"It says\n=====\nerror 500\n=====\nWhy?", "It says\n=====\nerror 500\n=====\nWhy?", ""},
		"a long text below it":   {"a\n-- \n" + strings.Repeat("more\n", 20) + "end", "a\n-- \n" + strings.Repeat("more\n", 20) + "end", ""},
		"what was sent":          {"Sent by courier on Monday", "Sent by courier on Monday", ""},
		"nothing else":           {"-- \nAnna", "-- \nAnna", ""},
		"a list of options":      {"Use\n--verbose\n--all", "Use\n--verbose\n--all", ""},
	} {
		w := takeApart(c.body, addressed{subject: "Re: x"})
		if w.text != c.text || w.signature != c.signature || w.quoted != "" {
			t.Errorf("%s: text %q, signature %q, quoted %q", name, w.text, w.signature, w.quoted)
		}
	}
	w := takeApart("Works.\n\n-- \nAnna\n\nOn Tue, 3 Mar 2026 at 10:00, Dina wrote:\n> Try.\n> -- \n> Dina", addressed{})
	if w.text != "Works." || w.signature != "-- \nAnna" || !strings.HasPrefix(w.quoted, "On Tue") {
		t.Errorf("above a quote: %+v", w)
	}
	w = takeApart("Works.\n\nOn Tue, 3 Mar 2026 at 10:00, Dina wrote:\n> Try.\n\n-- \nAnna", addressed{})
	if w.text != "Works." || w.signature != "-- \nAnna" || w.quoted != "On Tue, 3 Mar 2026 at 10:00, Dina wrote:\n> Try." {
		t.Errorf("below a quote: %+v", w)
	}
}

func TestWrappedLinesAreJoined(t *testing.T) {
	for in, want := range map[string]string{
		"One line \r\ngoes on.\r\n\r\nTwo.": "One line goes on.\n\nTwo.", "> quoted \n> goes on\nanswer": "> quoted goes on\nanswer",
		"> quoted \nanswer": "> quoted \nanswer", "Words\n-- \nAnna \nLin": "Words\n-- \nAnna Lin", " >not quoted": ">not quoted", ">> deep \n> less": ">> deep \n> less", "\na": "\na",
	} {
		if got := unflow(in, false); got != want {
			t.Errorf("%q is %q, want %q", in, got, want)
		}
	}
	if got := unflow("一行 \n続く", true); got != "一行続く" {
		t.Errorf("with delsp: %q", got)
	}
	p := read("From: a@b.example", "Subject: Re: x", "Content-Type: text/plain; charset=utf-8; format=flowed", "", "The printer ", "is broken.", "", "On Tue, 3 Mar 2026 at 10:00, Dina ", "<d@desk.example> wrote:", "> old")
	if p.Mail.Text != "The printer is broken." {
		t.Errorf("text %q", p.Mail.Text)
	}
}
