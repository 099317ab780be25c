package jobs

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"

	"kantong/internal/registry"
)

// Upload is what a client asks for, beside the file's bytes.
type Upload struct {
	Who      registry.Viewer
	ClientID string // "" for none: then asking again is another job
	Asked    registry.JobRequest
	Mapping  []byte // a mapping of the client's own; empty for none
}

// Accept reads an upload to its end, stores it and records its job, or gives the job that was recorded for the same before:
// fresh is false then. With other contents under the same client id it is CONFLICT. What can be refused without the file is
// refused before it is read. On an error nothing is left: no file and no job.
func (q *Queue) Accept(ctx context.Context, u Upload, file io.Reader) (job registry.Job, fresh bool, err error) {
	if q.directory == nil {
		return job, false, registry.Errorf(registry.CodeUnavailable, "", "this server takes no files: it was started without --uploads")
	}
	if u.ClientID == "" {
		u.ClientID = "upload:" + randomHex(12)
	} else if err := registry.CheckClientID("Idempotency-Key", u.ClientID); err != nil {
		return job, false, err
	}
	if err := u.check(); err != nil {
		return job, false, err
	}
	select {
	case q.receiving <- struct{}{}:
		defer func() { <-q.receiving }()
	default:
		return job, false, registry.Errorf(registry.CodeUnavailable, "", "%d files are being uploaded already; try again when one has arrived", atOnce)
	}
	id := jobID(&u)
	if job, err = q.with.Ledger.Job(ctx, id); err == nil {
		hash, _, err := q.receive(io.Discard, file)
		if err != nil {
			return registry.Job{}, false, err
		}
		u.Asked.Bytes = job.Asked.Bytes // the hash tells
		return q.again(job, u.hash(hash))
	} else if registry.CodeOf(err) != registry.CodeNotFound {
		return registry.Job{}, false, err
	}
	editions, err := q.with.Store.Editions(ctx)
	if err == nil {
		err = registry.CheckImport(editions, u.Asked.Kind, u.Asked.Edition, u.Asked.Release)
	}
	if err == nil {
		err = q.checkRoom()
	}
	if err != nil {
		return registry.Job{}, false, err
	}
	return q.store(ctx, &u, id, file)
}

// jobID is the public name of the job of a client's id: when it is taken, the job was recorded.
func jobID(u *Upload) string {
	sum := sha256.Sum256([]byte(u.Who.KeyID + "\x00" + u.ClientID))
	return jobPrefix + hex.EncodeToString(sum[:idBytes])
}

const idBytes = 10

// IsID tells whether a text may be the id of a job.
func IsID(text string) bool {
	digits, ok := strings.CutPrefix(text, jobPrefix)
	b, err := hex.DecodeString(digits)
	return ok && err == nil && len(b) == idBytes && strings.ToLower(digits) == digits
}

// hash tells whether two uploads ask for the same.
func (u *Upload) hash(file string) string {
	mapping := sha256.Sum256(u.Mapping)
	text, err := json.Marshal([]any{u.Asked, hex.EncodeToString(mapping[:]), file})
	if err != nil {
		panic(err) // texts and numbers
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// again gives the job that has the client's id.
func (q *Queue) again(job registry.Job, hash string) (registry.Job, bool, error) {
	if job.Request != hash {
		return registry.Job{}, false, registry.Conflict("Idempotency-Key", "it is the id of another upload, job %s; choose a new one for each", job.ID)
	}
	return job, false, nil
}

func (q *Queue) checkRoom() error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.waiting) >= MaxWaiting {
		return registry.Errorf(registry.CodeUnavailable, "", "%d files are waiting to be imported already; try again when one is done", len(q.waiting))
	}
	return nil
}

// store puts the upload on the disk, whole or not at all, and then records the job.
func (q *Queue) store(ctx context.Context, u *Upload, id string, file io.Reader) (job registry.Job, fresh bool, err error) {
	dir := receiving + id + "-" + randomHex(4)
	defer q.remove(dir) // unless it has another name by then
	hash, err := q.save(q.of(dir), u, file)
	if err != nil {
		return job, false, roomFault(err)
	}
	// The upload is whole: a client that leaves now finds its job when it asks again.
	return q.record(context.WithoutCancel(ctx), u, id, dir, u.hash(hash))
}

