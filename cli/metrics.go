package cli

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
)

// metrics are what /metrics shows: the desk's own figures, and those of the
// process.
func (s *server) metrics() *prometheus.Registry {
	r := prometheus.NewRegistry()
	r.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}), figures{s})
	return r
}

// figures reads the counters of the engine and the store when it is asked.
type figures struct{ s *server }

// Describe says nothing: what there is, is what Collect gives.
func (figures) Describe(chan<- *prometheus.Desc) {}

// Collect gives the figures of this moment.
func (f figures) Collect(out chan<- prometheus.Metric) {
	send := func(kind prometheus.ValueType, name, help string, value int64) {
		d := prometheus.NewDesc("meridian_"+name, help, nil, nil)
		out <- prometheus.MustNewConstMetric(d, kind, float64(value))
	}
	e := f.s.engine.Stats()
	send(prometheus.CounterValue, "events_accepted_total", "Events taken in since the start, those already known included.", e.Accepted.Load())
	send(prometheus.CounterValue, "events_handled_total", "Events handled since the start.", e.Handled.Load())
	send(prometheus.CounterValue, "events_refused_total", "Events answered with a refusal that a person can read.", e.Refused.Load())
	send(prometheus.CounterValue, "events_failed_total", "Attempts to handle an event that failed.", e.Failed.Load())
	send(prometheus.CounterValue, "events_quarantined_total", "Events given up after several attempts.", e.Quarantined.Load())
	send(prometheus.CounterValue, "deliveries_sent_total", "Deliveries done since the start.", e.Sent.Load())
	send(prometheus.CounterValue, "deliveries_retried_total", "Attempts to deliver that are tried again.", e.Retried.Load())
	send(prometheus.CounterValue, "deliveries_dead_total", "Deliveries given up.", e.Dead.Load())

	for adapter, why := range f.s.built.Ailing() {
		up := 1.0
		if why != "" {
			up = 0
		}
		out <- prometheus.MustNewConstMetric(prometheus.NewDesc("meridian_adapter_up", "Whether an adapter can send: 0 while its token is refused.", []string{"adapter"}, nil), prometheus.GaugeValue, up, adapter)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	st, err := f.s.store.Stats(ctx)
	if err != nil {
		out <- prometheus.NewInvalidMetric(prometheus.NewDesc("meridian_store", "Figures of the store.", nil, nil), err)
		return
	}
	send(prometheus.CounterValue, "store_commits_total", "Write transactions committed since the start.", st.Commits)
	send(prometheus.CounterValue, "events_known_total", "Events dropped because their key was known.", st.Known)
	send(prometheus.CounterValue, "accept_refused_total", "Callers sent away because too many waited.", st.Refused)
	send(prometheus.GaugeValue, "accept_waiting", "Callers that wait for their events to be stored.", st.Waiting)
	send(prometheus.GaugeValue, "inbox_waiting", "Events that wait to be handled.", st.Inbox)
	send(prometheus.GaugeValue, "outbox_waiting", "Deliveries that wait to be sent.", st.Outbox)
	send(prometheus.GaugeValue, "stuck", "Events and deliveries that were given up or are held.", st.Stuck)
}
