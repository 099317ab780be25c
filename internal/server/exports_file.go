package server

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"kantong/internal/export"
	"kantong/internal/registry"
)

// saved is a file that is made, on disk without a name: it is gone when it is closed.
type saved struct {
	*os.File
	size        int64
	name        string
	describedBy string // address of its metadata; "" when it holds them itself
}

// save makes the whole file before any of it leaves. So an error is answered as one, what was shown is counted and logged
// first, and the client knows the length: an interrupted download can't look complete.
func save(ctx context.Context, a *asked, name string, f export.Format, values url.Values, table tabled) (*saved, error) {
	t, about, err := table.make(ctx, a)
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "kantong-export-*")
	if err != nil {
		return nil, registry.Errorf(registry.CodeUnavailable, "", "there is no room for the file: %w", err)
	}
	defer os.RemoveAll(dir) // an open file stays readable
	path := filepath.Join(dir, "table."+string(f))
	if _, err := export.Create(ctx, path, f, t, about); err != nil {
		return nil, underFilter(err)
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	info, err := file.Stat()
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	s := &saved{File: file, size: info.Size(), name: fmt.Sprintf("%s_%s_%s_%s.%s", name, a.view.State.ID(), strings.ToLower(a.viewer.Role.String()), time.Now().UTC().Format(time.DateOnly), f)}
	if f == export.CSV {
		values.Set("edition", a.view.State.ID())
		s.describedBy = "/export/" + name + ".csv" + export.CSVMetadataEnding + "?" + values.Encode()
	}
	return s, nil
}

// underFilter completes the field of an engine's error about rows.
func underFilter(err error) error {
	var e *registry.Error
	if !errors.As(err, &e) || e.Field == "" || e.Field == "filter" || strings.HasPrefix(e.Field, "filter.") || strings.HasPrefix(e.Field, "Kantong-") {
		return err
	}
	return registry.Under("filter", err)
}

func (s *saved) done() { _ = s.Close() }

func (s *saved) write(w http.ResponseWriter, _ *http.Request, contentType string) {
	h := w.Header()
	h.Set("Content-Type", contentType)
	h.Set("Content-Disposition", `attachment; filename="`+s.name+`"`)
	h.Set("Content-Length", strconv.FormatInt(s.size, 10))
	h.Set("Accept-Ranges", "none") // the rest of a file may come from another one, made later
	if s.describedBy != "" {
		h.Set("Link", "<"+s.describedBy+`>; rel="describedby"; type="application/csvm+json"`)
	}
	// A large file takes longer than the server gives an answer: as long as the client takes parts of it, it goes on.
	// What breaks off is shorter than was said, which every client notices.
	control := http.NewResponseController(w)
	for err := error(nil); err == nil; {
		_ = control.SetWriteDeadline(time.Now().Add(partTime))
		_, err = io.CopyN(w, s.File, partBytes)
	}
}
