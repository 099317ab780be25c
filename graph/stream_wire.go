package graph

import (
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strings"
	"time"

	"github.com/99designs/gqlgen/graphql"
)

// How a stream looks on the wire: https://github.com/enisdenjo/graphql-sse/blob/master/PROTOCOL.md, distinct connections mode.

const (
	eventStream = "text/event-stream"
	writeTime   = 30 * time.Second // for a client to take what was sent
)

// acceptsStream tells whether a client takes an answer in events.
func acceptsStream(r *http.Request) bool { return accepts(r, eventStream) }

// accepts tells whether one of some media types is named in Accept.
func accepts(r *http.Request, types ...string) bool {
	for one := range strings.SplitSeq(strings.Join(r.Header.Values("Accept"), ","), ",") {
		media, _, _ := mime.ParseMediaType(one)
		for _, t := range types {
			if media == t {
				return true
			}
		}
	}
	return false
}

// start begins a stream, which may outlive every limit of the server's on a request: what is written has a limit of its own.
func start(w http.ResponseWriter) error {
	h := w.Header()
	h.Set("Content-Type", eventStream)
	h.Set("Cache-Control", "no-store")
	h.Set("X-Accel-Buffering", "no") // some proxies would wait for the end of the answer
	return write(w, ":\n\n")         // who opened it sees that it is
}

func send(w http.ResponseWriter, response *graphql.Response) error {
	data, err := json.Marshal(response)
	if err != nil {
		return err
	}
	return write(w, fmt.Sprintf("event: next\ndata: %s\n\n", data)) // JSON has no line breaks
}

// complete has data, though empty: browsers pass over events without.
func complete(w http.ResponseWriter) { _ = write(w, "event: complete\ndata:\n\n") }

// write gives a client some time to take a text.
func write(w http.ResponseWriter, text string) error {
	c := http.NewResponseController(w) // not every server has deadlines; where it has, that of a request is lifted
	_ = c.SetWriteDeadline(time.Now().Add(writeTime))
	defer func() { _ = c.SetWriteDeadline(time.Time{}) }()
	if _, err := io.WriteString(w, text); err != nil {
		return err
	}
	return c.Flush()
}
