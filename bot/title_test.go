package bot

import (
	"strings"
	"testing"

	"github.com/rivo/uniseg"
)

func TestASubjectLosesTheMarksOfRepliesAndForwards(t *testing.T) {
	for subject, want := range map[string]string{
		"Re: Printer on fire":          "Printer on fire",
		"RE: FW: Fwd: Printer on fire": "Printer on fire",
		"Re[2]: Printer":               "Printer",
		"RE^3: Re(4): Printer":         "Printer",
		"[Fwd: Printer]":               "Printer",
		"[Shop] Printer":               "[Shop] Printer",
		"AW: WG: Drucker":              "Drucker",
		"TR: imprimante":               "imprimante",
		"RV: impresora":                "impresora",
		"RES: ENC: impressora":         "impressora",
		"R: I: stampante":              "stampante",
		"i: am lost":                   "i: am lost",
		"Antw: Doorst: printer":        "printer",
		"SV: VB: VS: skrivare":         "skrivare",
		"VL: tulostin":                 "tulostin",
		"Odp: PD: drukarka":            "drukarka",
		"Vá: Továbbítás: nyomtató":     "nyomtató",
		"YNT: İLT: yazıcı":             "yazıcı",
		"ΑΠ: εκτυπωτής":                "εκτυπωτής",
		"Отв: Пересл: На: принтер":     "принтер",
		"Redir.: Edasi: Перенаправлено: printer": "printer",
		"Ответ: принтер":                         "принтер",
		"Відп: принтер":                          "принтер",
		"回复：打印机":                                 "打印机",
		"Re :  spaced   out":                     "spaced out",
		"Re:":                                    "",
		"Regarding: the printer":                 "Regarding: the printer",
		"Reply from the shop":                    "Reply from the shop",
		"12:30 meeting":                          "12:30 meeting",
		"":                                       "",
		"Re: " + strings.Repeat("я", 200):        strings.Repeat("я", 120),
		strings.Repeat("👩‍👩‍👧", 130):             strings.Repeat("👩‍👩‍👧", 120),
		strings.Repeat("é", 130):                 strings.Repeat("é", 120),
		strings.Repeat("🇧🇾", 121) + "x":          strings.Repeat("🇧🇾", 120),
		strings.Repeat("a", 119) + " " + "bcdef": strings.Repeat("a", 119),
	} {
		if got := TitleOfSubject(subject); got != want {
			t.Errorf("TitleOfSubject(%q) = %q, want %q", subject, got, want)
		}
	}
}

func TestAMessageIsTitledByItsFirstLineWithWords(t *testing.T) {
	for text, want := range map[string]string{
		"one\ntwo":                      "one",
		"\n \n  three \r\nfour":         "three",
		"":                              "",
		strings.Repeat("word ", 60):     strings.TrimSpace(strings.Repeat("word ", 24)),
		"Re: a chat message keeps this": "Re: a chat message keeps this",
	} {
		if got := TitleOfText(text); got != want {
			t.Errorf("TitleOfText(%q) = %q, want %q", text, got, want)
		}
	}
}

func TestATitleCountsCharactersAsUnicodeDoes(t *testing.T) {
	for _, one := range []string{"a", "é", "👩🏽‍🚒", "🇧🇾", "ö̈", "각", "❤️‍🔥", "🏴󠁧󠁢󠁳󠁣󠁴󠁿", "नि", "ก็"} {
		got := TitleOfText(strings.Repeat(one, 150))
		if n := uniseg.GraphemeClusterCount(got); n != maxTitle || got != strings.Repeat(one, maxTitle) {
			t.Errorf("%q was cut at %d characters", one, n)
		}
	}
}

func FuzzATitleIsABeginningOfItsLine(f *testing.F) {
	for _, s := range []string{"plain", "👩🏽‍🚒👩🏽‍🚒", "Re: 🇧🇾🇷🇺🇺", "éö̈", "a\u200db", "\xff\xfe"} {
		f.Add(strings.Repeat(s, 70))
	}
	f.Fuzz(func(t *testing.T, s string) {
		line := strings.Join(strings.Fields(s), " ")
		if got := TitleOfSubject(s); !strings.Contains(line, got) {
			t.Errorf("%q is no part of %q", got, line)
		}
		if got := TitleOfText(s); got != "" && !strings.HasPrefix(line, got) {
			t.Errorf("%q does not begin %q", got, line)
		}
	})
}
