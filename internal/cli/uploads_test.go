package cli

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"mime/multipart"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// uploaded is a job as clients see it.
type uploaded struct {
	ID, State, Kind, Edition, Release, File, KeyID string
	DryRun                                         bool
	Begun                                          int
	CancelRequestedAt, StartedAt, EndedAt          *time.Time
	Progress                                       struct{ Done, Total int64 }
	Report                                         *uploadReport
	Error                                          *struct{ Code, Field, Message string }
	Lists                                          []string
}

type uploadReport struct {
	Rows, Rejected, Unmatched int64
	Unchanged, DryRun         bool
	Places                    string
	Reasons                   []struct {
		Column, Reason   string
		Count, FirstLine int
	}
	Matches, Notes []string
	Findings       int
}

// fault is what every door answers when it refuses.
type fault struct {
	Errors []struct {
		Message    string
		Extensions struct{ Code, Field string }
	}
}

// administered is a running server with the key of an administrator, and draft editions.
type administered struct {
	*running
	data  []string
	admin string
}

// administer makes a store with drafts of these names, and serves it.
func administer(t *testing.T, drafts ...string) *administered {
	t.Helper()
	dir := t.TempDir()
	a := &administered{data: []string{"--data", filepath.Join(dir, "data"), "--secrets", filepath.Join(dir, "secrets")}}
	for _, name := range drafts {
		must(t, a.with("edition", "create", name, "--label", name, "--source", "test", "--as-of", "2025-09-30", "--boundaries", "schematic", "--schematic")...)
	}
	a.admin = a.newKey(t, "admin")
	a.serve(t)
	return a
}

func (a *administered) with(args ...string) []string { return append(args, a.data...) }

func (a *administered) serve(t *testing.T) { t.Helper(); a.running = start(t, a.with("serve")...) }

func (a *administered) newKey(t *testing.T, role string) string {
	t.Helper()
	return lastLine(must(t, a.with("keys", "create", "--role", role, "--organisation", "Bappeda")...))
}

// form writes fields and then a file as multipart/form-data. Fields are given as name=value.
func form(t *testing.T, fields []string, name string, contents []byte) (body []byte, contentType string) {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for _, f := range fields {
		field, value, _ := strings.Cut(f, "=")
		if err := w.WriteField(field, value); err != nil {
			t.Fatal(err)
		}
	}
	part, err := w.CreateFormFile("file", name)
	if err == nil {
		_, err = part.Write(contents)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes(), w.FormDataContentType()
}

// send asks the door of imports; the answer's status comes with the job or the fault.
func (a *administered) send(t *testing.T, key, method, path string, body []byte, header ...string) (status int, job uploaded, f fault) {
	t.Helper()
	status, text, h := a.raw(t, key, method, path, body, header...)
	var into any = &f
	if status < 300 {
		into = &job
	}
	if err := json.Unmarshal(text, into); err != nil {
		t.Fatalf("%s %s: %d, %v: %s", method, path, status, err, text)
	}
	if status == http.StatusAccepted && h.Get("Location") != "/imports/"+job.ID {
		t.Errorf("Location %q of job %s", h.Get("Location"), job.ID)
	}
	return status, job, f
}

func (a *administered) raw(t *testing.T, key, method, path string, body []byte, header ...string) (status int, text []byte, h http.Header) {
	t.Helper()
	req, err := http.NewRequest(method, a.address+path, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if key != "" {
		req.Header.Set("Authorization", "Bearer "+key)
	}
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if text, err = io.ReadAll(resp.Body); err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, text, resp.Header
}

// upload sends a file, which must be taken.
func (a *administered) upload(t *testing.T, name string, contents []byte, fields ...string) uploaded {
	t.Helper()
	body, contentType := form(t, fields, name, contents)
	status, job, f := a.send(t, a.admin, http.MethodPost, "/imports", body, "Content-Type", contentType)
	if status != http.StatusAccepted {
		t.Fatalf("%s: %d %+v", name, status, f)
	}
	return job
}

func (a *administered) job(t *testing.T, id string) uploaded {
	t.Helper()
	status, job, f := a.send(t, a.admin, http.MethodGet, "/imports/"+id, nil)
	if status != http.StatusOK {
		t.Fatalf("job %s: %d %+v", id, status, f)
	}
	return job
}

// until waits for a job to be as it is wanted.
func (a *administered) until(t *testing.T, id string, wanted func(*uploaded) bool) uploaded {
	t.Helper()
	deadline := time.Now().Add(time.Minute)
	for {
		job := a.job(t, id)
		if wanted(&job) {
			return job
		}
		if time.Now().After(deadline) {
			t.Fatalf("after a minute: %+v", job)
		}
		time.Sleep(20 * time.Millisecond)
	}
}

func hasEnded(j *uploaded) bool { return j.EndedAt != nil }

// imported uploads a file and waits for its end.
func (a *administered) imported(t *testing.T, name string, contents []byte, fields ...string) uploaded {
	t.Helper()
	return a.until(t, a.upload(t, name, contents, fields...).ID, hasEnded)
}

// left gives what stays in the directory of uploads beside its name, its lock and lists of jobs. Jobs clear up just after they have
// ended, so it waits for a while.
func (a *administered) left(t *testing.T) (list []string) {
	t.Helper()
	root := filepath.Join(a.data[1], "uploads")
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		list = nil
		err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			info, err := d.Info()
			if err == nil && info.Mode().Perm()&0o077 != 0 {
				t.Errorf("%s has mode %o", path, info.Mode())
			}
			if !slices.Contains([]string{"name", "lock", "rejected.csv", "unmatched.csv", "findings.geojson"}, filepath.Base(path)) {
				list = append(list, path)
			}
			return err
		})
		if err != nil && !errors.Is(err, fs.ErrNotExist) { // deleted meanwhile
			t.Fatal(err)
		}
		if err == nil && list == nil || time.Now().After(deadline) {
			break
		}
	}
	if info, err := os.Stat(root); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("the directory of uploads: %v, %v", info, err)
	}
	return list
}

