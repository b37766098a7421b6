package web

import "strings"

// emoji is one emoji by its short name, as in Slack.
type emoji struct {
	Name  string
	Glyph string
	Act   bool // the picker says what it does by default
}

// palette are the emoji that the picker offers.
func palette() []emoji {
	return []emoji{
		{"ticket", "🎫", true}, {"eyes", "👀", true}, {"rotating_light", "🚨", true}, {"hourglass_flowing_sand", "⏳", false},
		{"white_check_mark", "✅", true}, {"repeat", "🔁", true}, {"zzz", "💤", false}, {"bulb", "💡", false},
		{"bug", "🐛", false}, {"books", "📚", false}, {"outbox_tray", "📤", false}, {"+1", "👍", false}, {"pray", "🙏", false},
	}
}

// known are emoji that are shown as pictures but not offered.
func known() []emoji {
	return []emoji{
		{"-1", "👎", false}, {"heart", "❤️", false}, {"tada", "🎉", false}, {"smile", "😄", false}, {"slightly_smiling_face", "🙂", false},
		{"joy", "😂", false}, {"thinking_face", "🤔", false}, {"fire", "🔥", false}, {"rocket", "🚀", false}, {"wave", "👋", false},
		{"clap", "👏", false}, {"ok_hand", "👌", false}, {"muscle", "💪", false}, {"warning", "⚠️", false}, {"x", "❌", false},
		{"question", "❓", false}, {"memo", "📝", false}, {"lock", "🔒", false}, {"bell", "🔔", false}, {"no_bell", "🔕", false},
		{"sos", "🆘", false}, {"red_circle", "🔴", false}, {"large_green_circle", "🟢", false}, {"coffee", "☕", false},
	}
}

// glyph is the picture of a short name, or the name between colons.
func glyph(short string) string {
	for _, list := range [][]emoji{palette(), known()} {
		for _, e := range list {
			if e.Name == short {
				return e.Glyph
			}
		}
	}
	return ":" + short + ":"
}

// shortName reads what somebody typed or pressed: "eyes", ":eyes:",
// ":+1::skin-tone-2:" or the picture itself. It reports false for anything that
// cannot be a short name.
func shortName(s string) (string, bool) {
	s = strings.TrimSpace(s)
	for _, list := range [][]emoji{palette(), known()} {
		for _, e := range list {
			if uncolored(e.Glyph) == uncolored(s) {
				return e.Name, true
			}
		}
	}
	s, _, _ = strings.Cut(strings.Trim(strings.ToLower(s), ":"), "::skin-tone-")
	if s == "" || len(s) > 64 {
		return "", false
	}
	for _, c := range s {
		if !strings.ContainsRune("abcdefghijklmnopqrstuvwxyz0123456789_+-'", c) {
			return "", false
		}
	}
	return s, true
}

// uncolored drops the sign that asks for the coloured form, and skin tones.
func uncolored(s string) string {
	return strings.Map(func(c rune) rune {
		if c == '\ufe0f' || c >= '\U0001F3FB' && c <= '\U0001F3FF' {
			return -1
		}
		return c
	}, s)
}
