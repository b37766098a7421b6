package cli

import (
	"bytes"
	"os"
	"strings"
	"testing"
	"time"
)

// bar is a progress on a terminal of a width, whose clock the test moves.
func bar(out *bytes.Buffer, width int, now *time.Time) *progress {
	return &progress{out: out, label: "import", width: func() int { return width }, now: func() time.Time { return *now }}
}

func TestABarIsDrawnAtMostTenTimesASecondAndTakenAway(t *testing.T) {
	var out bytes.Buffer
	now := time.Unix(1000, 0)
	p := bar(&out, 60, &now)
	p.at(500, 1000, "bytes")
	p.at(600, 1000, "bytes") // too soon
	now = now.Add(redraw)
	p.at(1200, 1000, "bytes") // more than all there is
	p.end()
	p.end()
	got := out.String()
	if strings.Count(got, "\r") != 3 || !strings.HasSuffix(got, "\r\x1b[K") {
		t.Errorf("got %q", got)
	}
	for line := range strings.SplitSeq(got, "\r") {
		if text := strings.TrimSuffix(line, "\x1b[K"); len(text) >= 60 {
			t.Errorf("%q fills the line", text)
		}
	}
	if !strings.Contains(got, "50% [=") || !strings.Contains(got, "100% [=") || strings.Contains(got, "60%") {
		t.Errorf("got %q", got)
	}
}

func TestABarFitsNarrowTerminalsAndTellsWhatIsNotKnown(t *testing.T) {
	now := time.Unix(1000, 0)
	for _, width := range []int{0, 1, 10, 24, 36, 200} {
		p := bar(&bytes.Buffer{}, width, &now)
		for _, line := range []string{p.line(12_345, 99_999, "lines"), p.line(12_345, 0, "lines"), p.line(-1, 5, "lines")} {
			if len(line) >= max(1, width) {
				t.Errorf("%q does not fit %d columns", line, width)
			}
		}
	}
	if got := bar(&bytes.Buffer{}, 80, &now).line(12_345, 0, "lines"); got != "import  12,345 lines" {
		t.Errorf("got %q", got)
	}
	for n, want := range map[int64]string{0: "0", 7: "7", 999: "999", 1000: "1,000", 1234567: "1,234,567", -1234: "-1,234"} {
		if got := grouped(n); got != want {
			t.Errorf("%d is written %s", n, got)
		}
	}
}

func TestABarIsShownOnATerminalAlone(t *testing.T) {
	if newProgress(&bytes.Buffer{}, "x").out != nil {
		t.Error("it is shown in a buffer")
	}
	plain, err := os.Create(t.TempDir() + "/log")
	if err != nil {
		t.Fatal(err)
	}
	defer plain.Close()
	if newProgress(plain, "x").out != nil {
		t.Error("it is shown in a file")
	}
	t.Setenv("TERM", "xterm")
	screen, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0) // a terminal that does not say how wide it is
	if err != nil {
		t.Fatal(err)
	}
	defer screen.Close()
	p := newProgress(screen, "x")
	if p.out == nil {
		t.Fatal("it is not shown on a terminal")
	}
	if got := p.width(); got != 80 {
		t.Errorf("the terminal is %d wide", got)
	}
	t.Setenv("TERM", "dumb")
	if newProgress(screen, "x").out != nil {
		t.Error("it is shown on a terminal that cannot take it away")
	}
}