func geodataFile(t *testing.T, name string) []byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "geodata", name))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// TestAdministratorUploadsACity fills a draft over HTTP with files of every kind, each rehearsed first, publishes it and asks.
// What a rehearsal reports is what the import then reports, and it stores nothing.
func TestAdministratorUploadsACity(t *testing.T) {
	a := administer(t, "2025-q3")
	households := strings.Replace(string(geodataFile(t, "sample/households.csv")), "19.71.01.1004,004", "19.71.99.1004,004", 1)
	points := "kk,longitude,latitude\n9900000000000001,106.1350068,-2.1312827\n1971040101209999,106.1,-2.1\n9900000000000001,106.1350068,-2.1312827\n"
	enrolments := strings.ReplaceAll(string(geodataFile(t, "sample/enrolments.csv")), "program,", "")
	enrolments = "kk,status,since\n9900000000000001,ACTIVE,2025-01-01\n1971040101209999,ACTIVE,2025-01-01\n9900000000000001,ASLEEP,2025-01-01\n" + enrolments[len(enrolments):]
	for _, file := range []struct {
		kind, name, contents    string
		rows, rejected, unknown int64
		fields                  []string
		lists                   []string
	}{
		{"areas", "schematic.geojson", string(geodataFile(t, "schematic.geojson")), 50, 0, 0, nil, nil},
		{"households", "keluarga é.csv", households, 419, 1, 0, nil, []string{"rejected.csv"}},
		{"programs", "programs.json", string(geodataFile(t, "sample/programs.json")), 6, 0, 0, nil, nil},
		{"points", "points.csv", points, 1, 1, 1, nil, []string{"rejected.csv", "unmatched.csv"}},
		{"enrolments", "sk-12.csv", enrolments, 1, 1, 1, []string{"set=program=PKH", "set=decree=SK 12/2025"}, []string{"rejected.csv", "unmatched.csv"}},
		{"indicators", "statistics.csv", string(geodataFile(t, "statistics.csv")), 32, 0, 0, nil, nil},
	} {
		fields := append([]string{"kind=" + file.kind, "edition=2025-q3"}, file.fields...)
		dry := a.imported(t, file.name, []byte(file.contents), append(fields, "dryRun=true")...)
		real := a.imported(t, file.name, []byte(file.contents), fields...)
		for _, j := range []uploaded{dry, real} {
			if r := j.Report; j.State != "SUCCEEDED" || r == nil || r.Rows != file.rows || r.Rejected != file.rejected || r.Unmatched != file.unknown || r.Unchanged || j.File != file.name {
				t.Fatalf("%s: %+v, report %+v, error %+v", file.kind, j, j.Report, j.Error)
			}
			var lists []string
			for _, l := range file.lists {
				lists = append(lists, "/imports/"+j.ID+"/"+l)
				status, text, h := a.raw(t, a.admin, http.MethodGet, "/imports/"+j.ID+"/"+l, nil)
				if status != http.StatusOK || !bytes.HasPrefix(text, []byte("line,column,value,reason\n")) || bytes.Contains(text, []byte("1971040101209999")) || !strings.Contains(h.Get("Content-Disposition"), l) {
					t.Errorf("%s of %s: %d %s", l, file.kind, status, text)
				}
			}
			if file.kind != "areas" && !slices.Equal(j.Lists, lists) {
				t.Errorf("%s: lists %q, want %q", file.kind, j.Lists, lists)
			}
		}
		if !dry.Report.DryRun || real.Report.DryRun {
			t.Errorf("%s: %+v, %+v", file.kind, dry.Report, real.Report)
		}
		dry.Report.DryRun = false
		if diff := cmp.Diff(dry.Report, real.Report); diff != "" {
			t.Errorf("%s: a dry run reports otherwise (-dry +real):\n%s", file.kind, diff)
		}
		if again := a.imported(t, file.name, []byte(file.contents), fields...); again.State != "SUCCEEDED" || !again.Report.Unchanged {
			t.Errorf("%s again: %+v", file.kind, again.Report)
		}
	}
	if left := a.left(t); left != nil {
		t.Errorf("left in the directory of uploads: %q", left)
	}
	var made struct{ PublishEdition struct{ State string } }
	a.ask(t, a.admin, `mutation { publishEdition(edition: "2025-q3", acceptRejected: true, clientId: "publish-1") { state } }`, &made)
	var answer struct{ Summary struct{ Households count } }
	a.ask(t, a.admin, `{ summary { households { value } } }`, &answer)
	if made.PublishEdition.State != "2025-q3" || *answer.Summary.Households.Value != 419 {
		t.Errorf("%+v, %+v", made, answer)
	}
	body, contentType := form(t, []string{"kind=areas", "edition=2025-q3"}, "a.geojson", []byte("{}"))
	if status, _, f := a.send(t, a.admin, http.MethodPost, "/imports", body, "Content-Type", contentType); status != http.StatusConflict || f.Errors[0].Extensions.Code != "CONFLICT" || f.Errors[0].Extensions.Field != "edition" {
		t.Errorf("into what is published: %d %+v", status, f)
	}
	if a.stop() != exitDone {
		t.Fatal(a.output())
	}
	said := map[string]int{}
	for _, e := range auditOf(t, a.data) {
		said[e.Action]++
		if strings.HasPrefix(e.Action, "import ") && (e.Organisation != "Bappeda" || e.KeyID == "" || len(e.States) != 1 || e.States[0] != "2025-q3") {
			t.Errorf("%+v", e)
		}
	}
	if said["upload"] != 19 || said["import areas"] != 2 || said["rehearse households"] != 1 || said["import points"] != 2 {
		t.Errorf("the audit log has %v", said)
	}
	must(t, a.with("audit", "verify")...)
	if text := a.output(); strings.Contains(text, "keluarga") || strings.Contains(text, "9900000000000001") {
		t.Errorf("the log tells too much: %s", text)
	}
}

