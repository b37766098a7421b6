package cli

import (
	"bufio"
	"regexp"
	"strings"
	"testing"
	"time"
)

// exposed is a line of the text format 0.0.4: a comment about a figure, or its
// value with labels.
var exposed = regexp.MustCompile(`^(# (HELP [a-z_]+ [^\n]+|TYPE ([a-z_]+) (counter|gauge))|([a-z_]+)(\{[a-z]+="(\\[\\"n]|[^\\"\n])*"\})? (-?[0-9.]+(e[+-][0-9]+)?))$`)

func TestFiguresAreLinesOfTheTextFormat(t *testing.T) {
	x := &exposition{}
	x.process(time.UnixMilli(1_700_000_000_500))
	x.counter("meridian_x_total", "X.", 12345678901)
	x.about("meridian_adapter_up", "gauge", "Up.")
	x.value("meridian_adapter_up", 0, "adapter", "a \"b\"\\\n")
	x.value("meridian_adapter_up", 0.5, "adapter", "ок")
	text := x.String()
	kinds := map[string]bool{}
	for lines := bufio.NewScanner(strings.NewReader(text)); lines.Scan(); {
		m := exposed.FindStringSubmatch(lines.Text())
		switch {
		case m == nil:
			t.Errorf("not of the format: %q", lines.Text())
		case m[3] != "" && kinds[m[3]]:
			t.Errorf("told twice what it is: %q", lines.Text())
		case m[3] != "":
			kinds[m[3]] = true
		case m[5] != "" && !kinds[m[5]]:
			t.Errorf("nobody said what it is: %q", lines.Text())
		}
	}
	for _, want := range []string{
		"meridian_x_total 1.2345678901e+10\n", `meridian_adapter_up{adapter="a \"b\"\\\n"} 0` + "\n", `meridian_adapter_up{adapter="ок"} 0.5` + "\n",
		"process_start_time_seconds 1.7000000005e+09\n", "go_goroutines ", "process_resident_memory_bytes ",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is missing from\n%s", want, text)
		}
	}
}

func TestTheProcessKnowsItsTimeAndMemory(t *testing.T) {
	cpu, resident, ok := procStat()
	if !ok || cpu < 0 || cpu > 3600 || resident < 1<<20 || resident > 1<<36 {
		t.Errorf("got %v s and %v bytes, %v", cpu, resident, ok)
	}
}
