package server

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/go-chi/chi/v5"

	"kantong/graph"
	"kantong/internal/access"
	"kantong/internal/jobs"
	"kantong/internal/registry"
)

// importDoor takes files of administrators, and tells what became of them.
type importDoor struct{ Config }

func (d *importDoor) routes(r chi.Router) {
	r.Post("/imports", d.serve("upload", d.upload))
	r.Get("/imports/{id}", d.serve("imports", d.job))
	r.Get("/imports/{id}/{list}", d.serve("imports", d.list))
}

// serve lets administrators in, and nobody else: before a byte of a body is read.
func (d *importDoor) serve(action string, answer func(w http.ResponseWriter, r *http.Request, who registry.Viewer) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		who := access.ViewerOf(r.Context())
		err := who.Require(registry.RoleAdmin)
		if err == nil && d.Imports == nil {
			err = registry.Errorf(registry.CodeUnavailable, "", "this server takes no files")
		}
		if err == nil {
			err = answer(w, r, who)
		}
		if err != nil {
			_ = d.audit(r, who, action, registry.CodeOf(err)) // the refusal is what matters
			d.refuse(w, r, err)
		}
	}
}

// audit writes down what was asked with a key.
func (d *importDoor) audit(r *http.Request, who registry.Viewer, action string, outcome registry.Code) error {
	if d.Resolver.Audit == nil || who.Role == registry.RolePublic {
		return nil
	}
	err := d.Resolver.Audit.Write(context.WithoutCancel(r.Context()), registry.AuditEntry{At: time.Now(), KeyID: who.KeyID, Role: who.Role, Organisation: who.Organisation,
		Purpose: strings.TrimSpace(who.Purpose), Action: action, Operation: routeOf(r), RequestID: RequestID(r.Context()), Outcome: outcome})
	if err != nil {
		return registry.Errorf(registry.CodeUnavailable, "", "the audit log can't be written, and nothing is answered without it: %w", err)
	}
	return nil
}

// refuse answers with an error.
func (d *importDoor) refuse(w http.ResponseWriter, r *http.Request, err error) {
	status := statuses[registry.CodeOf(err)]
	switch {
	case jobs.IsTooLarge(err):
		status = http.StatusRequestEntityTooLarge
	case status == http.StatusServiceUnavailable:
		d.Log.Warn("a file is not taken", "request", RequestID(r.Context()), "route", routeOf(r), "error", err)
		w.Header().Set("Retry-After", "30")
	case status == 0:
		d.Log.Error("an upload failed", "request", RequestID(r.Context()), "route", routeOf(r), "error", err)
		status, err = http.StatusInternalServerError, registry.Errorf(registry.CodeInternal, "", "something failed on our side; the request is %s", RequestID(r.Context()))
	}
	_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(partTime))
	graph.Refuse(w, status, err)
}

// upload takes a file. The job is recorded, and in the audit log, before the answer leaves.
func (d *importDoor) upload(w http.ResponseWriter, r *http.Request, who registry.Viewer) error {
	form, err := openForm(w, r, d.Imports.MaxBytes())
	if err != nil {
		return err
	}
	u, err := form.upload()
	if err != nil {
		return err
	}
	u.Who = who
	job, _, err := d.Imports.Accept(r.Context(), u, form)
	if err != nil {
		return err
	}
	_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(partTime)) // the upload may have taken longer than an answer may
	w.Header().Set("Location", "/imports/"+job.ID)
	d.write(w, http.StatusAccepted, &job)
	return nil
}

// job tells how an import goes.
func (d *importDoor) job(w http.ResponseWriter, r *http.Request, who registry.Viewer) error {
	j, err := d.find(r)
	if err != nil {
		return err
	}
	if err := d.audit(r, who, "imports", ""); err != nil {
		return err
	}
	d.write(w, http.StatusOK, &j)
	return nil
}

func (d *importDoor) find(r *http.Request) (registry.Job, error) {
	id := chi.URLParam(r, "id")
	if !jobs.IsID(id) {
		return registry.Job{}, registry.NotFound("id", "there is no job %.40q", id)
	}
	return d.Ledger.Job(r.Context(), id)
}

// jobJSON is a job as this door shows it.
type jobJSON struct {
	ID    string            `json:"id"`
	State registry.JobState `json:"state"`
	registry.JobRequest
	KeyID           string     `json:"keyId"` // of the key that asked
	At              time.Time  `json:"at"`
	SeenAt          time.Time  `json:"seenAt"`
	CancelRequested *time.Time `json:"cancelRequestedAt"`
	registry.JobStatus
	Lists []string `json:"lists"` // addresses of the lists that can be fetched
}

func (d *importDoor) write(w http.ResponseWriter, status int, j *registry.Job) {
	shown := jobJSON{j.ID, j.State, j.Asked, j.KeyID, j.At, j.SeenAt, j.CancelAt, j.Status, []string{}}
	for _, list := range d.Imports.Lists(j) {
		shown.Lists = append(shown.Lists, "/imports/"+j.ID+"/"+list)
	}
	if !j.State.Ended() {
		w.Header().Set("Retry-After", "1")
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	writeJSON(w, shown)
}

// list gives a list that an import left.
func (d *importDoor) list(w http.ResponseWriter, r *http.Request, who registry.Viewer) error {
	list := chi.URLParam(r, "list")
	if !slices.Contains([]string{jobs.Rejected, jobs.Unmatched, jobs.Findings}, list) {
		return registry.NotFound("list", "there is no list %.40q; there are %s, %s and %s", list, jobs.Rejected, jobs.Unmatched, jobs.Findings)
	}
	j, err := d.find(r)
	if err != nil {
		return err
	}
	f, err := d.Imports.OpenList(&j, list)
	if err != nil {
		return err
	}
	s := &saved{File: f, name: j.ID + "-" + list}
	defer s.done()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if err := d.audit(r, who, "imports", ""); err != nil {
		return err
	}
	s.size = info.Size()
	contentType := "text/csv; charset=utf-8"
	if list == jobs.Findings {
		contentType = "application/geo+json"
	}
	s.write(w, r, contentType)
	return nil
}