// TestDryRunOfCommands stores nothing, for any kind, and reports as the import does.
func TestDryRunOfCommands(t *testing.T) {
	dir := t.TempDir()
	data := []string{"--data", filepath.Join(dir, "data")}
	must(t, append([]string{"edition", "create", "x"}, data...)...)
	for _, file := range []struct{ kind, path string }{{"areas", "schematic.geojson"}, {"households", "sample/households.csv"}, {"programs", "sample/programs.json"}, {"enrolments", "sample/enrolments.csv"}, {"indicators", "statistics.csv"}} {
		args := append([]string{"import", file.kind, filepath.Join("..", "..", "geodata", file.path), "--edition", "x"}, data...)
		dry := must(t, append(args, "--dry-run")...)
		if shown := must(t, append([]string{"edition", "show", "x"}, data...)...); strings.Contains(shown, filepath.Base(file.path)) || !strings.Contains(dry, "nothing was stored") {
			t.Errorf("%s: %s\n%s", file.kind, dry, shown)
		}
		if real := must(t, args...); strings.Replace(dry, "would be stored", "stored", 1) != strings.Replace(real, "rejected.", "rejected; nothing was stored.", 1) {
			t.Errorf("%s: %q, %q", file.kind, dry, real)
		}
	}
}

// manyFamilies is a file that takes a while.
func manyFamilies(n int) []byte {
	var b bytes.Buffer
	b.WriteString("kk,area_code,members,decile\n")
	for i := range n {
		fmt.Fprintf(&b, "%016d,%s,%d,%d\n", 1971000000000000+i, []string{"19.71.01.1004", "19.71.04.1001", "19.71.04.1006"}[i%3], 1+i%7, 1+i%10)
	}
	return b.Bytes()
}

// places uploads the areas that families need.
func (a *administered) places(t *testing.T, edition string) {
	t.Helper()
	if j := a.imported(t, "schematic.geojson", geodataFile(t, "schematic.geojson"), "kind=areas", "edition="+edition); j.State != "SUCCEEDED" {
		t.Fatalf("%+v", j)
	}
}

// imports lists the files that a draft holds.
func (a *administered) imports(t *testing.T, edition string) string {
	t.Helper()
	return must(t, a.with("edition", "show", edition)...)
}