// record makes a job of an upload that is whole, one at a time: the directory of an id belongs to whoever records its job.
func (q *Queue) record(ctx context.Context, u *Upload, id, dir, request string) (job registry.Job, fresh bool, err error) {
	q.recording.Lock()
	defer q.recording.Unlock()
	if job, err = q.with.Ledger.Job(ctx, id); err == nil { // recorded meanwhile
		return q.again(job, request)
	} else if registry.CodeOf(err) == registry.CodeNotFound {
		err = q.checkRoom()
	}
	now := q.with.Now()
	job = registry.Job{ID: id, KeyID: u.Who.KeyID, ClientID: u.ClientID, Request: request, Server: q.name, At: now, Asked: u.Asked, State: registry.JobQueued, SeenAt: now}
	if err == nil {
		err = q.audited(ctx, u, &job)
	}
	if err == nil {
		err = os.Rename(q.of(dir), q.of(id))
	}
	if err != nil {
		return registry.Job{}, false, err
	}
	syncDir(q.path)
	recorded, fresh, err := q.with.Ledger.AddJob(ctx, job)
	if err != nil { // it may have been recorded all the same
		var asked error
		if recorded, asked = q.with.Ledger.Job(ctx, id); asked != nil {
			q.remove(id)
			return registry.Job{}, false, err
		}
		fresh = true
	}
	if !fresh || recorded.Server != q.name { // another server has the file
		q.remove(id)
		return q.again(recorded, request)
	}
	q.mu.Lock()
	q.waiting = append(q.waiting, id)
	q.mu.Unlock()
	select {
	case q.wake <- struct{}{}:
	default:
	}
	return recorded, true, nil
}

// save writes an upload into a new directory and gives the hash of the file.
func (q *Queue) save(dir string, u *Upload, file io.Reader) (hash string, err error) {
	if err := os.MkdirAll(filepath.Join(dir, inputDir), 0o700); err != nil {
		return "", err
	}
	if len(u.Mapping) > 0 {
		if err := os.WriteFile(filepath.Join(dir, mappingFile), u.Mapping, 0o600); err != nil {
			return "", err
		}
	}
	f, err := os.OpenFile(filepath.Join(dir, inputDir, u.Asked.File), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return "", err
	}
	hash, u.Asked.Bytes, err = q.receive(f, file)
	if err == nil {
		err = f.Sync()
	}
	if closed := f.Close(); err == nil {
		err = closed
	}
	return hash, err
}

// syncDir makes a new name in a directory survive a loss of power, where the system can do that.
func syncDir(path string) {
	if d, err := os.Open(path); err == nil {
		_ = d.Sync()
		_ = d.Close()
	}
}

// receive copies a file and gives its hash.
func (q *Queue) receive(to io.Writer, file io.Reader) (hash string, bytes int64, err error) {
	h := sha256.New()
	bytes, err = io.Copy(io.MultiWriter(to, h), io.LimitReader(file, q.with.MaxBytes+1))
	switch {
	case err != nil:
		return "", 0, err
	case bytes > q.with.MaxBytes:
		return "", 0, TooLarge(q.with.MaxBytes)
	case bytes == 0:
		return "", 0, registry.Invalid("file", "is empty")
	}
	return hex.EncodeToString(h.Sum(nil)), bytes, nil
}

// errTooLarge marks what is refused for its size.
var errTooLarge = errors.New("too large")

// TooLarge refuses a file for its size.
func TooLarge(limit int64) error {
	return &registry.Error{Code: registry.CodeBadUserInput, Field: "file", Message: "is larger than this server takes, " + sizeOf(limit), Cause: errTooLarge}
}

// IsTooLarge tells whether an upload was refused for its size.
func IsTooLarge(err error) bool { return errors.Is(err, errTooLarge) }

// MaxBytes is the size of the largest file that is taken.
func (q *Queue) MaxBytes() int64 { return q.with.MaxBytes }

// BaseName is the last part of a file's name as a client gives it, whatever the client's system; what can't be the name of a
// file, or names a person, is refused.
func BaseName(name string) (string, error) {
	if i := strings.LastIndexAny(name, `/\`); i >= 0 {
		name = name[i+1:]
	}
	return name, checkName(name)
}
