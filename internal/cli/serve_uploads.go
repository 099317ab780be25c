package cli

import (
	"context"
	"path/filepath"
	"time"

	"github.com/dustin/go-humanize"

	"kantong/internal/audit"
	"kantong/internal/jobs"
	"kantong/internal/registry"
)

// uploadFlags are those of files that administrators upload.
type uploadFlags struct {
	Uploads     string `placeholder:"DIR" help:"Directory for files that administrators upload, until they are imported (default: uploads/ in the data directory; with --database none are taken without it). Each server needs its own, readable by nobody else."`
	UploadLimit string `default:"1GiB" placeholder:"SIZE" help:"The largest file that is taken (default ${default})."`
}

// queue takes uploads, and runs the imports that a former server of this directory left.
func (p *program) queue(s *store, f uploadFlags, log *audit.Log, refresh func(context.Context) error) (*jobs.Queue, error) {
	limit, err := humanize.ParseBytes(f.UploadLimit)
	if err != nil || limit == 0 || limit > 1<<40 {
		return nil, registry.Invalid("--upload-limit", "%q is not a size like 1GiB", f.UploadLimit)
	}
	dir := f.Uploads
	if dir == "" && s.database == nil {
		dir = filepath.Join(p.config.Data, "uploads")
	}
	return jobs.Open(p.ctx, jobs.Options{Dir: dir, MaxBytes: int64(limit), Store: s.Store, Ledger: s.ledger, Audit: log,
		Secrets: func() (registry.Secrets, error) { return p.secrets(s) }, Known: gazetteer(), Refresh: refresh, Now: time.Now, Log: p.log})
}
