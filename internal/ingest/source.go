package ingest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"kantong/internal/registry"
	"kantong/internal/tabular"
)

// job is one import under way.
type job struct {
	Target
	ctx       context.Context
	file      *os.File
	size      int64
	im        registry.Import
	report    *Report
	rejects   *rejects
	opened    *tabular.Table // of the file, once it is known to be one
	base      string         // newest published edition, whose families those of a file may be; "" for none
	unmatched *rejects       // rows of a list that name no family of the edition; nil for other kinds of files
}

// dependsOn lists the kinds that the rows of a kind are checked against: a later import of one of them makes it
// worth reading the same file again.
var dependsOn = map[registry.ImportKind][]registry.ImportKind{
	registry.ImportHouseholds:  {registry.ImportAreas},
	registry.ImportPrograms:    {registry.ImportAreas},
	registry.ImportIndicators:  {registry.ImportAreas},
	registry.ImportSuccessions: {registry.ImportAreas},
	registry.ImportEnrolments:  {registry.ImportHouseholds, registry.ImportPrograms},
	registry.ImportPoints:      {registry.ImportHouseholds, registry.ImportAreas},
}

// begin opens the file and finds out whether the draft already holds it; report.Unchanged says so. The caller closes
// the job.
func begin(ctx context.Context, t Target, kind registry.ImportKind, path string, mapping *Mapping) (*job, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, registry.Invalid("file", "can't be opened: %w", err)
	}
	if t.DryRun {
		t.Store = newRehearsal(t.Store, nil)
	}
	j := &job{Target: t, ctx: ctx, file: file}
	info, err := file.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = registry.Invalid("file", "%s is not a file", path)
	}
	if err != nil {
		j.close()
		return nil, err
	}
	j.size = info.Size()
	j.report = &Report{Kind: kind, File: path, DryRun: t.DryRun}
	j.im = registry.Import{Kind: kind, File: filepath.Base(path), Append: t.Append, At: t.Now}
	if kind == registry.ImportEnrolments {
		j.im.Release = t.Release
	}
	j.rejects = newRejects(path)
	if kind == registry.ImportHouseholds {
		editions, err := t.Store.Editions(ctx)
		if err != nil {
			j.close()
			return nil, err
		}
		j.base = newest(editions)
	}
	if err := j.hash(mapping); err != nil {
		j.close()
		return nil, err
	}
	if err := j.findUnchanged(); err != nil {
		j.close()
		return nil, err
	}
	return j, nil
}

// close ends the job; what was rejected is lost unless finish came first.
func (j *job) close() {
	if j.opened != nil {
		j.opened.Close()
	}
	j.file.Close()
	if j.rejects != nil {
		j.rejects.discard()
	}
	if j.unmatched != nil {
		j.unmatched.discard()
	}
}

// hash sets im.SHA256: that of the file, or of both hashes one after the other when there is a mapping, and then of that with
// whatever else decides what becomes of the file: settings, and the edition that families are compared with.
func (j *job) hash(mapping *Mapping) error {
	h := sha256.New()
	if _, err := io.Copy(h, j.reader("checking")); err != nil {
		return fmt.Errorf("reading %s: %w", j.report.File, err)
	}
	sum := h.Sum(nil)
	if mapping != nil {
		m := sha256.Sum256(mapping.text)
		both := sha256.Sum256(append(sum, m[:]...))
		sum = both[:]
	}
	if len(j.Set) > 0 || j.base != "" {
		both := sha256.Sum256(fmt.Appendf(sum, "%q %q", j.Set, j.base)) // settings in the order of attributes
		sum = both[:]
	}
	j.im.SHA256 = hex.EncodeToString(sum)
	return j.rewind()
}

// rewind makes the next reader begin at the file's beginning.
func (j *job) rewind() error {
	if _, err := j.file.Seek(0, io.SeekStart); err != nil {
		return fmt.Errorf("reading %s: %w", j.report.File, err)
	}
	return nil
}

// findUnchanged compares with the imports in force: those of the kind since the last that replaced all before it.
func (j *job) findUnchanged() error {
	log, err := j.Store.Imports(j.ctx, j.Edition)
	if err != nil {
		return err
	}
	var inForce []registry.Import
	stale := false
	for _, im := range log {
		for _, kind := range dependsOn[j.im.Kind] {
			stale = stale || im.Kind == kind
		}
		if im.Kind != j.im.Kind || im.Release != j.im.Release {
			continue
		}
		if !im.Append {
			inForce = nil
		}
		inForce = append(inForce, im)
		stale = false
	}
	if !j.Append && (stale || len(inForce) != 1) {
		return nil
	}
	for _, im := range inForce {
		if im.SHA256 == j.im.SHA256 {
			j.report.Unchanged, j.report.Rows, j.report.Rejected = true, im.Rows, im.Rejected
			j.note("the draft already holds this file, imported %s", im.At.Format(time.DateTime))
		}
	}
	return nil
}

func (j *job) note(format string, args ...any) {
	j.report.Notes = append(j.report.Notes, fmt.Sprintf(format, args...))
}

// finish completes the report after the store was asked to keep the rows. A refusal of the whole file by refuseEmpty
// still leaves the list of rejected rows, since that is what the user needs then; any other error leaves none.
func (j *job) finish(err error) (*Report, error) {
	if err != nil && !j.rejects.all {
		return nil, err
	}
	j.report.Rejected, j.report.Reasons = j.rejects.count, j.rejects.sorted()
	path, fileErr := j.rejects.keep()
	j.report.RejectedFile = path
	if j.unmatched != nil {
		list, listErr := j.unmatched.keep()
		j.report.Recipients.List = list
		fileErr = errors.Join(fileErr, listErr)
	}
	switch {
	case err != nil:
		return j.report, err
	case fileErr != nil:
		j.note("the list of rejected or unmatched rows could not be written: %v", fileErr)
	}
	j.report.Rows = j.im.Rows
	return j.report, nil
}

// refuseEmpty is the error for a file that gives nothing to store.
func (j *job) refuseEmpty(what string) error {
	if j.rejects.count == 0 {
		return registry.Invalid("file", "%s holds no %s; the draft is as it was", j.im.File, what)
	}
	j.rejects.all = true
	return registry.Invalid("file", "all %d %s of %s were rejected; the draft is as it was", j.rejects.count, what, j.im.File)
}

// readAll reads a file that is handled in memory.
func (j *job) readAll(limit int64) ([]byte, error) {
	if j.size > limit {
		return nil, registry.Invalid("file", "%s has %d bytes; at most %d are read", j.im.File, j.size, limit)
	}
	data, err := io.ReadAll(j.reader("reading"))
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", j.report.File, err)
	}
	return data, nil
}

func (j *job) reader(verb string) io.Reader {
	return &progressReader{job: j, told: j.tell(verb + " " + j.im.File)}
}

// tell gives what tells progress, not too often.
func (j *job) tell(label string) func(done, total int64) {
	var told time.Time
	return func(done, total int64) {
		if j.Progress != nil && (done >= total || time.Since(told) >= progressInterval) {
			told = time.Now()
			j.Progress(label, done, total)
		}
	}
}

// progressInterval is how often progress is told at most.
const progressInterval = 100 * time.Millisecond

// progressReader tells how much of the file was read, and ends with the context.
type progressReader struct {
	*job
	told func(done, total int64)
	done int64
}

func (r *progressReader) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := r.file.Read(p)
	r.done += int64(n)
	r.told(r.done, r.size)
	return n, err
}
