package cli

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"os"
	"runtime"
	"runtime/metrics"
	"strconv"
	"strings"
	"time"
)

// exposition writes figures in the text format 0.0.4 of Prometheus. The format
// is three lines a figure; the library for it brings protocol buffers, which
// were a fourteenth of the whole program.
type exposition struct{ bytes.Buffer }

// about says what a figure is, before its values.
func (x *exposition) about(name, kind, help string) {
	fmt.Fprintf(x, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, kind)
}

func (x *exposition) counter(name, help string, value float64) { x.one(name, "counter", help, value) }
func (x *exposition) gauge(name, help string, value float64)   { x.one(name, "gauge", help, value) }

func (x *exposition) one(name, kind, help string, value float64) {
	x.about(name, kind, help)
	x.value(name, value)
}

// value writes a figure with its labels, which are pairs of name and value.
func (x *exposition) value(name string, value float64, labels ...string) {
	x.WriteString(name)
	for i := 0; i+1 < len(labels); i += 2 {
		between := ","
		if i == 0 {
			between = "{"
		}
		x.WriteString(between + labels[i] + `="` + labelEscapes.Replace(labels[i+1]) + `"`)
	}
	if len(labels) > 1 {
		x.WriteString("}")
	}
	x.WriteString(" " + strconv.FormatFloat(value, 'g', -1, 64) + "\n")
}

var labelEscapes = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`)

// metrics answers with the desk's own figures and those of the process.
func (s *server) metrics(w http.ResponseWriter, r *http.Request) {
	x := &exposition{}
	x.process(s.began)
	s.engineFigures(x)
	if err := s.storeFigures(r.Context(), x); err != nil {
		s.log.Error("figures of the store not read", "err", err)
		answer(w, http.StatusInternalServerError, "The store does not answer: see the log.")
		return
	}
	w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
	w.Write(x.Bytes()) //nolint:errcheck // whoever asked is gone
}

func (s *server) engineFigures(x *exposition) {
	e := s.engine.Stats()
	x.counter("meridian_events_accepted_total", "Events taken in since the start, those already known included.", float64(e.Accepted.Load()))
	x.counter("meridian_events_handled_total", "Events handled since the start.", float64(e.Handled.Load()))
	x.counter("meridian_events_refused_total", "Events answered with a refusal that a person can read.", float64(e.Refused.Load()))
	x.counter("meridian_events_failed_total", "Attempts to handle an event that failed.", float64(e.Failed.Load()))
	x.counter("meridian_events_quarantined_total", "Events given up after several attempts.", float64(e.Quarantined.Load()))
	x.counter("meridian_deliveries_sent_total", "Deliveries done since the start.", float64(e.Sent.Load()))
	x.counter("meridian_deliveries_retried_total", "Attempts to deliver that are tried again.", float64(e.Retried.Load()))
	x.counter("meridian_deliveries_dead_total", "Deliveries given up.", float64(e.Dead.Load()))
	x.about("meridian_adapter_up", "gauge", "Whether an adapter can send: 0 while its token is refused.")
	for adapter, why := range s.built.Ailing() {
		up := 1.0
		if why != "" {
			up = 0
		}
		x.value("meridian_adapter_up", up, "adapter", adapter)
	}
}

func (s *server) storeFigures(ctx context.Context, x *exposition) error {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	st, err := s.store.Stats(ctx)
	if err != nil {
		return err
	}
	x.counter("meridian_store_commits_total", "Write transactions committed since the start.", float64(st.Commits))
	x.counter("meridian_events_known_total", "Events dropped because their key was known.", float64(st.Known))
	x.counter("meridian_accept_refused_total", "Callers sent away because too many waited.", float64(st.Refused))
	x.gauge("meridian_accept_waiting", "Callers that wait for their events to be stored.", float64(st.Waiting))
	x.gauge("meridian_inbox_waiting", "Events that wait to be handled.", float64(st.Inbox))
	x.gauge("meridian_outbox_waiting", "Deliveries that wait to be sent.", float64(st.Outbox))
	x.gauge("meridian_stuck", "Events and deliveries that were given up or are held.", float64(st.Stuck))
	return nil
}

// process writes what dashboards of Go programs ask for, under the names that
// they know. Where there is no /proc, what is read there is left out.
func (x *exposition) process(began time.Time) {
	sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}, {Name: "/memory/classes/total:bytes"}, {Name: "/gc/cycles/total:gc-cycles"}}
	metrics.Read(sample)
	x.gauge("go_goroutines", "Goroutines that exist.", float64(runtime.NumGoroutine()))
	x.gauge("go_memstats_heap_alloc_bytes", "Bytes of objects on the heap.", float64(sample[0].Value.Uint64()))
	x.gauge("go_memstats_sys_bytes", "Bytes that the runtime has from the system.", float64(sample[1].Value.Uint64()))
	x.counter("go_gc_cycles_total_gc_cycles_total", "Garbage collections since the start.", float64(sample[2].Value.Uint64()))
	x.gauge("process_start_time_seconds", "When the program began, in seconds since 1970 UTC.", float64(began.UnixMilli())/1000)
	if cpu, resident, ok := procStat(); ok {
		x.counter("process_cpu_seconds_total", "Seconds of processor time used.", cpu)
		x.gauge("process_resident_memory_bytes", "Bytes of memory in use.", resident)
	}
	if open, err := os.ReadDir("/proc/self/fd"); err == nil {
		x.gauge("process_open_fds", "Open files and connections.", float64(len(open)))
	}
}

// procStat reads the processor time, in seconds, and the memory in use, in
// bytes, as proc_pid_stat(5) describes them: fields 14, 15 and 24, counted
// behind the program's name, which is in parentheses and may hold spaces.
func procStat() (cpu, resident float64, ok bool) {
	const ticks = 100 // a second, on every Linux that Go runs on
	stat, err := os.ReadFile("/proc/self/stat")
	if err != nil {
		return 0, 0, false
	}
	fields := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+1:]))
	if len(fields) < 22 {
		return 0, 0, false
	}
	var n [3]float64
	for i, field := range []string{fields[11], fields[12], fields[21]} {
		if n[i], err = strconv.ParseFloat(field, 64); err != nil {
			return 0, 0, false
		}
	}
	return (n[0] + n[1]) / ticks, n[2] * float64(os.Getpagesize()), true
}
