package cli

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// leaks holds what must be nowhere, and everything that was written.
type leaks struct {
	needles map[string][]byte // by what they are
	written map[string][]byte // by where it is
}

func (l *leaks) never(what string, forms ...string) {
	for n, form := range forms {
		l.needles[fmt.Sprintf("%s (form %d)", what, n+1)] = []byte(form)
	}
}

// neverKey forbids a key in every form in which a program might print it.
func (l *leaks) neverKey(what string, key []byte) {
	l.never(what, string(key), hex.EncodeToString(key), strings.ToUpper(hex.EncodeToString(key)),
		base64.RawStdEncoding.EncodeToString(key), base64.RawURLEncoding.EncodeToString(key))
}

// neverAPIKey forbids a key, its random part and what that stands for.
func (l *leaks) neverAPIKey(t *testing.T, what, key string) {
	t.Helper()
	l.never(what, key)
	random, err := base64.RawURLEncoding.DecodeString(strings.TrimPrefix(key, "kantong_"))
	if err != nil {
		t.Fatal(err)
	}
	l.neverKey(what+"'s random part", random)
}

func (l *leaks) neverNumber(number string) {
	parted := func(by string) string {
		return strings.Join([]string{number[:4], number[4:8], number[8:12], number[12:]}, by)
	}
	l.never("number "+number, number, parted(" "), parted("."), parted("-"), parted("%20"), parted("+"))
}

func (l *leaks) wrote(where string, text []byte) {
	l.written[where] = append(l.written[where], text...)
}

// files adds everything under a directory but what is allowed to hold secrets.
func (l *leaks) files(t *testing.T, moment, dir string, but ...string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		if slices.Contains(but, path) || slices.Contains(but, filepath.Dir(path)) {
			return nil
		}
		text, err := os.ReadFile(path)
		l.wrote(moment+": "+path, text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// found names every needle, and where it is.
func (l *leaks) found() (list []string) {
	for where, text := range l.written {
		for what, needle := range l.needles {
			if at := bytes.Index(text, needle); at >= 0 {
				list = append(list, fmt.Sprintf("%s is in %s: …%q…", what, where, text[max(0, at-80):min(len(text), at+len(needle)+20)]))
			}
		}
	}
	return list
}

// run carries out a command and keeps what it prints.
func (l *leaks) run(t *testing.T, args ...string) (code int, stdout string) {
	t.Helper()
	code, stdout, stderr := run(t, append(args, "-v")...)
	l.wrote("output of kantong "+strings.Join(args[:2], " "), []byte(stdout+stderr))
	return code, stdout
}

func (l *leaks) must(t *testing.T, args ...string) string {
	t.Helper()
	code, out := l.run(t, args...)
	if code != exitDone {
		t.Fatalf("kantong %v: exit %d\n%s", args, code, out)
	}
	return out
}

// key makes an API key; the line that shows it is the one place that may.
func (l *leaks) key(t *testing.T, role string, flags ...string) string {
	t.Helper()
	code, out, stderr := run(t, append([]string{"keys", "create", "--role", role, "--organisation", "Bapperida", "-v"}, flags...)...)
	lines := strings.Split(strings.TrimSpace(out), "\n")
	key := lines[len(lines)-1]
	if code != exitDone || !strings.HasPrefix(key, "kantong_") {
		t.Fatalf("exit %d: %s%s", code, out, stderr)
	}
	l.neverAPIKey(t, "the key of a "+role, key)
	l.wrote("output of kantong keys create", []byte(strings.Join(lines[:len(lines)-1], "\n")+stderr))
	return key
}

// send asks the server and keeps everything that comes back. That an answer repeats a number of the question itself is no
// leak: GraphQL names members as the client does, and errors say what is wrong with a value. Of headers and addresses
// nothing may come back, and a key never.
func (l *leaks) send(t *testing.T, s *running, method, path, body string, headers ...string) (status int) {
	t.Helper()
	req, err := http.NewRequest(method, s.address+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for n := 0; n < len(headers); n += 2 {
		req.Header.Set(headers[n], headers[n+1])
	}
	resp, err := http.DefaultTransport.RoundTrip(req) // follows nothing
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	for what, needle := range l.needles {
		if strings.HasPrefix(what, "number ") && strings.Contains(body, string(needle)) {
			text = bytes.ReplaceAll(text, needle, []byte("(as asked)"))
		}
	}
	var all bytes.Buffer
	_ = resp.Header.Write(&all)
	l.wrote(fmt.Sprintf("answer %d", len(l.written)), append(all.Bytes(), text...))
	return resp.StatusCode
}
