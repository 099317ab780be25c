package cli

import (
	"bufio"
	"net/http"
	"strings"
	"testing"
)

// follow opens a stream of publications and gives the data of its events, until it is complete.
func (s *running) follow(t *testing.T, key string) <-chan string {
	t.Helper()
	return s.stream(t, key, `{"query": "subscription { editionPublished { state dataVersion households { value } } }"}`)
}

func (s *running) stream(t *testing.T, key, body string) <-chan string {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.address+"/graphql", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Accept", "text/event-stream")
	if key != "" {
		req.Header.Set("Authorization", "Bearer "+key)
	}
	resp, err := http.DefaultClient.Do(req) // answered when it is open
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("%v: %+v", err, resp)
	}
	events := make(chan string, 16)
	go func() {
		defer close(events)
		defer resp.Body.Close()
		lines := bufio.NewScanner(resp.Body)
		for lines.Scan() {
			if data, ok := strings.CutPrefix(lines.Text(), "data: "); ok {
				events <- data
			}
			if lines.Text() == "event: complete" {
				return
			}
		}
		events <- "the stream broke off"
	}()
	return events
}

// TestPublicationsOfOthersReachStreams publishes on one database by hand: those who follow hear of it from both servers on it,
// each from the engine that his server has; and a server that stops keeps nobody waiting.
func TestPublicationsOfOthersReachStreams(t *testing.T) {
	url := database(t)
	p := testProgram(t, Config{})
	s, err := p.openStore(t.Context(), "", url)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	publishCity(t, s)
	a, b := start(t, "serve", "--database", url, "--engine", engineColumnar), start(t, "serve", "--database", url, "--engine", enginePostGIS)
	streams := []<-chan string{a.follow(t, ""), a.follow(t, ""), b.follow(t, "")}
	publishRelease(t, s, "2025-11")
	first := <-streams[0]
	if !strings.Contains(first, `+2025-11"`) {
		t.Errorf("%s", first)
	}
	for i, events := range streams[1:] {
		if event := <-events; event != first {
			t.Errorf("stream %d: %s, the first %s", i+1, event, first)
		}
	}
	for _, server := range []*running{a, b} {
		if code := server.stop(); code != exitDone {
			t.Errorf("stopped with exit %d", code)
		}
	}
	for i, events := range streams {
		if event, open := <-events; open {
			t.Errorf("stream %d at the end: %s", i, event)
		}
	}
}

// TestReadmeStream opens what the README's curl -N does.
func TestReadmeStream(t *testing.T) {
	line := section(t, "    curl -N ", "\n")
	for _, part := range []string{"http://127.0.0.1:8080/graphql", "-H 'Content-Type: application/json'", "-H 'Accept: text/event-stream'"} {
		if !strings.Contains(line, part) {
			t.Errorf("the README's line lacks %s: %s", part, line)
		}
	}
	_, body, _ := strings.Cut(line, "-d '")
	events := start(t, "demo", "--data", cityData(t)).stream(t, "", strings.TrimSuffix(body, "'"))
	select {
	case event := <-events: // of a mistake it would come before what the server does next
		t.Errorf("%s", event)
	default:
	}
}
