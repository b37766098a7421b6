package bot

import (
	"strings"
	"testing"
)

func TestWhatStandsOutIsWrittenOnceAndPlainWhereNothingCan(t *testing.T) {
	title := Text{Language: "en", Parts: []Part{Strong(Quote("a*b")), Quote(" and "), Strong(Words("state.nobody"))}}
	mark := Markup{Quote: func(s string, _ bool) string { return strings.ReplaceAll(s, "*", "x") }, Strong: func(s string) string { return "<" + s + ">" }}
	if got := title.Render(words(t), mark); got != "<axb> and <nobody>" {
		t.Errorf("got %q", got)
	}
	if got := title.Render(words(t), Markup{}); got != "a*b and nobody" {
		t.Errorf("plainly: %q", got)
	}
}
