package cli

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// slow is how many families make an import that a test can catch at work.
const slow = 60_000

// TestUploadIsRetryable: the same again is the same job, another one is refused, and what broke off left nothing.
func TestUploadIsRetryable(t *testing.T) {
	a := administer(t, "x")
	a.places(t, "x")
	families := geodataFile(t, "sample/households.csv")
	body, contentType := form(t, []string{"kind=households", "edition=x"}, "families.csv", families)

	conn, err := net.Dial("tcp", strings.TrimPrefix(a.address, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprintf(conn, "POST /imports HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nIdempotency-Key: upload-1\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n", a.admin, contentType, len(body))
	_, _ = conn.Write(body[:len(body)/2])
	time.Sleep(200 * time.Millisecond)
	conn.Close()
	if left := a.left(t); left != nil {
		t.Errorf("left of an upload that broke off: %q", left)
	}

	var wait sync.WaitGroup
	ids := make([]string, 6)
	for i := range ids {
		wait.Go(func() {
			status, job, f := a.send(t, a.admin, http.MethodPost, "/imports", body, "Content-Type", contentType, "Idempotency-Key", "upload-1")
			if status != http.StatusAccepted && status != http.StatusServiceUnavailable { // more are sent at once than are taken at once
				t.Errorf("%d: %d %+v", i, status, f)
			}
			ids[i] = job.ID
		})
	}
	wait.Wait()
	id := ""
	for _, got := range ids {
		if got != "" && id == "" {
			id = got
		}
		if got != "" && got != id {
			t.Errorf("several jobs: %q", ids)
		}
	}
	if job := a.until(t, id, hasEnded); job.State != "SUCCEEDED" || job.Report.Rows != 420 || job.Report.Unchanged || job.Begun != 1 {
		t.Errorf("%+v, %+v", job, job.Report)
	}
	// Asked again after the end, by the field instead of the header.
	body, contentType = form(t, []string{"kind=households", "edition=x", "id=upload-1"}, "families.csv", families)
	if status, job, f := a.send(t, a.admin, http.MethodPost, "/imports", body, "Content-Type", contentType); status != http.StatusAccepted || job.ID != id || job.State != "SUCCEEDED" {
		t.Errorf("%d %+v %+v", status, job, f)
	}
	for _, other := range [][]string{{"kind=households", "edition=x", "append=true"}, {"kind=households", "edition=x", "dryRun=true"}} {
		body, contentType = form(t, other, "families.csv", families)
		if status, _, f := a.send(t, a.admin, http.MethodPost, "/imports", body, "Content-Type", contentType, "Idempotency-Key", "upload-1"); status != http.StatusConflict || f.Errors[0].Extensions.Code != "CONFLICT" {
			t.Errorf("%v: %d %+v", other, status, f)
		}
	}
	body, contentType = form(t, []string{"kind=households", "edition=x"}, "families.csv", append(families, '\n'))
	if status, _, f := a.send(t, a.admin, http.MethodPost, "/imports", body, "Content-Type", contentType, "Idempotency-Key", "upload-1"); status != http.StatusConflict {
		t.Errorf("another file: %d %+v", status, f)
	}
	var list struct {
		Jobs struct {
			Edges []struct {
				Node struct {
					ID, State, Kind string
					Report          struct{ Rows int }
				}
			}
		}
		Job, None *struct{ ID string }
	}
	a.ask(t, a.admin, `{ jobs { edges { node { id state kind report { rows reasons { reason } notes } } } } job(id: "`+id+`") { id error { code } } none: job(id: "i-none") { id } }`, &list)
	if e := list.Jobs.Edges; len(e) != 2 || e[0].Node.ID != id || e[0].Node.Report.Rows != 420 || list.Job == nil || list.None != nil {
		t.Errorf("%+v", list)
	}
}

// cancelled asks for the end of a job and gives its state then.
func (a *administered) cancelled(t *testing.T, id, clientID string) string {
	t.Helper()
	var answer struct {
		CancelJob struct{ Job struct{ State string } }
	}
	a.ask(t, a.admin, fmt.Sprintf(`mutation { cancelJob(id: %q, clientId: %q) { job { state } } }`, id, clientID), &answer)
	return answer.CancelJob.Job.State
}

// TestCancelAJob: one that runs is rolled back, one that waits never begins, one that has ended stays.
func TestCancelAJob(t *testing.T) {
	a := administer(t, "x")
	a.places(t, "x")
	running := a.upload(t, "many.csv", manyFamilies(3*slow), "kind=households", "edition=x")
	waiting := a.upload(t, "few.csv", manyFamilies(10), "kind=households", "edition=x")
	a.until(t, running.ID, func(j *uploaded) bool { return j.State == "RUNNING" })
	if state := a.cancelled(t, waiting.ID, "cancel-waiting"); state != "CANCELLED" {
		t.Errorf("the one that waits: %s", state)
	}
	for range 2 { // asked again it is the same change
		if state := a.cancelled(t, running.ID, "cancel-running"); state != "CANCELLED" {
			t.Errorf("the one that runs: %s", state)
		}
	}
	for _, id := range []string{running.ID, waiting.ID} {
		if j := a.job(t, id); j.State != "CANCELLED" || j.EndedAt == nil || j.CancelRequestedAt == nil || j.Error != nil {
			t.Errorf("%+v", j)
		}
	}
	last := a.imported(t, "few.csv", manyFamilies(20), "kind=households", "edition=x")
	if last.State != "SUCCEEDED" || last.Report.Rows != 20 {
		t.Errorf("%+v", last)
	}
	_, text, _ := a.raw(t, a.admin, http.MethodPost, "/graphql", []byte(fmt.Sprintf(`{"query": "mutation { cancelJob(id: \"%s\", clientId: \"cancel-late\") { job { state } } }"}`, last.ID)), "Content-Type", "application/json")
	if !bytes.Contains(text, []byte(`"CONFLICT"`)) {
		t.Errorf("one that has ended: %s", text)
	}
	if left := a.left(t); left != nil {
		t.Errorf("left: %q", left)
	}
	a.stop()
	if shown := a.imports(t, "x"); strings.Contains(shown, "many.csv") {
		t.Errorf("stored: %s", shown)
	}
}

// TestJobsSurviveAStop: a server that is stopped goes on with its jobs at the next start.
func TestJobsSurviveAStop(t *testing.T) {
	a := administer(t, "x")
	a.places(t, "x")
	one := a.upload(t, "many.csv", manyFamilies(slow), "kind=households", "edition=x")
	two := a.upload(t, "programs.json", geodataFile(t, "sample/programs.json"), "kind=programs", "edition=x")
	a.until(t, one.ID, func(j *uploaded) bool { return j.State == "RUNNING" })
	if a.stop() != exitDone {
		t.Fatal(a.output())
	}
	orphan := filepath.Join(a.data[1], "uploads", ".receiving-i-x", "in")
	if err := os.MkdirAll(orphan, 0o700); err != nil {
		t.Fatal(err)
	}
	stray := filepath.Join(a.data[1], "uploads", "i-00112233445566778899")
	if err := os.MkdirAll(stray, 0o700); err != nil {
		t.Fatal(err)
	}
	a.serve(t)
	if j := a.until(t, one.ID, hasEnded); j.State != "SUCCEEDED" || j.Report.Rows != slow || j.Begun != 1 {
		t.Errorf("%+v, %+v", j, j.Error)
	}
	if j := a.until(t, two.ID, hasEnded); j.State != "SUCCEEDED" || j.Report.Rows != 6 {
		t.Errorf("%+v, %+v", j, j.Error)
	}
	for _, path := range []string{filepath.Dir(orphan), stray} {
		if _, err := os.Stat(path); !os.IsNotExist(err) {
			t.Errorf("%s is still there: %v", path, err)
		}
	}
}

// killable is the program in a process of its own.
func (a *administered) killable(t *testing.T) (kill func()) {
	t.Helper()
	cmd := exec.Command(os.Args[0], a.with("serve", "--listen", "127.0.0.1:0")...)
	cmd.Env = append(os.Environ(), asProgram+"=1")
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	kill = sync.OnceFunc(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	t.Cleanup(kill)
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if _, address, ok := strings.Cut(lines.Text(), "ready at "); ok {
			a.address = address
			go func() { _, _ = io.Copy(io.Discard, out) }()
			return kill
		}
	}
	t.Fatal("the program did not start")
	return nil
}

// TestJobsSurviveAKill: killed in the middle of an import, the next server imports the file from its beginning, and the draft holds
// it once. What lost its file fails and says so.
func TestJobsSurviveAKill(t *testing.T) {
	a := administer(t, "x", "y")
	a.places(t, "x")
	a.places(t, "y")
	a.stop()
	kill := a.killable(t)
	one := a.upload(t, "many.csv", manyFamilies(slow), "kind=households", "edition=x")
	two := a.upload(t, "lost.csv", manyFamilies(100), "kind=households", "edition=y")
	a.until(t, one.ID, func(j *uploaded) bool { return j.State == "RUNNING" })
	time.Sleep(300 * time.Millisecond)
	kill()
	if err := os.Remove(filepath.Join(a.data[1], "uploads", two.ID, "in", "lost.csv")); err != nil {
		t.Fatal(err)
	}
	a.serve(t)
	j := a.until(t, one.ID, hasEnded)
	if j.State != "SUCCEEDED" || j.Report.Rows != slow || j.Begun != 2 && !j.Report.Unchanged {
		t.Errorf("%+v, %+v, %+v", j, j.Report, j.Error)
	}
	if j := a.job(t, two.ID); j.State != "FAILED" || j.Error == nil || j.Error.Code != "UNAVAILABLE" || !strings.Contains(j.Error.Message, "upload it again") {
		t.Errorf("%+v, %+v", j, j.Error)
	}
	a.stop()
	if shown := a.imports(t, "x"); strings.Count(shown, "many.csv") != 1 {
		t.Errorf("stored: %s", shown)
	}
	must(t, a.with("audit", "verify")...)
}
