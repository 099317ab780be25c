package server

import (
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"os"
	"strings"
	"time"

	"kantong/internal/jobs"
	"kantong/internal/registry"
)

// Bounds of a form beside its file: how many parts it may have, how long a field may be, and a mapping that is a file.
const (
	maxParts        = 64
	maxFieldBytes   = 4 << 10
	maxMappingBytes = 1 << 20
	maxFormBytes    = 8 << 20 // all of it but the file, its boundaries and headers too
)

// form reads multipart/form-data in the order in which it comes, without keeping it. Fields come first, and the file is the
// last part: so what a field says can be refused before the file is sent.
type form struct {
	parts *multipart.Reader
	id    string // of the header Idempotency-Key
	count int
	file  *multipart.Part // once it was met
	ended bool            // the file, and the form with it
	limit int64           // of the file
}

func openForm(w http.ResponseWriter, r *http.Request, limit int64) (*form, error) {
	if r.ContentLength > limit+maxFormBytes {
		return nil, jobs.TooLarge(limit)
	}
	kind, parameters, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/form-data" || parameters["boundary"] == "" {
		return nil, registry.Invalid("Content-Type", "send the file as multipart/form-data with a boundary, as forms and curl -F do")
	}
	r.Body = http.MaxBytesReader(w, &patient{ReadCloser: r.Body, control: http.NewResponseController(w)}, limit+maxFormBytes)
	return &form{parts: multipart.NewReader(r.Body, parameters["boundary"]), id: r.Header.Get("Idempotency-Key"), limit: limit}, nil
}

// patient lets an upload take as long as it takes, so long as something of it comes.
type patient struct {
	io.ReadCloser
	control *http.ResponseController
	until   time.Time
}

func (p *patient) Read(b []byte) (int, error) {
	if now := time.Now(); p.until.Sub(now) < partTime/2 {
		p.until = now.Add(partTime)
		_ = p.control.SetReadDeadline(p.until)
	}
	return p.ReadCloser.Read(b)
}

// next gives the next part, io.EOF after the last.
func (f *form) next() (*multipart.Part, error) {
	if f.count++; f.count > maxParts {
		return nil, registry.Invalid("", "the form has more than %d parts", maxParts)
	}
	part, err := f.parts.NextPart()
	if err == io.EOF {
		return nil, err
	}
	return part, f.broken(err)
}

// broken says why a form can't be read.
func (f *form) broken(err error) error {
	var large *http.MaxBytesError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &large):
		return jobs.TooLarge(f.limit)
	case errors.Is(err, os.ErrDeadlineExceeded):
		return registry.Invalid("", "nothing of the form came for %s; nothing of it was kept", partTime)
	}
	return registry.Invalid("", "the form broke off, or is no multipart/form-data; nothing of it was kept: %w", err)
}

// upload reads what comes before the file.
func (f *form) upload() (u jobs.Upload, err error) {
	given := map[string]bool{}
	for {
		part, err := f.next()
		switch {
		case err == io.EOF:
			return u, registry.Invalid("file", "the form has no file: its last part is called file, and has a file name")
		case err != nil:
			return u, err
		}
		name := part.FormName()
		if given[name] && name != "set" {
			return u, registry.Invalid(clip(name), "give it once")
		}
		given[name] = true
		if name == "file" {
			f.file = part
			u.Asked.File, err = jobs.BaseName(rawFileName(part))
			return f.identified(u, err)
		}
		if err := f.field(&u, part); err != nil {
			return u, err
		}
	}
}

// rawFileName is the name of a file as the client gives it: FileName leaves out what comes before a slash, but not before a
// backslash, and tells the two cases of no name apart from none.
func rawFileName(part *multipart.Part) string {
	_, parameters, err := mime.ParseMediaType(part.Header.Get("Content-Disposition"))
	if err != nil {
		return ""
	}
	return parameters["filename"]
}

// identified takes the client's id of the header, which may be given as a field instead.
func (f *form) identified(u jobs.Upload, err error) (jobs.Upload, error) {
	switch {
	case err != nil || f.id == "":
		return u, err
	case u.ClientID != "" && u.ClientID != f.id:
		return u, registry.Invalid("id", "it is not that of the header Idempotency-Key; give one of the two")
	}
	u.ClientID = f.id
	return u, nil
}

func (f *form) field(u *jobs.Upload, part *multipart.Part) error {
	name, limit := part.FormName(), int64(maxFieldBytes)
	isFile := rawFileName(part) != ""
	if isFile && name != "mapping" {
		return registry.Invalid(clip(name), "is a file; only file and mapping may be")
	}
	if isFile {
		limit = maxMappingBytes
	}
	text, err := io.ReadAll(io.LimitReader(part, limit+1))
	switch {
	case err != nil:
		return f.broken(err)
	case int64(len(text)) > limit:
		return registry.Invalid(clip(name), "has more than %d bytes", limit)
	case isFile && len(text) == 0:
		return registry.Invalid("mapping", "the file is empty")
	case isFile:
		u.Mapping = text
		return nil
	}
	return setField(u, name, string(text))
}

func setField(u *jobs.Upload, name, value string) (err error) {
	a := &u.Asked
	switch name {
	case "kind":
		a.Kind = registry.ImportKind(strings.ToLower(value))
	case "edition":
		a.Edition = value
	case "release":
		a.Release = value
	case "append":
		a.Append, err = truth(name, value)
	case "dryRun":
		a.DryRun, err = truth(name, value)
	case "mapping":
		a.Mapping = value
	case "sheet":
		a.Sheet = value
	case "layer":
		a.Layer = value
	case "within":
		a.Within = registry.AreaCode(value)
	case "id":
		u.ClientID = value
	case "set":
		attribute, what, ok := strings.Cut(value, "=")
		if _, twice := a.Set[attribute]; !ok || attribute == "" || twice {
			return registry.Invalid("set", "%.60q: write attribute=value, each attribute once", value)
		}
		if a.Set == nil {
			a.Set = map[string]string{}
		}
		a.Set[attribute] = what
	default:
		return registry.Invalid(clip(name), "there is no such field; there are kind, edition, release, append, dryRun, mapping, sheet, layer, within, set and id, and then the file")
	}
	return err
}

func truth(name, value string) (bool, error) {
	switch value {
	case "true":
		return true, nil
	case "false", "":
		return false, nil
	}
	return false, registry.Invalid(name, "%.20q is neither true nor false", value)
}

// clip shortens a name of a client's making for an error.
func clip(name string) string {
	if len(name) > 40 {
		name = name[:40]
	}
	return strings.ToValidUTF8(name, "")
}

// Read gives the bytes of the file. Its end is that of the form: what ends before is broken, and nothing may follow.
func (f *form) Read(p []byte) (int, error) {
	if f.ended {
		return 0, io.EOF
	}
	n, err := f.file.Read(p)
	if err != io.EOF {
		return n, f.broken(err)
	}
	switch _, err := f.next(); err {
	case io.EOF:
		f.ended = true
		return n, io.EOF
	case nil:
		return n, registry.Invalid("file", "it is not the last part of the form: send the fields before it")
	default:
		return n, err
	}
}
