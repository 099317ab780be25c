// Package observe tells the people who run the program how it is doing: metrics for Prometheus and, where an endpoint is
// configured, traces. Neither holds a filter, a key or a household: labels are names from the schema and of states.
package observe

import (
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Metrics are the program's own, with those of the Go runtime and the process.
type Metrics struct {
	registry *prometheus.Registry
	requests *prometheus.HistogramVec
	engine   *prometheus.HistogramVec
	store    *prometheus.HistogramVec
	states   *prometheus.GaugeVec
	memory   *prometheus.GaugeVec
}

// NewMetrics makes them.
func NewMetrics() *Metrics {
	m := &Metrics{registry: prometheus.NewRegistry()}
	seconds := func(name, help string, labels ...string) *prometheus.HistogramVec {
		h := prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: name, Help: help, Buckets: []float64{.0001, .0005, .001, .005, .01, .05, .1, .5, 1, 5, 10}}, labels)
		m.registry.MustRegister(h)
		return h
	}
	gauge := func(name, help string, labels ...string) *prometheus.GaugeVec {
		g := prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: name, Help: help}, labels)
		m.registry.MustRegister(g)
		return g
	}
	m.requests = seconds("kantong_request_seconds", "GraphQL requests, by first root field and error code (OK for none).", "operation", "code")
	m.engine = seconds("kantong_engine_call_seconds", "Calls of the engine.", "engine", "call", "code")
	m.store = seconds("kantong_store_call_seconds", "Calls of the store.", "call", "code")
	m.states = gauge("kantong_state_households", "Families of each state that is open.", "state", "engine")
	m.memory = gauge("kantong_state_memory_bytes", "Memory of each state that is open in memory.", "state")
	m.registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// Handler serves them in Prometheus' text format.
func (m *Metrics) Handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{Registry: m.registry})
}

// Request counts a GraphQL request; code is "" for an answer without errors.
func (m *Metrics) Request(operation, code string, took time.Duration) {
	m.requests.WithLabelValues(operation, orOK(code)).Observe(took.Seconds())
}

// Open says that a state was opened; memoryBytes is 0 for an engine that holds none.
func (m *Metrics) Open(state, engine string, households, memoryBytes int64) {
	m.states.WithLabelValues(state, engine).Set(float64(households))
	if memoryBytes > 0 {
		m.memory.WithLabelValues(state).Set(float64(memoryBytes))
	}
}

func orOK(code string) string {
	if code == "" {
		return "OK"
	}
	return code
}
