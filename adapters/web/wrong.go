package web

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"meridian/bot"
)

// wrongPage is a report of what the desk read wrong in a mail. Nothing of it is
// sent by the program.
type wrongPage struct {
	layout
	Report string
}

// tellWrong makes a report for whoever works on the program: how the mail is
// built and what was made of it, without a word of it.
func (a *Adapter) tellWrong(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return err
	}
	e, ok := a.pasted.get(r.PostForm.Get("token"))
	if !ok {
		return bot.Refuse("refuse.mail_forgotten")
	}
	page := readPage{Token: r.PostForm.Get("token")}
	who, err := a.aroundMail(r, &page)
	if err != nil {
		return err
	}
	if err := a.rehearse(r, e, who, &page); err != nil {
		return err
	}
	page.Title = a.plain(bot.Say("web.try.wrong_title").For(page.Me.Language), page.Me)
	report := report(page, r.PostForm["fact"], cut(strings.TrimSpace(r.PostForm.Get("right")), maxText))
	a.render(w, page.Me.Language, http.StatusOK, "wrong", wrongPage{page.layout, report})
	return nil
}

// report writes what was read wrong, and the mail without its words. right is
// what its reader typed and stands as it is.
func report(page readPage, wrong []string, right string) string {
	var b strings.Builder
	b.WriteString("A mail was read wrong. Letters are x and digits 0: its words are not in this report.\n\n")
	for _, f := range page.Facts {
		if slices.Contains(wrong, f.ID) {
			b.WriteString("wrong: " + f.ID + "\n")
		}
	}
	if right != "" {
		b.WriteString("right would be: " + right + "\n")
	}
	b.WriteString("\nWHAT WAS MADE OF IT\n")
	for _, f := range page.Facts {
		b.WriteString(f.ID + ": " + masked(f.Plain))
		if f.Part != "" {
			b.WriteString("   (from " + f.Part + ")")
		}
		b.WriteString("\n")
	}
	b.WriteString("\nTHE MAIL, CUT WHERE IT WAS CUT\n")
	for _, p := range page.Parts {
		b.WriteString("[" + p.ID + "]\n" + masked(p.Text) + "\n")
	}
	return b.String()
}

var (
	// labelled is a line such as "From: Helen", by which a mail that is passed on is
	// known.
	labelled = regexp.MustCompile(`^[>|\s*_]*(\pL[\pL -]{0,24})[*_]*\s?[:：]`)
	// ruled is a line such as "--- Original Message ---".
	ruled = regexp.MustCompile(`^[>\s]*-{2,}\s*([\pL' ]{0,40}?)\s*-{2,}\s*$`)
)

// labels are those that stay, in lower case and one a line. Any other may be
// somebody's name, or a word of the mail.
const labels = `
from
to
cc
bcc
subject
date
sent
reply-to
sender
message-id
in-reply-to
references
von
an
betreff
datum
gesendet
kopie
de
à
para
pour
objet
asunto
assunto
date
envoyé
fecha
enviado
da
oggetto
inviato
od
do
temat
data
wysłano
van
aan
onderwerp
verzonden
от
от кого
кому
копия
дата
тема
отправлено
від
від кого
надіслано
копія
`

// rules are the words between dashes that stay, in lower case and one a line.
const rules = `
original message
forwarded
forwarded message
forwarded by
исходное сообщение
пересылаемое сообщение
пересланное сообщение
перенаправленное сообщение
ursprüngliche nachricht
originalnachricht
weitergeleitete nachricht
message d'origine
message transféré
mensaje original
mensaje reenviado
mensagem original
mensagem encaminhada
messaggio originale
messaggio inoltrato
oorspronkelijk bericht
wiadomość oryginalna
`

// among reports whether a line stands in one of these lists, in any case.
func among(list, line string) bool {
	return strings.Contains(list, "\n"+strings.ToLower(strings.Join(strings.Fields(line), " "))+"\n")
}

// masked hides the words of a text and keeps how it is built: its lines, signs,
// and the known labels that a reader of mails goes by.
func masked(text string) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		if between := ruled.FindStringSubmatch(line); between != nil && among(rules, between[1]) {
			continue
		}
		label := ""
		if found := labelled.FindStringSubmatch(line); found != nil && among(labels, found[1]) {
			label = found[0]
		}
		lines[i] = label + strings.Map(mask, line[len(label):])
	}
	return strings.Join(lines, "\n")
}

// mask is what a character becomes.
func mask(r rune) rune {
	switch {
	case unicode.Is(unicode.Cyrillic, r) && unicode.IsUpper(r):
		return 'Ж'
	case unicode.Is(unicode.Cyrillic, r):
		return 'ж'
	case unicode.IsUpper(r):
		return 'X'
	case unicode.IsLetter(r), unicode.IsMark(r):
		return 'x'
	case unicode.IsNumber(r):
		return '0'
	}
	return r
}
