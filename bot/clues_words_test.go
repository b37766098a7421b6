package bot

import "testing"

func TestWordsThatStandInAnyTextTellNothing(t *testing.T) {
	if got := tellingTokens("Hello, please help: could you check what happened since this morning? Thanks. Здравствуйте, подскажите пожалуйста, когда будет сегодня"); len(got) > 5 {
		t.Errorf("they say %v", got)
	}
	if got := tellingTokens("Gift cards fail at the checkout"); len(got) < 4 {
		t.Errorf("the words of a request are %v", got)
	}
}
