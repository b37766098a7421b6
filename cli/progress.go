package cli

import (
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"

	"golang.org/x/term"
)

// progress shows a person how far a long command is: a bar on a terminal, and
// nothing elsewhere. Its zero value shows nothing.
type progress struct {
	out   io.Writer // nil: nothing is shown
	width func() int
	now   func() time.Time
	label string

	mu    sync.Mutex
	drawn time.Time
	shown bool
}

// redraw is how often the bar is drawn at most.
const redraw = 100 * time.Millisecond

// newProgress shows a bar on out, if that is a terminal.
func newProgress(out io.Writer, label string) *progress {
	f, ok := out.(*os.File)
	if !ok || !isTerminal(out) || os.Getenv("TERM") == "dumb" {
		return &progress{}
	}
	width := func() int {
		columns, _, err := term.GetSize(int(f.Fd()))
		if err != nil || columns <= 0 { // some do not say
			return 80
		}
		return columns
	}
	return &progress{out: out, width: width, now: time.Now, label: label}
}

// isTerminal reports whether a person reads what is written there.
func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// at says that done of all is done; unit stands behind the numbers. An all of
// zero is not known.
func (p *progress) at(done, all int64, unit string) {
	if p.out == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if now := p.now(); now.Sub(p.drawn) >= redraw {
		p.drawn, p.shown = now, true
		fmt.Fprint(p.out, "\r"+p.line(done, all, unit)+"\x1b[K") //nolint:errcheck // a bar that is not seen harms nobody
	}
}

// line is the bar as wide as the terminal.
func (p *progress) line(done, all int64, unit string) string {
	done = max(0, done)
	if all <= 0 {
		return fitting(fmt.Sprintf("%s  %s %s", p.label, grouped(done), unit), p.width())
	}
	done = min(done, all)
	head := fmt.Sprintf("%s  %3d%% ", p.label, done*100/all)
	tail := fmt.Sprintf(" %s of %s %s", grouped(done), grouped(all), unit)
	room := min(40, p.width()-len("[]")-1-len(head)-len(tail))
	if room < 5 {
		return fitting(head+tail, p.width())
	}
	full := int(done * int64(room) / all)
	return head + "[" + strings.Repeat("=", full) + strings.Repeat(" ", room-full) + "]" + tail
}

// fitting leaves the last column free: some terminals begin a new line there.
func fitting(s string, width int) string {
	if len(s) >= width {
		return s[:max(0, width-1)]
	}
	return s
}

// end takes the bar away: what the command says next stands in its place.
func (p *progress) end() {
	if p.out == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.shown {
		fmt.Fprint(p.out, "\r\x1b[K") //nolint:errcheck // a bar that is not seen harms nobody
		p.shown = false
	}
}

// grouped writes a number with commas: 12,345.
func grouped(n int64) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
