package cli

import (
	"bytes"
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// TestUploadsAreForAdministrators, and nobody else's body is read.
func TestUploadsAreForAdministrators(t *testing.T) {
	dir := t.TempDir()
	a := &administered{data: []string{"--data", dir}}
	keys := map[string]string{"": ""}
	for _, role := range []string{"partner", "planner", "auditor", "admin"} {
		keys[role] = a.newKey(t, role)
	}
	a.admin = keys["admin"]
	a.serve(t)
	endless := &endless{}
	for role, key := range keys {
		want := map[string]int{"": http.StatusUnauthorized, "admin": http.StatusBadRequest}[role]
		if want == 0 {
			want = http.StatusForbidden
		}
		req, err := http.NewRequest(http.MethodPost, a.address+"/imports", endless)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Expect", "100-continue") // the body is sent when it is wanted
		req.Header.Set("Content-Type", "text/csv")
		if key != "" {
			req.Header.Set("Authorization", "Bearer "+key)
		}
		resp, err := (&http.Transport{ExpectContinueTimeout: 1 << 40}).RoundTrip(req)
		if err != nil {
			t.Fatalf("%s: %v", role, err)
		}
		resp.Body.Close()
		if resp.StatusCode != want {
			t.Errorf("%q: %d, want %d", role, resp.StatusCode, want)
		}
		if role == "admin" {
			continue
		}
		for _, path := range []string{"/imports/i-00112233445566778899", "/imports/i-00112233445566778899/rejected.csv"} {
			if status, _, f := a.send(t, key, http.MethodGet, path, nil); status != want {
				t.Errorf("%q %s: %d %+v", role, path, status, f)
			}
		}
	}
	if endless.read > 0 {
		t.Errorf("%d bytes of bodies were asked for", endless.read)
	}
	for _, path := range []string{"/imports/i-00112233445566778899", "/imports/x", "/imports/%00", "/imports/i-00112233445566778899/rejected.csv", "/imports/i-00112233445566778899/..%2f..%2fledger.sqlite"} {
		if status, _, f := a.send(t, a.admin, http.MethodGet, path, nil); status != http.StatusNotFound {
			t.Errorf("%s: %d %+v", path, status, f)
		}
	}
}

// endless is a body that never ends.
type endless struct{ read int }

func (e *endless) Read(p []byte) (int, error) { e.read += len(p); return len(p), nil }

// TestUploadsThatAreRefused names the field at fault, and leaves nothing.
func TestUploadsThatAreRefused(t *testing.T) {
	a := administer(t, "x")
	a.stop()
	a.running = start(t, a.with("serve", "--upload-limit", "1MiB", "--rate-key", "0")...)
	good := []string{"kind=households", "edition=x"}
	part := func(disposition, text string) string {
		return "--b\r\nContent-Disposition: form-data; " + disposition + "\r\n\r\n" + text + "\r\n"
	}
	fields := part(`name="kind"`, "households") + part(`name="edition"`, "x")
	file := part(`name="file"; filename="a.csv"`, "kk,area_code\n1,2")
	many := strings.Repeat(part(`name="set"`, "a=b"), 5000)
	for name, c := range map[string]struct {
		body   string
		status int
		field  string
	}{
		"no kind":               {part(`name="edition"`, "x") + file, 400, "kind"},
		"another kind":          {part(`name="kind"`, "people") + part(`name="edition"`, "x") + file, 400, "kind"},
		"no edition":            {part(`name="kind"`, "households") + file, 400, "edition"},
		"an unknown edition":    {part(`name="kind"`, "households") + part(`name="edition"`, "y") + file, 404, "edition"},
		"an unknown release":    {part(`name="kind"`, "enrolments") + part(`name="edition"`, "x") + part(`name="release"`, "y") + file, 404, "release"},
		"a field twice":         {fields + part(`name="kind"`, "areas") + file, 400, "kind"},
		"an unknown field":      {fields + part(`name="publish"`, "true") + file, 400, "publish"},
		"the file first":        {file + fields, 400, "kind"},
		"a field after it":      {fields + file + part(`name="dryRun"`, "true"), 400, "file"},
		"two files":             {fields + file + file, 400, "file"},
		"no file":               {fields, 400, "file"},
		"a file without name":   {fields + part(`name="file"`, "kk"), 400, "file"},
		"a file of no bytes":    {fields + part(`name="file"; filename="a.csv"`, ""), 400, "file"},
		"a name of dots":        {fields + part(`name="file"; filename="../.."`, "x"), 400, "file"},
		"a hidden name":         {fields + part(`name="file"; filename=".ssh"`, "x"), 400, "file"},
		"a name with controls":  {fields + part(`name="file"; filename*=UTF-8''a%0Ab.csv`, "x"), 400, "file"},
		"a name with a number":  {fields + part(`name="file"; filename="1971040101200001.csv"`, "x"), 400, "file"},
		"a long name":           {fields + part(`name="file"; filename="`+strings.Repeat("a", 400)+`"`, "x"), 400, "file"},
		"a huge field":          {part(`name="kind"`, strings.Repeat("x", 1<<20)) + file, 400, "kind"},
		"thousands of parts":    {many + fields + file, 400, "set"},
		"many parts":            {strings.Repeat(part(`name=""`, "")+part(`name="x"`, ""), 1), 400, ""},
		"a wrong boolean":       {fields + part(`name="dryRun"`, "perhaps") + file, 400, "dryRun"},
		"an option of others":   {fields + part(`name="within"`, "19.71") + file, 400, "within"},
		"a mapping by path":     {fields + part(`name="mapping"`, "/etc/passwd") + file, 400, "mapping"},
		"a mapping that is bad": {fields + part(`name="mapping"; filename="m.yaml"`, "columns: {nama: name}") + file, 400, "mapping"},
		"a short id":            {fields + part(`name="id"`, "x") + file, 400, "Idempotency-Key"},
		"too large":             {fields + part(`name="file"; filename="a.csv"`, strings.Repeat("x", 1<<20+1)), 413, "file"},
		"larger than any":       {fields + part(`name="file"; filename="a.csv"`, strings.Repeat("x", 12<<20)), 413, "file"},
		"not a form":            {"kk,area_code\n", 400, ""},
	} {
		body := c.body
		if name != "not a form" {
			body += "--b--\r\n"
		}
		status, _, f := a.send(t, a.admin, http.MethodPost, "/imports", []byte(body), "Content-Type", "multipart/form-data; boundary=b")
		if status != c.status || f.Errors[0].Extensions.Field != c.field || f.Errors[0].Message == "" {
			t.Errorf("%s: %d %+v", name, status, f)
		}
	}
	body, contentType := form(t, good, "a.csv", []byte("kk"))
	for name, c := range map[string]struct{ contentType, body string }{
		"no boundary": {"multipart/form-data", string(body)}, "another boundary": {"multipart/form-data; boundary=z", string(body)},
		"not the end": {contentType, string(body[:len(body)-20])}, "no type": {"", string(body)}, "a plain form": {"application/x-www-form-urlencoded", "kind=areas"},
	} {
		if status, _, f := a.send(t, a.admin, http.MethodPost, "/imports", []byte(c.body), "Content-Type", c.contentType); status != http.StatusBadRequest || f.Errors[0].Extensions.Code != "BAD_USER_INPUT" {
			t.Errorf("%s: %d %+v", name, status, f)
		}
	}
	if left := a.left(t); left != nil {
		t.Errorf("left: %q", left)
	}
	var list struct {
		Jobs struct{ Edges []struct{ Cursor string } }
	}
	if a.ask(t, a.admin, `{ jobs { edges { cursor } } }`, &list); len(list.Jobs.Edges) > 0 {
		t.Errorf("%d jobs", len(list.Jobs.Edges))
	}
	// What is kept of a name is its last part, whatever the client's system.
	for _, name := range []string{`../../etc/rows.csv`, `C:\Users\x\rows.csv`} {
		raw := part(`name="kind"`, "areas") + part(`name="edition"`, "x") + fmt.Sprintf("--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"%s\"\r\n\r\n{}\r\n--b--\r\n", strings.ReplaceAll(name, `\`, `\\`))
		status, job, f := a.send(t, a.admin, http.MethodPost, "/imports", []byte(raw), "Content-Type", "multipart/form-data; boundary=b")
		if status != http.StatusAccepted || job.File != "rows.csv" {
			t.Errorf("%s: %d %+v %+v", name, status, job, f)
			continue
		}
		if j := a.until(t, job.ID, hasEnded); j.State != "FAILED" || j.Error == nil || j.Error.Field != "file" || strings.Contains(j.Error.Message, "/") {
			t.Errorf("%+v, %+v", j, j.Error)
		}
	}
	if text := a.output(); strings.Contains(text, "1971040101200001") || strings.Contains(text, "passwd") {
		t.Errorf("the log tells too much: %s", text)
	}
	if bytes.Contains([]byte(a.output()), []byte("panic")) {
		t.Error(a.output())
	}
}
