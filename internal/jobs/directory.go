package jobs

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/gofrs/flock"

	"kantong/internal/registry"
)

// What is in a directory of uploads: its name and lock, and a directory for each job, with the upload in a directory of its own,
// so that no name of a client's meets one of ours.
const (
	nameFile    = "name"
	lockFile    = "lock"
	jobPrefix   = "i-"
	receiving   = ".receiving-" // of a job's directory until the upload is whole
	inputDir    = "in"
	mappingFile = "mapping.yaml"
)

// The lists that a job may leave.
const (
	Rejected  = "rejected.csv"     // rows that were rejected
	Unmatched = "unmatched.csv"    // rows that name no family of the edition
	Findings  = "findings.geojson" // what is odd about boundaries
)

// directory keeps uploads. Nobody but its owner can read it.
type directory struct {
	path string
	name string // of the directory, by which jobs say where their file is
	lock *flock.Flock
}

func openDirectory(path string) (*directory, error) {
	unusable := func(err error) error {
		return registry.Errorf(registry.CodeUnavailable, "uploads", "the directory of uploads %s can't be used: %w", path, err)
	}
	if err := os.MkdirAll(path, 0o700); err != nil {
		return nil, unusable(err)
	}
	if err := os.Chmod(path, 0o700); err != nil {
		return nil, unusable(err)
	}
	d := &directory{path: path, lock: flock.New(filepath.Join(path, lockFile), flock.SetPermissions(0o600))}
	got, err := d.lock.TryLock()
	switch {
	case err != nil:
		return nil, unusable(err)
	case !got:
		return nil, registry.Conflict("uploads", "the directory of uploads %s is in use by another server: give each its own", path)
	}
	if d.name, err = nameOf(filepath.Join(path, nameFile)); err != nil {
		return nil, errors.Join(unusable(err), d.close())
	}
	return d, nil
}

func (d *directory) close() error { return d.lock.Close() }

// nameOf reads the name of a directory, or makes one that no other has.
func nameOf(path string) (string, error) {
	text, err := os.ReadFile(path)
	if name := strings.TrimSpace(string(text)); err == nil && name != "" {
		return name, nil
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", err
	}
	name := randomHex(8)
	return name, os.WriteFile(path, []byte(name+"\n"), 0o600)
}

func randomHex(bytes int) string {
	b := make([]byte, bytes)
	_, _ = rand.Read(b) // never fails
	return hex.EncodeToString(b)
}

func (d *directory) of(id string) string { return filepath.Join(d.path, id) }

// input is the uploaded file of a job.
func (d *directory) input(j *registry.Job) string {
	return filepath.Join(d.of(j.ID), inputDir, j.Asked.File)
}

func (d *directory) hasFile(j *registry.Job) bool {
	info, err := os.Stat(d.input(j))
	return err == nil && info.Mode().IsRegular() && info.Size() == j.Asked.Bytes
}

// remove deletes all that a job has here.
func (d *directory) remove(id string) {
	_ = os.RemoveAll(d.of(id)) // what can't be deleted now is at the next start
}

// keepLists puts the lists that an import wrote beside its file where they can be fetched; those of a run before are no longer true.
func (d *directory) keepLists(j *registry.Job) {
	input := d.input(j)
	for list, path := range map[string]string{Rejected: input + ".rejected.csv", Unmatched: input + ".unmatched.csv"} {
		if kept := filepath.Join(d.of(j.ID), list); os.Rename(path, kept) != nil { // mostly there is none
			_ = os.Remove(kept)
		}
	}
}

// settle deletes what was uploaded.
func (d *directory) settle(j *registry.Job) {
	_ = os.RemoveAll(filepath.Join(d.of(j.ID), inputDir))
	_ = os.Remove(filepath.Join(d.of(j.ID), mappingFile))
	_ = os.Remove(d.of(j.ID)) // if nothing is left in it
}

// OpenList opens a list of a job; NOT_FOUND when it has none, or not here, or not any more.
func (q *Queue) OpenList(j *registry.Job, list string) (*os.File, error) {
	none := registry.NotFound("list", "job %s has no %s: none was needed, or it was deleted, which is done %d days after the end", j.ID, list, int(KeepLists.Hours()/24))
	switch {
	case !j.State.Ended():
		return nil, registry.NotFound("list", "job %s has not ended yet", j.ID)
	case q.directory == nil || j.Server != q.name:
		return nil, registry.NotFound("list", "the lists of job %s are with the server that took the file, which is another", j.ID)
	case list != Rejected && list != Unmatched && list != Findings:
		return nil, none
	}
	f, err := os.Open(filepath.Join(q.of(j.ID), list))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, none
	}
	return f, err
}

// Lists names the lists of a job that can be fetched here.
func (q *Queue) Lists(j *registry.Job) (list []string) {
	if q.directory == nil || j.Server != q.name || !j.State.Ended() {
		return nil
	}
	for _, name := range []string{Rejected, Unmatched, Findings} {
		if _, err := os.Stat(filepath.Join(q.of(j.ID), name)); err == nil {
			list = append(list, name)
		}
	}
	return list
}

// sweep removes what belongs to no job, uploads of jobs that have ended, and lists whose time is over. At the start it also
// removes what was being received.
func (q *Queue) sweep(ctx context.Context, start bool) error {
	entries, err := os.ReadDir(q.path)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if start && strings.HasPrefix(e.Name(), receiving) {
			q.remove(e.Name())
		}
		if !strings.HasPrefix(e.Name(), jobPrefix) {
			continue
		}
		j, err := q.with.Ledger.Job(ctx, e.Name())
		switch {
		case registry.CodeOf(err) == registry.CodeNotFound:
			if start { // else it may be just about to be recorded
				q.remove(e.Name())
			}
		case err != nil:
			return err
		case j.State.Ended() && (j.Server != q.name || j.Status.EndedAt == nil || q.with.Now().Sub(*j.Status.EndedAt) > KeepLists):
			q.remove(e.Name())
		case j.State.Ended():
			q.settle(&j)
		}
	}
	return nil
}

// roomFault says that a disk is full in words for who uploads.
func roomFault(err error) error {
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		return registry.Errorf(registry.CodeUnavailable, "file", "there is no room for the file on the server's disk; nothing of it was kept: %w", err)
	}
	return err
}
