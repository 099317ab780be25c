package observe_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"kantong/internal/observe"
	"kantong/internal/registry"
	"kantong/internal/storetest"
)

// TestEngineAndStore counts and traces calls, and passes answers and errors on.
func TestEngineAndStore(t *testing.T) {
	spans := tracetest.NewInMemoryExporter()
	o := observe.Observer{Metrics: observe.NewMetrics(), Tracer: sdk.NewTracerProvider(sdk.WithSyncer(spans)).Tracer("")}
	d, households, enrolments := storetest.City(1, 100)
	plain := storetest.NewReference(d, households, enrolments)
	e := o.Engine("columnar", plain)
	want, err := plain.Summarise(t.Context(), []registry.SummaryQuery{{}})
	if err != nil {
		t.Fatal(err)
	}
	got, err := e.Summarise(t.Context(), []registry.SummaryQuery{{}})
	if err != nil || got[0][0].Total != want[0][0].Total {
		t.Errorf("%+v, %v", got, err)
	}
	if _, err := e.Rows(t.Context(), registry.RowsQuery{Filter: registry.Filter{EligibleFor: "NOPE"}}); registry.CodeOf(err) != registry.CodeNotFound {
		t.Errorf("%v", err)
	}
	if _, err := e.Details(t.Context(), nil, 0); err != nil {
		t.Error(err)
	}
	if _, err := e.Points(t.Context(), registry.PointsQuery{}); err != nil {
		t.Error(err)
	}
	o.Request("areas", "", time.Millisecond)
	o.Open("2025-q3", "columnar", 100, 4096)
	w := httptest.NewRecorder()
	o.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	for _, line := range []string{
		`kantong_engine_call_seconds_count{call="Summarise",code="OK",engine="columnar"} 1`, `kantong_engine_call_seconds_count{call="Rows",code="NOT_FOUND",engine="columnar"} 1`,
		`kantong_request_seconds_count{code="OK",operation="areas"} 1`, `kantong_state_households{engine="columnar",state="2025-q3"} 100`, `kantong_state_memory_bytes{state="2025-q3"} 4096`, "go_memstats",
	} {
		if !strings.Contains(w.Body.String(), line) {
			t.Errorf("the metrics lack %s", line)
		}
	}
	if n := len(spans.GetSpans()); n != 4 {
		t.Errorf("%d spans, want 4", n)
	}
}

// TestTraced continues the caller's trace and keeps the query string to itself.
func TestTraced(t *testing.T) {
	spans := tracetest.NewInMemoryExporter()
	o := observe.Observer{Metrics: observe.NewMetrics(), Tracer: sdk.NewTracerProvider(sdk.WithSyncer(spans)).Tracer("")}
	r := httptest.NewRequest(http.MethodGet, "/graphql?query=secret", nil)
	r.Header.Set("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
	o.Traced(http.NotFoundHandler()).ServeHTTP(httptest.NewRecorder(), r)
	span := spans.GetSpans()[0]
	if span.Name != "GET /graphql" || span.SpanContext.TraceID().String() != "0af7651916cd43dd8448eb211c80319c" {
		t.Errorf("%s, %s", span.Name, span.SpanContext.TraceID())
	}
}

// TestTracesGoWhereTheyAreSent starts an endpoint and finds a trace there; without one nothing is sent.
func TestTracesGoWhereTheyAreSent(t *testing.T) {
	got := make(chan string, 10)
	endpoint := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { got <- r.URL.Path }))
	defer endpoint.Close()
	for _, url := range []string{"", endpoint.URL} {
		t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", url)
		tracer, stop, err := observe.NewTracer(t.Context(), "test")
		if err != nil {
			t.Fatal(err)
		}
		_, span := tracer.Start(t.Context(), "something")
		span.End()
		if err := stop(context.Background()); err != nil {
			t.Error(err)
		}
		if sent := len(got) > 0; sent != (url != "") {
			t.Errorf("endpoint %q: sent %v", url, sent)
		}
	}
}
