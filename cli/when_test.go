package cli_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"meridian/bot/calendar"
	"meridian/cli"
)

// runWhen gives what a command line prints, and its error.
func runWhen(t *testing.T, args ...string) (string, error) {
	t.Helper()
	var out, log bytes.Buffer
	err := cli.Run(t.Context(), append([]string{"when"}, args...), cli.Program{Stdin: strings.NewReader(""), Stdout: &out, Stderr: &log})
	return out.String(), err
}

func TestWhenPrintsOneInstantOrASchedule(t *testing.T) {
	for _, x := range []struct{ phrase, lang, zone, want string }{
		{"tomorrow at 10", "en", "America/New_York", "2026-03-04T10:00:00-05:00"},
		{"завтра в 10", "ru", "Europe/Minsk", "2026-03-04T10:00:00+03:00"},
		{"завтра в 10", "en", "Europe/Minsk", "2026-03-04T10:00:00+03:00"},
		{"pfdnhf d 10", "ru", "Europe/Minsk", "2026-03-04T10:00:00+03:00"},
		{"in 2 hours", "en", "Asia/Novosibirsk", "2026-03-03T17:40:00+07:00"},
		{"Sunday at 02:30", "en", "America/New_York", "2026-03-08T03:00:00-04:00"},
		{"every Monday at 9:30", "en", "Europe/Minsk", "cron 30 9 * * 1"},
		{"каждый будний день в 9", "ru", "Europe/Minsk", "cron 0 9 * * 1-5"},
		{"every Sunday, Friday and Wednesday at 18:00", "en", "UTC", "cron 0 18 * * 0,3,5"},
		{"каждое 1-е число в 10", "ru", "Europe/Minsk", "cron 0 10 1 * *"},
	} {
		out, err := runWhen(t, x.phrase, "--lang", x.lang, "--zone", x.zone, "--now", "2026-03-03T08:40:00Z")
		if err != nil || out != x.want+"\n" {
			t.Errorf("%q prints %q, %v; want %s", x.phrase, out, err, x.want)
		}
		if spec, ok := strings.CutPrefix(x.want, "cron "); ok {
			if _, err := calendar.Parse(spec); err != nil {
				t.Errorf("%q: %v", x.phrase, err)
			}
		}
	}
	if out, err := runWhen(t, "tomorrow", "at", "10", "--now", "2026-03-03T08:40:00Z"); err != nil || out != "2026-03-04T10:00:00Z\n" {
		t.Errorf("words without quotes print %q, %v", out, err)
	}
	if out, err := runWhen(t, "in 2 hours"); err != nil || len(out) != len("2026-03-04T10:00:00Z\n") {
		t.Errorf("without an instant it prints %q, %v", out, err)
	}
}

func TestWhenRefusesInOneSentence(t *testing.T) {
	for _, args := range [][]string{
		{"soon"}, {""}, {strings.Repeat("soon ", 2048)}, {"25:00"}, {"31 February"}, {"yesterday"}, {"in 0 seconds"}, {"every 30 February at 10"},
		{"in 100 years"}, {"5/6"}, {"next Friday"}, {"вчера", "--lang", "ru"},
		{"tomorrow", "--zone", "EST5EDT"}, {"tomorrow", "--zone", "UTC+3"}, {"tomorrow", "--zone", "../../etc/passwd"}, {"tomorrow", "--zone", "Nope/Zone"}, {"tomorrow", "--zone="},
		{"tomorrow", "--now", "9999-12-31T12:00:00Z"},
	} {
		if !slices.Contains(args, "--now") {
			args = append(args, "--now", "2026-03-03T08:40:00Z")
		}
		out, err := runWhen(t, args...)
		if err == nil || out != "" || cli.ExitCode(err) != 1 || strings.Contains(err.Error(), "\n") || len(err.Error()) > 300 {
			t.Errorf("%.60q prints %q, %v, exits %d", args, out, err, cli.ExitCode(err))
		}
	}
	for _, args := range [][]string{{}, {"tomorrow", "--lang", "de"}, {"tomorrow", "--now", "soon"}} {
		if _, err := runWhen(t, args...); cli.ExitCode(err) != 2 {
			t.Errorf("%q exits %d with %v", args, cli.ExitCode(err), err)
		}
	}
}
