package postgis

import (
	"context"
	"errors"
	"testing"
	"time"

	"kantong/internal/registry"
)

func TestListen(t *testing.T) {
	url := freshDatabase(t)
	writer, other := openStore(t, url), openStore(t, url)
	ctx, stop := context.WithCancel(t.Context())
	heard, ended := make(chan string, 8), make(chan error, 1)
	go func() { ended <- other.Listen(ctx, func(state string) { heard <- state }) }()
	expect := func(want string) {
		t.Helper()
		select {
		case got := <-heard:
			if got != want {
				t.Fatalf("heard %q, want %q", got, want)
			}
		case <-time.After(10 * time.Second):
			t.Fatalf("heard nothing, want %q", want)
		}
	}
	expect("")
	c := cityContents(3, 20)
	c.publish(t, writer, "e")
	expect("e")
	if err := writer.CreateRelease(t.Context(), "e", registry.Release{ID: "2025-11"}); err != nil {
		t.Fatal(err)
	}
	if _, err := writer.Publish(t.Context(), "e", "2025-11", registry.PublishOptions{Now: testTime}); err != nil {
		t.Fatal(err)
	}
	expect("e+2025-11")
	if err := writer.PutPrograms(t.Context(), "e", registry.Import{}, c.programs); err != nil {
		t.Fatal(err)
	}
	expect("e")

	run(t, writer, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN %'")
	expect("") // listens again: look what was missed
	c.publish(t, writer, "f")
	expect("f")
	stop()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("ended with %v", err)
	}
}
